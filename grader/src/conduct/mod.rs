//! What a server's system calls say of it, and which of them are made to fail.
//!
//! The machine shows each call before the kernel makes it; what it means is decided here.
//!
//! | File | What it knows |
//! |---|---|
//! | `order`, `discipline` | whether select was asked before a call |
//! | `allowed` | which calls the allowed functions make |
//! | `early` | which calls before the first socket are the author's |
//! | `faults` | calls that are made to fail |
//! | `memory` | whether memory was asked for that could not be had |
//! | `misconduct` | what is found |
//! | `need` | how much must be seen for it |
//! | `session` | what a play asks, and makes, of a server whose calls are judged |

use std::collections::BTreeSet;
use std::io;

use machine::supervisor::{Answered, Decision, Kind, Policy, SeenCall};

use crate::scenario::{FailingCall, Watch};
use discipline::Descriptor;
use early::Early;
use faults::{Armed, Faults};
use memory::{Deed, Memory};
use order::{Order, Seen};

mod allowed;
mod discipline;
mod early;
mod faults;
mod memory;
mod misconduct;
mod need;
mod order;
mod session;

pub use misconduct::{Instead, Misconduct, ObservedCall, Offence};
pub use need::{Need, Unseen};
pub use session::{
    Session, exhaust_memory, fail_next, let_time_pass, misconduct, noted, probe,
    status_without_memory, time_outs_left, was_refused_memory,
};

/// Judges the calls of one server.
#[derive(Debug, Default)]
pub struct Conduct {
    watch: BTreeSet<Watch>,
    /// The call that fails when the server first makes it.
    fails_at_start: Option<FailingCall>,
    /// The calls that will be made to fail later on.
    fails_later: BTreeSet<FailingCall>,
    order: Order,
    faults: Faults,
    memory: Memory,
    /// Whether there is no memory from the first socket of the internet on.
    no_memory_at_start: bool,
    /// Whether time-outs are let pass at some time.
    passes_time: bool,
    /// How many time-outs of select are still let pass.
    time_outs: usize,
    /// The processes that have asked for a socket of the internet, with which the start-up of a C
    /// program ends. One that only waits for the server does not ask.
    begun: BTreeSet<u32>,
    /// What the others have called, unless the language has a start-up of its own.
    early: Option<Early>,
    /// The first call that must not have been made.
    misconduct: Option<Misconduct>,
    /// Whether calls that no allowed function makes are noted where nobody watches for them.
    notes_calls: bool,
    /// The first of these.
    noted: Option<Misconduct>,
    /// What was decided last and has not been answered.
    pending: Pending,
}

/// What becomes of a call once it has been answered.
#[derive(Debug, Default)]
enum Pending {
    #[default]
    Nothing,
    /// It has been looked at.
    GoesOn(Seen, Option<Offence>),
    /// It is made to fail.
    Fails(&'static str, Armed),
}

impl Conduct {
    /// Judges what is to be watched; this call fails when the server first makes it, and those
    /// will be made to fail later on.
    #[must_use]
    pub fn new(
        watch: BTreeSet<Watch>,
        fails_at_start: Option<FailingCall>,
        fails_later: BTreeSet<FailingCall>,
    ) -> Self {
        let mut faults = Faults::default();
        if let Some(call) = fails_at_start {
            faults.arm(call, None, call.usual_error());
        }
        Self {
            watch,
            fails_at_start,
            fails_later,
            faults,
            early: Some(Early::default()),
            ..Self::default()
        }
    }

    /// The same for a program in another language than C, whose start-up may make any call.
    #[must_use]
    pub fn in_another_language(self) -> Self {
        Self {
            early: None,
            ..self
        }
    }

    /// The same, where memory runs out at some time, or with the first socket of the internet.
    #[must_use]
    pub fn exhausting_memory(mut self, at_some_time: bool, at_start: bool) -> Self {
        self.memory.runs_out = at_some_time;
        self.no_memory_at_start = at_start;
        self
    }

    /// The same, where time-outs of select are let pass at some time.
    #[must_use]
    pub fn passing_time(self, passes_time: bool) -> Self {
        Self {
            passes_time,
            ..self
        }
    }

    /// The same, where calls that no allowed function makes are noted: they change nothing else
    /// than what [`noted`] says.
    #[must_use]
    pub fn noting_calls(self) -> Self {
        Self {
            notes_calls: true,
            ..self
        }
    }

    /// How much must be seen for this judgement.
    #[must_use]
    pub fn need(&self) -> Need {
        // What fails later may have to do so on one client's connection.
        if self.judges_order() || !self.fails_later.is_empty() || self.passes_time {
            Need::Sockets
        } else if !self.watch.is_empty() || self.fails_at_start.is_some() || self.memory.runs_out {
            Need::Calls
        } else {
            Need::Nothing
        }
    }

    /// The first call that the server must not have made, told once.
    pub const fn misconduct(&mut self) -> Option<Misconduct> {
        self.misconduct.take()
    }

    fn looks_for_other_calls(&self) -> bool {
        self.notes_calls || self.watch.contains(&Watch::AllowedFunctions)
    }

    /// The server made a call that no allowed function makes.
    fn found_other_call(&mut self, call: &'static str) {
        let offence = Offence::NotAllowed { call };
        if self.watch.contains(&Watch::AllowedFunctions) {
            self.found(offence, Vec::new());
        } else {
            self.noted.get_or_insert(Misconduct {
                offence,
                calls: Vec::new(),
            });
        }
    }

    fn judges_order(&self) -> bool {
        self.watch.contains(&Watch::SelectFirst) || self.watch.contains(&Watch::NeverEagain)
    }

    /// What a process has called before its first socket counts as soon as it asks for one.
    fn look_back(&mut self, call: &SeenCall<'_>) {
        let looks = self.looks_for_other_calls();
        let Some(early) = &mut self.early else { return };
        let process = call.process();
        if call.is_for_the_internet() {
            if let Some(call) = early.take(process) {
                self.found_other_call(call);
            }
        } else if looks && !self.begun.contains(&process) {
            early.note(process, call.system_call(), call.arguments());
        }
    }

    /// Looks whether an allowed function makes a call.
    fn look_for_other_calls(&mut self, call: &SeenCall<'_>) {
        if self.looks_for_other_calls()
            && self.begun.contains(&call.process())
            && !allowed::CALLS.contains(&call.system_call())
        {
            self.found_other_call(call.name());
        }
    }

    /// What this call fails with, if it is its turn.
    fn strike(&mut self, call: &SeenCall<'_>) -> Option<Armed> {
        let kind = call.kind();
        if kind == Kind::Socket && !call.is_for_the_internet() {
            return None;
        }
        let socket = if self.faults.concerns_a_client(kind) {
            call.socket().ok().flatten().map(|socket| socket.whose)
        } else {
            None
        };
        self.faults.strike(kind, descriptor(call), socket)
    }

    fn found(&mut self, offence: Offence, calls: Vec<ObservedCall>) {
        self.misconduct.get_or_insert(Misconduct { offence, calls });
    }
}

/// What a call is about.
const fn descriptor(call: &SeenCall<'_>) -> Descriptor {
    (call.process(), call.descriptor())
}

impl Policy for Conduct {
    fn watches(&self, kind: Kind) -> bool {
        let fails = |call: &FailingCall| faults::may_fail(kind, *call);
        let concerns_order = match kind {
            Kind::Accept
            | Kind::Select
            | Kind::Transfer(_)
            | Kind::OtherMultiplexer
            | Kind::Close => self.judges_order(),
            Kind::Bind | Kind::Listen => self.fails_at_start.is_some(),
            Kind::Socket => self.looks_for_other_calls(),
            Kind::Memory | Kind::Exit => self.memory.runs_out,
            Kind::Fork | Kind::Other => false,
        };
        let goes_on_after_a_failure =
            self.fails_at_start.is_some() && matches!(kind, Kind::Accept | Kind::Transfer(_));
        let tells_the_server = matches!(kind, Kind::Socket | Kind::Listen | Kind::Accept);
        concerns_order
            || kind == Kind::Select && self.passes_time
            || goes_on_after_a_failure
            || self.memory.runs_out && tells_the_server
            || self.fails_at_start.iter().any(fails)
            || self.fails_later.iter().any(fails)
    }

    fn expects(&self) -> Option<&[&'static str]> {
        self.looks_for_other_calls().then_some(allowed::CALLS)
    }

    fn decide(&mut self, call: &SeenCall<'_>) -> io::Result<Decision> {
        self.pending = Pending::Nothing;
        self.look_back(call);
        if call.is_for_the_internet() {
            self.begun.insert(call.process());
            if self.no_memory_at_start {
                self.memory.has_run_out(Some(call.process()));
            }
        }
        self.memory.note(call.process(), Deed::of(call));
        self.look_for_other_calls(call);
        let faults = &self.faults;
        if let Some(offence) = faults.offence(call.kind(), call.name(), descriptor(call)) {
            self.found(offence, Vec::new());
        }
        if let Some(armed) = self.strike(call) {
            let error = armed.error;
            self.pending = Pending::Fails(call.name(), armed);
            return Ok(Decision::Fail(error));
        }
        if self.judges_order()
            && let Some(seen) = self.order.look(call)?
        {
            let offence = seen.offence(&self.watch);
            self.pending = Pending::GoesOn(seen, offence);
        }
        if self.time_outs > 0 && call.has_time_out() {
            self.time_outs -= 1;
            return Ok(Decision::GoOnAtOnce);
        }
        Ok(Decision::GoOn)
    }

    fn answered(&mut self, answered: Answered) {
        match (std::mem::take(&mut self.pending), answered) {
            (Pending::Nothing, _) => {}
            (Pending::Fails(_, armed), Answered::Interrupted) => self.faults.arm_again(armed),
            (Pending::Fails(call, armed), _) => self.order.failed(call, &armed.error.into()),
            // It will be made again, and is judged then.
            (Pending::GoesOn(..), Answered::Interrupted) => {}
            (Pending::GoesOn(seen, offence), _) => {
                // One that is made again has not been used up by the first time.
                if answered == Answered::AsDecided {
                    self.order.note(seen);
                }
                if let Some(offence) = offence {
                    let calls = self.order.recent();
                    self.found(offence, calls);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use machine::supervisor::Direction;

    use super::*;

    fn watching(watch: Watch) -> Conduct {
        Conduct::new([watch].into(), None, BTreeSet::new())
    }

    #[test]
    fn nothing_is_watched_without_need() {
        let conduct = Conduct::default();
        assert!(conduct.need() == Need::Nothing && conduct.expects().is_none());
        assert!(!conduct.watches(Kind::Listen) && !conduct.watches(Kind::Select));
    }

    #[test]
    fn the_order_of_calls_needs_all_that_asks_and_uses() {
        for watch in [Watch::SelectFirst, Watch::NeverEagain] {
            let conduct = watching(watch);
            for kind in [
                Kind::Select,
                Kind::Accept,
                Kind::Transfer(Direction::Read),
                Kind::Transfer(Direction::Write),
                Kind::OtherMultiplexer,
                Kind::Close,
            ] {
                assert!(conduct.watches(kind), "{kind:?}");
            }
            assert!(!conduct.watches(Kind::Other) && conduct.expects().is_none());
        }
    }

    #[test]
    fn what_is_only_noted_asks_for_no_more_of_the_machine() {
        let conduct = Conduct::default().noting_calls();
        assert_eq!(conduct.need(), Need::Nothing);
        assert!(conduct.expects().is_some() && conduct.watches(Kind::Socket));
    }

    #[test]
    fn what_is_noted_is_no_misconduct() {
        let mut noting = Conduct::default().noting_calls();
        noting.found_other_call("usleep");
        noting.found_other_call("fcntl");
        assert_eq!(noting.misconduct(), None);
        let noted = noting.noted.map(|noted| noted.offence);
        assert_eq!(noted, Some(Offence::NotAllowed { call: "usleep" }));
        let mut watched = watching(Watch::AllowedFunctions).noting_calls();
        watched.found_other_call("usleep");
        assert!(watched.noted.is_none() && watched.misconduct().is_some());
    }

    #[test]
    fn what_is_not_expected_is_not_allowed() {
        let conduct = watching(Watch::AllowedFunctions);
        let expected = conduct.expects().expect("most calls are watched");
        assert!(expected.contains(&"brk") && expected.contains(&"sendto"));
        assert!(!expected.contains(&"fcntl"));
        assert!(conduct.watches(Kind::Socket), "it ends the start-up");
    }
}
