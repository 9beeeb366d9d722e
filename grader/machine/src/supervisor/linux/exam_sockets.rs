//! Sockets of the exam, which the grader makes in the server's place.
//!
//! The subject says that recv and send block where select has not been called, and do not
//! otherwise. Who has asked select sends into a socket with room for something; that he sends
//! more than fits must not stop him. A socket whose sending times out at once is like that: recv
//! waits for bytes, send returns how much it has taken, or an error (socket(7), `SO_SNDTIMEO`).
//!
//! A connection has from its first moment what the listening socket had when it came. So it is
//! enough that the socket has the time-out when it is made: every accept is then the kernel's own,
//! whoever makes it in whatever way, and nothing about it has to be played. And nothing of the
//! server has to be looked into, which many containers forbid.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use socket2::{Domain, Protocol, SockRef, Socket, Type};

use super::listener::{Call, Listener};
use super::sockets;

/// The shortest time-out there is. The kernel rounds it up to its own tick, 1 to 10 ms.
const AT_ONCE: Duration = Duration::from_micros(1);

/// Makes the socket that a call of socket asks for, and says whether the call still waited.
///
/// # Errors
/// The grader cannot make it, or the kernel does not let it be handed in.
pub(super) fn make(listener: &Listener, call: &Call) -> io::Result<bool> {
    match made(call)? {
        Some(socket) => hand_in(listener, call, &socket),
        // For all that goes wrong by the call's own fault, the kernel has the right error.
        None => listener.go_on(call),
    }
}

/// The socket, where it is one that can have a time-out.
fn made(call: &Call) -> io::Result<Option<OwnedFd>> {
    let [domain, kind, protocol, ..] = call.arguments.map(|argument| argument as i32);
    let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    if !sockets::is_internet(call) || kind & !flags != libc::SOCK_STREAM {
        return Ok(None);
    }
    let kind = Type::from(kind | libc::SOCK_CLOEXEC);
    match Socket::new_raw(Domain::from(domain), kind, Some(Protocol::from(protocol))) {
        Ok(socket) => {
            socket.set_write_timeout(Some(AT_ONCE))?;
            Ok(Some(socket.into()))
        }
        Err(error) if is_the_callers(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a socket cannot be made since there is none of the kind.
fn is_the_callers(error: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(error),
        Some(Errno::AFNOSUPPORT | Errno::PROTONOSUPPORT | Errno::PROTOTYPE | Errno::INVAL)
    )
}

fn hand_in(listener: &Listener, call: &Call, socket: &OwnedFd) -> io::Result<bool> {
    let close_on_exec = call.arguments[1] as i32 & libc::SOCK_CLOEXEC != 0;
    match listener.answer_with(call, socket.as_fd(), close_on_exec) {
        Ok(()) => Ok(true),
        Err(Errno::MFILE) => listener.fail(call, Errno::MFILE),
        // It has ended.
        Err(Errno::NOENT | Errno::SRCH) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether a socket's sending times out at once.
pub(super) fn is_one(socket: &impl AsFd) -> io::Result<bool> {
    Ok(SockRef::from(socket).write_timeout()?.is_some())
}
