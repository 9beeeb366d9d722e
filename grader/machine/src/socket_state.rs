//! What the kernel knows of a server's sockets (sock_diag(7)).
//!
//! Whether a server has read what a client sent, accepted a connection, or filled the path to a
//! client, no message tells. The kernel does: it answers for one connection at a time, at once,
//! without privileges. So nothing here needs a pause "to be on the safe side".

use std::io;

/// The server's side of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Whether the handshake is over.
    pub established: bool,
    /// Whether the server has accepted it.
    pub accepted: bool,
    /// Bytes that have reached the server's end since the connection began. What a client has
    /// sent may still be on its way, even on loopback.
    pub arrived: u64,
    /// Whether the end of the client's stream has reached the server's end.
    pub ended: bool,
    /// Bytes that the server has received and not read; the end of the stream counts as one.
    pub unread: u32,
    /// Bytes that the server has sent and the client has not taken in.
    pub undelivered: u32,
    /// Those of them that wait at the server's end since there is no room at the client's.
    pub held_back: u32,
    /// The socket's inode, by which its descriptor is found in `/proc/PID/fd`; 0 while the server
    /// has not accepted the connection.
    pub inode: u32,
}

/// A server's queue of connections that it has not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// How many wait.
    pub waiting: u32,
    /// How many more than `waiting` the kernel lets in.
    pub room: u32,
}

#[cfg(target_os = "linux")]
pub use linux::SocketStates;

#[cfg(target_os = "linux")]
mod linux {
    use super::{Backlog, Connection, io};
    use std::net::{IpAddr, Ipv4Addr};

    use netlink_packet_core::{NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
    use netlink_packet_sock_diag::SockDiagMessage;
    use netlink_packet_sock_diag::constants::{
        AF_INET, IPPROTO_TCP, TCP_ESTABLISHED, TCP_LISTEN, TCP_SYN_RECV,
    };
    use netlink_packet_sock_diag::inet::nlas::Nla;
    use netlink_packet_sock_diag::inet::{
        ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags,
    };
    use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_SOCK_DIAG};

    /// Asks the kernel.
    #[derive(Debug)]
    pub struct SocketStates {
        socket: Socket,
    }

    impl SocketStates {
        /// Opens the way to the kernel.
        ///
        /// # Errors
        /// The kernel, or a container around the grader, does not offer it.
        pub fn open() -> io::Result<Self> {
            let mut socket = Socket::new(NETLINK_SOCK_DIAG)?;
            socket.bind_auto()?;
            socket.connect(&SocketAddr::new(0, 0))?;
            let states = Self { socket };
            // Some containers let the socket be made and refuse the question.
            states.backlog(1)?;
            Ok(states)
        }

        /// The server's side of a connection from `client` to `server` (ports of 127.0.0.1);
        /// `None` when it has ended for the kernel.
        ///
        /// # Errors
        /// The kernel does not answer.
        pub fn connection(&self, server: u16, client: u16) -> io::Result<Option<Connection>> {
            let found = self.ask(server, Some(client))?;
            // Where there is no such connection, the kernel answers with the listener.
            let found = found.filter(|found| found.header.state != TCP_LISTEN);
            Ok(found.map(|found| {
                let state = found.header.state;
                Connection {
                    established: state != TCP_SYN_RECV,
                    // A connection in the queue belongs to no descriptor yet.
                    accepted: state != TCP_SYN_RECV && found.header.inode != 0,
                    arrived: bytes_received(&found),
                    ended: state != TCP_SYN_RECV && state != TCP_ESTABLISHED,
                    unread: found.header.recv_queue,
                    undelivered: found.header.send_queue,
                    held_back: bytes_not_sent(&found),
                    inode: found.header.inode,
                }
            }))
        }

        /// The queue of the listener on a port of 127.0.0.1, if there is one.
        ///
        /// # Errors
        /// The kernel does not answer.
        pub fn backlog(&self, server: u16) -> io::Result<Option<Backlog>> {
            let found = self.ask(server, None)?;
            let found = found.map(|found| found.header);
            Ok(found
                .filter(|found| found.state == TCP_LISTEN)
                .map(|found| Backlog {
                    waiting: found.recv_queue,
                    // One more than the backlog that listen(2) was given is let in.
                    room: found
                        .send_queue
                        .saturating_add(1)
                        .saturating_sub(found.recv_queue),
                }))
        }

        /// Whether the server's side of a connection takes at least one more byte at once; `None`
        /// where there is no such connection, or the kernel does not say.
        ///
        /// That is more than select tells, which reports a socket only when a third of its buffer
        /// is free; and what is free may shrink by itself, when what waits is cut into segments.
        ///
        /// # Errors
        /// The kernel does not answer.
        pub fn takes_more(&self, server: u16, client: u16) -> io::Result<Option<bool>> {
            let found = self.ask_for(ExtensionFlags::SKMEMINFO, server, Some(client))?;
            let attributes = found.into_iter().flat_map(|found| found.nlas);
            let mut memory = attributes.filter_map(|attribute| match attribute {
                Nla::MemInfo(memory) => Some(memory.send_queue < memory.send_queue_max),
                _ => None,
            });
            Ok(memory.next())
        }

        fn ask(&self, server: u16, client: Option<u16>) -> io::Result<Option<InetResponse>> {
            self.ask_for(ExtensionFlags::INFO, server, client)
        }

        fn ask_for(
            &self,
            extensions: ExtensionFlags,
            server: u16,
            client: Option<u16>,
        ) -> io::Result<Option<InetResponse>> {
            let mut header = NetlinkHeader::default();
            header.flags = NLM_F_REQUEST;
            let mut request = NetlinkMessage::new(
                header,
                SockDiagMessage::InetRequest(InetRequest {
                    family: AF_INET,
                    protocol: IPPROTO_TCP,
                    extensions,
                    states: StateFlags::all(),
                    socket_id: SocketId {
                        source_port: server,
                        destination_port: client.unwrap_or(0),
                        source_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
                        destination_address: match client {
                            Some(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
                            None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
                        },
                        interface_id: 0,
                        // Any cookie will do (INET_DIAG_NOCOOKIE).
                        cookie: [0xff; 8],
                    },
                })
                .into(),
            );
            request.finalize();
            let mut bytes = vec![0; request.buffer_len()];
            request.serialize(&mut bytes);
            self.socket.send(&bytes, 0)?;

            let mut answer = Vec::with_capacity(4096);
            self.socket.recv(&mut answer, 0)?;
            let answer = NetlinkMessage::<SockDiagMessage>::deserialize(&answer)
                .map_err(io::Error::other)?;
            match answer.payload {
                NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(found)) => {
                    Ok(Some(*found))
                }
                NetlinkPayload::Error(error) => {
                    let error = error.to_io();
                    if error.kind() == io::ErrorKind::NotFound {
                        Ok(None)
                    } else {
                        Err(error)
                    }
                }
                other => Err(io::Error::other(format!(
                    "an unexpected answer about a socket: {other:?}"
                ))),
            }
        }
    }

    /// `tcpi_bytes_received` of `struct tcp_info` (linux/tcp.h), of which kernels before 4.1 know
    /// nothing.
    fn bytes_received(found: &InetResponse) -> u64 {
        let bytes = tcp_info(found, 128);
        bytes.map_or(0, u64::from_ne_bytes)
    }

    /// `tcpi_notsent_bytes`, of which kernels before 4.6 know nothing.
    fn bytes_not_sent(found: &InetResponse) -> u32 {
        let bytes = tcp_info(found, 144);
        bytes.map_or(0, u32::from_ne_bytes)
    }

    /// What stands at a place of `struct tcp_info`, if the kernel knows of it.
    fn tcp_info<const SIZE: usize>(found: &InetResponse, place: usize) -> Option<[u8; SIZE]> {
        found.nlas.iter().find_map(|attribute| match attribute {
            Nla::TcpInfo(info) => info.get(place..place + SIZE)?.try_into().ok(),
            _ => None,
        })
    }
}

#[cfg(not(target_os = "linux"))]
pub use elsewhere::SocketStates;

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use super::{Backlog, Connection, io};

    /// Cannot ask: only Linux answers.
    #[derive(Debug)]
    pub struct SocketStates {
        nothing: std::convert::Infallible,
    }

    impl SocketStates {
        /// Always fails.
        ///
        /// # Errors
        /// Only Linux says what state a server's sockets are in.
        pub fn open() -> io::Result<Self> {
            Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "only Linux says what state a server's sockets are in",
            ))
        }

        /// Cannot be called.
        pub fn connection(&self, _server: u16, _client: u16) -> io::Result<Option<Connection>> {
            match self.nothing {}
        }

        /// Cannot be called.
        pub fn backlog(&self, _server: u16) -> io::Result<Option<Backlog>> {
            match self.nothing {}
        }

        /// Cannot be called.
        pub fn takes_more(&self, _server: u16, _client: u16) -> io::Result<Option<bool>> {
            match self.nothing {}
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::eventually::eventually;
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    /// How many wait to be accepted.
    fn waiting(states: &SocketStates, server: u16) -> Option<u32> {
        let backlog = states.backlog(server).expect("an answer");
        backlog.map(|backlog| backlog.waiting)
    }

    #[test]
    fn the_kernel_tells_what_was_accepted_read_and_delivered() {
        let states = SocketStates::open().expect("sock_diag");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let server = listener.local_addr().expect("its address").port();
        assert_eq!(waiting(&states, server), Some(0));

        let mut alice = TcpStream::connect(("127.0.0.1", server)).expect("a connection");
        let client = alice.local_addr().expect("its address").port();
        // The last step of the handshake may still be on its way.
        eventually("alice waits", || waiting(&states, server) == Some(1));
        let (mut peer, _) = listener.accept().expect("alice");
        assert_eq!(waiting(&states, server), Some(0));

        let side = |port| states.connection(server, port).expect("an answer");
        let of_alice = || side(client).expect("alice's");
        alice.write_all(b"hello").expect("room");
        eventually("hello arrives", || of_alice().arrived == 5);
        assert!(of_alice().accepted && !of_alice().ended);
        assert_eq!(of_alice().unread, 5);
        peer.read_exact(&mut [0; 5]).expect("hello");
        assert_eq!(of_alice().unread, 0);

        let early = TcpStream::connect(("127.0.0.1", server)).expect("a connection");
        let port = early.local_addr().expect("its address").port();
        eventually("early waits", || side(port).is_some());
        assert!(!side(port).expect("early's").accepted);

        // More than both ends hold: what is left waits at the client's.
        alice.set_nonblocking(true).expect("it never waits");
        let mut sent = 5;
        while let Ok(count) = alice.write(&[b'x'; 65_536]) {
            sent += count as u64;
        }
        let of_the_client = || {
            let side = states.connection(client, server).expect("an answer");
            side.expect("the client's")
        };
        eventually("all that there is room for arrives", || {
            let held_back = of_the_client().held_back;
            held_back > 0 && of_alice().arrived + u64::from(held_back) == sent
        });
        let mut left = sent - 5;
        while left > 0 {
            left -= peer.read(&mut [0; 65_536]).expect("what she sent") as u64;
        }
        eventually("nothing is held back", || of_the_client().held_back == 0);

        drop(alice);
        eventually("the end arrives", || of_alice().ended);
        assert_eq!(of_alice().unread, 1, "the end of the stream counts");
        assert_eq!(peer.read(&mut [0; 1]).expect("the end"), 0);
        assert_eq!(of_alice().unread, 0);
        drop(peer);
        drop(listener);
        // A process that another test has forked keeps a copy until it executes something.
        eventually("the listener is gone", || {
            waiting(&states, server).is_none()
        });
    }
}
