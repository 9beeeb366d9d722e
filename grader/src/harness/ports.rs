//! Ports for servers under test.
//!
//! They lie below the kernel's ephemeral range, so that no client's own end of a connection can
//! take one in the meantime, and each is given out once in a run, so that no connection of an
//! earlier server lingers on it.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::net::{AddressFamily, SocketType};

/// The lowest port given out: above those that common services use.
const LOWEST: u16 = 10_000;

/// Where the ephemeral range begins when the kernel does not say (ip(7)).
const EPHEMERAL: u16 = 32_768;

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
    pub fn free(&self) -> io::Result<u16> {
        for _ in 0..self.count {
            let turn = self.next.fetch_add(1, Ordering::Relaxed) % u32::from(self.count);
            let port = self.first + u16::try_from(turn).unwrap_or(0);
            if is_free(port) {
                return Ok(port);
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
    pub fn busy(&self) -> io::Result<(u16, OwnedFd)> {
        let port = self.free()?;
        let socket = bound(Ipv4Addr::UNSPECIFIED, port)?;
        rustix::net::listen(&socket, 1)?;
        Ok((port, socket))
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
        assert_ne!(one, two);
        assert!(is_free(two));
    }

    #[test]
    fn a_busy_port_is_taken_until_its_listener_goes() {
        let ports = Ports::new();
        let (port, listener) = ports.busy().expect("a busy port");
        assert!(!is_free(port));
        drop(listener);
        assert!(is_free(port));
    }
}
