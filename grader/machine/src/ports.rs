//! Ports for servers under test.
//!
//! They lie below the kernel's ephemeral range, so that no client's own end of a connection can
//! take one in the meantime, and each is given out once in a run, so that no connection of an
//! earlier server lingers on it.
//!
//! Between the choice of a port and the moment when a server binds it, seconds may pass in which
//! another grader must not choose it too, nor try whether it is free: its clients would talk to
//! the wrong server, and its trial could be what the server's bind fails by. So whoever wants a
//! port claims it first, by binding the UDP port of the same number, which no server needs.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::net::{AddressFamily, SocketType};

use super::resources;

/// The lowest port given out: above those that common services use.
const LOWEST: u16 = 10_000;

/// Where the ephemeral range begins when the kernel does not say (ip(7)).
const EPHEMERAL: u16 = 32_768;

/// A port that no other grader uses until this is dropped.
#[derive(Debug)]
pub struct Port {
    number: u16,
    _claim: OwnedFd,
}

impl Port {
    /// Its number.
    #[must_use]
    pub const fn number(&self) -> u16 {
        self.number
    }
}

/// A port on which another program listens, until this is dropped.
#[derive(Debug)]
pub struct BusyPort {
    // Dropped first, so that the port is free again when it can be claimed.
    _listener: OwnedFd,
    port: Port,
}

impl BusyPort {
    /// Its number.
    #[must_use]
    pub const fn number(&self) -> u16 {
        self.port.number
    }
}

/// Gives out free ports.
#[derive(Debug)]
pub struct Ports {
    first: u16,
    count: u16,
    next: AtomicU32,
}

impl Ports {
    /// Starts somewhere at random, so that graders side by side rarely try the same port.
    #[must_use]
    pub fn new() -> Self {
        let ephemeral = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range")
            .ok()
            .and_then(|range| range.split_whitespace().next()?.parse().ok())
            .unwrap_or(EPHEMERAL);
        // Where the whole range is ephemeral, any port is as good as another.
        let (first, end) = if ephemeral > LOWEST + 1000 {
            (LOWEST, ephemeral)
        } else {
            (LOWEST, 60_000)
        };
        let count = end - first;
        Self {
            first,
            count,
            next: AtomicU32::new(fastrand::u32(..u32::from(count))),
        }
    }

    /// A port on which nothing listens, on any address.
    ///
    /// # Errors
    /// No port is free.
    pub fn free(&self) -> io::Result<Port> {
        let (port, _bound) = self.bound()?;
        Ok(port)
    }

    /// A free port, and a socket that is bound to it.
    fn bound(&self) -> io::Result<(Port, OwnedFd)> {
        for _ in 0..self.count {
            let turn = self.next.fetch_add(1, Ordering::Relaxed) % u32::from(self.count);
            let number = self.first + u16::try_from(turn).unwrap_or(0);
            let Ok(claim) = bound(SocketType::DGRAM, number) else {
                continue;
            };
            let Ok(stream) = bound(SocketType::STREAM, number) else {
                continue;
            };
            let port = Port {
                number,
                _claim: claim,
            };
            return Ok((port, stream));
        }
        Err(io::Error::new(
            io::ErrorKind::AddrInUse,
            format!(
                "no port from {} to {} is free",
                self.first,
                self.first + self.count - 1
            ),
        ))
    }

    /// A port that is taken by a listener.
    ///
    /// # Errors
    /// No port is free, or the listener cannot be made.
    pub fn busy(&self) -> io::Result<BusyPort> {
        // Not bound anew: a process that is just being started may keep a copy of the first socket.
        let (port, listener) = self.bound()?;
        rustix::net::listen(&listener, 1)?;
        Ok(BusyPort {
            _listener: listener,
            port,
        })
    }
}

impl Default for Ports {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a server could bind the port: nothing is bound to it on any address, and no old
/// connection lingers on it. `SO_REUSEADDR` is not set, since a candidate's server may not set
/// it either.
#[must_use]
pub fn is_free(port: u16) -> bool {
    bound(SocketType::STREAM, port).is_ok()
}

/// Whether anybody listens on the port, on any address. What lingers of connections that were
/// closed (`TIME_WAIT`) is nobody.
#[must_use]
pub fn has_listener(port: u16) -> bool {
    resources::has_listener(port).unwrap_or_else(|_| {
        // Where the kernel shows no table of listeners, a trial tells: a socket that may reuse
        // addresses can be bound beside what lingers, and not beside a listener (socket(7)).
        let reused = || {
            let socket = rustix::net::socket_with(
                AddressFamily::INET,
                SocketType::STREAM,
                rustix::net::SocketFlags::CLOEXEC,
                None,
            )?;
            rustix::net::sockopt::set_socket_reuseaddr(&socket, true)?;
            rustix::net::bind(&socket, &SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port))
        };
        reused() == Err(rustix::io::Errno::ADDRINUSE)
    })
}

/// A socket that is bound to the port on every address.
fn bound(kind: SocketType, port: u16) -> rustix::io::Result<OwnedFd> {
    let socket = rustix::net::socket_with(
        AddressFamily::INET,
        kind,
        rustix::net::SocketFlags::CLOEXEC,
        None,
    )?;
    rustix::net::bind(&socket, &SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port))?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eventually::eventually;

    #[test]
    fn ports_are_free_and_never_given_twice() {
        let ports = Ports::new();
        let one = ports.free().expect("a free port").number();
        let two = ports.free().expect("another free port").number();
        assert_ne!(one, two);
        assert!(is_free(two));
    }

    #[test]
    fn a_port_that_one_grader_uses_is_not_given_out_by_another() {
        let ports = Ports::new();
        let port = ports.free().expect("a free port");
        let other = |first| {
            let ports = Ports {
                first,
                count: 2,
                next: AtomicU32::new(0),
            };
            ports.free().map(|port| port.number()).ok()
        };
        assert_ne!(other(port.number()), Some(port.number()));
        let number = port.number();
        drop(port);
        // A process that another test has forked keeps a copy of the claim until it executes
        // something.
        eventually("the claim is given up", || other(number) == Some(number));
    }

    #[test]
    fn a_busy_port_is_taken_until_its_listener_goes() {
        let ports = Ports::new();
        let busy = ports.busy().expect("a busy port");
        let number = busy.number();
        assert!(!is_free(number));
        assert!(has_listener(number));
        drop(busy);
        // As above, for the listener.
        eventually("the listener is gone", || is_free(number));
        assert!(!has_listener(number));
    }

    #[test]
    fn what_lingers_of_a_connection_is_no_listener() {
        use std::io::Read;
        use std::net::{TcpListener, TcpStream};

        let port = Ports::new().free().expect("a free port").number();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a free port");
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("a listener");
        // The side that closes first is the one that lingers.
        drop(listener.accept().expect("a client"));
        assert_eq!(client.read(&mut [0; 1]).expect("the end"), 0);
        drop(client);
        drop(listener);
        eventually("the listener is gone", || !has_listener(port));
        assert!(!is_free(port));
    }
}
