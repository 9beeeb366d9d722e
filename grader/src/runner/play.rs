//! A scenario under way: what is known of it, and how its events are judged.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::time::Duration;

use super::check::Seen;
use super::circumstances::Circumstances;
use super::clock::{Clock, Exceeded};
use super::history::History;
use super::measuring::Measurements;
use super::stop::Stop;
use super::transcript::Transcript;
use super::{explain, startup};
use crate::conduct::{self, Misconduct, Offence, Session};
use crate::oracle::matcher::Mismatch;
use crate::oracle::{Oracle, Stream};
use crate::scenario::{ClientId, Scenario};
use crate::script::{self, Departure, Move, Planned};
use crate::verdict::{Failure, Matter, NotPlayed, Reading};
use machine::ports::{self, Port};
use machine::{Captured, Exit, Happening};

/// The rule that a server breaks which never serves, where nothing says more.
const NEVER_SERVED: &str = "port-from-argument";

/// What a server says that cannot go on (subject).
const FATAL_ERROR: &[u8] = b"Fatal error\n";

/// Why nothing is said of how a server takes it that there is no memory.
const ASKED_FOR_NONE: &str = "the server asked for no memory after that, so that nothing was seen \
                              of how it takes a refusal; what else it did wrong then is judged \
                              elsewhere";

/// A scenario under way.
#[derive(Debug)]
pub(super) struct Play<'run> {
    pub(super) scenario: &'run Scenario,
    pub(super) circumstances: &'run Circumstances<'run>,
    pub(super) session: Session,
    pub(super) port: Port,
    pub(super) oracle: Oracle,
    /// What each client receives, until it closes its connection.
    pub(super) streams: BTreeMap<ClientId, Stream>,
    /// How many clients have come.
    pub(super) arrived: usize,
    /// The clients that do not read at the moment.
    pub(super) lazy: BTreeSet<ClientId>,
    /// Those of them that have begun to read again while the server was stopped.
    pub(super) awake: BTreeSet<ClientId>,
    /// What was done since the server was last known to have dealt with everything.
    pub(super) unsettled: Vec<Deed>,
    /// How often all else was dealt with since a reset that nobody saw.
    pub(super) settlements_since_a_reset: usize,
    pub(super) frozen: bool,
    /// How often the server was let come to rest in this step.
    pub(super) rests: usize,
    /// Whether it was seen to run on when there was nothing to do.
    pub(super) never_sleeps: bool,
    /// Moves that could not be made while the server was frozen.
    pub(super) deferred: VecDeque<Planned>,
    /// Whether the server has accepted a connection yet.
    pub(super) serves: bool,
    pub(super) measurements: Measurements,
    /// Whether something has been made to fail.
    pub(super) adversity: bool,
    /// What has been done until now.
    pub(super) history: History,
    /// Whether memory has run out.
    pub(super) no_memory: bool,
    /// How much it had written to standard error by then.
    pub(super) complaints: u64,
    pub(super) clock: Clock,
    /// The step that is being played, by its place.
    step: usize,
    /// The line of the scenario file on which it stands.
    pub(super) line: usize,
    pub(super) transcript: Transcript,
    /// What was wrong besides, which other checks report.
    asides: Vec<Failure>,
}

/// Something a client did that the server may not have dealt with yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Arrived(ClientId),
    /// It spoke, from this port of its own.
    Spoke(ClientId, u16),
    /// It left in this way, and this was its port.
    Left(ClientId, u16, Departure),
}

impl Deed {
    pub(super) const fn actor(self) -> ClientId {
        match self {
            Self::Arrived(who) | Self::Spoke(who, _) | Self::Left(who, ..) => who,
        }
    }
}

impl<'run> Play<'run> {
    pub(super) fn new(
        scenario: &'run Scenario,
        circumstances: &'run Circumstances<'run>,
        started: startup::Started,
    ) -> Self {
        let clock = Clock::new(&started.session, circumstances.patience);
        Self {
            scenario,
            circumstances,
            session: started.session,
            port: started.port,
            oracle: Oracle::new(scenario),
            streams: BTreeMap::new(),
            arrived: 0,
            lazy: BTreeSet::new(),
            awake: BTreeSet::new(),
            unsettled: Vec::new(),
            settlements_since_a_reset: 0,
            frozen: false,
            rests: 0,
            never_sleeps: false,
            deferred: VecDeque::new(),
            serves: false,
            measurements: Measurements::default(),
            adversity: false,
            history: History::new(scenario),
            no_memory: scenario.starts_without_memory(),
            complaints: 0,
            clock,
            step: 0,
            line: 1,
            transcript: Transcript::new(scenario),
            asides: Vec::new(),
        }
    }

    /// Makes every move and judges what came of it.
    pub(super) fn play_out(mut self, seen: &mut Seen) -> Result<(), Stop> {
        let ended = self.all_moves();
        let (taken, own) = self.clock.taken(&self.session);
        self.circumstances.budget.spend(taken, own);
        match ended {
            Ok(()) => {
                self.collect_readings(&mut seen.readings);
                self.finish(seen)
            }
            Err(Stop::Wrong(failure)) => {
                let was_refused = conduct::was_refused_memory(&mut self.session);
                if self.no_memory && self.serves && !was_refused {
                    return Err(Stop::Skip(ASKED_FOR_NONE.into()));
                }
                if was_refused && self.ended_for_want_of_memory(&failure)? {
                    seen.readings.insert(Reading::NoMemoryIsFatal);
                    // What printf had kept until then has been written now.
                    return self.finish(seen);
                }
                Err(self.blame(failure))
            }
            Err(stop) => Err(stop),
        }
    }

    /// Whether what looks like a failure is the end that the subject asks for when no memory can
    /// be had. What it writes besides is another rule's matter (`silent`).
    fn ended_for_want_of_memory(&mut self, failure: &Failure) -> Result<bool, Stop> {
        if failure.comparison.is_some() {
            return Ok(false);
        }
        // A script that has started the server may end with another status, or later.
        let ended = match conduct::status_without_memory(&mut self.session) {
            Some(status) => status == 1,
            None => self.await_death()? == Some(Exit::Status(1)),
        };
        // What it wrote before it ended may still be on its way through the pipe.
        let _told_already = self
            .session
            .pump(Duration::ZERO, |_| Ok::<(), io::Error>(()));
        let stderr = self.session.stderr();
        let is_a_line = self.complaints > 0
            || stderr.head() == FATAL_ERROR
            || stderr.ends_with(&[b"\n", FATAL_ERROR].concat());
        Ok(ended && is_a_line && stderr.ends_with(FATAL_ERROR))
    }

    fn all_moves(&mut self) -> Result<(), Stop> {
        for planned in script::moves(self.scenario, self.circumstances.seed) {
            self.begin_step(&planned)?;
            self.make(planned)?;
        }
        self.wait_until_quiet()?;
        self.fence()
    }

    fn begin_step(&mut self, planned: &Planned) -> Result<(), Stop> {
        // An `expect` brings nothing of its own: it is shown what the step before it brought.
        if planned.step != self.step && !matches!(planned.action, Move::Expect { .. }) {
            self.wait_until_quiet()?;
            self.rests = 0;
            self.step = planned.step;
            self.line = planned.line;
            for stream in self.streams.values_mut() {
                stream.begin_step();
            }
        }
        Ok(())
    }

    /// Proves the silence after the last step: the arrival of a newcomer must be the next thing
    /// that anybody receives, so that anything else would stand before it.
    fn fence(&mut self) -> Result<(), Stop> {
        let newcomer = ClientId(self.scenario.clients.len());
        self.history.note(&Move::Arrive(newcomer));
        self.arrive(newcomer)?;
        self.settle_and_be_quiet()
    }

    /// Ends the server and judges what it wrote.
    fn finish(self, seen: &mut Seen) -> Result<(), Stop> {
        seen.asides = self.asides;
        let line = self.line;
        let transcript = self.transcript;
        // Of a failure that was made, it may have to tell. Where it does so is another rule's matter.
        let may_complain = self.adversity || self.no_memory;
        let (stdout, stderr) = self.session.end();
        let outputs = [
            (
                "standard output",
                &stdout,
                may_complain && stdout.head() == FATAL_ERROR,
            ),
            ("standard error", &stderr, may_complain),
        ];
        let unwanted = |(_, output, excused): &(_, &Captured, bool)| output.total() > 0 && !excused;
        let Some((name, output, _)) = outputs.into_iter().find(unwanted) else {
            return Ok(());
        };
        let wrote = explain::unwanted_output(line, name, output, &transcript);
        if self.scenario.silent {
            return Err(wrote.into());
        }
        seen.asides.push(wrote);
        Ok(())
    }

    /// Completes a failure with what happened before it and, where the server has died, how.
    fn blame(self, mut failure: Box<Failure>) -> Stop {
        failure.beside = self.beside(&failure);
        let exit = self.session.exit();
        let died_before_serving = exit.is_some() && !self.serves;
        let port = self.port;
        // Whoever sends wrong bytes serves, if badly. Where a newcomer is the first client of all
        // and is not served, nobody is.
        let nobody_served = !self.serves || self.scenario.clients.is_empty();
        let is_conduct = failure.kind.matter() == Matter::Conduct;
        if nobody_served && is_conduct && failure.comparison.is_none() {
            failure.not_played = Some(NotPlayed::NeverServed);
            if failure.kind.rule().is_none() {
                failure.beside = failure.beside.or(Some(NEVER_SERVED));
            }
        }
        failure.transcript = self.transcript.rows();
        let (stdout, stderr) = self.session.end();
        if let Some(exit) = exit {
            failure.death = Some(explain::death(exit, &stdout, &stderr));
        }
        if died_before_serving && ports::has_listener(port.number()) {
            return Stop::PortTaken;
        }
        Stop::Wrong(failure)
    }

    /// Lets time pass until something happens, `patience` at most; says whether a client
    /// received anything.
    pub(super) fn pump(&mut self, patience: Duration) -> Result<bool, Stop> {
        let mut progress = false;
        let mut closed = None;
        let patience = self.circumstances.part_of(patience);
        let Self {
            session,
            oracle,
            streams,
            ..
        } = self;
        let result = session.pump(patience, |happening| {
            match happening {
                Happening::Received(who, bytes) => {
                    progress = true;
                    if let Some(stream) = streams.get_mut(&who) {
                        stream
                            .feed(oracle, bytes)
                            .map_err(|mismatch| Broken::Stream(who, mismatch))?;
                    }
                }
                Happening::Closed(who) | Happening::Reset(who) if oracle.is_here(who) => {
                    closed.get_or_insert(who);
                }
                Happening::Closed(_) | Happening::Reset(_) => {}
            }
            Ok(())
        });
        match result {
            Ok(()) => {}
            Err(Broken::Machine(error)) => return Err(error.into()),
            Err(Broken::Stream(who, mismatch)) => {
                let (who, mismatch) = self.whole_mismatch(who, mismatch)?;
                return Err(explain::wrong_bytes(self, who, &mismatch).into());
            }
        }
        self.circumstances.waited(&self.session, progress);
        if self.serves {
            let limits = self.circumstances.limits();
            let used_up = self.circumstances.budget.used_up(self.scenario.tier);
            let exceeded = self.clock.exceeds(limits, &self.session);
            if let Some(exceeded) = exceeded.or(used_up.map(Exceeded::Run)) {
                return Err(explain::takes_too_long(self, exceeded).into());
            }
        }
        if let Some(misconduct) = conduct::misconduct(&mut self.session) {
            return Err(self.misconduct(&misconduct));
        }
        if let Some(noted) = conduct::noted(&mut self.session) {
            let failure = Failure {
                transcript: self.transcript.clone().rows(),
                ..explain::misconduct(self, &noted)
            };
            self.asides.push(failure);
        }
        if let Some(who) = closed {
            return Err(self.closed_by_the_server(who)?.into());
        }
        Ok(progress)
    }

    /// The server made a call that it must not make. What its language makes for it, and no C
    /// program would, is not its author's.
    fn misconduct(&self, misconduct: &Misconduct) -> Stop {
        match (&misconduct.offence, self.circumstances.other_language) {
            (Offence::NotAllowed { call }, Some(language)) => Stop::Skip(format!(
                "the server is written in {language}, which makes calls of its own, such as {call}"
            )),
            _ => explain::misconduct(self, misconduct).into(),
        }
    }

    fn collect_readings(&mut self, readings: &mut BTreeSet<Reading>) {
        if self.no_memory && !conduct::was_refused_memory(&mut self.session) {
            readings.insert(Reading::NoMemoryIsNeeded);
        }
        for (who, stream) in &self.streams {
            let observed = stream.observed(&self.oracle);
            let lazy = self.scenario.lazy.contains(who);
            let awake = lazy && !self.lazy.contains(who);
            let seen = [
                (observed.piece_at_once, Reading::PiecesAtOnce),
                (
                    observed.pieces_held && !observed.piece_at_once,
                    Reading::PiecesHeld,
                ),
                (observed.unfinished_dropped, Reading::UnfinishedDropped),
                (observed.unfinished_as_it_is, Reading::UnfinishedAsItIs),
                (
                    observed.unfinished_with_newline,
                    Reading::UnfinishedWithNewline,
                ),
                (awake && observed.line_lost, Reading::LazyMissedLines),
                (awake && !observed.line_lost, Reading::LazyFoundEverything),
            ];
            readings.extend(
                seen.into_iter()
                    .filter(|(seen, _)| *seen)
                    .map(|(_, reading)| reading),
            );
        }
    }
}

enum Broken {
    Machine(io::Error),
    Stream(ClientId, Box<Mismatch>),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Machine(error)
    }
}
