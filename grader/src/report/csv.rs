//! A table for spreadsheets: a row for each check, the first row names the columns.
//!
//! Points belong to a rule, and stand in the row of the first of its checks that count, so that a
//! column adds up to the score. Where there is no grade, or none yet, no points are written.

use std::io;

use super::kept::{Document, Progress};
use super::outcome_name;
use crate::verdict::Outcome;
use crate::verdict::wording;

/// A report for spreadsheets.
#[derive(Debug)]
pub struct Csv;

/// The names of the columns.
const COLUMNS: [&str; 13] = [
    "tier",
    "rule",
    "scenario",
    "outcome",
    "reason",
    "usually",
    "place",
    "duration_s",
    "title",
    "in_force",
    "server",
    "points",
    "max_points",
];

impl Document for Csv {
    fn text(&self, progress: &Progress) -> io::Result<String> {
        let mut table = csv::Writer::from_writer(Vec::new());
        table.write_record(COLUMNS)?;
        let in_force = progress.run.confinement.join(" ");
        let score = progress.score();
        for (place, check) in progress.checks.iter().enumerate() {
            let own = (score.rules.iter()).find(|rule| rule.checks.first() == Some(&place));
            let points = own
                .filter(|_| progress.is_grade(&score))
                .map(|rule| rule.points.to_string());
            let max_points = own.map(|rule| rule.of.to_string());
            let (reason, usually, line) = match &check.outcome {
                Outcome::Passed => ("", "", 0),
                Outcome::Failed(failure) => (
                    failure.reason.as_str(),
                    wording::hint(check).unwrap_or_default(),
                    failure.line,
                ),
                Outcome::Skipped(reason) | Outcome::Undecided(reason) | Outcome::Error(reason) => {
                    (reason.as_str(), "", 0)
                }
            };
            let place = match line {
                0 => check.path.clone(),
                line => format!("{}:{line}", check.path),
            };
            table.write_record([
                check.counts_for().name(),
                check.counted_rule(),
                &check.scenario,
                outcome_name(&check.outcome),
                reason,
                usually,
                &place,
                &format!("{:.3}", check.duration.as_secs_f64()),
                &check.title,
                &in_force,
                &progress.run.server,
                &points.unwrap_or_default(),
                &max_points.unwrap_or_default(),
            ])?;
        }
        let bytes = table.into_inner().map_err(|error| error.into_error())?;
        String::from_utf8(bytes).map_err(io::Error::other)
    }
}
