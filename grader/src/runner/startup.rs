//! Starting a server, and the checks that are about nothing else.

use std::io;
use std::time::Duration;

use super::circumstances::Circumstances;
use super::clock::Clock;
use super::explain;
use super::patience::{Patience, Sign};
use super::stop::{Stop, blind};
use machine::ports::{self, BusyPort, Port};
use machine::{Captured, Exit, Supervision};

use crate::conduct::{self, Conduct, Session};
use crate::scenario::{
    Action, Argument, FailingCall, Measured, Scenario, Start, StartOutcome, Step,
};
use crate::verdict::Failure;

/// The port that nobody but root may bind (docs/exam.md, test 2).
const PRIVILEGED: u16 = 22;

/// What a server says that refuses its arguments (subject).
const REFUSAL: &str = "Wrong number of arguments\n";

/// A server that has been started.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) session: Session,
    pub(super) port: Port,
    line: usize,
    arguments: Vec<String>,
    /// The call that is made to fail.
    fails: Option<FailingCall>,
    /// The listener that keeps a port busy.
    busy: Option<BusyPort>,
    clock: Clock,
}

/// Starts the server as the scenario asks.
pub(super) fn start(
    scenario: &Scenario,
    start: &Start,
    circumstances: &Circumstances<'_>,
) -> Result<Started, Stop> {
    must_have_memory_of_its_own(scenario, circumstances)?;
    let (supervision, conduct) = supervision(scenario, start, circumstances)?;
    let port = circumstances.ports.free()?;
    let mut busy = None;
    let mut arguments = Vec::new();
    for argument in &start.arguments {
        arguments.push(match argument {
            Argument::Literal(text) => text.clone(),
            Argument::Port => port.number().to_string(),
            Argument::PrivilegedPort if !ports::is_free(PRIVILEGED) => PRIVILEGED.to_string(),
            Argument::BusyPort | Argument::PrivilegedPort => {
                let port = busy.insert(circumstances.ports.busy()?);
                port.number().to_string()
            }
        });
    }
    let session = Session::start(
        circumstances.host,
        circumstances.program,
        &arguments,
        port.number(),
        &supervision,
        conduct,
    )
    .map_err(Stop::not_started)?;
    let clock = Clock::new(&session, circumstances.patience);
    Ok(Started {
        session,
        port,
        line: scenario.steps.first().map_or(1, |step| step.line),
        arguments,
        fails: start.fails,
        busy,
        clock,
    })
}

/// Where memory is measured or runs out, a tool's cannot be told from the server's.
fn must_have_memory_of_its_own(
    scenario: &Scenario,
    circumstances: &Circumstances<'_>,
) -> Result<(), Stop> {
    let asks = scenario.exhausts_memory() || scenario.steps.iter().any(measures_memory);
    match circumstances.memory_tool.filter(|_| asks) {
        None => Ok(()),
        Some(tool) => Err(Stop::Skip(format!(
            "the server is built with {tool}, whose memory cannot be told from the server's own"
        ))),
    }
}

fn measures_memory(step: &Step) -> bool {
    step.action == Action::Measure(Measured::Memory)
}

/// What must be supervised for this scenario.
fn supervision(
    scenario: &Scenario,
    start: &Start,
    circumstances: &Circumstances<'_>,
) -> Result<(Supervision, Conduct), Stop> {
    let faults = scenario.steps.iter().filter_map(|step| match &step.action {
        Action::Fail(fault) => Some(fault.call),
        _ => None,
    });
    let supervision = Supervision {
        descriptors: circumstances.server_descriptors,
        no_memory_at_start: start.no_memory,
        tight_heap: scenario.steps.iter().any(measures_memory),
        is_instrumented: circumstances.program.farewell.is_some(),
    };
    let mut conduct = Conduct::new(scenario.watch.clone(), start.fails, faults.collect())
        .exhausting_memory(scenario.exhausts_memory(), start.no_memory)
        .passing_time(circumstances.lets_time_pass(scenario));
    if circumstances.other_language.is_some() {
        conduct = conduct.in_another_language();
    } else if circumstances.notes_calls() {
        conduct = conduct.noting_calls();
    }
    let need = conduct.need();
    match (
        circumstances.unseen.why(need),
        circumstances.other_descriptors,
    ) {
        (Some(reason), _) => Err(Stop::NotHere(format!(
            "the server's system calls cannot be supervised here: {reason}"
        ))),
        (_, Some(reason)) if !scenario.lazy.is_empty() => Err(Stop::NotHere(format!(
            "a server that sends to somebody who does not read may wait for ever here, since its \
             descriptors cannot be made like the exam's: {reason}"
        ))),
        _ => Ok((supervision, conduct)),
    }
}

impl Started {
    /// Waits for the server's end and judges it.
    pub(super) fn must_exit(
        mut self,
        start: &Start,
        circumstances: &Circumstances<'_>,
    ) -> Result<(), Stop> {
        let StartOutcome::Exits {
            status,
            stdout,
            stderr,
            output,
        } = &start.outcome
        else {
            return Ok(());
        };
        let mut patience = Patience::new(circumstances.starting_patience());
        while self.session.exit().is_none() {
            if !self.wait(&mut patience, Sign::Event, circumstances)? {
                return Err(self.still_runs().into());
            }
        }
        let exit = self.session.exit();
        let line = self.line;
        let called = self.called();
        if let Some(misconduct) = conduct::misconduct(&mut self.session) {
            return Err(explain::misconduct_at_start(line, &called, &misconduct).into());
        }
        drop(self.busy);
        let (written, errors) = self.session.end();
        let both = [written.head(), errors.head()].concat();
        let checks = [
            ("standard output", stdout, written.head().to_vec()),
            ("standard error", stderr, errors.head().to_vec()),
            ("standard output and error", output, both),
        ];
        for (name, wanted, came) in checks {
            let Some(wanted) = wanted else { continue };
            let sorted = |text: &[u8]| {
                let mut lines: Vec<Vec<u8>> = text
                    .split_inclusive(|byte| *byte == b'\n')
                    .map(Vec::from)
                    .collect();
                lines.sort();
                lines.concat()
            };
            let same = if name == "standard output and error" {
                sorted(wanted.as_bytes()) == sorted(&came)
            } else {
                wanted.as_bytes() == came
            };
            if !same {
                let mut failure =
                    explain::wrong_output(line, &called, name, wanted.as_bytes(), &came);
                failure.death = unexpected_end(exit, *status, &written, &errors);
                return Err(failure.into());
            }
        }
        match (exit, status) {
            (Some(Exit::Status(came)), Some(wanted)) if came != *wanted => {
                Err(explain::wrong_status(line, &called, *wanted, came).into())
            }
            (Some(exit), _) if exit.is_violent() => {
                Err(explain::died_at_start(line, &called, exit, &written, &errors).into())
            }
            _ => Ok(()),
        }
    }

    /// Waits until the server serves somewhere or has ended; only a signal is wrong.
    pub(super) fn must_survive(mut self, circumstances: &Circumstances<'_>) -> Result<(), Stop> {
        let mut patience = Patience::new(circumstances.patience);
        while self.session.exit().is_none() {
            let listening = self.session.listening_addresses().map_err(|error| {
                Stop::NotHere(format!("this machine does not tell who listens: {error}"))
            })?;
            if !listening.is_empty() {
                return Ok(());
            }
            if !self.wait(&mut patience, Sign::Answer, circumstances)? {
                // It does neither, which is odd and no crash.
                return Ok(());
            }
        }
        let Some(exit) = self.session.exit().filter(|exit| exit.is_violent()) else {
            return Ok(());
        };
        let (line, called) = (self.line, self.called());
        let (stdout, stderr) = self.session.end();
        Err(explain::died_at_start(line, &called, exit, &stdout, &stderr).into())
    }

    /// Waits until the server listens or has ended; `true` if it refused its arguments as the
    /// subject says.
    pub(super) fn refuses_or_listens(
        &mut self,
        circumstances: &Circumstances<'_>,
    ) -> Result<bool, Stop> {
        let mut patience = Patience::new(circumstances.starting_patience());
        while self.session.exit().is_none() {
            if self
                .session
                .backlog()
                .map_err(|error| blind(&error))?
                .is_some()
            {
                return Ok(false);
            }
            if !self.wait(&mut patience, Sign::Answer, circumstances)? {
                return Err(self.still_runs().into());
            }
        }
        // What it wrote before it ended may still be on its way through the pipe.
        self.pump(Duration::ZERO, circumstances)?;
        if ports::has_listener(self.port.number()) {
            return Err(Stop::PortTaken);
        }
        let (stdout, stderr) = (self.session.stdout(), self.session.stderr());
        let refused = self.session.exit() == Some(Exit::Status(1))
            && stdout.total() == 0
            && stderr.head() == REFUSAL.as_bytes();
        if refused {
            return Ok(true);
        }
        let called = self.called();
        Err(match self.session.exit() {
            Some(exit) if exit.is_violent() => {
                explain::died_at_start(self.line, &called, exit, stdout, stderr)
            }
            _ => explain::wrong_output(
                self.line,
                &called,
                "standard error",
                REFUSAL.as_bytes(),
                stderr.head(),
            ),
        }
        .into())
    }

    /// Lets time pass until `sign` is to be looked for again, and says whether there is still
    /// patience.
    fn wait(
        &mut self,
        patience: &mut Patience,
        sign: Sign,
        circumstances: &Circumstances<'_>,
    ) -> Result<bool, Stop> {
        let pause = self.clock.pause(&self.session, patience, sign)?;
        if let Some(pause) = pause {
            self.pump(pause, circumstances)?;
        }
        Ok(pause.is_some())
    }

    /// Lets time pass until something happens, `patience` at most.
    fn pump(&mut self, patience: Duration, circumstances: &Circumstances<'_>) -> io::Result<()> {
        let patience = circumstances.part_of(patience);
        self.session.pump(patience, |_| Ok::<(), io::Error>(()))?;
        circumstances.waited(&self.session, false);
        Ok(())
    }

    fn still_runs(&self) -> Failure {
        explain::still_runs(self.line, &self.called())
    }

    /// How the server was called, for people.
    fn called(&self) -> String {
        let arguments = match self.arguments.as_slice() {
            [] => "without an argument".into(),
            arguments => format!(
                "with {}",
                arguments
                    .iter()
                    .map(|a| format!("“{a}”"))
                    .collect::<Vec<_>>()
                    .join(" ")
            ),
        };
        match self.fails {
            Some(call) => format!("{arguments}, while {} fails", call.name()),
            None => arguments,
        }
    }
}

/// How the server ended, where that differs from what was wanted as well.
fn unexpected_end(
    exit: Option<Exit>,
    wanted: Option<i32>,
    stdout: &Captured,
    stderr: &Captured,
) -> Option<crate::verdict::Death> {
    exit.filter(|exit| match exit {
        Exit::Status(status) => wanted.is_some_and(|wanted| wanted != *status),
        Exit::Signal(_) | Exit::TooMuchMemory(_) | Exit::TooMuchRoom(_) => true,
    })
    .map(|exit| explain::death(exit, stdout, stderr))
}
