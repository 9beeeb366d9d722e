//! What is shown and written about a run.
//!
//! A reporter sees the run's [`Event`]s and nothing else, so that no two reports can disagree.

use std::io;

use crate::event::Event;

pub mod json;
mod target;
pub mod terminal;

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
