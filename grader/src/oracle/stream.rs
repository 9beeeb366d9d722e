//! A client's stream under the judge that its scenario asks for.

use super::Oracle;
use super::matcher::{Matcher, Mismatch, Observed};
use super::sorted_lines::SortedLines;
use crate::scenario::{ClientId, Judge};

/// Judges what one client receives, as it comes.
#[derive(Clone, Debug)]
pub enum Stream {
    /// Every byte in its place.
    EveryByte(Matcher),
    /// Each line, whatever their order.
    SortedLines(SortedLines),
}

impl Stream {
    /// Starts with nothing received by a client that has just arrived.
    #[must_use]
    pub fn new(judge: Judge, oracle: &Oracle, who: ClientId) -> Self {
        match judge {
            Judge::EveryByte => Self::EveryByte(Matcher::new(oracle, who)),
            Judge::SortedLines => Self::SortedLines(SortedLines::new(oracle, who)),
        }
    }

    /// Takes in what the client has received.
    ///
    /// # Errors
    /// What is wrong with it, as soon as it can no longer become right.
    pub fn feed(&mut self, oracle: &Oracle, bytes: &[u8]) -> Result<(), Box<Mismatch>> {
        match self {
            Self::EveryByte(matcher) => matcher.feed(oracle, bytes),
            Self::SortedLines(lines) => lines.feed(oracle, bytes),
        }
    }

    /// Whether everything that is due has come, and nothing by halves.
    pub fn is_complete(&mut self, oracle: &Oracle) -> bool {
        match self {
            Self::EveryByte(matcher) => matcher.is_complete(oracle),
            Self::SortedLines(lines) => lines.is_complete(oracle),
        }
    }

    /// Begins a new step: a comparison shown later starts here.
    pub fn begin_step(&mut self) {
        if let Self::EveryByte(matcher) = self {
            matcher.begin_step();
        }
    }

    /// What is missing, when nothing more comes.
    #[must_use]
    pub fn missing(&self, oracle: &Oracle) -> Mismatch {
        match self {
            Self::EveryByte(matcher) => matcher.missing(oracle),
            Self::SortedLines(lines) => lines.missing(),
        }
    }

    /// The choices that the server was seen to make.
    #[must_use]
    pub fn observed(&self, oracle: &Oracle) -> Observed {
        match self {
            Self::EveryByte(matcher) => matcher.observed(oracle),
            Self::SortedLines(_) => Observed::default(),
        }
    }
}
