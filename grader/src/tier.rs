//! What a verdict means: the three tiers a check can belong to.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who asks for what a check examines. The order is the order of leniency: the real examiner
/// asks for the least.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// The real examiner is known to test this.
    Exam,
    /// A sentence of the subject says so.
    Subject,
    /// The subject is silent; a good server does it anyway.
    Robust,
}

impl Tier {
    /// Every tier, the most lenient first.
    pub const ALL: [Self; 3] = [Self::Exam, Self::Subject, Self::Robust];

    /// The tier's name as it is written in scenario files, options and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exam => "exam",
            Self::Subject => "subject",
            Self::Robust => "robust",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}
