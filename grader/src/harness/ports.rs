//! Ports for servers under test.
//!
//! They lie below the kernel's ephemeral range, so that no client's own end of a connection can
//! take one in the meantime, and each is given out once in a run, so that no connection of an
//! earlier server lingers on it. Graders side by side keep out of each other's way: between the
//! choice of a port and the server's bind, a port is free for anybody, and two servers that are
//! told the same one would get each other's clients.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::net::{AddressFamily, SocketType};

/// The lowest port given out: above those that common services use.
const LOWEST: u16 = 10_000;

/// Where the ephemeral range begins when the kernel does not say (ip(7)).
const EPHEMERAL: u16 = 32_768;

/// A port that no other grader on this machine gives out while this lives.
#[derive(Debug)]
pub struct Port {
    /// The port's number.
    pub number: u16,
    _claim: Option<OwnedFd>,
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
        for _ in 0..self.count {
            let turn = self.next.fetch_add(1, Ordering::Relaxed) % u32::from(self.count);
            let number = self.first + u16::try_from(turn).unwrap_or(0);
            if let Ok(claim) = claim(number)
                && is_free(number)
            {
                return Ok(Port {
                    number,
                    _claim: claim,
                });
            }
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

    /// A port that is taken, by a listener that lives as long as what is returned beside it.
    ///
    /// # Errors
    /// No port is free, or the listener cannot be made.
    pub fn busy(&self) -> io::Result<(Port, OwnedFd)> {
        let port = self.free()?;
        let socket = bound(Ipv4Addr::UNSPECIFIED, port.number)?;
        rustix::net::listen(&socket, 1)?;
        Ok((port, socket))
    }
}

impl Default for Ports {
    fn default() -> Self {
        Self::new()
    }
}

/// Claims a port before all other graders on this machine; none where that cannot be done.
///
/// The claim is a Unix socket with an abstract name (unix(7)). Such names belong to the network
/// namespace, as ports do; one is taken by one process at a time, whoever runs it, and is free
/// again when that process ends in whatever way.
///
/// # Errors
/// Another grader has claimed it.
#[cfg(target_os = "linux")]
fn claim(port: u16) -> rustix::io::Result<Option<OwnedFd>> {
    let name = format!("mini_serv-grader-port-{port}");
    let socket = rustix::net::socket_with(
        AddressFamily::UNIX,
        SocketType::DGRAM,
        rustix::net::SocketFlags::CLOEXEC,
        None,
    )?;
    let address = rustix::net::SocketAddrUnix::new_abstract_name(name.as_bytes())?;
    match rustix::net::bind(&socket, &address) {
        Ok(()) => Ok(Some(socket)),
        Err(rustix::io::Errno::ADDRINUSE) => Err(rustix::io::Errno::ADDRINUSE),
        Err(_) => Ok(None),
    }
}

#[cfg(not(target_os = "linux"))]
fn claim(_port: u16) -> rustix::io::Result<Option<OwnedFd>> {
    Ok(None)
}

/// Whether a server could bind the port: nothing is bound to it on any address, and no old
/// connection lingers on it. `SO_REUSEADDR` is not set, since a candidate's server may not set
/// it either.
#[must_use]
pub fn is_free(port: u16) -> bool {
    bound(Ipv4Addr::UNSPECIFIED, port).is_ok()
}

fn bound(address: Ipv4Addr, port: u16) -> rustix::io::Result<OwnedFd> {
    let socket = rustix::net::socket_with(
        AddressFamily::INET,
        SocketType::STREAM,
        rustix::net::SocketFlags::CLOEXEC,
        None,
    )?;
    rustix::net::bind(&socket, &SocketAddrV4::new(address, port))?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_free_and_never_given_twice() {
        let ports = Ports::new();
        let one = ports.free().expect("a free port");
        let two = ports.free().expect("another free port");
        assert_ne!(one.number, two.number);
        assert!(is_free(two.number));
    }

    #[test]
    fn graders_side_by_side_never_give_out_the_same_port() {
        let (ours, theirs) = (Ports::new(), Ports::new());
        theirs
            .next
            .store(ours.next.load(Ordering::Relaxed), Ordering::Relaxed);
        let one = ours.free().expect("a free port");
        let other = theirs.free().expect("another free port");
        assert_ne!(one.number, other.number);
    }

    #[test]
    fn a_busy_port_is_taken_until_its_listener_goes() {
        let ports = Ports::new();
        let (port, listener) = ports.busy().expect("a busy port");
        assert!(!is_free(port.number));
        drop(listener);
        assert!(is_free(port.number));
    }
}
