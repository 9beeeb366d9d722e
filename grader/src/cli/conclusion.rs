//! What is said of a class at the end, whether it was graded here or elsewhere.

use std::io::Write;
use std::path::Path;

use super::CommandError;
use crate::batch::{Results, State};
use crate::exit_code::ExitCode;
use crate::verdict::Verdict;
use crate::visible::visible;

/// Says what came of a class, and what that means for the shell.
pub(super) fn conclude(results: &Results, folder: &Path) -> Result<ExitCode, CommandError> {
    let verdicts = |verdict| {
        let mut all = results.people.iter().map(|row| row.verdict);
        all.by_ref().filter(|it| *it == Some(verdict)).count()
    };
    let tier = results.settings.require;
    let mut parts = vec![
        format!("{} pass at {tier}", verdicts(Verdict::Passed)),
        format!("{} fail", verdicts(Verdict::Failed)),
    ];
    let counted = [
        (verdicts(Verdict::Undecided), "cannot be decided"),
        (results.count(State::Absent), "handed in nothing"),
        (results.count(State::Unrecognised), "not recognised"),
        (
            results.count(State::Trouble),
            "in which the grader had trouble",
        ),
        (results.count(State::Waiting), "not graded yet"),
    ];
    for (count, what) in counted {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    let mut out = anstream::stdout();
    writeln!(
        out,
        "{} people: {}.",
        results.people.len(),
        parts.join(", ")
    )?;
    for row in &results.people {
        if row.state == State::Unrecognised {
            let reason = visible(row.reason.as_deref().unwrap_or_default().as_bytes());
            writeln!(
                out,
                "  not recognised: {}: {reason}",
                visible(row.id.as_bytes())
            )?;
        }
    }
    writeln!(out, "Results in {}.", folder.display())?;
    let is_incomplete = results.count(State::Trouble) + results.count(State::Waiting) > 0
        || verdicts(Verdict::Undecided) > 0;
    Ok(if is_incomplete {
        ExitCode::Trouble
    } else {
        ExitCode::Passed
    })
}

/// Says something on standard error.
pub(super) fn note(text: &str) {
    let _lost = writeln!(std::io::stderr(), "grader: {}", visible(text.as_bytes()));
}
