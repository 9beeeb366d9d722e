//! The loop: one select, then everything that it said can be done, and again.

use std::convert::Infallible;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};

use rustix::io::{Errno, Result, retry_on_intr};
use rustix::net::{RecvFlags, SendFlags, accept, recv, send};

use crate::broadcast_log::BroadcastLog;
use crate::client::Client;
use crate::clients::Clients;
use crate::readiness::Readiness;

/// How much is taken from one client at a time. One who speaks without pause gets no more than that
/// before all the others have had their turn.
const RECEIVE_SIZE: usize = 128 * 1024;

/// How many are let in at a time, for the same reason.
const ARRIVALS_PER_ROUND: usize = 256;

/// send must neither wait nor kill.
///
/// select said that there is room, not that there is room for everything: on a descriptor that
/// blocks, DONTWAIT makes send take what fits and return. NOSIGNAL is for a client that has vanished
/// in this very moment: send then fails, instead of ending the server with SIGPIPE.
#[cfg(not(target_vendor = "apple"))]
const SEND_FLAGS: SendFlags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);
/// Apple's systems have no NOSIGNAL. There it is only Rust's runtime, which ignores SIGPIPE before
/// `main`, that keeps send from killing.
#[cfg(target_vendor = "apple")]
const SEND_FLAGS: SendFlags = SendFlags::DONTWAIT;

/// Serves everybody who connects to `listener`, for ever: only select can end it, by failing.
pub fn serve(listener: impl Into<OwnedFd>) -> Result<Infallible> {
    let mut server = Server::new(listener.into());
    let mut ready = Readiness::default();
    loop {
        server.round(&mut ready)?;
    }
}

struct Server {
    listener: OwnedFd,
    door: Door,
    clients: Clients,
    next_id: u64,
    log: BroadcastLog,
    /// Where recv puts what it brings; nothing stays here from one client to the next.
    received: Box<[u8]>,
}

/// Whether to ask select about the listener.
///
/// Somebody who cannot be let in stays in the kernel's queue, and the listener stays readable. To
/// go on asking would be to spin; so the server stops asking until there is hope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Open,
    /// This process has no descriptor left: one gets free when somebody leaves.
    ShutUntilDeparture,
    /// The system is short of something. There is no telling until when, and there is no time-out:
    /// the next event, whatever it is, will be the occasion to try again.
    ShutUntilEvent,
}

impl Server {
    fn new(listener: OwnedFd) -> Self {
        Self {
            listener,
            door: Door::Open,
            clients: Clients::default(),
            next_id: 0,
            log: BroadcastLog::new(),
            received: vec![0; RECEIVE_SIZE].into(),
        }
    }

    /// Asks select once, and then does one recv, send or accept on each descriptor that is ready,
    /// as select vouches for no more than one.
    ///
    /// The order matters. Hearing comes before telling, so that what has just been said goes out
    /// with the same send as what was said before. Arrivals come last: a newcomer may be given the
    /// descriptor of somebody who has just left, and what select said of that descriptor is not
    /// about the newcomer.
    fn round(&mut self, ready: &mut Readiness) -> Result<()> {
        let listener = (self.door == Door::Open).then(|| self.listener.as_fd());
        ready.wait(&self.clients, listener)?;
        if self.door == Door::ShutUntilEvent {
            self.door = Door::Open;
        }

        let mut somebody_is_at_the_door = false;
        for descriptor in ready.readable.iter() {
            if descriptor == self.listener.as_raw_fd() {
                somebody_is_at_the_door = true;
            } else {
                self.hear(descriptor);
            }
        }
        for descriptor in ready.writable.iter() {
            self.tell(descriptor);
        }
        if somebody_is_at_the_door {
            self.let_in(ready)?;
        }
        Ok(())
    }

    /// Takes what the client says and writes each line that it completes into the log.
    fn hear(&mut self, descriptor: RawFd) {
        let Some(client) = self.clients.get(descriptor) else {
            return;
        };
        let flags = RecvFlags::empty();
        let count = match retry_on_intr(|| recv(&client.socket, &mut *self.received, flags)) {
            // 0 is the end, also of those who have only shut down their sending side: nothing says
            // that they are still listening. An error (a reset) is the end too.
            Ok((_, 0)) | Err(_) => return self.see_off(descriptor),
            Ok((_, count)) => count,
        };

        let start = self.log.end();
        client.lines.take(&self.received[..count], |held, rest| {
            self.log.append(&[&client.prefix, held, rest]);
        });
        if self.log.end() > start {
            self.log.skip_since(start, &mut client.cursor);
            let has_everything = self.log.unread(&client.cursor).is_empty();
            self.clients.all_are_behind();
            if has_everything {
                self.clients.has_everything(descriptor);
            }
        }
    }

    /// Gives the client what it has not read yet, straight from the log, as much as it has room for.
    ///
    /// A send that fails has sent nothing, whatever the reason, and that is all there is to know: if
    /// it is that the client is gone, recv will say so in the next round.
    fn tell(&mut self, descriptor: RawFd) {
        let Some(client) = self.clients.get(descriptor) else {
            return; // It left earlier in this round.
        };
        let unread = self.log.unread(&client.cursor);
        if let Ok(count) = send(&client.socket, unread, SEND_FLAGS) {
            self.log.advance(&mut client.cursor, count);
            if self.log.unread(&client.cursor).is_empty() {
                self.clients.has_everything(descriptor);
            }
        }
    }

    /// Lets in those who wait at the door.
    ///
    /// Everybody is told of each arrival. When a thousand come at once and one is let in per round,
    /// that is a thousand rounds of short sends to everybody; so all who are already there are let
    /// in before anybody is told.
    fn let_in(&mut self, ready: &mut Readiness) -> Result<()> {
        for _ in 0..ARRIVALS_PER_ROUND {
            let socket = match accept(&self.listener) {
                Ok(socket) => socket,
                Err(reason) => {
                    self.door = self.door_after(reason);
                    break;
                }
            };
            let another_waits = ready.another_waits(self.listener.as_fd(), socket.as_fd())?;
            self.welcome(socket);
            if !another_waits {
                break;
            }
        }
        Ok(())
    }

    fn door_after(&self, failure: Errno) -> Door {
        // With nobody connected there would be no event to wait for, and the server would be deaf
        // for ever. Then, and only then, it insists instead of sleeping.
        if self.clients.is_empty() {
            return Door::Open;
        }
        match failure {
            Errno::MFILE => Door::ShutUntilDeparture,
            Errno::NFILE | Errno::NOBUFS | Errno::NOMEM => Door::ShutUntilEvent,
            // This one connection was lost before it was accepted; the next may be better.
            _ => Door::Open,
        }
    }

    fn welcome(&mut self, socket: OwnedFd) {
        let id = self.next_id;
        self.next_id += 1;
        self.announce(&format!("server: client {id} just arrived\n"));
        // It joins the log behind its own arrival, of which it is not to hear.
        let client = Client::new(socket, id, self.log.join());
        self.clients.insert(client);
    }

    fn see_off(&mut self, descriptor: RawFd) {
        let Some(client) = self.clients.remove(descriptor) else {
            return;
        };
        self.log.leave(client.cursor);
        // The last words count, even if their newline never came.
        if let Some(line) = client.lines.unfinished() {
            self.log.append(&[&client.prefix, &line, b"\n"]);
        }
        self.announce(&format!("server: client {} just left\n", client.id));
        self.door = Door::Open;
    }

    fn announce(&mut self, line: &str) {
        self.log.append(&[line.as_bytes()]);
        self.clients.all_are_behind();
    }
}
