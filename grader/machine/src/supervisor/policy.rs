//! What is asked of whoever judges a server's system calls.
//!
//! The supervisor knows what a call is and whom it is about; what that means, and what becomes of
//! it, is a policy's business.

use std::fmt::Debug;
use std::io;

use rustix::io::Errno;

use super::SeenCall;

/// Judges the system calls of one server, one after another.
pub trait Policy: Debug + Send {
    /// Whether calls of this kind are shown to it. Asked before the server is started, since the
    /// filter of its calls can never be changed afterwards.
    fn watches(&self, kind: Kind) -> bool;

    /// The system calls that are not shown to it unless it watches their kind, by the kernel's
    /// names (`pselect6`), where all others are; `None` where only what it watches is shown.
    fn expects(&self) -> Option<&[&'static str]> {
        None
    }

    /// Decides about a call that waits. Others than those that are watched may come.
    ///
    /// # Errors
    /// The kernel does not let anybody look.
    fn decide(&mut self, call: &SeenCall<'_>) -> io::Result<Decision>;

    /// What has become of the call that was last decided about.
    fn answered(&mut self, answered: Answered);
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is made as if nobody had watched.
    GoOn,
    /// It is made as if its time-out had passed already, where it has one: it tells what there is
    /// to tell, and waits for nothing.
    GoOnAtOnce,
    /// It fails with this error, and the kernel does not make it.
    Fail(Errno),
}

/// What became of a call that was decided about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It ends as was decided.
    AsDecided,
    /// It goes on, and may wait and be made again before it ends.
    Waits,
    /// It was interrupted before it could be answered, and will be made again if its caller lives.
    Interrupted,
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct LookAway;

impl Policy for LookAway {
    fn watches(&self, _kind: Kind) -> bool {
        false
    }

    fn decide(&mut self, _call: &SeenCall<'_>) -> io::Result<Decision> {
        Ok(Decision::GoOn)
    }

    fn answered(&mut self, _answered: Answered) {}
}

/// What a system call is, as far as a server's are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// socket(2).
    Socket,
    /// bind(2).
    Bind,
    /// listen(2).
    Listen,
    /// accept(2) and accept4(2).
    Accept,
    /// select(2) and pselect(2).
    Select,
    /// Takes bytes from a descriptor, or puts some into it.
    Transfer(Direction),
    /// Asks for readiness, and is not select.
    OtherMultiplexer,
    /// close(2).
    Close,
    /// Starts a process or a thread: fork(2), vfork(2), clone(2) and clone3.
    Fork,
    /// Maps memory or a file: mmap(2). When brk(2) gives none, the C library asks it as well.
    Memory,
    /// Ends the process with a status: exit_group(2).
    Exit,
    /// Anything else.
    Other,
}

/// What a socket is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// Something is taken from it: bytes, or a connection.
    Read,
    /// Something is put into it.
    Write,
}

/// Whose socket a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Socket {
    /// The one that listens.
    Listener,
    /// The connection of the client whose own port this is.
    Client(u16),
}
