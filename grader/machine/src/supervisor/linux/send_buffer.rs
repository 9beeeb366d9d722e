//! A small send buffer for a client that will not read, so that kilobytes fill the way to it.

use std::io;

use procfs::process::{FDTarget, Process};
use rustix::process::Pid;
use socket2::SockRef;

use super::caller::copy;

/// How much the server's side of such a connection holds, in bytes; the kernel allows itself
/// twice as much for its own (socket(7), `SO_SNDBUF`).
const SMALL: usize = 8 * 1024;

/// Makes the send buffer of a server's connection small: of the socket with this inode, whose
/// client has this port.
///
/// # Errors
/// The server has no such socket, or the kernel does not let the grader have it. It takes more
/// to fill the connection then, which harms nobody.
pub(crate) fn shrink(server: u32, inode: u32, client_port: u16) -> io::Result<()> {
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
    let socket = copy(server, number)?;
    let socket = SockRef::from(&socket);
    // The server may have closed the one and opened another with its number.
    if socket.peer_addr()?.as_socket().map(|peer| peer.port()) != Some(client_port) {
        return Err(io::ErrorKind::NotFound.into());
    }
    socket.set_send_buffer_size(SMALL)
}
