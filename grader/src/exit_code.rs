//! What `grader` tells the shell.

use std::fmt::Write;
use std::process::{ExitCode as ProcessExitCode, Termination};

use crate::verdict::Verdict;

/// Every status with which `grader` exits. Its numbers are an interface and do not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Every required check passed.
    Passed = 0,
    /// A required check failed.
    Failed = 1,
    /// The command line or a scenario cannot be understood.
    Usage = 2,
    /// The grader could not do its work.
    Trouble = 3,
}

impl ExitCode {
    /// Every status, in the order of the numbers.
    pub const ALL: [Self; 4] = [Self::Passed, Self::Failed, Self::Usage, Self::Trouble];

    /// The number that the shell sees.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The meaning in a few words, for `--help`.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Passed => "every required check passed",
            Self::Failed => "a required check failed",
            Self::Usage => "wrong usage, or a scenario that cannot be read",
            Self::Trouble => "the grader could not do its work",
        }
    }

    /// What leads to it, for the page.
    const fn detail(self) -> &'static str {
        match self {
            Self::Passed => {
                "Every check of the required tier and the more lenient ones passed, with --only every \
                 chosen one, but for those for which what was handed in has nothing to check, and, with --accept-skipped, \
                 those that the machine does not allow; at least one passed. Checks of stricter \
                 tiers may have failed."
            }
            Self::Failed => {
                "The server did not do what a check of the required tier, or of a more lenient \
                 one, asks for, or a chosen one where --only has chosen."
            }
            Self::Usage => {
                "An unknown option, rule or report format, a filter that matches nothing, a \
                 server that does not exist or cannot be executed, a folder without mini_serv.c, a \
                 source that is too large, a scenario file with a mistake in it. No check was \
                 made. (A source that does not compile is a failed check.)"
            }
            Self::Trouble => {
                "A required check is not allowed by the machine (--accept-skipped goes without), \
                 could not be judged, or none was left to play, a report could not be written, the compiler is not there, there were too few processes, threads, \
                 descriptors or too little memory for the grader, or it has a defect. This says \
                 nothing about the server."
            }
        }
    }
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Passed => Self::Passed,
            Verdict::Failed => Self::Failed,
            Verdict::Undecided => Self::Trouble,
        }
    }
}

impl From<ExitCode> for ProcessExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}

impl Termination for ExitCode {
    fn report(self) -> ProcessExitCode {
        self.into()
    }
}

/// The table for the end of `--help`.
#[must_use]
pub fn help() -> String {
    let mut help = "Exit status:".to_owned();
    for code in ExitCode::ALL {
        let _ = write!(help, "\n  {}  {}", code.number(), code.meaning());
    }
    help
}

/// `docs/exit-codes.md`.
#[must_use]
pub fn page() -> String {
    let mut page = "\
<!-- Generated from grader/src/exit_code.rs; a test fails when it is stale, and rewrites it when
     it is run with UPDATE_GOLDEN=1. -->

# Exit codes

`grader` ends with one of these. `--require exam|subject|robust` says which tiers are required:
the one named and every more lenient one; `subject` where nothing is said.

With `--only`, and without `--require`, every chosen check is required, of whatever tier it is.
`--skip` leaves `subject` required of the rest; where nothing of it and of `exam` is left, the rest
is. With either, the report says that its verdict is over the chosen checks only. Where no check was
played, the status is never 0.

| Status | Meaning | When |
|---|---|---|
"
    .to_owned();
    for code in ExitCode::ALL {
        let _ = writeln!(
            page,
            "| {} | {} | {} |",
            code.number(),
            code.meaning(),
            code.detail()
        );
    }
    page.push_str(
        "
A class has no verdict: `grader batch` and `grader merge` end with 0 when every submission was
graded, whatever its grade, and with 3 when some could not be.
",
    );
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_that_are_documented() {
        assert_eq!(ExitCode::ALL.map(ExitCode::number), [0, 1, 2, 3]);
    }

    #[test]
    fn only_a_failed_check_is_held_against_the_server() {
        assert_eq!(ExitCode::from(Verdict::Failed), ExitCode::Failed);
        assert_eq!(ExitCode::from(Verdict::Undecided), ExitCode::Trouble);
        assert_eq!(ExitCode::from(Verdict::Passed), ExitCode::Passed);
    }

    #[test]
    fn the_help_is_one_line_for_each() {
        assert_eq!(
            help(),
            "Exit status:\n  \
             0  every required check passed\n  \
             1  a required check failed\n  \
             2  wrong usage, or a scenario that cannot be read\n  \
             3  the grader could not do its work"
        );
    }
}
