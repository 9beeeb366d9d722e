//! The socket on which clients arrive.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::num::NonZeroU16;
use std::os::fd::OwnedFd;

use rustix::io::Result;
use rustix::net::{self, AddressFamily, SocketType};

/// How many connections the kernel completes and keeps for us before we accept them.
///
/// When that queue is full, a client's attempt to connect is dropped and only repeated after a
/// second. So it is as long as Linux allows unless told otherwise (`net.core.somaxconn`, to which
/// the kernel cuts it): those who arrive by the thousand, or wait for a free descriptor, find room.
const BACKLOG: i32 = 4096;

/// Listens on `port` of 127.0.0.1, and on no other address.
///
/// The standard library's `TcpListener::bind` would do it too, but it sets SO_REUSEADDR with
/// setsockopt, which the subject does not allow.
pub fn listen(port: NonZeroU16) -> Result<OwnedFd> {
    let listener = net::socket(AddressFamily::INET, SocketType::STREAM, None)?;
    net::bind(
        &listener,
        &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port.get()),
    )?;
    net::listen(&listener, BACKLOG)?;
    Ok(listener)
}
