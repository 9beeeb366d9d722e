//! The floor: what is received from one client is sent to all others, once, as it came.
//!
//! No names, no announcements, no memory: whatever a chat server does beyond this costs something,
//! and less than this no relay can do. Its sends wait for those who do not read, which no chat
//! server may.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// How much is received at once, in bytes: what fits into the nearer caches with all that is sent.
#[cfg(target_os = "linux")]
const RECEIVE_SIZE: usize = 256 * 1024;

/// Relays on a port of 127.0.0.1 and returns only when that has failed.
///
/// # Errors
/// The port is taken, or the machine fails.
pub fn run(port: u16) -> io::Result<()> {
    machine::limits::raise_own();
    // The standard library's queue of 128 that have not been accepted is enough: the bench waits
    // until each client is.
    relay(&TcpListener::bind((Ipv4Addr::LOCALHOST, port))?)
}

#[cfg(target_os = "linux")]
fn relay(listener: &TcpListener) -> io::Result<()> {
    use std::os::fd::{AsRawFd, OwnedFd};

    use rustix::buffer::spare_capacity;
    use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
    use rustix::net::{RecvFlags, SendFlags, recv, send};

    let events = epoll::create(CreateFlags::CLOEXEC)?;
    epoll::add(&events, listener, EventData::new_u64(0), EventFlags::IN)?;
    // By descriptor; the listener's own place stays empty.
    let mut clients: Vec<Option<OwnedFd>> = Vec::new();
    let mut ready = Vec::with_capacity(64);
    let mut buffer = vec![0; RECEIVE_SIZE];
    loop {
        ready.clear();
        match epoll::wait(&events, spare_capacity(&mut ready), None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in &ready {
            let who = usize::try_from(event.data.u64()).unwrap_or(0);
            let Some(speaker) = clients.get(who).and_then(Option::as_ref) else {
                let socket = OwnedFd::from(listener.accept()?.0);
                let place = usize::try_from(socket.as_raw_fd()).unwrap_or(0);
                epoll::add(
                    &events,
                    &socket,
                    EventData::new_u64(place as u64),
                    EventFlags::IN,
                )?;
                if clients.len() <= place {
                    clients.resize_with(place + 1, || None);
                }
                clients[place] = Some(socket);
                continue;
            };
            let count = match recv(speaker, &mut buffer[..], RecvFlags::empty()) {
                Ok((count, _)) if count > 0 => count,
                _ => {
                    clients[who] = None;
                    continue;
                }
            };
            for (place, listener) in clients.iter().enumerate() {
                if let Some(listener) = listener.as_ref().filter(|_| place != who) {
                    // Whoever has left is noticed when it is read from.
                    let _gone = send(listener, &buffer[..count], SendFlags::NOSIGNAL);
                }
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn relay(_listener: &TcpListener) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
