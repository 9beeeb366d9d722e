//! Many clients in one event loop, read with as little work as possible: what measures must not be
//! what is measured.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use rustix::net::{RecvFlags, recv};

use super::Stop;
use machine::acknowledge_at_once;

/// How much is received at once, in bytes.
const RECEIVE_SIZE: usize = 1024 * 1024;

/// Bytes that only count are not copied (tcp(7), `MSG_TRUNC`).
const DISCARD: RecvFlags = if cfg!(target_os = "linux") {
    RecvFlags::TRUNC
} else {
    RecvFlags::empty()
};

/// One client.
#[derive(Debug)]
struct Member {
    stream: TcpStream,
    /// What it has received.
    received: u64,
    /// What it must have received when all has come.
    due: u64,
    /// Whether it reads.
    reads: bool,
}

/// What somebody must hear: the same line again and again.
#[derive(Debug)]
struct Refrain {
    member: usize,
    /// The line, repeated for longer than is ever received at once.
    text: Vec<u8>,
    length: usize,
    place: usize,
}

/// The clients of one server.
#[derive(Debug)]
pub(super) struct Crowd {
    poll: Poll,
    events: Events,
    members: Vec<Member>,
    buffer: Vec<u8>,
    refrain: Option<Refrain>,
    /// How many bytes the first client has sent into the network since it connected.
    said: u64,
    /// What all that read have received together.
    received: u64,
}

impl Crowd {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            events: Events::with_capacity(1024),
            members: Vec::new(),
            buffer: vec![0; RECEIVE_SIZE],
            refrain: None,
            said: 0,
            received: 0,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// Begins to connect another client to a port of 127.0.0.1. Those that are to read do so at
    /// once.
    pub(super) fn connect(&mut self, port: u16, reads: bool) -> io::Result<()> {
        let address = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port));
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        self.members.push(Member {
            stream,
            received: 0,
            due: 0,
            reads,
        });
        if reads {
            self.watch(self.members.len() - 1)?;
        }
        Ok(())
    }

    fn watch(&mut self, who: usize) -> io::Result<()> {
        // Only the first speaks, and waits for room on its way.
        let interest = match who {
            0 => Interest::READABLE | Interest::WRITABLE,
            _ => Interest::READABLE,
        };
        let stream = &mut self.members[who].stream;
        self.poll.registry().register(stream, Token(who), interest)
    }

    /// From here on, this client reads.
    pub(super) fn read_again(&mut self, who: usize) -> io::Result<()> {
        self.members[who].reads = true;
        self.watch(who)
    }

    /// The port of a client's own end.
    pub(super) fn port(&self, who: usize) -> io::Result<u16> {
        Ok(self.members[who].stream.local_addr()?.port())
    }

    /// All of these must receive so many bytes more.
    pub(super) fn is_due(&mut self, to: std::ops::Range<usize>, bytes: u64) {
        for member in &mut self.members[to] {
            member.due += bytes;
        }
    }

    /// How many bytes the first client has sent into the network since it connected.
    pub(super) const fn said(&self) -> u64 {
        self.said
    }

    /// How much those that read have received together.
    pub(super) const fn received(&self) -> u64 {
        self.received
    }

    /// How much those that read have not received yet, together.
    pub(super) fn missing(&self) -> u64 {
        let reading = self.members.iter().filter(|member| member.reads);
        reading
            .map(|member| member.due.saturating_sub(member.received))
            .sum()
    }

    /// Who reads.
    pub(super) fn readers(&self) -> impl Iterator<Item = usize> {
        let members = self.members.iter().enumerate();
        members
            .filter(|(_, member)| member.reads)
            .map(|(who, _)| who)
    }

    /// Counting begins anew; `member` must hear nothing but `line`, again and again.
    pub(super) fn begin(&mut self, member: usize, line: &[u8]) {
        for member in &mut self.members {
            (member.received, member.due) = (0, 0);
        }
        self.received = 0;
        self.refrain = Some(Refrain {
            member,
            text: line.repeat((RECEIVE_SIZE + line.len()).div_ceil(line.len()) + 1),
            length: line.len(),
            place: 0,
        });
    }

    /// Sends from the first client as much as its path takes, and says how much that was.
    pub(super) fn say(&mut self, bytes: &[u8]) -> Result<usize, Stop> {
        match self.members[0].stream.write(bytes) {
            Ok(count) => {
                self.said += count as u64;
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            Err(error) => Err(Stop::Server(format!(
                "closed the connection of the client that speaks ({error})"
            ))),
        }
    }

    /// Waits until something has come, for `patience` at most; reads it, and says whether anything
    /// was read or sending became possible.
    pub(super) fn read(&mut self, patience: Duration) -> Result<bool, Stop> {
        match self.poll.poll(&mut self.events, Some(patience)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(true),
            Err(error) => return Err(error.into()),
        }
        let mut happened = false;
        for event in &self.events {
            happened = true;
            if !(event.is_readable() || event.is_error() || event.is_read_closed()) {
                continue;
            }
            let who = event.token().0;
            let refrain = self
                .refrain
                .as_mut()
                .filter(|refrain| refrain.member == who);
            let came = receive(&mut self.members[who], &mut self.buffer, refrain)?;
            self.received += came;
        }
        Ok(happened)
    }
}

/// Receives all that is there.
fn receive(
    member: &mut Member,
    buffer: &mut [u8],
    mut refrain: Option<&mut Refrain>,
) -> Result<u64, Stop> {
    let flags = if refrain.is_some() {
        RecvFlags::empty()
    } else {
        DISCARD
    };
    let before = member.received;
    loop {
        let room = buffer.len();
        match recv(&member.stream, &mut *buffer, flags) {
            Ok((_, 0)) => return Err(Stop::Server("closed a client's connection".into())),
            Ok((_, count)) => {
                member.received += count as u64;
                if let Some(refrain) = &mut refrain {
                    refrain.hear(&buffer[..count])?;
                }
                // Less than there was room for: nothing is left (epoll(7)).
                if count < room {
                    acknowledge_at_once(&member.stream);
                    return Ok(member.received - before);
                }
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => return Ok(member.received - before),
            Err(error) => {
                return Err(Stop::Server(format!(
                    "reset a client's connection ({error})"
                )));
            }
        }
    }
}

impl Refrain {
    fn hear(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        if bytes != &self.text[self.place..self.place + bytes.len()] {
            return Err(Stop::Server(
                "sent other bytes than were said: `grader run` shows which".into(),
            ));
        }
        self.place = (self.place + bytes.len()) % self.length;
        Ok(())
    }
}
