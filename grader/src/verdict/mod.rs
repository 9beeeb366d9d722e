//! How a check ends, and what that makes of a tier and of a run.

use std::collections::BTreeSet;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::tier::Tier;

pub mod diagnosis;
mod failure;
pub mod score;

pub use failure::{Comparison, Death, Failure, Matter, TranscriptRow};

/// The result of one check.
#[derive(Clone, Debug)]
pub struct CheckReport {
    /// The scenario's name.
    pub scenario: String,
    /// The scenario's path as it is shown.
    pub path: String,
    /// The scenario's title.
    pub title: String,
    /// The rules that it tests, the main one first.
    pub rules: Vec<String>,
    /// The tier that it belongs to.
    pub tier: Tier,
    /// How it ended.
    pub outcome: Outcome,
    /// Wall time of the check.
    pub duration: Duration,
    /// What a failure usually comes from, where the scenario says more than its rule does.
    pub hint: Option<String>,
    /// Which readings the server was seen to take where the subject leaves a choice.
    pub readings: BTreeSet<Reading>,
}

/// How a check ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The server did as it must.
    Passed,
    /// The server did not.
    Failed(Box<Failure>),
    /// The check could not be made here, for this reason; that says nothing about the server.
    Skipped(String),
    /// The grader itself had trouble, of this kind; that says nothing about the server.
    Error(String),
}

impl Outcome {
    /// What is wrong, why the check could not be made, or what the trouble was; `None` where it
    /// passed.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Passed => None,
            Self::Failed(failure) => Some(&failure.reason),
            Self::Skipped(reason) | Self::Error(reason) => Some(reason),
        }
    }
}

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
    /// Where no memory could be had, the server needed none and went on.
    NoMemoryIsNeeded,
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
            Self::NoMemoryIsNeeded => "without memory it goes on, needing none",
        }
    }
}

/// How many checks of one tier ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tally {
    /// Checks passed.
    pub passed: usize,
    /// Checks failed.
    pub failed: usize,
    /// Checks skipped.
    pub skipped: usize,
    /// Checks that ended in the grader's own trouble.
    pub error: usize,
}

/// How the checks of a run ended, by tier.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    tallies: [Tally; 3],
    readings: BTreeSet<Reading>,
}

impl Summary {
    /// Counts one more check.
    pub fn add(&mut self, check: &CheckReport) {
        let tally = &mut self.tallies[check.tier as usize];
        match check.outcome {
            Outcome::Passed => tally.passed += 1,
            Outcome::Failed(_) => tally.failed += 1,
            Outcome::Skipped(_) => tally.skipped += 1,
            Outcome::Error(_) => tally.error += 1,
        }
        self.readings.extend(&check.readings);
    }

    /// The counts of a tier.
    #[must_use]
    pub const fn tally(&self, tier: Tier) -> Tally {
        self.tallies[tier as usize]
    }

    /// Whether checks of the tier were played and every one of them passed.
    #[must_use]
    pub fn passes_in_full(&self, tier: Tier) -> bool {
        let Tally {
            passed,
            failed,
            skipped,
            error,
        } = self.tally(tier);
        passed > 0 && failed + skipped + error == 0
    }

    /// Every reading that was seen, in a fixed order. What a server does once it can do, so that
    /// one piece relayed at once, or one line lost, says more than all that were not.
    pub fn readings(&self) -> impl Iterator<Item = Reading> {
        let seen = |reading| self.readings.contains(&reading);
        self.readings
            .iter()
            .copied()
            .filter(move |reading| match reading {
                Reading::PiecesHeld => !seen(Reading::PiecesAtOnce),
                Reading::LazyFoundEverything => !seen(Reading::LazyMissedLines),
                Reading::NoMemoryIsNeeded => !seen(Reading::NoMemoryIsFatal),
                _ => true,
            })
    }

    /// What the required tier and every more lenient one make of the run.
    #[must_use]
    pub fn verdict(&self, require: Tier) -> Verdict {
        let mut required = Tally::default();
        for tier in Tier::ALL.into_iter().filter(|tier| *tier <= require) {
            let tally = self.tally(tier);
            required.passed += tally.passed;
            required.failed += tally.failed;
            required.skipped += tally.skipped;
            required.error += tally.error;
        }
        match required {
            Tally { failed: 1.., .. } => Verdict::Failed,
            Tally { error: 1.., .. } | Tally { passed: 0, .. } => Verdict::Undecided,
            _ => Verdict::Passed,
        }
    }
}

/// What a run says about the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every required check passed.
    Passed,
    /// A required check failed.
    Failed,
    /// No required check failed, yet the grader had trouble with one, or none could be played.
    Undecided,
}
