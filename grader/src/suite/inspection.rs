//! Checks without a scenario of their own: what is asked of the source itself, and of all plays
//! together.

use crate::tier::Tier;

/// A check that looks at the candidate's source, or at what the program says while scenarios are
/// played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// What `--only` and reports call it.
    pub name: &'static str,
    /// One sentence that says what a source does that passes.
    pub title: &'static str,
    /// The rules that it tests, the main one first.
    pub rules: &'static [&'static str],
    /// The tier that it belongs to.
    pub tier: Tier,
    /// What it looks at.
    pub examines: Examines,
}

/// What an inspection looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Examines {
    /// Whether the source compiles.
    Compilation,
    /// Which functions it calls.
    Functions,
    /// Its `#define`s.
    Defines,
    /// Whether it looks at EAGAIN.
    Eagain,
    /// What the server itself wrote while the scenarios were played.
    Output,
    /// What sanitizers and valgrind say while the scenarios are played.
    Memory,
}

impl Inspection {
    /// Every inspection, in the order of the reports.
    pub const ALL: [Self; 6] = [
        Self {
            name: "compiles",
            title: "The source compiles as in the exam, without one warning",
            rules: &["compiles"],
            tier: Tier::Exam,
            examines: Examines::Compilation,
        },
        Self {
            name: "allowed-functions",
            title: "The source calls and names no function that the subject does not list",
            rules: &["allowed-functions"],
            tier: Tier::Exam,
            examines: Examines::Functions,
        },
        Self {
            name: "no-define",
            title: "The source holds no #define",
            rules: &["no-define"],
            tier: Tier::Subject,
            examines: Examines::Defines,
        },
        Self {
            name: "no-look-at-eagain",
            title: "The source does not look at EAGAIN, by whatever name",
            rules: &["never-eagain"],
            tier: Tier::Subject,
            examines: Examines::Eagain,
        },
        Self {
            name: "silent-throughout",
            title: "The server prints nothing in any of the other scenarios either",
            rules: &["silent"],
            tier: Tier::Subject,
            examines: Examines::Output,
        },
        Self {
            name: "memory-safe",
            title: "Built with sanitizers, the server plays the scenarios without a complaint",
            rules: &["memory-safe"],
            tier: Tier::Robust,
            examines: Examines::Memory,
        },
    ];

    /// Whether it can be told only when the scenarios have been played.
    #[must_use]
    pub const fn needs_plays(&self) -> bool {
        matches!(self.examines, Examines::Memory | Examines::Output)
    }

    /// Whether it needs a second program, built or started with tools that watch it.
    #[must_use]
    pub const fn needs_tools(&self) -> bool {
        matches!(self.examines, Examines::Memory)
    }

    /// Whether there must be a C source.
    #[must_use]
    pub const fn needs_source(&self) -> bool {
        !matches!(self.examines, Examines::Output)
    }
}
