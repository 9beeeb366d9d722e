//! Connections that the grader accepts and hands in, so that a server has them with
//! `O_NONBLOCK`: that, unlike a time-out, a connection does not inherit from its listening
//! socket (accept(2)).

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::io::Errno;
use socket2::{SockAddr, SockRef, Socket};

use super::listener::{Call, Listener};
use crate::supervisor::FIRST_TOKEN;

/// The accepts of one server.
#[derive(Debug, Default)]
pub(super) struct Accepting {
    /// Accepts that wait for a connection. The place of each is its token, after the first.
    waiting: Vec<Option<Waiting>>,
    /// Connections whose accept was interrupted before they could be handed in.
    between: Vec<Accepted>,
}

/// An accept that waits for a connection.
#[derive(Debug)]
struct Waiting {
    call: Call,
    socket: OwnedFd,
}

#[derive(Debug)]
struct Accepted {
    connection: Socket,
    peer: SockAddr,
}

impl Accepting {
    /// Answers an accept, or lets it wait for a connection as the kernel would.
    ///
    /// # Errors
    /// The kernel does not let the grader do what it must.
    pub(super) fn accept(
        &mut self,
        listener: &Listener,
        call: Call,
        registry: &Registry,
    ) -> io::Result<()> {
        let socket = match call.descriptor() {
            Ok(socket) => socket,
            // The kernel will say so, if there is still somebody to say it to.
            Err(Errno::BADF | Errno::SRCH) => return listener.go_on(&call).map(drop),
            Err(error) => return Err(error.into()),
        };
        if !listener.waits(&call) {
            // The caller has ended, and its id may mean another process.
            return Ok(());
        }
        // For all that goes wrong by the call's own fault, the kernel has the right error.
        if !SockRef::from(&socket).is_listener().unwrap_or(false) || !flags_are_known(&call) {
            return listener.go_on(&call).map(drop);
        }
        if self.something_came(&socket)? {
            return self.hand_in(listener, &call, &socket);
        }
        if fcntl_getfl(&socket)?.contains(OFlags::NONBLOCK) {
            return listener.fail(&call, Errno::AGAIN).map(drop);
        }
        if SockRef::from(&socket).read_timeout()?.is_some() {
            // The kernel knows when this accept must end. Its descriptor will be a plain one.
            return listener.go_on(&call).map(drop);
        }
        self.wait(Waiting { call, socket }, registry)
    }

    /// Goes on with an accept whose socket may have a connection now.
    ///
    /// # Errors
    /// The kernel does not let the grader do what it must.
    pub(super) fn resume(
        &mut self,
        listener: &Listener,
        token: Token,
        registry: &Registry,
    ) -> io::Result<()> {
        let place = token.0 - FIRST_TOKEN;
        let Some(waiting) = self.waiting.get_mut(place).and_then(Option::take) else {
            return Ok(());
        };
        // A server that has been stopped, or interrupted, waits no longer: it will ask anew, and
        // until then nothing may be taken from its queue.
        if !listener.waits(&waiting.call) {
            return forget(waiting, registry);
        }
        if !self.something_came(&waiting.socket)? {
            self.waiting[place] = Some(waiting);
            return Ok(());
        }
        self.hand_in(listener, &waiting.call, &waiting.socket)?;
        forget(waiting, registry)
    }

    /// Lets go of the sockets of accepts that wait no longer, which would otherwise go on
    /// listening when the server has ended.
    ///
    /// # Errors
    /// The machine's.
    pub(super) fn forget_ended(
        &mut self,
        listener: &Listener,
        registry: &Registry,
    ) -> io::Result<()> {
        for place in &mut self.waiting {
            if let Some(ended) = place.take_if(|waiting| !listener.waits(&waiting.call)) {
                forget(ended, registry)?;
            }
        }
        Ok(())
    }

    /// How many connections have been accepted and not handed in.
    pub(super) const fn between(&self) -> usize {
        self.between.len()
    }

    fn wait(&mut self, waiting: Waiting, registry: &Registry) -> io::Result<()> {
        let free = self.waiting.iter().position(Option::is_none);
        let place = free.unwrap_or_else(|| {
            self.waiting.push(None);
            self.waiting.len() - 1
        });
        registry.register(
            &mut SourceFd(&waiting.socket.as_raw_fd()),
            Token(FIRST_TOKEN + place),
            Interest::READABLE,
        )?;
        self.waiting[place] = Some(waiting);
        Ok(())
    }

    /// Whether an accept on this socket would not wait.
    fn something_came(&self, socket: &OwnedFd) -> io::Result<bool> {
        if self.place_between(socket).is_some() {
            return Ok(true);
        }
        let mut there = [PollFd::new(socket, PollFlags::IN)];
        poll(&mut there, Some(&Timespec::default()))?;
        Ok(there[0].revents().contains(PollFlags::IN))
    }

    /// Hands a connection in that is there.
    fn hand_in(&mut self, listener: &Listener, call: &Call, socket: &OwnedFd) -> io::Result<()> {
        // First of all, its place: where the server may not have one more descriptor, the
        // connection must stay in the queue, in which select goes on seeing it.
        let place = match listener.open_there(call, socket.as_fd()) {
            Ok(place) => place,
            Err(Errno::MFILE) => return listener.fail(call, Errno::MFILE).map(drop),
            Err(Errno::NOENT | Errno::SRCH) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let accepted = match self.place_between(socket) {
            Some(place) => self.between.remove(place),
            None => {
                let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
                let (connection, peer) = SockRef::from(socket).accept4(flags)?;
                Accepted { connection, peer }
            }
        };
        match tell_peer(call, &accepted.peer) {
            Ok(()) => {}
            // The kernel, too, notices this too late and drops the connection.
            Err(error @ (Errno::FAULT | Errno::INVAL)) => {
                return listener.fail(call, error).map(drop);
            }
            Err(Errno::SRCH) => {
                self.between.push(accepted);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
        let connection = accepted.connection.as_fd();
        match listener.hand_in(
            call,
            connection,
            place,
            flags(call) & libc::SOCK_CLOEXEC != 0,
        ) {
            Ok(()) => Ok(()),
            Err(Errno::NOENT | Errno::SRCH) => {
                self.between.push(accepted);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The place of a connection that came to this socket and could not be handed in before.
    fn place_between(&self, socket: &OwnedFd) -> Option<usize> {
        if self.between.is_empty() {
            return None;
        }
        let port = port(SockRef::from(socket));
        self.between
            .iter()
            .position(|accepted| self::port(SockRef::from(&accepted.connection)) == port)
    }
}

/// Lets go of an accept's socket. The event loop would keep it otherwise, since the server has it
/// as well (epoll(7)).
fn forget(waiting: Waiting, registry: &Registry) -> io::Result<()> {
    registry.deregister(&mut SourceFd(&waiting.socket.as_raw_fd()))
}

fn port(socket: SockRef<'_>) -> Option<u16> {
    socket.local_addr().ok()?.as_socket().map(|it| it.port())
}

/// What accept4 was asked for; accept asks for nothing. The kernel looks at the lower half of the
/// argument only, an int.
const fn flags(call: &Call) -> i32 {
    if call.number == libc::SYS_accept4 {
        call.arguments[3] as i32
    } else {
        0
    }
}

const fn flags_are_known(call: &Call) -> bool {
    flags(call) & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC) == 0
}

/// Writes the peer's address where the call asks for it, cut to the room there and with its true
/// length (accept(2)).
fn tell_peer(call: &Call, peer: &SockAddr) -> Result<(), Errno> {
    let [_, address, length, ..] = call.arguments;
    if address == 0 {
        return Ok(());
    }
    let room = usize::try_from(call.read_int(length)?).map_err(|_| Errno::INVAL)?;
    // SAFETY: the address is stored in so many bytes, all of them set by the kernel.
    let bytes =
        unsafe { std::slice::from_raw_parts(peer.as_ptr().cast::<u8>(), peer.len() as usize) };
    call.write(address, &bytes[..room.min(bytes.len())])?;
    call.write(length, &peer.len().to_ne_bytes())
}
