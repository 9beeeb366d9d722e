//! What a server is seen to do that it must not.

use machine::supervisor::{Direction, Socket};

/// A system call that a server must not have made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misconduct {
    /// What is wrong with it.
    pub offence: Offence,
    /// The calls before it, the earliest first, and the call itself.
    pub calls: Vec<ObservedCall>,
}

/// What is wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offence {
    /// It reads, writes or accepts, and nobody has asked select whether it may.
    NotAsked {
        /// Its name: `recv`.
        call: &'static str,
        /// Whose socket it is.
        socket: Socket,
        /// For what select was not asked.
        direction: Direction,
        /// What was done instead of asking.
        instead: Instead,
    },
    /// It would have had to wait.
    WouldWait {
        /// Its name: `recv`.
        call: &'static str,
        /// Whose socket it is.
        socket: Socket,
        /// What is not to be had at the moment.
        direction: Direction,
        /// Whether select had been asked at all, and so has said no.
        asked: bool,
    },
    /// No allowed function makes it.
    NotAllowed {
        /// The system call's name: `setsockopt`.
        call: &'static str,
    },
    /// It comes although an earlier one has failed for good.
    AfterFailure {
        /// Its name: `listen`.
        call: &'static str,
        /// The call that had failed: `bind`.
        failed: &'static str,
    },
}

/// What a server did before a call about which it had not asked select.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// It has not called select since the socket was there.
    NothingYet,
    /// It has not called select since it last took something from the socket.
    NothingSince,
    /// It has called select, and this socket was not in the set for this direction.
    AskedForOthers,
    /// It has asked another call than select: `poll`.
    Asked(&'static str),
}

/// A call that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedCall {
    /// Its name: `recv`.
    pub call: &'static str,
    /// The sockets that it is about, by what it asks of them.
    pub about: Vec<(Direction, Socket)>,
    /// What was made of it: the error that it failed with.
    pub failed_with: Option<String>,
}
