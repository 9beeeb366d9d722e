//! A call that waits for its decision, as a policy sees it.

use std::collections::BTreeSet;
use std::io;
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::process::Pid;

use super::calls;
use super::listener::Call;
use super::{sockets, time_outs};
use crate::supervisor::{Direction, Kind, Socket};

/// What people call a call in the manner of another architecture.
const FOREIGN: &str = "int 0x80";

/// As many descriptors as any select is looked at for.
const MOST_DESCRIPTORS: i32 = 1 << 20;

/// A system call that waits for its decision.
#[derive(Debug)]
pub struct SeenCall<'call> {
    call: &'call Call,
    process: Pid,
    kind: Kind,
    name: &'static str,
}

/// The descriptors that select is asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sets {
    /// Those for reading.
    pub read: BTreeSet<i32>,
    /// Those for writing.
    pub write: BTreeSet<i32>,
}

/// The socket that a call is about.
#[derive(Debug)]
pub struct SeenSocket {
    /// Whose it is.
    pub whose: Socket,
    copy: OwnedFd,
}

impl<'call> SeenCall<'call> {
    pub(super) fn new(call: &'call Call, process: Pid) -> Self {
        let (kind, name) = if call.is_foreign {
            (Kind::Other, FOREIGN)
        } else {
            calls::identify(call.number)
        };
        Self {
            call,
            process,
            kind,
            name,
        }
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What people call it: `recv`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What the kernel calls it: `recvfrom`.
    #[must_use]
    pub fn system_call(&self) -> &'static str {
        if self.call.is_foreign {
            return FOREIGN;
        }
        calls::name(self.call.number)
    }

    /// The process that makes it.
    #[must_use]
    pub const fn process(&self) -> u32 {
        self.process.as_raw_pid().unsigned_abs()
    }

    /// Its arguments: numbers, and addresses in the memory of the process.
    #[must_use]
    pub const fn arguments(&self) -> [u64; 6] {
        self.call.arguments
    }

    /// Its first argument, which for most calls is a descriptor.
    #[must_use]
    pub const fn descriptor(&self) -> i32 {
        self.call.number_of_descriptor()
    }

    /// Whether it asks for a socket of the internet: the C library may ask for others by itself.
    #[must_use]
    pub fn is_for_the_internet(&self) -> bool {
        self.kind == Kind::Socket && sockets::is_internet(self.call)
    }

    /// Whether it is one of select that waits no longer than it is told.
    #[must_use]
    pub fn has_time_out(&self) -> bool {
        self.kind == Kind::Select && time_outs::has_one(self.call)
    }

    /// Whether it asks for memory of the process's own that it can write to.
    #[must_use]
    pub fn asks_for_memory(&self) -> bool {
        let [_, _, protection, flags, ..] = self.call.arguments;
        let has = |bits: u64, wanted: i32| bits & u64::from(wanted.unsigned_abs()) != 0;
        self.kind == Kind::Memory
            && has(protection, libc::PROT_WRITE)
            && has(flags, libc::MAP_PRIVATE)
    }

    /// Whether it leaves in the socket what it finds there (recv(2), `MSG_PEEK`).
    #[must_use]
    pub fn only_looks(&self) -> bool {
        let flags = self.call.arguments[3];
        self.name == "recv" && flags & u64::from(libc::MSG_PEEK.unsigned_abs()) != 0
    }

    /// What select is asked about; `None` where its sets are not there, so that it fails.
    ///
    /// # Errors
    /// The kernel does not let anybody look.
    pub fn sets(&self) -> io::Result<Option<Sets>> {
        let [_, read, write, ..] = self.call.arguments;
        let count = self.descriptor();
        let both =
            set(self.call, count, read).and_then(|read| Ok((read, set(self.call, count, write)?)));
        match both {
            Ok((read, write)) => Ok(Some(Sets { read, write })),
            Err(Errno::FAULT | Errno::SRCH) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The socket that is its first argument; `None` where that is no TCP socket in use.
    ///
    /// # Errors
    /// The kernel does not let anybody have it.
    pub fn socket(&self) -> io::Result<Option<SeenSocket>> {
        let found = sockets::of(self.call)?;
        Ok(found.map(|(copy, whose)| SeenSocket { whose, copy }))
    }
}

impl SeenSocket {
    /// Whether a use of it would not wait at this moment. An error, or the end of a connection,
    /// does not.
    ///
    /// # Errors
    /// The machine's.
    pub fn is_ready(&self, direction: Direction) -> io::Result<bool> {
        Ok(sockets::is_ready(&self.copy, direction)?)
    }
}

/// The descriptors in a set of select's, of which there are `count` at most (select(2): the bits
/// are those of longs).
fn set(call: &Call, count: i32, address: u64) -> Result<BTreeSet<i32>, Errno> {
    const WORD: i32 = i64::BITS as i32;
    if address == 0 || count <= 0 {
        return Ok(BTreeSet::new());
    }
    let count = count.min(MOST_DESCRIPTORS);
    let words = (count - 1) / WORD + 1;
    let mut bytes = vec![0; words.unsigned_abs() as usize * size_of::<u64>()];
    call.read(address, &mut bytes)?;
    let words = bytes
        .chunks_exact(size_of::<u64>())
        .map(|word| u64::from_ne_bytes(word.try_into().unwrap_or_default()));
    let mut set = BTreeSet::new();
    for (first, word) in (0..).step_by(u64::BITS as usize).zip(words) {
        let bits = (0..WORD).filter(|bit| word & (1 << bit) != 0);
        set.extend(bits.map(|bit| first + bit).filter(|number| *number < count));
    }
    Ok(set)
}
