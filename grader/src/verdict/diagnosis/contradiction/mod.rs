//! A byte came that cannot be right.

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
            "nothing must come here",
            format!(
                "{receiver} received {} where {} must come.",
                quoted(received),
                quoted(expected)
            ),
        );
    }
    diagnosis(
        format!("{} must stand here", quoted(first(due))),
        format!(
            "{receiver} received {} where {} must come.",
            quoted(received),
            quoted(expected)
        ),
    )
}

/// The first character, or the first byte of what is none.
fn first(bytes: &[u8]) -> &[u8] {
    let length = bytes
        .utf8_chunks()
        .next()
        .and_then(|chunk| chunk.valid().chars().next());
    &bytes[..length.map_or(1, char::len_utf8).min(bytes.len())]
}
