//! Why a play ends before its last move.

use std::io;

use crate::verdict::Failure;
use machine::{StartError, shortage};

/// Why a play ended before its last move.
#[derive(Debug)]
pub(super) enum Stop {
    /// The server did wrong.
    Wrong(Box<Failure>),
    /// What was handed in has nothing that the play could judge.
    Skip(String),
    /// The play needs something that this machine does not offer.
    NotHere(String),
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
    pub(super) fn not_started(error: StartError) -> Self {
        let told = |why: String| format!("the server could not be started: {why}");
        match Self::from(error.into_reason()) {
            Self::Trouble(why) => Self::Trouble(told(why)),
            Self::Short(why) => Self::Short(told(why)),
            other => other,
        }
    }
}

/// The machine does not show the state of the server's sockets.
pub(super) fn blind(error: &io::Error) -> Stop {
    Stop::NotHere(format!(
        "this machine does not tell what the server has read, which this scenario needs to know: {error}"
    ))
}
