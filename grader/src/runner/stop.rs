//! Why a play ends before its last move.

use std::io;

use crate::verdict::Failure;

/// Why a play ended before its last move.
#[derive(Debug)]
pub(super) enum Stop {
    /// The server did wrong.
    Wrong(Box<Failure>),
    /// The play needs something that this machine does not offer.
    Skip(String),
    /// The grader had trouble of its own.
    Trouble(String),
    /// Somebody else took the port; nobody is to blame.
    PortTaken,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Trouble(error.to_string())
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Wrong(Box::new(failure))
    }
}

/// The machine does not show the state of the server's sockets.
pub(super) fn blind(error: &io::Error) -> Stop {
    Stop::Skip(format!(
        "this machine does not tell what the server has read, which this scenario needs to know: {error}"
    ))
}
