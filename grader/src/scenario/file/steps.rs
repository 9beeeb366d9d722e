//! Resolves the steps one after another: names become ids, and what can't happen is refused.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::ops::Range;

use super::cast::Cast;
use super::holes::{Generated, read_text};
use super::limits::{MOST_CROWD, MOST_TIME_OUTS, MOST_VISITS};
use super::shape::{
    At, CrowdShape, ErrorShape, ExpectShape, FailShape, FloodShape, MeasuredShape, NewNames,
    ServingCallShape, VerbShape, VisitShape,
};
use super::start;
use super::wording::grouped;
use crate::scenario::error::ScenarioError;
use crate::scenario::source::SourceFile;
use crate::scenario::{
    Action, ClientId, Expect, FailingCall, FailingWith, Fault, Flood, Measured, Step, Visit,
};

/// The steps that were read so far and what they have brought about.
pub(super) struct Script<'f> {
    pub(super) file: &'f SourceFile,
    pub(super) cast: Cast<'f>,
    pub(super) steps: Vec<Step>,
    pub(super) frozen: Option<Frozen>,
    /// A start after which nothing can happen.
    ended: Option<Range<usize>>,
}

/// The time between `freeze` and `thaw`.
pub(super) struct Frozen {
    pub(super) since: Range<usize>,
    /// How many bytes each client has said since.
    pub(super) said: HashMap<ClientId, usize>,
}

impl<'f> Script<'f> {
    pub(super) fn new(file: &'f SourceFile) -> Self {
        Self {
            file,
            cast: Cast::new(file),
            steps: Vec::new(),
            frozen: None,
            ended: None,
        }
    }

    /// Reads the next step, whose verb stands at `at`.
    pub(super) fn read(
        &mut self,
        verb: &VerbShape,
        at: &Range<usize>,
    ) -> Result<(), ScenarioError> {
        let line = self.file.line(at.start);
        if let Some(start) = &self.ended {
            return Err(self
                .wrong(
                    at.clone(),
                    "nothing can follow a start that need not serve",
                    "comes after it",
                )
                .related(start.clone(), "the start"));
        }
        if !matches!(verb, VerbShape::Start(_)) && self.steps.is_empty() {
            self.steps.push(Step {
                line,
                action: Action::Start(start::implicit()),
            });
        }
        let action = self.action(verb, at)?;
        self.steps.push(Step { line, action });
        Ok(())
    }

    /// What must be true when the last step has been read.
    pub(super) fn finish(&self) -> Result<(), ScenarioError> {
        match &self.frozen {
            None => Ok(()),
            Some(frozen) => Err(self
                .wrong(
                    frozen.since.clone(),
                    "the scenario ends while the server is frozen",
                    "never thawed",
                )
                .help("end with a step `thaw = true`")),
        }
    }

    fn action(&mut self, verb: &VerbShape, at: &Range<usize>) -> Result<Action, ScenarioError> {
        match verb {
            VerbShape::Start(shape) => {
                if !self.steps.is_empty() {
                    return Err(self
                        .wrong(
                            at.clone(),
                            "the server is started once, before anything else",
                            "not the first step",
                        )
                        .help("make `start` the first step"));
                }
                let start = start::read(self.file, shape)?;
                if !start::may_go_on(&start) {
                    self.ended = Some(at.clone());
                }
                Ok(Action::Start(start))
            }
            VerbShape::Connect(names) => self.connect(names),
            VerbShape::Crowd(CrowdShape { name, count }) => {
                self.not_frozen(
                    at,
                    "no crowd can connect",
                    "connect a few clients by name instead",
                )?;
                let count = self.number("count", count, MOST_CROWD)?;
                self.cast.arrive_numbered(name, count).map(Action::Connect)
            }
            VerbShape::Visit(shape) => self.visit(shape, at).map(Action::Visit),
            VerbShape::Send(shape) => self.send(shape).map(Action::Send),
            VerbShape::Expect(shape) => self.expect(shape, at).map(Action::Expect),
            VerbShape::Leave(names) => self.depart(&names.0, "leaves").map(Action::Leave),
            VerbShape::Reset(names) => self
                .depart(&names.0, "resets its connection")
                .map(Action::Reset),
            VerbShape::HalfClose(names) => self
                .depart(&names.0, "shuts down its sending side")
                .map(Action::HalfClose),
            VerbShape::StopReading(names) => {
                self.not_frozen(
                    at,
                    "nobody can turn lazy",
                    "let them turn lazy before `freeze`",
                )?;
                let ids = self.cast.present_all(&names.0)?;
                self.cast.stop_reading(&ids, &names.0.span())?;
                Ok(Action::StopReading(ids))
            }
            VerbShape::ReadAgain(names) => {
                let ids = self.cast.present_all(&names.0)?;
                self.cast.read_again(&ids, &names.0.span())?;
                Ok(Action::ReadAgain(ids))
            }
            VerbShape::Flood(shape) => self.flood(shape, at).map(Action::Flood),
            VerbShape::Freeze(only) => {
                start::check_true(self.file, only)?;
                if let Some(frozen) = &self.frozen {
                    return Err(self
                        .wrong(at.clone(), "the server is frozen already", "frozen again")
                        .related(frozen.since.clone(), "since here")
                        .help("put `thaw = true` between them"));
                }
                self.frozen = Some(Frozen {
                    since: at.clone(),
                    said: HashMap::new(),
                });
                Ok(Action::Freeze)
            }
            VerbShape::Thaw(only) => {
                start::check_true(self.file, only)?;
                match self.frozen.take() {
                    Some(_) => Ok(Action::Thaw),
                    None => Err(self
                        .wrong(at.clone(), "the server is not frozen", "nothing to thaw")
                        .help("put `freeze = true` before what shall happen at the same instant")),
                }
            }
            VerbShape::Refuse(address) => self.refuse(address).map(Action::Refuse),
            VerbShape::Fail(shape) => self.fail(shape).map(Action::Fail),
            VerbShape::NoMemory(only) => {
                start::check_true(self.file, only)?;
                Ok(Action::NoMemory)
            }
            VerbShape::PassTime(count) => {
                self.not_frozen(at, "no time passes", "let it pass after `thaw`")?;
                let count = self.number("pass_time", count, MOST_TIME_OUTS)?;
                Ok(Action::PassTime(count))
            }
            VerbShape::Measure(measured) => self.measure(measured, at).map(Action::Measure),
        }
    }

    fn visit(&mut self, shape: &VisitShape, at: &Range<usize>) -> Result<Visit, ScenarioError> {
        let VisitShape { name, count, says } = shape;
        self.not_frozen(at, "nobody can come and go", "thaw the server first")?;
        let count = self.number("count", count, MOST_VISITS)?;
        let says = match says {
            None => None,
            Some(says) => {
                let text = read_text(self.file, says, &self.cast, Generated::Allowed)?;
                self.check_amount(says, &text, count, count)?;
                Some(text)
            }
        };
        let clients = self.cast.arrive_numbered(name, count)?;
        self.cast.depart(&clients, "leaves", at);
        Ok(Visit { clients, says })
    }

    fn connect(&mut self, names: &NewNames) -> Result<Action, ScenarioError> {
        let names = &names.0;
        if names.get().is_empty() {
            return Err(self
                .wrong(names.span(), "the list names nobody", "empty")
                .help("name at least one client"));
        }
        let ids = names
            .get()
            .iter()
            .map(|name| self.cast.arrive(name))
            .collect::<Result<_, _>>()?;
        Ok(Action::Connect(ids))
    }

    fn depart(
        &mut self,
        names: &At<Vec<At<String>>>,
        how: &'static str,
    ) -> Result<Vec<ClientId>, ScenarioError> {
        let ids = self.cast.present_all(names)?;
        self.cast.depart(&ids, how, &names.span());
        Ok(ids)
    }

    fn expect(&self, shape: &ExpectShape, at: &Range<usize>) -> Result<Expect, ScenarioError> {
        self.not_frozen(at, "nobody can receive anything", "expect it after `thaw`")?;
        let by = self.cast.present_all(&shape.by)?;
        self.cast
            .check_reading(&by, &shape.by.span(), "so nothing can have reached it")?;
        let text = read_text(self.file, &shape.text, &self.cast, Generated::Refused)?;
        Ok(Expect { by, text })
    }

    fn flood(&self, shape: &FloodShape, at: &Range<usize>) -> Result<Flood, ScenarioError> {
        self.not_frozen(at, "no flood gets through", "flood before `freeze`")?;
        let from = self.cast.present(&shape.from)?;
        let until_full = self.cast.present_all(&shape.until_full)?;
        self.cast.check_lazy(
            &until_full,
            &shape.until_full.span(),
            "so its path never fills",
        )?;
        if until_full.contains(&from) {
            return Err(self.wrong(
                shape.until_full.span(),
                format!(
                    "`{}` does not receive what it says itself",
                    shape.from.get()
                ),
                "names the speaker",
            ));
        }
        Ok(Flood { from, until_full })
    }

    fn fail(&self, shape: &FailShape) -> Result<Fault, ScenarioError> {
        let call = match shape.call.get() {
            ServingCallShape::Accept => FailingCall::Accept,
            ServingCallShape::Select => FailingCall::Select,
            ServingCallShape::Recv => FailingCall::Recv,
            ServingCallShape::Send => FailingCall::Send,
        };
        let concerns_a_client = matches!(call, FailingCall::Recv | FailingCall::Send);
        let to = match &shape.to {
            Some(name) if !concerns_a_client => {
                return Err(self
                    .wrong(
                        name.span(),
                        format!("`{}` is about no client", call.name()),
                        "names one",
                    )
                    .help("leave `to` out"));
            }
            Some(name) => Some(self.cast.present(name)?),
            None if concerns_a_client => {
                return Err(self
                    .wrong(
                        shape.call.span(),
                        format!("nothing says on whose connection `{}` fails", call.name()),
                        "for one client only",
                    )
                    .help("name a client that is there: `to = \"bob\"`"));
            }
            None => None,
        };
        let error = match shape.error.get() {
            ErrorShape::Aborted => FailingWith::Aborted,
            ErrorShape::TooManyDescriptors => FailingWith::TooManyDescriptors,
            ErrorShape::Interrupted => FailingWith::Interrupted,
            ErrorShape::Reset => FailingWith::Reset,
            ErrorShape::BrokenPipe => FailingWith::BrokenPipe,
            ErrorShape::NoBuffers => FailingWith::NoBuffers,
        };
        Ok(Fault { call, to, error })
    }

    fn measure(
        &self,
        measured: &At<MeasuredShape>,
        at: &Range<usize>,
    ) -> Result<Measured, ScenarioError> {
        self.not_frozen(at, "nothing can be measured", "measure it after `thaw`")?;
        self.somebody_has_come(at)?;
        Ok(match measured.get() {
            MeasuredShape::Addresses => Measured::Addresses,
            MeasuredShape::Descriptors => Measured::Descriptors,
            MeasuredShape::Memory => Measured::Memory,
            MeasuredShape::Idleness => Measured::Idleness,
            MeasuredShape::Promptness => Measured::Promptness,
        })
    }

    /// An error before the first client, since nothing tells that the server has started by then.
    fn somebody_has_come(&self, at: &Range<usize>) -> Result<(), ScenarioError> {
        match self.cast.names().next() {
            Some(_) => Ok(()),
            None => Err(self
                .wrong(
                    at.clone(),
                    "a server that nobody has reached may not have started yet",
                    "nobody has connected",
                )
                .help("let a client connect before")),
        }
    }

    fn refuse(&self, address: &At<String>) -> Result<Ipv4Addr, ScenarioError> {
        let (message, help) = match address.get().parse::<Ipv4Addr>() {
            Ok(Ipv4Addr::LOCALHOST) => (
                "127.0.0.1 is where the server must listen".to_owned(),
                "another address of the machine itself must refuse, such as `127.0.0.2`",
            ),
            // A scenario from elsewhere must not make the grader knock at other machines.
            Ok(address) if !address.is_loopback() => (
                format!("{address} is not an address of the machine itself"),
                "use one that begins with 127, such as `127.0.0.2`",
            ),
            Ok(address) => return Ok(address),
            Err(_) => (
                format!("`{}` is not an IPv4 address", address.get()),
                "write four numbers, such as `127.0.0.2`",
            ),
        };
        Err(self
            .wrong(address.span(), message, "can't be refused")
            .help(help))
    }

    /// A number that must be from 1 to `most`.
    pub(super) fn number(
        &self,
        key: &str,
        value: &At<i64>,
        most: usize,
    ) -> Result<usize, ScenarioError> {
        match usize::try_from(*value.get()) {
            Ok(number) if (1..=most).contains(&number) => Ok(number),
            _ => Err(self.wrong(
                value.span(),
                format!(
                    "`{key}` is a number from 1 to {}, not {}",
                    grouped(most),
                    value.get()
                ),
                "out of range",
            )),
        }
    }

    /// An error between `freeze` and `thaw`, where nothing gets through the server.
    fn not_frozen(&self, at: &Range<usize>, what: &str, help: &str) -> Result<(), ScenarioError> {
        match &self.frozen {
            None => Ok(()),
            Some(frozen) => Err(self
                .wrong(
                    at.clone(),
                    format!("{what} while the server is frozen"),
                    "before `thaw`",
                )
                .related(frozen.since.clone(), "frozen here")
                .help(help)),
        }
    }

    pub(super) fn wrong(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> ScenarioError {
        ScenarioError::new(self.file, span, message, label)
    }
}
