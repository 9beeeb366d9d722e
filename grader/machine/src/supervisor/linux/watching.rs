//! Which calls are watched, and who decides about each.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd};

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use rustix::process::Pid;

use super::accepting::Accepting;
use super::caller::process_of;
use super::calls;
use super::filter::Watched;
use super::forking::Forking;
use super::listener::{Call, Listener};
use super::{InGrader, SeenCall, exam_sockets, refused, time_outs};
use crate::memory;
use crate::supervisor::{Answered, Decision, Descriptors, Kind, Policy, Supervision};

/// How many calls are decided about before the clients have their turn.
const TURN: usize = 256;

/// The calls that must be watched; `None` where there are none.
pub(super) fn watched(supervision: &Supervision, policy: &impl Policy) -> Option<Watched> {
    let is_watched = |kind: Kind| {
        let concerns_descriptors = match supervision.descriptors {
            Descriptors::Exam => kind == Kind::Socket,
            Descriptors::Blocking => false,
            Descriptors::Nonblocking => kind == Kind::Accept,
        };
        let concerns_memory = supervision.no_memory_at_start && kind == Kind::Socket;
        concerns_descriptors || concerns_memory || policy.watches(kind)
    };
    if let Some(expected) = policy.expects() {
        return Some(Watched::AllBut(calls::named_and_not(expected, is_watched)));
    }
    let numbers = calls::numbers(is_watched);
    if numbers.is_empty() || supervision.is_instrumented {
        return (!numbers.is_empty()).then_some(Watched::Only(numbers));
    }
    let forks = calls::numbers(|kind| kind == Kind::Fork);
    Some(Watched::Only([numbers, forks].concat()))
}

/// Has the watched calls of one server, and of all that it forks or executes, decided about.
#[derive(Debug)]
pub(crate) struct Supervisor<P> {
    listener: Listener,
    supervision: Supervision,
    policy: P,
    accepting: Accepting,
    forking: Forking,
    /// The processes that threads belong to.
    processes: HashMap<Pid, Pid>,
}

impl<P: Policy> Supervisor<P> {
    /// Begins to watch a server that has been started; `token` is told when a call waits for
    /// [`Supervisor::serve`].
    ///
    /// # Errors
    /// The filter could not be installed in the server, or the machine lacks something.
    pub(crate) fn attach(
        in_grader: InGrader,
        supervision: &Supervision,
        policy: P,
        registry: &Registry,
        token: Token,
    ) -> io::Result<Self> {
        let listener = in_grader.listener()?;
        let descriptor = listener.as_fd().as_raw_fd();
        registry.register(&mut SourceFd(&descriptor), token, Interest::READABLE)?;
        Ok(Self {
            listener,
            supervision: supervision.clone(),
            policy,
            accepting: Accepting::default(),
            forking: Forking::default(),
            processes: HashMap::new(),
        })
    }

    pub(super) const fn listener(&self) -> &Listener {
        &self.listener
    }

    /// Whoever judges the calls.
    pub(crate) const fn policy(&mut self) -> &mut P {
        &mut self.policy
    }

    /// Has the calls that wait decided about, a turn's worth at most, and says whether more may
    /// wait: a server can make calls faster than they are decided about.
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
        let Some(process) = self.process(&call) else {
            // It has ended.
            return Ok(());
        };
        let seen = SeenCall::new(&call, process);
        if self.supervision.no_memory_at_start && seen.is_for_the_internet() {
            memory::exhaust(process)?;
        }
        let kind = seen.kind();
        let decided = self.policy.decide(&seen)?;
        let decision = if refused::is_one(&call, self.supervision.is_instrumented) {
            Decision::Fail(refused::ERROR)
        } else {
            decided
        };
        match decision {
            Decision::GoOn => {}
            Decision::GoOnAtOnce => time_outs::end(&self.listener, &call)?,
            Decision::Fail(error) => {
                let still_waited = self.listener.fail(&call, error)?;
                self.policy.answered(as_decided(still_waited));
                return Ok(());
            }
        }
        match kind {
            Kind::Fork if !self.supervision.is_instrumented => {
                self.forking.fork(&self.listener, &call)
            }
            Kind::Socket if self.supervision.descriptors == Descriptors::Exam => {
                let still_waited = exam_sockets::make(&self.listener, &call)?;
                self.policy.answered(as_decided(still_waited));
                Ok(())
            }
            Kind::Accept if self.supervision.descriptors == Descriptors::Nonblocking => {
                self.policy.answered(Answered::Waits);
                self.accepting.accept(&self.listener, call, registry)
            }
            _ => {
                let still_waited = self.listener.go_on(&call)?;
                self.policy.answered(as_decided(still_waited));
                Ok(())
            }
        }
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
}

const fn as_decided(still_waited: bool) -> Answered {
    if still_waited {
        Answered::AsDecided
    } else {
        Answered::Interrupted
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::supervisor::LookAway;

    #[derive(Debug)]
    struct Watches {
        kind: Kind,
        expects: Option<&'static [&'static str]>,
    }

    impl Policy for Watches {
        fn watches(&self, kind: Kind) -> bool {
            kind == self.kind
        }

        fn expects(&self) -> Option<&[&'static str]> {
            self.expects
        }

        fn decide(&mut self, _call: &SeenCall<'_>) -> io::Result<Decision> {
            Ok(Decision::GoOn)
        }

        fn answered(&mut self, _answered: Answered) {}
    }

    #[test]
    fn nothing_is_watched_without_need() {
        let plain = Supervision {
            descriptors: Descriptors::Blocking,
            ..Supervision::default()
        };
        assert_eq!(watched(&plain, &LookAway), None);
        let Some(Watched::Only(numbers)) = watched(&Supervision::default(), &LookAway) else {
            panic!("some calls are watched");
        };
        let forks = calls::numbers(|kind| kind == Kind::Fork);
        assert_eq!(numbers, [&[libc::SYS_socket][..], &forks].concat());
        let free = Supervision {
            is_instrumented: true,
            ..Supervision::default()
        };
        assert_eq!(
            watched(&free, &LookAway),
            Some(Watched::Only(vec![libc::SYS_socket]))
        );
    }

    #[test]
    fn what_a_policy_watches_is_watched() {
        let policy = Watches {
            kind: Kind::Select,
            expects: None,
        };
        let Some(Watched::Only(numbers)) = watched(&Supervision::default(), &policy) else {
            panic!("some calls are watched");
        };
        assert!(numbers.contains(&libc::SYS_pselect6) && numbers.contains(&libc::SYS_socket));
        assert!(!numbers.contains(&libc::SYS_recvfrom));
    }

    #[test]
    fn what_is_expected_is_not_watched_where_nothing_else_asks_for_it() {
        let policy = Watches {
            kind: Kind::Listen,
            expects: Some(&["brk", "socket", "sendto", "listen"]),
        };
        let Some(Watched::AllBut(numbers)) = watched(&Supervision::default(), &policy) else {
            panic!("most calls are watched");
        };
        assert_eq!(numbers, [libc::SYS_brk, libc::SYS_sendto]);
    }
}
