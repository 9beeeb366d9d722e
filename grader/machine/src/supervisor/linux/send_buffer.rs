//! The server's side of a connection whose client will not read: kilobytes fill it, and what does
//! not fit is refused at once.

use std::io;
use std::os::fd::OwnedFd;

use procfs::process::{FDTarget, Process};
use rustix::process::Pid;
use socket2::SockRef;

use super::caller::copy;
use crate::supervisor::Connected;

/// How much the server's side of such a connection holds, in bytes; the kernel allows itself
/// twice as much for its own (socket(7), `SO_SNDBUF`).
const SMALL: usize = 8 * 1024;

/// Makes the send buffer of a server's connection small.
///
/// # Errors
/// The server has no such socket, or the kernel does not let the grader have it. It takes more
/// to fill the connection then, which harms nobody.
pub(crate) fn shrink(connection: Connected) -> io::Result<()> {
    SockRef::from(&found(connection)?).set_send_buffer_size(SMALL)
}

/// Whether a call on a server's connection that could only wait is refused at once. The exam's
/// descriptors refuse a send after a tick of the kernel, which is up to ten milliseconds: who
/// never asks select about a client that does not read would take a minute for a scenario. While
/// that is so, recv does not wait either.
///
/// # Errors
/// As above; the sends take longer then.
pub(crate) fn refuse_at_once(connection: Connected, at_once: bool) -> io::Result<()> {
    SockRef::from(&found(connection)?).set_nonblocking(at_once)
}

/// A copy of the server's descriptor of it.
fn found(connection: Connected) -> io::Result<OwnedFd> {
    let Connected {
        server,
        inode,
        client_port,
    } = connection;
    let server = i32::try_from(server).map_err(io::Error::other)?;
    let descriptors = Process::new(server).and_then(|process| process.fd());
    let number = descriptors
        .map_err(io::Error::other)?
        .flatten()
        .find(|descriptor| {
            matches!(descriptor.target, FDTarget::Socket(socket) if socket == u64::from(inode))
        })
        .ok_or(io::ErrorKind::NotFound)?
        .fd;
    let server = Pid::from_raw(server).ok_or(io::ErrorKind::NotFound)?;
    let copied = copy(server, number)?;
    // The server may have closed the one and opened another with its number.
    let peer = SockRef::from(&copied).peer_addr()?;
    match peer.as_socket() {
        Some(peer) if peer.port() == client_port => Ok(copied),
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}
