//! How a check ends, what was found in it, and what all checks make of a server.

use std::collections::BTreeSet;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::tier::Tier;

mod attributed;
pub mod diagnosis;
mod failure;
mod finding;
mod grouped;
pub mod kind;
mod reading;
mod required;
pub mod score;
mod summary;
pub mod wording;

pub use attributed::Found;
pub use failure::{Comparison, Death, Failure, NotPlayed, TranscriptRow};
pub use finding::{Finding, Frame, Place};
pub use grouped::{Group, grouped};
pub use kind::{Kind, Matter};
pub use reading::Reading;
pub use required::Required;
pub use summary::{Summary, Tally, Verdict};

/// The result of one check.
#[derive(Clone, Debug)]
pub struct CheckReport {
    /// What was done.
    pub kind: CheckKind,
    /// The name of the scenario or inspection.
    pub scenario: String,
    /// The path of the scenario, or of what was inspected, as it is shown.
    pub path: String,
    /// What a server does that passes.
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
    /// Whether candidates' pages do not show it.
    pub hidden: bool,
    /// What is worth knowing and not wrong.
    pub remarks: Vec<Finding>,
    /// What was wrong in a scenario that it passed and that is not about that: another check, which
    /// is about all scenarios, reports it.
    pub asides: Vec<Failure>,
}

/// How something is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CheckKind {
    /// A scenario is played.
    Scenario,
    /// The source is looked at, or what sanitizers say of the program.
    Inspection,
}

/// How a check ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The server did as it must.
    Passed,
    /// The server did not.
    Failed(Box<Failure>),
    /// There was nothing to check in what was handed in, for this reason, or nobody wants to wait
    /// for a machine that allows it.
    Skipped(String),
    /// The machine does not allow the check, for this reason; that says nothing about the server,
    /// neither that it would fail nor that it would pass.
    Undecided(String),
    /// The grader itself had trouble, of this kind; that says nothing about the server.
    Error(String),
}

impl Outcome {
    /// Whether the server was seen to do as it must, or not to.
    #[must_use]
    pub fn is_of_a_play(&self) -> bool {
        match self {
            Self::Passed => true,
            Self::Failed(failure) => failure.not_played.is_none(),
            Self::Skipped(_) | Self::Undecided(_) | Self::Error(_) => false,
        }
    }

    /// What is wrong, why the check could not be made, or what the trouble was; `None` where it
    /// passed.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Passed => None,
            Self::Failed(failure) => Some(&failure.reason),
            Self::Skipped(reason) | Self::Undecided(reason) | Self::Error(reason) => Some(reason),
        }
    }

    /// The same for somebody to whom it is enough that the machine allows no more.
    #[must_use]
    pub fn accepted(self) -> Self {
        match self {
            Self::Undecided(reason) => Self::Skipped(reason),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_accepts_it_goes_without() {
        let reason = || "not here".to_owned();
        assert!(
            matches!(Outcome::Undecided(reason()).accepted(), Outcome::Skipped(it) if it == reason())
        );
        assert!(matches!(
            Outcome::Error(reason()).accepted(),
            Outcome::Error(_)
        ));
        assert!(matches!(Outcome::Passed.accepted(), Outcome::Passed));
    }

    #[test]
    fn only_what_passed_has_no_reason() {
        assert_eq!(Outcome::Passed.reason(), None);
        assert_eq!(Outcome::Skipped("why".into()).reason(), Some("why"));
        assert_eq!(Outcome::Error("how".into()).reason(), Some("how"));
        let failure = Failure {
            reason: "what".into(),
            ..Failure::default()
        };
        let failed = Outcome::Failed(Box::new(failure));
        assert_eq!(failed.reason(), Some("what"));
    }
}
