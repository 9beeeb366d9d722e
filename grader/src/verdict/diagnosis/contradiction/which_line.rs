//! Another line than the one that must come.

use super::super::super::kind::Mistake;
use super::super::line::Line;
use super::super::{Diagnosis, Situation, diagnosis, sentence};
use crate::visible::{grouped, quoted};

pub(super) fn own_arrival(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        receiver_id,
        before,
        ..
    } = *situation;
    // One who has heard others before is no newcomer: somebody else was given the same id.
    let is_old = !before.is_empty() && matches!(Line::parse(situation.expected), Line::Arrival(_));
    match Line::parse(situation.received) {
        Line::Arrival(id) if id == receiver_id && !is_old => Some(diagnosis(
            // Somebody else's id was given to it as well.
            match Line::parse(situation.expected) {
                Line::Arrival(due) if due > id => Mistake::IdAgain,
                _ => Mistake::OwnArrival,
            },
            "a newcomer is not told of its own arrival",
            format!(
                "{receiver} was told of its own arrival, which is for those who were there before."
            ),
        )),
        _ => None,
    }
}

pub(super) fn own_line(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        receiver_id,
        received,
        offset,
        own,
        ..
    } = *situation;
    let text = match Line::parse(received) {
        Line::Message { id, text } if id == receiver_id => text,
        // Without a prefix, it must be recognised by its text, of which an empty line has none.
        Line::Other if offset == 0 && received.len() > 1 => received,
        _ => return None,
    };
    let said = own.iter().any(|line| {
        line == text || (!text.is_empty() && !text.ends_with(b"\n") && line.starts_with(text))
    });
    said.then(|| {
        diagnosis(
            Mistake::OwnLine,
            format!("{receiver}'s own line came back"),
            format!(
                "{receiver} received its own line {}, which is for the others.",
                quoted(received)
            ),
        )
    })
}

pub(super) fn doubled(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver, before, ..
    } = *situation;
    let last = before.last()?;
    // A newline alone is too little to be recognised by.
    (last.len() > 1 && came(situation, last)).then(|| {
        diagnosis(
            Mistake::Twice,
            "the line before came again",
            format!("{receiver} received {} twice.", quoted(last)),
        )
    })
}

/// Whether the line that came is `line`, as far as it came.
fn came(situation: &Situation<'_>, line: &[u8]) -> bool {
    let received = situation.received;
    received == line
        || (received.len() > situation.offset
            && !received.ends_with(b"\n")
            && line.starts_with(received))
}

pub(super) fn skipped(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        expected,
        received,
        owed,
        ..
    } = *situation;
    if expected.is_empty() {
        return None;
    }
    let place = owed.iter().position(|line| received == line)?;
    let missing = sentence(&situation.due());
    Some(if place == 0 {
        diagnosis(
            Mistake::Missing(situation.due_kind()),
            "a line is missing before this one",
            format!("{missing} did not reach {receiver}; the next line came in its place."),
        )
    } else {
        diagnosis(
            Mistake::Missing(situation.due_kind()),
            format!("{} lines are missing before this one", grouped(place + 1)),
            format!(
                "{missing} and what follows it, {} lines in all, did not reach {receiver}; a later line came in their place.",
                grouped(place + 1)
            ),
        )
    })
}

pub(super) fn blank_line(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        expected,
        received,
        offset,
        ..
    } = *situation;
    let empty = matches!(Line::parse(expected), Line::Message { text: b"\n", .. });
    (offset == 0 && received.starts_with(b"\n") && !empty).then(|| {
        diagnosis(
Mistake::BlankLine,
            "one newline too many",
            format!("{receiver} received a newline that belongs to no line; the line before had its own already."),
        )
    })
}

pub(super) fn nothing_due(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        expected,
        received,
        ..
    } = *situation;
    expected.is_empty().then(|| {
        diagnosis(
            Mistake::Uninvited,
            "nothing must come here",
            format!(
                "{receiver} received {}, though nothing was to come.",
                quoted(received)
            ),
        )
    })
}
