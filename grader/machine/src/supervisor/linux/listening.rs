//! The exam's descriptors, which a server inherits from its listening socket.
//!
//! The subject says that recv and send block where select has not been called, and do not
//! otherwise. Who has asked select sends into a socket with room for something; that he sends
//! more than fits must not stop him. A socket whose sending times out at once is like that: recv
//! waits for bytes, send returns how much it has taken, or an error (socket(7), `SO_SNDTIMEO`).
//!
//! A connection has from its first moment what the listening socket had when it came. So it is
//! enough to set the time-out once, before the server listens and anybody can come: every accept
//! is then the kernel's own, whoever makes it in whatever way, and nothing about it has to be
//! played.

use std::io;
use std::time::Duration;

use rustix::io::Errno;
use socket2::SockRef;

use super::listener::{Call, Listener};

/// The shortest time-out there is. The kernel rounds it up to its own tick, 1 to 10 ms.
const AT_ONCE: Duration = Duration::from_micros(1);

/// Makes a socket's connections the exam's, and lets the server listen.
///
/// # Errors
/// The kernel does not let the grader set it.
pub(super) fn listen(listener: &Listener, call: &Call) -> io::Result<()> {
    let prepared = prepare(listener, call);
    listener.go_on(call)?;
    prepared
}

fn prepare(listener: &Listener, call: &Call) -> io::Result<()> {
    let socket = match call.descriptor() {
        Ok(socket) => socket,
        // The kernel will say so, if there is still somebody to say it to.
        Err(Errno::BADF | Errno::SRCH) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    if !listener.waits(call) {
        // The caller has ended, and its id may mean another process.
        return Ok(());
    }
    match SockRef::from(&socket).set_write_timeout(Some(AT_ONCE)) {
        // It is no socket, and the kernel will say so.
        Err(error) if Errno::from_io_error(&error) == Some(Errno::NOTSOCK) => Ok(()),
        set => set,
    }
}
