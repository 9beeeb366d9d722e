//! Everything that came was right, but it was not everything.

use std::time::Duration;

use super::super::kind::Mistake;
use super::line::{Line, prefix_length};
use super::{Diagnosis, Situation, buffer_size, bytes_are, diagnosis, sentence};
use crate::visible::{byte_count, grouped, quoted};

/// Nothing more came.
pub(super) fn silence(situation: &Situation<'_>, patience: Duration) -> Diagnosis {
    let Situation {
        receiver,
        expected,
        received,
        ..
    } = *situation;
    let waited = format!("within {} s", patience.as_secs_f64());

    if received.is_empty() {
        let what = match Line::parse(expected) {
            Line::Message { .. } | Line::Other => "the line",
            Line::Arrival(_) | Line::Departure(_) => "the announcement",
        };
        return diagnosis(
            Mistake::NeverCame(situation.due_kind()),
            format!("{what} never came"),
            format!(
                "{} did not reach {receiver} {waited}.",
                sentence(&situation.due())
            ),
        );
    }
    if expected.strip_suffix(b"\n") == Some(received) {
        return diagnosis(
            Mistake::NoNewline,
            "the newline at the end is missing",
            format!(
                "{receiver} received {} without the newline that ends it.",
                quoted(received)
            ),
        );
    }
    let buffer = buffer_size(&[received.len(), received.len() - prefix_length(received)]);
    diagnosis(
        Mistake::CutShort,
        format!(
            "the last {} missing",
            bytes_are(expected.len().saturating_sub(received.len()))
        ),
        format!(
            "The line that {receiver} receives stops after {} of {} bytes{buffer}; nothing more \
             came {waited}.",
            grouped(received.len()),
            grouped(expected.len()),
        ),
    )
}

/// The server ended the connection. `how` says in which way: `closed`, `reset`.
pub(super) fn closed(situation: &Situation<'_>, how: &str) -> Diagnosis {
    let Situation {
        receiver,
        expected,
        received,
        ..
    } = *situation;
    let here = format!("the server {how} the connection");
    if expected.is_empty() {
        return diagnosis(
            Mistake::NeverCame(situation.due_kind()),
            here,
            format!("The server {how} the connection of {receiver}, who was to stay."),
        );
    }
    let missing = if received.is_empty() {
        situation.due()
    } else {
        format!(
            "the last {} of a line",
            byte_count(expected.len().saturating_sub(received.len()))
        )
    };
    diagnosis(
        Mistake::NeverCame(situation.due_kind()),
        here,
        format!("The server {how} the connection of {receiver} before it had sent {missing}."),
    )
}
