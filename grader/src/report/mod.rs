//! What is shown and written about a run.
//!
//! A reporter sees the run's [`Event`]s and nothing else, so that no two reports can disagree.

use std::io;

use crate::event::Event;
use crate::verdict::{CheckReport, Outcome};

pub mod classroom50;
pub mod csv;
mod file;
mod findings;
mod graded;
pub mod gradescope;
pub mod html;
pub mod json;
pub mod junit;
mod kept;
pub mod markdown;
pub mod sarif;
mod sink;
pub mod tap;
mod target;
pub mod terminal;

pub use kept::{Document, Progress};
pub use target::{Format, Target, TargetError};

/// Something that turns the events of a run into a report.
pub trait Reporter {
    /// Takes the next event into the report.
    ///
    /// # Errors
    ///
    /// Whatever keeps the report from being written; the error says which report it is about.
    fn event(&mut self, event: &Event) -> io::Result<()>;
}

/// How a check ended, in the word that every report for programs uses.
const fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed(_) => "failed",
        Outcome::Skipped(_) => "skipped",
        Outcome::Undecided(_) => "undecided",
        Outcome::Error(_) => "error",
    }
}

/// What a person is told of a check, as plain text; `command` starts the server.
fn explanation(check: &CheckReport, command: &str) -> String {
    let shown = terminal::explain(check, command);
    anstream::adapter::strip_str(&shown).to_string()
}

#[cfg(test)]
mod tests;
