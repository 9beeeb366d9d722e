//! The table for spreadsheets: a row for each person. Nothing in it depends on the machine or on
//! the order of grading, so that the same class gives the same table.

use std::io;

use super::results::Results;
use super::row::{Row, State};
use crate::report::json::document::Tiers;
use crate::tier::Tier;
use crate::verdict::{Tally, Verdict};

/// How many failures are told in a row.
const TOLD: usize = 3;

/// The columns besides those of the roster: before them, and behind.
const BEFORE: [&str; 2] = ["id", "name"];
const BEHIND: [&str; 9] = [
    "state",
    "verdict",
    "exam",
    "subject",
    "robust",
    "score",
    "of",
    "first_failures",
    "reason",
];

/// The table.
pub(super) fn table(results: &Results) -> io::Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let further = results.columns.iter().map(String::as_str);
    table.write_record(BEFORE.into_iter().chain(further).chain(BEHIND))?;
    for row in &results.people {
        let before = [
            if row.roster_place.is_some() {
                row.id.clone()
            } else {
                harmless(&row.id)
            },
            row.name.clone(),
        ];
        let more = row.more.iter().cloned();
        table.write_record(before.into_iter().chain(more).chain(behind(row, results)))?;
    }
    table.into_inner().map_err(|error| error.into_error())
}

fn behind(row: &Row, results: &Results) -> [String; 9] {
    let tier = |tally: fn(&Tiers) -> Tally| {
        let tally = row.tiers.as_ref().map(tally);
        let judged = tally.filter(|it| it.passed + it.failed + it.undecided + it.error > 0);
        judged.map_or("", |tally| verdict(tally.verdict())).into()
    };
    let points = |value: Option<u64>| value.map_or(String::new(), |value| value.to_string());
    [
        state(row.state).into(),
        row.verdict.map_or("", verdict).into(),
        tier(|tiers| tiers.exam),
        tier(|tiers| tiers.subject),
        tier(|tiers| tiers.robust),
        points(row.score.map(|it| it.points)),
        points(row.score.map(|it| it.of)),
        first_failures(row, results.settings.require),
        harmless(row.reason.as_deref().unwrap_or_default()),
    ]
}

/// The first failures in words: which rule, and what a server does that keeps it.
pub(crate) fn first_failures(row: &Row, require: Tier) -> String {
    let mut failures: Vec<String> = Vec::new();
    for failure in row.failures.iter().filter(|it| it.tier <= require) {
        let failure = format!("{}: {}", failure.rule, failure.title);
        if !failures.contains(&failure) {
            failures.push(failure);
        }
    }
    let left = failures.len().saturating_sub(TOLD);
    failures.truncate(TOLD);
    if left > 0 {
        failures.push(format!("{left} more"));
    }
    failures.join("; ")
}

/// A state in a word.
pub(crate) const fn state(state: State) -> &'static str {
    match state {
        State::Waiting => "not graded yet",
        State::Graded => "graded",
        State::Absent => "nothing handed in",
        State::Unrecognised => "not recognised",
        State::Trouble => "trouble of the grader",
    }
}

/// A verdict in a word.
pub(crate) const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::Undecided => "undecided",
    }
}

/// A text that a spreadsheet takes for no formula, whoever has chosen it.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_becomes_a_formula() {
        assert_eq!(harmless("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(harmless("ada"), "ada");
    }
}
