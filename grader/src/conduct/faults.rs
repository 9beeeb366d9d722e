//! Calls that are made to fail without the kernel having made them: once each, but for a send to
//! who has gone.

use machine::supervisor::{Direction, Kind, Socket};
use rustix::io::Errno;

use super::discipline::Descriptor;
use super::misconduct::Offence;
use crate::scenario::{FailingCall, FailingWith};

/// A call that fails when it is made next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Armed {
    call: FailingCall,
    /// Only on this socket.
    on: Option<Socket>,
    pub(super) error: Errno,
    /// Whether every later one fails as well, since the connection is gone.
    lasts: bool,
}

/// What has been told to fail, and what has failed.
#[derive(Debug, Default)]
pub(super) struct Faults {
    armed: Vec<Armed>,
    /// The call that has failed at the start, and what it was about.
    fatal: Option<(FailingCall, Descriptor)>,
}

impl Faults {
    /// From now on, the next such call fails; where a client's port is given, only on the
    /// connection to that client, and for good where that is gone.
    pub(super) fn arm(&mut self, call: FailingCall, on: Option<u16>, error: FailingWith) {
        self.armed.push(Armed {
            call,
            on: on.map(Socket::Client),
            error: errno(error),
            lasts: on.is_some() && call.fails_for_good(error),
        });
    }

    /// What makes this call fail, if it is its turn.
    pub(super) fn strike(
        &mut self,
        kind: Kind,
        descriptor: Descriptor,
        on: Option<Socket>,
    ) -> Option<Armed> {
        let call = failing(kind)?;
        let place = self
            .armed
            .iter()
            .position(|armed| armed.call == call && (armed.on.is_none() || armed.on == on))?;
        let armed = if self.armed[place].lasts {
            // The kernel tells of a reset once.
            let later = Armed {
                error: Errno::PIPE,
                ..self.armed[place]
            };
            std::mem::replace(&mut self.armed[place], later)
        } else {
            self.armed.remove(place)
        };
        if call.is_fatal() {
            /// What the server has where it has no socket.
            const NONE: i32 = -1;
            let (process, number) = descriptor;
            let number = if call == FailingCall::Socket {
                NONE
            } else {
                number
            };
            self.fatal = Some((call, (process, number)));
        }
        Some(armed)
    }

    /// The call was interrupted before it could be made to fail, and will be made again.
    pub(super) fn arm_again(&mut self, armed: Armed) {
        let is_it =
            |other: &&mut Armed| armed.lasts && (other.call, other.on) == (armed.call, armed.on);
        match self.armed.iter_mut().find(is_it) {
            Some(later) => *later = armed,
            None => self.armed.push(armed),
        }
        self.fatal = None;
    }

    /// What is wrong with a call that goes on with a socket that has failed.
    pub(super) fn offence(
        &self,
        kind: Kind,
        call: &'static str,
        descriptor: Descriptor,
    ) -> Option<Offence> {
        let (failed, on) = self.fatal?;
        let goes_on = match kind {
            // Where there is no socket, any other will do.
            Kind::Bind | Kind::Listen | Kind::Accept if failed == FailingCall::Socket => {
                descriptor.0 == on.0
            }
            // Standard error, where the message goes, is no socket.
            Kind::Bind | Kind::Listen | Kind::Accept | Kind::Transfer(_) => descriptor == on,
            _ => false,
        };
        goes_on.then_some(Offence::AfterFailure {
            call,
            failed: failed.name(),
        })
    }

    /// Whether anybody has told a call on one client's connection to fail.
    pub(super) fn concerns_a_client(&self, kind: Kind) -> bool {
        self.armed
            .iter()
            .any(|armed| armed.on.is_some() && Some(armed.call) == failing(kind))
    }
}

fn failing(kind: Kind) -> Option<FailingCall> {
    match kind {
        Kind::Socket => Some(FailingCall::Socket),
        Kind::Bind => Some(FailingCall::Bind),
        Kind::Listen => Some(FailingCall::Listen),
        Kind::Accept => Some(FailingCall::Accept),
        Kind::Select => Some(FailingCall::Select),
        Kind::Transfer(Direction::Read) => Some(FailingCall::Recv),
        Kind::Transfer(Direction::Write) => Some(FailingCall::Send),
        _ => None,
    }
}

/// Whether a call is of the kind that may be made to fail so.
pub(super) fn may_fail(kind: Kind, call: FailingCall) -> bool {
    failing(kind) == Some(call)
}

/// The kernel's number of an error.
const fn errno(error: FailingWith) -> Errno {
    match error {
        FailingWith::Aborted => Errno::CONNABORTED,
        FailingWith::TooManyDescriptors => Errno::MFILE,
        FailingWith::Interrupted => Errno::INTR,
        FailingWith::Reset => Errno::CONNRESET,
        FailingWith::BrokenPipe => Errno::PIPE,
        FailingWith::AddressInUse => Errno::ADDRINUSE,
        FailingWith::NoBuffers => Errno::NOBUFS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITE: Kind = Kind::Transfer(Direction::Write);

    const fn of_server(number: i32) -> Descriptor {
        (1, number)
    }

    #[test]
    fn a_fault_strikes_once() {
        let mut faults = Faults::default();
        faults.arm(FailingCall::Accept, None, FailingWith::TooManyDescriptors);
        assert_eq!(faults.strike(Kind::Select, of_server(0), None), None);
        let struck = faults.strike(Kind::Accept, of_server(3), Some(Socket::Listener));
        assert_eq!(struck.map(|armed| armed.error), Some(Errno::MFILE));
        assert_eq!(
            faults.strike(Kind::Accept, of_server(3), Some(Socket::Listener)),
            None
        );
        assert_eq!(faults.offence(Kind::Accept, "accept", of_server(3)), None);
    }

    #[test]
    fn a_fault_strikes_the_client_that_it_is_meant_for() {
        let mut faults = Faults::default();
        faults.arm(FailingCall::Send, Some(7), FailingWith::BrokenPipe);
        assert!(faults.concerns_a_client(WRITE) && !faults.concerns_a_client(Kind::Accept));
        assert_eq!(
            faults.strike(WRITE, of_server(5), Some(Socket::Client(8))),
            None
        );
        assert_eq!(faults.strike(WRITE, of_server(5), None), None);
        let struck = faults.strike(WRITE, of_server(5), Some(Socket::Client(7)));
        assert_eq!(struck.map(|armed| armed.error), Some(Errno::PIPE));
    }

    #[test]
    fn a_connection_that_is_gone_goes_on_failing() {
        let bob = Some(Socket::Client(7));
        let mut faults = Faults::default();
        faults.arm(FailingCall::Send, Some(7), FailingWith::Reset);
        let mut strike = |on| faults.strike(WRITE, of_server(5), on).map(|it| it.error);
        assert_eq!(strike(bob), Some(Errno::CONNRESET));
        assert_eq!(strike(bob), Some(Errno::PIPE));
        assert_eq!(strike(Some(Socket::Client(8))), None);
        assert_eq!(strike(bob), Some(Errno::PIPE));
    }

    #[test]
    fn what_was_interrupted_fails_as_it_would_have() {
        let bob = Some(Socket::Client(7));
        let mut faults = Faults::default();
        faults.arm(FailingCall::Send, Some(7), FailingWith::Reset);
        let struck = faults.strike(WRITE, of_server(5), bob).expect("it fails");
        faults.arm_again(struck);
        assert_eq!(faults.strike(WRITE, of_server(5), bob), Some(struck));
        let errors = [(); 2].map(|()| faults.strike(WRITE, of_server(5), bob));
        assert!(errors.iter().flatten().all(|it| it.error == Errno::PIPE));
        assert_eq!(errors.iter().flatten().count(), 2);
    }

    #[test]
    fn a_connection_that_lacks_room_for_a_moment_fails_once() {
        let bob = Some(Socket::Client(7));
        let mut faults = Faults::default();
        faults.arm(FailingCall::Send, Some(7), FailingWith::NoBuffers);
        assert!(faults.strike(WRITE, of_server(5), bob).is_some());
        assert_eq!(faults.strike(WRITE, of_server(5), bob), None);
    }

    #[test]
    fn nothing_may_be_done_with_a_socket_that_could_not_be_bound() {
        let mut faults = Faults::default();
        faults.arm(FailingCall::Bind, None, FailingWith::AddressInUse);
        assert!(faults.strike(Kind::Bind, of_server(3), None).is_some());
        assert_eq!(
            faults.offence(Kind::Listen, "listen", of_server(3)),
            Some(Offence::AfterFailure {
                call: "listen",
                failed: "bind"
            })
        );
        assert_eq!(faults.offence(Kind::Close, "close", of_server(3)), None);
        assert_eq!(faults.offence(WRITE, "write", of_server(2)), None);
    }

    #[test]
    fn nothing_may_be_done_without_a_socket() {
        let mut faults = Faults::default();
        faults.arm(FailingCall::Socket, None, FailingWith::TooManyDescriptors);
        assert!(faults.strike(Kind::Socket, of_server(2), None).is_some());
        assert!(faults.offence(Kind::Bind, "bind", of_server(-1)).is_some());
        assert_eq!(faults.offence(WRITE, "write", of_server(2)), None);
    }

    #[test]
    fn what_another_process_has_under_the_same_number_is_not_meant() {
        let shell = |number| (2, number);
        let mut faults = Faults::default();
        faults.arm(FailingCall::Listen, None, FailingWith::AddressInUse);
        assert!(faults.strike(Kind::Listen, of_server(3), None).is_some());
        let read = Kind::Transfer(Direction::Read);
        assert_eq!(faults.offence(read, "read", shell(3)), None);
        assert!(faults.offence(read, "read", of_server(3)).is_some());
    }
}
