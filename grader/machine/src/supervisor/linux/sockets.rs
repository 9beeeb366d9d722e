//! What the sockets of a server are: the one that listens, or the connection of a client.

use std::io;
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use socket2::{SockAddr, SockRef};

use super::listener::Call;
use crate::socket_state::SocketStates;
use crate::supervisor::{Direction, Socket};

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
    let reported = !there[0].revents().is_empty();
    // What select reported a moment ago may be reported no more, though nobody has sent anything.
    Ok(reported || direction == Direction::Write && takes_more(SockRef::from(descriptor)))
}

/// Whether the connection takes more bytes at once, as far as the kernel says: nobody is blamed for
/// what it does not say.
fn takes_more(socket: SockRef<'_>) -> bool {
    let port = |address: io::Result<SockAddr>| address.ok()?.as_socket().map(|it| it.port());
    let (Some(own), Some(peer)) = (port(socket.local_addr()), port(socket.peer_addr())) else {
        return true;
    };
    let told = SocketStates::open().and_then(|states| states.takes_more(own, peer));
    told.ok().flatten().unwrap_or(true)
}

/// Whether a call of socket asks for one of the internet: the C library may ask for others by
/// itself.
pub(super) fn is_internet(call: &Call) -> bool {
    matches!(call.number_of_descriptor(), libc::AF_INET | libc::AF_INET6)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// select keeps a third of a buffer back, of which a send may still take some.
    #[test]
    fn who_can_send_without_waiting_is_ready_whatever_select_would_say() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let _client = TcpStream::connect(address).expect("a connection");
        let (server, _) = listener.accept().expect("the client");
        SockRef::from(&server)
            .set_send_buffer_size(8 * 1024)
            .expect("a small buffer");
        server.set_nonblocking(true).expect("it does not wait");
        let descriptor = OwnedFd::from(server.try_clone().expect("a copy"));
        let reported = || {
            let mut there = [PollFd::new(&descriptor, PollFlags::OUT)];
            poll(&mut there, Some(&Timespec::default())).expect("an answer");
            !there[0].revents().is_empty()
        };
        let ready = || is_ready(&descriptor, Direction::Write).expect("an answer");
        let mut kept_back = 0;
        while (&server).write(&[b'~'; 64]).is_ok() {
            kept_back += usize::from(!reported() && ready());
        }
        assert!(kept_back > 0, "there is a time between the two");
        // What the client has taken in meanwhile may have made room again.
        while ready() {
            let _full = (&server).write(&[b'~'; 64]);
        }
        assert!(!reported());
    }
}
