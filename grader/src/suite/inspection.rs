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
    /// Something of the C source.
    Source(Aspect),
    /// What the server did in all scenarios, whatever they are about.
    Plays(Throughout),
}

impl Examines {
    /// What is looked at: `the source`.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Source(_) => "the source",
            Self::Plays(_) => "all scenarios",
        }
    }
}

/// What is looked at in every scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Throughout {
    /// What the server itself wrote.
    Output,
    /// Which system calls it made.
    Calls,
}

/// What is looked at where there is a C source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// Whether the source compiles.
    Compilation,
    /// Which functions it calls.
    Functions,
    /// Its `#define`s.
    Defines,
    /// Whether it looks at EAGAIN.
    Eagain,
    /// What sanitizers and valgrind say of it while the scenarios are played.
    Memory,
}

impl Inspection {
    /// Every inspection, in the order of the reports.
    pub const ALL: [Self; 7] = [
        Self {
            name: "compiles",
            title: "The source compiles as in the exam, without one warning",
            rules: &["compiles"],
            tier: Tier::Exam,
            examines: Examines::Source(Aspect::Compilation),
        },
        Self {
            name: "allowed-functions",
            title: "The source calls and names no function that the subject does not list",
            rules: &["allowed-functions"],
            tier: Tier::Exam,
            examines: Examines::Source(Aspect::Functions),
        },
        Self {
            name: "no-define",
            title: "The source holds no #define",
            rules: &["no-define"],
            tier: Tier::Subject,
            examines: Examines::Source(Aspect::Defines),
        },
        Self {
            name: "no-look-at-eagain",
            title: "The source does not look at EAGAIN, by whatever name",
            rules: &["never-eagain"],
            tier: Tier::Subject,
            examines: Examines::Source(Aspect::Eagain),
        },
        Self {
            name: "silent-throughout",
            title: "The server prints nothing in any of the other scenarios either",
            rules: &["silent"],
            tier: Tier::Subject,
            examines: Examines::Plays(Throughout::Output),
        },
        Self {
            name: "allowed-calls-throughout",
            title: "The server makes no other system call in any of the other scenarios either",
            rules: &["allowed-functions"],
            tier: Tier::Subject,
            examines: Examines::Plays(Throughout::Calls),
        },
        Self {
            name: "memory-safe",
            title: "Built with sanitizers, the server plays the scenarios without a complaint",
            rules: &["memory-safe"],
            tier: Tier::Robust,
            examines: Examines::Source(Aspect::Memory),
        },
    ];

    /// Whether it can be told only when the scenarios have been played.
    #[must_use]
    pub const fn needs_plays(&self) -> bool {
        matches!(
            self.examines,
            Examines::Plays(_) | Examines::Source(Aspect::Memory)
        )
    }

    /// Whether it needs a second program, built or started with tools that watch it.
    #[must_use]
    pub const fn needs_tools(&self) -> bool {
        matches!(self.examines, Examines::Source(Aspect::Memory))
    }

    /// Whether there must be a C source.
    #[must_use]
    pub const fn needs_source(&self) -> bool {
        matches!(self.examines, Examines::Source(_))
    }
}
