//! Which calls are watched, and who decides about each.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd};

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use rustix::process::Pid;

use super::accepting::Accepting;
use super::caller::process_of;
use super::calls::{self, Kind};
use super::faults::{self, Faults};
use super::filter::Watched;
use super::forking::Forking;
use super::judging::Judging;
use super::listener::{Call, Listener};
use super::misconduct::{Misconduct, ObservedCall, Offence};
use super::{Descriptors, InGrader, Supervision, listening, sockets};
use crate::harness::memory;
use crate::scenario::{FailingCall, FailingWith, Watch};

/// How many calls are decided about before the clients have their turn.
const TURN: usize = 256;

/// The calls that must be watched; `None` where there are none.
pub(super) fn watched(supervision: &Supervision) -> Option<Watched> {
    let Supervision {
        descriptors,
        watch,
        fails_at_start,
        fails_later,
        no_memory_at_start,
        tight_heap: _,
        forks_freely,
    } = supervision;
    let in_order = watch.contains(&Watch::SelectFirst) || watch.contains(&Watch::NeverEagain);
    let only_allowed = watch.contains(&Watch::AllowedFunctions);
    let is_watched = |kind: Kind| {
        let fails = |call: &FailingCall| faults::may_fail(kind, *call);
        let concerns_descriptors = match descriptors {
            Descriptors::Exam => kind == Kind::Listen,
            Descriptors::Blocking => false,
            Descriptors::Nonblocking => kind == Kind::Accept,
        };
        let concerns_order = match kind {
            Kind::Accept
            | Kind::Select
            | Kind::Transfer(_)
            | Kind::OtherMultiplexer
            | Kind::Close => in_order,
            Kind::Bind | Kind::Listen => fails_at_start.is_some(),
            Kind::Socket => only_allowed || *no_memory_at_start,
            Kind::Fork | Kind::Other => false,
        };
        let goes_on_after_a_failure =
            fails_at_start.is_some() && matches!(kind, Kind::Accept | Kind::Transfer(_));
        concerns_descriptors
            || concerns_order
            || goes_on_after_a_failure
            || fails_at_start.iter().any(fails)
            || fails_later.iter().any(fails)
    };
    if only_allowed {
        return Some(Watched::AllBut(calls::allowed_and_not(is_watched)));
    }
    let numbers = calls::numbers(is_watched);
    if numbers.is_empty() || *forks_freely {
        return (!numbers.is_empty()).then_some(Watched::Only(numbers));
    }
    let forks = calls::numbers(|kind| kind == Kind::Fork);
    Some(Watched::Only([numbers, forks].concat()))
}

/// Decides about the watched calls of one server and all that it forks or executes.
#[derive(Debug)]
pub(crate) struct Supervisor {
    listener: Listener,
    supervision: Supervision,
    accepting: Accepting,
    judging: Judging,
    faults: Faults,
    forking: Forking,
    /// Whether a socket of the internet has been asked for, with which the start-up of a C
    /// program ends.
    has_begun: bool,
    /// The first call that must not have been made.
    misconduct: Option<Misconduct>,
    /// The processes that threads belong to.
    processes: HashMap<Pid, Pid>,
}

impl Supervisor {
    /// Begins to watch a server that has been started; `token` is told when a call waits for
    /// [`Supervisor::serve`].
    ///
    /// # Errors
    /// The filter could not be installed in the server, or the machine lacks something.
    pub(crate) fn attach(
        in_grader: InGrader,
        supervision: &Supervision,
        registry: &Registry,
        token: Token,
    ) -> io::Result<Self> {
        let listener = in_grader.listener()?;
        let descriptor = listener.as_fd().as_raw_fd();
        registry.register(&mut SourceFd(&descriptor), token, Interest::READABLE)?;
        let mut faults = Faults::default();
        if let Some(call) = supervision.fails_at_start {
            faults.arm(call, None, faults::errno(call.usual_error()));
        }
        Ok(Self {
            listener,
            supervision: supervision.clone(),
            accepting: Accepting::default(),
            judging: Judging::default(),
            faults,
            forking: Forking::default(),
            has_begun: false,
            misconduct: None,
            processes: HashMap::new(),
        })
    }

    pub(super) const fn listener(&self) -> &Listener {
        &self.listener
    }

    /// Decides about the calls that wait, a turn's worth at most, and says whether more may wait:
    /// a server can make calls faster than they are decided about.
    ///
    /// # Errors
    /// The kernel does not let the grader do what it must. The server is not to blame, and the
    /// play cannot go on.
    pub(crate) fn serve(&mut self, registry: &Registry) -> io::Result<bool> {
        let mut more = true;
        for _ in 0..TURN {
            let Some(call) = self.listener.next()? else {
                more = false;
                break;
            };
            self.decide(call, registry)?;
        }
        self.accepting.forget_ended(&self.listener, registry)?;
        Ok(more)
    }

    /// Whether a call waits to be decided about, as far as the kernel tells.
    pub(crate) fn has_calls(&self) -> bool {
        self.listener.has_next().unwrap_or(true)
    }

    fn decide(&mut self, call: Call, registry: &Registry) -> io::Result<()> {
        let (kind, name) = calls::identify(call.number);
        let Some(process) = self.process(&call) else {
            // It has ended.
            return Ok(());
        };
        if kind == Kind::Socket && sockets::is_internet(&call) {
            self.has_begun = true;
            if self.supervision.no_memory_at_start {
                memory::exhaust(process)?;
            }
        }
        if let Some(offence) = self.offence(&call, kind, name) {
            self.report(offence, Vec::new());
        }
        if let Some(armed) = self.strike(&call, kind) {
            if self.listener.fail(&call, armed.error)? {
                self.judging.failed(name, armed.error);
            } else {
                self.faults.arm_again(armed);
            }
            return Ok(());
        }
        if kind == Kind::Fork && !self.supervision.forks_freely {
            return self.forking.fork(&self.listener, &call);
        }
        let in_order = self.judges_order();
        match kind {
            Kind::Listen if self.supervision.descriptors == Descriptors::Exam => {
                listening::listen(&self.listener, &call)
            }
            Kind::Accept if self.supervision.descriptors == Descriptors::Nonblocking => {
                if in_order {
                    let seen = self.judging.look(&call, process, kind, name)?;
                    self.found(seen.and_then(|seen| seen.offence(&self.supervision.watch)));
                }
                self.accepting.accept(&self.listener, call, registry)
            }
            _ if in_order => {
                let seen = self.judging.look(&call, process, kind, name)?;
                let offence = seen
                    .as_ref()
                    .and_then(|seen| seen.offence(&self.supervision.watch));
                // One that was interrupted will be made again, and is judged then.
                if self.listener.go_on(&call)? {
                    if let Some(seen) = seen {
                        self.judging.note(seen);
                    }
                    self.found(offence);
                }
                Ok(())
            }
            _ => self.listener.go_on(&call).map(drop),
        }
    }

    fn judges_order(&self) -> bool {
        let watch = &self.supervision.watch;
        watch.contains(&Watch::SelectFirst) || watch.contains(&Watch::NeverEagain)
    }

    /// What is wrong with a call whatever socket it is about.
    fn offence(&self, call: &Call, kind: Kind, name: &'static str) -> Option<Offence> {
        let not_allowed = self.has_begun
            && self.supervision.watch.contains(&Watch::AllowedFunctions)
            && !calls::is_allowed(call.number);
        if not_allowed {
            return Some(Offence::NotAllowed { call: name });
        }
        self.faults.offence(kind, name, call.number_of_descriptor())
    }

    /// What this call fails with, if it is its turn.
    fn strike(&mut self, call: &Call, kind: Kind) -> Option<faults::Armed> {
        let socket = if self.faults.concerns_a_client(kind) {
            sockets::of(call).ok().flatten().map(|(_, socket)| socket)
        } else {
            None
        };
        if kind == Kind::Socket && !sockets::is_internet(call) {
            return None;
        }
        self.faults
            .strike(kind, call.number_of_descriptor(), socket)
    }

    fn found(&mut self, offence: Option<Offence>) {
        if let Some(offence) = offence {
            let calls = self.judging.recent();
            self.report(offence, calls);
        }
    }

    fn report(&mut self, offence: Offence, calls: Vec<ObservedCall>) {
        self.misconduct.get_or_insert(Misconduct { offence, calls });
    }

    /// The process that makes a call.
    fn process(&mut self, call: &Call) -> Option<Pid> {
        if let Some(process) = self.processes.get(&call.caller) {
            return Some(*process);
        }
        let process = process_of(call.caller).ok()?;
        self.processes.insert(call.caller, process);
        Some(process)
    }

    /// Goes on with a call that had to wait, since its token has been told.
    ///
    /// # Errors
    /// As those of [`Supervisor::serve`].
    pub(crate) fn resume(&mut self, token: Token, registry: &Registry) -> io::Result<()> {
        self.accepting.resume(&self.listener, token, registry)
    }

    /// How many connections have left the server's queue without having reached the server.
    pub(crate) fn between(&self) -> usize {
        self.accepting.between()
    }

    /// From now on, the next such call fails, on the connection to this client's port where one
    /// is given.
    pub(crate) fn fail_next(&mut self, call: FailingCall, client: Option<u16>, with: FailingWith) {
        self.faults.arm(call, client, faults::errno(with));
    }

    /// The first call that the server must not have made, told once.
    pub(crate) fn misconduct(&mut self) -> Option<Misconduct> {
        self.misconduct.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn supervision(watch: &[Watch]) -> Supervision {
        Supervision {
            watch: watch.iter().copied().collect(),
            ..Supervision::default()
        }
    }

    #[test]
    fn nothing_is_watched_without_need() {
        let plain = Supervision {
            descriptors: Descriptors::Blocking,
            ..Supervision::default()
        };
        assert_eq!(watched(&plain), None);
        let Some(Watched::Only(numbers)) = watched(&Supervision::default()) else {
            panic!("some calls are watched");
        };
        let forks = calls::numbers(|kind| kind == Kind::Fork);
        assert_eq!(numbers, [&[libc::SYS_listen][..], &forks].concat());
        let free = Supervision {
            forks_freely: true,
            ..Supervision::default()
        };
        assert_eq!(watched(&free), Some(Watched::Only(vec![libc::SYS_listen])));
    }

    #[test]
    fn the_order_of_calls_needs_all_that_asks_and_uses() {
        let Some(Watched::Only(numbers)) = watched(&supervision(&[Watch::SelectFirst])) else {
            panic!("some calls are watched");
        };
        for number in [
            libc::SYS_pselect6,
            libc::SYS_accept,
            libc::SYS_recvfrom,
            libc::SYS_sendto,
            libc::SYS_write,
            libc::SYS_close,
        ] {
            assert!(numbers.contains(&number), "{number}");
        }
        assert!(!numbers.contains(&libc::SYS_brk));
    }

    #[test]
    fn what_is_allowed_is_not_watched_where_nothing_else_asks_for_it() {
        let Some(Watched::AllBut(numbers)) = watched(&supervision(&[Watch::AllowedFunctions]))
        else {
            panic!("most calls are watched");
        };
        assert!(numbers.contains(&libc::SYS_brk) && numbers.contains(&libc::SYS_sendto));
        assert!(!numbers.contains(&libc::SYS_socket), "it ends the start-up");
        assert!(
            !numbers.contains(&libc::SYS_listen),
            "the exam's descriptors"
        );
        assert!(!numbers.contains(&libc::SYS_fcntl));
    }
}
