//! What the sockets of a server are: the one that listens, or the connection of a client.

use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use socket2::SockRef;

use super::listener::Call;
use super::misconduct::{Direction, Socket};

/// The socket that is a call's first argument, and a copy of its descriptor; `None` where it is
/// not a TCP socket in use.
///
/// # Errors
/// The kernel does not let the grader have it.
pub(super) fn of(call: &Call) -> Result<Option<(OwnedFd, Socket)>, Errno> {
    let descriptor = match call.descriptor() {
        Ok(descriptor) => descriptor,
        // The kernel will say so, if there is still somebody to say it to.
        Err(Errno::BADF | Errno::SRCH) => return Ok(None),
        Err(error) => return Err(error),
    };
    let socket = identify(SockRef::from(&descriptor));
    Ok(socket.map(|socket| (descriptor, socket)))
}

fn identify(socket: SockRef<'_>) -> Option<Socket> {
    // Anything else has no port.
    socket.local_addr().ok()?.as_socket()?;
    if socket.is_listener().unwrap_or(false) {
        return Some(Socket::Listener);
    }
    let peer = socket.peer_addr().ok()?.as_socket()?;
    Some(Socket::Client(peer.port()))
}

/// Whether a use of the socket would not wait. An error, or the end of a connection, does not.
///
/// # Errors
/// The machine's.
pub(super) fn is_ready(descriptor: &OwnedFd, direction: Direction) -> Result<bool, Errno> {
    let wanted = match direction {
        Direction::Read => PollFlags::IN,
        Direction::Write => PollFlags::OUT,
    };
    let mut there = [PollFd::new(descriptor, wanted)];
    poll(&mut there, Some(&Timespec::default()))?;
    Ok(!there[0].revents().is_empty())
}

/// Whether a call of socket asks for one of the internet: the C library may ask for others by
/// itself.
pub(super) fn is_internet(call: &Call) -> bool {
    matches!(call.number_of_descriptor(), libc::AF_INET | libc::AF_INET6)
}
