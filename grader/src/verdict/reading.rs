//! What the subject leaves open, and how a server was seen to take it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A reading of the subject that a server was seen to take where the text leaves a choice.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// A piece of a line was relayed before its newline came.
    PiecesAtOnce,
    /// A piece of a line was held until its newline came.
    PiecesHeld,
    /// The unfinished line of a client that left was dropped.
    UnfinishedDropped,
    /// The unfinished line of a client that left was relayed as it was.
    UnfinishedAsItIs,
    /// The unfinished line of a client that left was relayed with a newline added.
    UnfinishedWithNewline,
    /// More than one argument was accepted.
    ExtraArgumentsIgnored,
    /// More than one argument was refused.
    ExtraArgumentsRefused,
    /// A lazy client found everything when it woke.
    LazyFoundEverything,
    /// A lazy client found whole lines missing when it woke.
    LazyMissedLines,
    /// Where no memory could be had, the server said `Fatal error` and ended.
    NoMemoryIsFatal,
    /// Where no memory could be had, the server asked for none and went on.
    NoMemoryIsNeeded,
    /// A test of the exam was passed only where recv waits for what has not come.
    OnlyWhereRecvWaits,
    /// A test of the exam was passed only where recv does not wait for what has not come.
    OnlyWhereRecvDoesNotWait,
}

impl Reading {
    /// The reading in words, fit to follow "seen: ".
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::PiecesAtOnce => "pieces of a line are relayed at once",
            Self::PiecesHeld => "pieces of a line are held until its newline",
            Self::UnfinishedDropped => "an unfinished line is dropped when its client leaves",
            Self::UnfinishedAsItIs => {
                "an unfinished line is relayed as it is when its client leaves"
            }
            Self::UnfinishedWithNewline => {
                "an unfinished line is relayed with a newline added when its client leaves"
            }
            Self::ExtraArgumentsIgnored => "extra arguments are ignored",
            Self::ExtraArgumentsRefused => "extra arguments are refused",
            Self::LazyFoundEverything => "a lazy client finds everything when it reads again",
            Self::LazyMissedLines => "a lazy client misses whole lines",
            Self::NoMemoryIsFatal => "without memory it ends, saying so",
            Self::NoMemoryIsNeeded => {
                "without memory it goes on and asks for none, so that nothing is seen of how it \
                 takes a refusal"
            }
            Self::OnlyWhereRecvWaits => {
                "a test of the exam is passed only where recv waits, by luck"
            }
            Self::OnlyWhereRecvDoesNotWait => {
                "a test of the exam is passed only where recv does not wait"
            }
        }
    }
}
