//! One client's end of a connection.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, SocketAddrV4};
use std::time::Duration;

use mio::net::TcpStream;
use socket2::{Domain, Protocol, Socket, Type};

/// The receive buffer of a client that will stop reading, in bytes. Small, so that its path
/// fills with little; large enough for the kernel to reopen the window without delay.
const LAZY_RECEIVE_BUFFER: usize = 16 * 1024;

/// The largest segment of a connection whose client will stop reading, in bytes. The kernel
/// sizes the server's send buffer by it, so that this, too, fills with little.
const LAZY_SEGMENT: u32 = 1024;

/// A client's socket and what still waits to be sent on it.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) stream: TcpStream,
    outbox: VecDeque<u8>,
    /// How many bytes have gone into the network.
    pub(super) sent: u64,
    /// The stream may hold bytes that have not been read.
    pub(super) may_read: bool,
    /// Nothing is read on purpose.
    pub(super) lazy: bool,
    /// The server's side of the connection has ended, or the client's own has.
    pub(super) over: bool,
}

/// What a read brought.
pub(super) enum Received {
    Bytes(usize),
    /// Nothing for now.
    Nothing,
    /// The server closed the connection.
    End,
    /// The server reset the connection.
    Reset,
}

impl Client {
    /// Begins to connect to a port of 127.0.0.1.
    pub(super) fn connect(port: u16, will_be_lazy: bool) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        // Each piece goes out by itself, at once.
        socket.set_tcp_nodelay(true)?;
        if will_be_lazy {
            socket.set_recv_buffer_size(LAZY_RECEIVE_BUFFER)?;
            socket.set_tcp_mss(LAZY_SEGMENT)?;
        }
        let address = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port));
        match socket.connect(&address.into()) {
            Ok(()) => {}
            Err(error)
                if error.raw_os_error() == Some(rustix::io::Errno::INPROGRESS.raw_os_error()) => {}
            Err(error) => return Err(error),
        }
        Ok(Self {
            stream: TcpStream::from_std(socket.into()),
            outbox: VecDeque::new(),
            sent: 0,
            may_read: true,
            lazy: false,
            over: false,
        })
    }

    /// Whether the kernel holds nothing for it that has not been read.
    pub(super) fn has_taken_all_in(&self) -> bool {
        rustix::io::ioctl_fionread(&self.stream).is_ok_and(|unread| unread == 0)
    }

    /// Whether the connection stands.
    ///
    /// # Errors
    /// It has failed.
    pub(super) fn is_connected(&self) -> io::Result<bool> {
        if let Some(error) = self.stream.take_error()? {
            return Err(error);
        }
        match self.stream.peer_addr() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sends as much as the path takes and keeps the rest.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        let sent = if self.outbox.is_empty() {
            write(&mut self.stream, bytes)
        } else {
            0
        };
        self.sent += sent as u64;
        self.outbox.extend(&bytes[sent..]);
    }

    /// Sends more of what was kept.
    pub(super) fn flush(&mut self) {
        let sent = write(&mut self.stream, self.outbox.make_contiguous());
        self.sent += sent as u64;
        self.outbox.drain(..sent);
    }

    /// How many bytes wait for room on the way.
    pub(super) fn unsent(&self) -> usize {
        if self.over { 0 } else { self.outbox.len() }
    }

    pub(super) fn receive(&mut self, buffer: &mut [u8]) -> Received {
        loop {
            return match self.stream.read(buffer) {
                Ok(0) => Received::End,
                Ok(count) => {
                    acknowledge_at_once(&self.stream);
                    Received::Bytes(count)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Received::Nothing,
                Err(_) => Received::Reset,
            };
        }
    }

    /// Shuts down the sending side.
    pub(super) fn half_close(&self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)
    }

    /// Makes closing the connection a reset.
    pub(super) fn reset_on_close(&self) -> io::Result<()> {
        socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO))
    }
}

/// Keeps the kernel from putting off the acknowledgement of what was just read: a server that sends
/// line by line would wait for it some 40 ms before the next (tcp(7), `TCP_QUICKACK`, which must
/// be set anew each time). It only saves time, so that failing is no harm.
pub fn acknowledge_at_once(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    let _faster = socket2::SockRef::from(stream).set_tcp_quickack(true);
    #[cfg(not(target_os = "linux"))]
    let _nothing_to_set = stream;
}

/// Writes as much as the path takes and says how much that was.
fn write(stream: &mut TcpStream, bytes: &[u8]) -> usize {
    let mut sent = 0;
    while sent < bytes.len() {
        match stream.write(&bytes[sent..]) {
            Ok(count) => sent += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A path that is full opens again; one that has ended is noticed by reading.
            Err(_) => break,
        }
    }
    sent
}
