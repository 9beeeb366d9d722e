//! A byte came that cannot be right.

use super::super::kind::{Due, Mistake};
use super::{Diagnosis, Situation, diagnosis};
use crate::visible::quoted;

mod announcement;
mod inside;
mod which_line;

/// The guesses in the order in which they are tried: what is certain when it fits comes first.
const GUESSES: &[fn(&Situation<'_>) -> Option<Diagnosis>] = &[
    inside::nul,
    which_line::own_arrival,
    which_line::own_line,
    announcement::id_given_again,
    announcement::wrong_verb,
    which_line::doubled,
    which_line::skipped,
    which_line::blank_line,
    which_line::nothing_due,
    inside::missing_prefix,
    announcement::wrong_id,
    announcement::wrong_wording,
    inside::line_end,
    inside::carriage_return,
    inside::line_inside,
    inside::format_taken,
    inside::cut_short,
    inside::lost_bytes,
    inside::foreign_bytes,
];

/// Says what is wrong at a byte that contradicts what must come.
pub(super) fn diagnose(situation: &Situation<'_>) -> Diagnosis {
    GUESSES
        .iter()
        .find_map(|guess| guess(situation))
        .unwrap_or_else(|| certain(situation))
}

/// What can be said of any contradiction.
fn certain(situation: &Situation<'_>) -> Diagnosis {
    let Situation {
        receiver,
        expected,
        received,
        offset,
        ..
    } = *situation;
    let due = expected.get(offset..).unwrap_or_default();
    if due.is_empty() {
        return diagnosis(
            Mistake::Uninvited,
            "nothing must come here",
            format!(
                "{receiver} received {} where {} must come.",
                quoted(received),
                quoted(expected)
            ),
        );
    }
    diagnosis(
        certain_mistake(situation),
        format!("{} must stand here", quoted(first(due))),
        format!(
            "{receiver} received {} where {} must come.",
            quoted(received),
            quoted(expected)
        ),
    )
}

/// Which mistake it is, as far as that can be told: what looks like the line that must come is that
/// line, misspelt.
fn certain_mistake(situation: &Situation<'_>) -> Mistake {
    /// How much of a line must be right for that, as a part of the whole.
    const ALIKE: f64 = 0.6;
    let Situation {
        expected, received, ..
    } = *situation;
    // What is longer than any announcement is not worth the comparison.
    let head = |line: &'_ [u8]| String::from_utf8_lossy(&line[..line.len().min(80)]).into_owned();
    let alike = strsim::normalized_levenshtein(&head(expected), &head(received)) >= ALIKE;
    match situation.due_kind() {
        due @ (Due::Arrival | Due::Departure) if alike => Mistake::Announcement(due),
        Due::Line if alike => situation.mistake_by_place(Mistake::Other),
        _ => Mistake::Other,
    }
}

/// The first character, or the first byte of what is none.
fn first(bytes: &[u8]) -> &[u8] {
    let length = bytes
        .utf8_chunks()
        .next()
        .and_then(|chunk| chunk.valid().chars().next());
    &bytes[..length.map_or(1, char::len_utf8).min(bytes.len())]
}
