//! Why a play ends before its last move.

use std::io;

use crate::verdict::Failure;
use machine::shortage;

/// Why a play ended before its last move.
#[derive(Debug)]
pub(super) enum Stop {
    /// The server did wrong.
    Wrong(Box<Failure>),
    /// The play needs something that this machine does not offer.
    Skip(String),
    /// The grader had trouble of its own.
    Trouble(String),
    /// The grader could not have something that there may be when fewer plays go on.
    Short(String),
    /// Somebody else took the port; nobody is to blame.
    PortTaken,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match shortage::advice(&error) {
            Some(_) => Self::Short(shortage::told(&error)),
            None => Self::Trouble(error.to_string()),
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Wrong(Box::new(failure))
    }
}

impl Stop {
    /// No server could be started.
    pub(super) fn not_started(error: io::Error) -> Self {
        let told = |why: String| format!("the server could not be started: {why}");
        match Self::from(error) {
            Self::Trouble(why) => Self::Trouble(told(why)),
            Self::Short(why) => Self::Short(told(why)),
            other => other,
        }
    }
}

/// The machine does not show the state of the server's sockets.
pub(super) fn blind(error: &io::Error) -> Stop {
    Stop::Skip(format!(
        "this machine does not tell what the server has read, which this scenario needs to know: {error}"
    ))
}
