//! A byte came that cannot be right.

use super::line::{Line, id_at_start, prefix_length};
use super::{Diagnosis, Situation, buffer_size, bytes_are, diagnosis, sentence};
use crate::visible::{byte_count, grouped, quoted};

/// The guesses in the order in which they are tried: what is certain when it fits comes first.
const GUESSES: &[fn(&Situation<'_>) -> Option<Diagnosis>] = &[
    nul,
    own_arrival,
    own_line,
    id_given_again,
    wrong_verb,
    doubled,
    skipped,
    blank_line,
    nothing_due,
    missing_prefix,
    wrong_id,
    wrong_wording,
    line_end,
    carriage_return,
    line_inside,
    format_taken,
    cut_short,
    lost_bytes,
    foreign_bytes,
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

/// Whether the line that came is `line`, as far as it came.
fn came(situation: &Situation<'_>, line: &[u8]) -> bool {
    let received = situation.received;
    received == line
        || (received.len() > situation.offset
            && !received.ends_with(b"\n")
            && line.starts_with(received))
}

fn nul(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        received,
        offset,
        ..
    } = *situation;
    if received.get(offset) != Some(&0) {
        return None;
    }
    let count = received[offset..]
        .iter()
        .take_while(|byte| **byte == 0)
        .count();
    Some(if count == 1 {
        diagnosis(
            "a NUL byte was sent",
            format!(
                "{receiver} received a NUL byte: the text was sent with the byte that ends it in memory."
            ),
        )
    } else {
        diagnosis(
            format!("{} NUL bytes were sent", grouped(count)),
            format!(
                "{receiver} received {} NUL bytes: the whole buffer was sent, not only the text in it.",
                grouped(count)
            ),
        )
    })
}

fn own_arrival(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        receiver_id,
        ..
    } = *situation;
    match Line::parse(situation.received) {
        Line::Arrival(id) if id == receiver_id => Some(diagnosis(
            "a newcomer is not told of its own arrival",
            format!(
                "{receiver} was told of its own arrival, which is for those who were there before."
            ),
        )),
        _ => None,
    }
}

fn own_line(situation: &Situation<'_>) -> Option<Diagnosis> {
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
            format!("{receiver}'s own line came back"),
            format!(
                "{receiver} received its own line {}, which is for the others.",
                quoted(received)
            ),
        )
    })
}

fn doubled(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver, before, ..
    } = *situation;
    let last = before.last()?;
    // A newline alone is too little to be recognised by.
    (last.len() > 1 && came(situation, last)).then(|| {
        diagnosis(
            "the line before came again",
            format!("{receiver} received {} twice.", quoted(last)),
        )
    })
}

fn skipped(situation: &Situation<'_>) -> Option<Diagnosis> {
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
            "a line is missing before this one",
            format!("{missing} did not reach {receiver}; the next line came in its place."),
        )
    } else {
        diagnosis(
            format!("{} lines are missing before this one", grouped(place + 1)),
            format!(
                "{missing} and what follows it, {} lines in all, did not reach {receiver}; a later line came in their place.",
                grouped(place + 1)
            ),
        )
    })
}

fn blank_line(situation: &Situation<'_>) -> Option<Diagnosis> {
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
            "one newline too many",
            format!("{receiver} received a newline that belongs to no line; the line before had its own already."),
        )
    })
}

fn nothing_due(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        expected,
        received,
        ..
    } = *situation;
    expected.is_empty().then(|| {
        diagnosis(
            "nothing must come here",
            format!(
                "{receiver} received {}, though nothing was to come.",
                quoted(received)
            ),
        )
    })
}

fn missing_prefix(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        expected,
        received,
        offset,
        ..
    } = *situation;
    let prefix = prefix_length(expected);
    let (head, text) = expected.split_at(prefix);
    // A text can begin as the prefix does, so the first wrong byte may stand inside of it.
    let bare = offset < prefix && (text.starts_with(received) || received.starts_with(text));
    // Text of a line whose end is wrong, or which has not come in full.
    let begun = offset == 0 && text.len() > 4 && received.starts_with(&text[..4]);
    (prefix > 0 && (bare || begun)).then(|| {
        diagnosis(
            format!("{} is missing", quoted(head)),
            format!(
                "{receiver} received a line without {} before it.",
                quoted(head)
            ),
        )
    })
}

/// The two ids where nothing but the id is wrong: the one that must come, the one that came.
fn exchanged_id(situation: &Situation<'_>) -> Option<(usize, usize)> {
    let Situation {
        expected,
        received,
        offset,
        ..
    } = *situation;
    let (due, due_at) = id_at_start(expected)?;
    let (came, came_at) = id_at_start(received)?;
    let in_digits = due_at.start == came_at.start
        && (due_at.start..=due_at.end).contains(&offset)
        && due != came;
    let same_rest = expected[due_at.end..].starts_with(&received[came_at.end..]);
    (in_digits && same_rest).then_some((due, came))
}

fn id_given_again(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Line::Arrival(_) = Line::parse(situation.expected) else {
        return None;
    };
    let (due, came) = exchanged_id(situation).filter(|(due, came)| came < due)?;
    Some(diagnosis(
        format!("id {due} must stand here, not {came}"),
        format!(
            "{} was announced to {} with the id {came}, which was given before.",
            sentence(&situation.client(due)),
            situation.receiver,
        ),
    ))
}

fn wrong_id(situation: &Situation<'_>) -> Option<Diagnosis> {
    let receiver = situation.receiver;
    let (due, came) = exchanged_id(situation)?;
    let client = situation.client(due);
    Some(diagnosis(
        format!("id {due} must stand here, not {came}"),
        match Line::parse(situation.expected) {
            Line::Arrival(_) => format!(
                "{} was announced to {receiver} with the id {came}; ids must count up one by one.",
                sentence(&client),
            ),
            Line::Departure(_) => {
                format!("The departure of {client} was announced to {receiver} with the id {came}.")
            }
            Line::Message { .. } | Line::Other => {
                format!("{receiver} received a line of {client} under the id {came}.")
            }
        },
    ))
}

/// An arrival in place of a departure, or the other way round.
fn wrong_verb(situation: &Situation<'_>) -> Option<Diagnosis> {
    let (id, what, came, verb) = match (
        Line::parse(situation.expected),
        Line::parse(situation.received),
    ) {
        (Line::Arrival(due), Line::Departure(id)) if due == id => {
            (id, "arrival", "a departure", "arrived")
        }
        (Line::Departure(due), Line::Arrival(id)) if due == id => {
            (id, "departure", "an arrival", "left")
        }
        _ => return None,
    };
    Some(diagnosis(
        format!("\"{verb}\" must stand here"),
        format!(
            "The {what} of {} was announced to {} as {came}.",
            situation.client(id),
            situation.receiver,
        ),
    ))
}

fn wrong_wording(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        expected,
        received,
        offset,
        ..
    } = *situation;
    let (Line::Arrival(_) | Line::Departure(_)) = Line::parse(expected) else {
        return None;
    };
    let begun = offset > 0
        || received
            .first()
            .is_some_and(|byte| byte.eq_ignore_ascii_case(&b's'));
    // What is right up to the newline has the right words, and only a wrong end.
    let in_words = offset + 1 < expected.len();
    (begun && in_words && Line::parse(received) == Line::Other).then(|| {
        diagnosis(
            format!("{} must stand here", quoted(&expected[offset..])),
            format!(
                "{receiver} received {}, but the announcement must read {}.",
                quoted(received),
                quoted(expected),
            ),
        )
    })
}

fn line_end(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        expected,
        received,
        offset,
        ..
    } = *situation;
    if offset + 1 != expected.len() {
        return None;
    }
    let line = &expected[..offset];
    let rest = received.get(offset..)?;
    let next = rest.starts_with(b"client ")
        || rest.starts_with(b"server: ")
        || situation
            .owed
            .first()
            .is_some_and(|next| next.starts_with(rest));
    Some(if next {
        diagnosis(
            "the newline between two lines is missing",
            format!(
                "{receiver} received {} without the newline that ends it: the next line follows at once.",
                quoted(line)
            ),
        )
    } else if rest.starts_with(b"\r") {
        diagnosis(
            "a carriage return was added",
            format!(
                "{receiver} received {} with a carriage return before its newline.",
                quoted(line)
            ),
        )
    } else {
        let extra = rest.strip_suffix(b"\n").unwrap_or(rest);
        diagnosis(
            "the line must end here",
            format!(
                "{receiver} received {} with {} after it, before the newline.",
                quoted(line),
                quoted(extra)
            ),
        )
    })
}

fn carriage_return(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        expected,
        offset,
        ..
    } = *situation;
    (expected.get(offset) == Some(&b'\r')).then(|| {
        diagnosis(
            "the carriage return was dropped",
            format!("{receiver} did not receive the carriage return that belongs to the line: a text must come as it was said."),
        )
    })
}

/// Another line, or the prefix again, begins inside of this one.
fn line_inside(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        expected,
        received,
        offset,
        ..
    } = *situation;
    let prefix = prefix_length(expected);
    let rest = received.get(offset..)?;
    if offset < prefix || offset == 0 {
        return None;
    }
    if prefix > 0 && rest.starts_with(&expected[..prefix]) {
        let buffer = buffer_size(&[offset, offset - prefix]);
        return Some(diagnosis(
            "the prefix came again inside of the line",
            format!(
                "{receiver} received {} a second time, after {} of the line's text{buffer}: a line has one prefix, in however many pieces it came.",
                quoted(&expected[..prefix]),
                byte_count(offset - prefix),
            ),
        ));
    }
    let inside = match Line::parse(rest) {
        Line::Message { id, .. } => format!("a line of {}", situation.client(id)),
        Line::Arrival(_) | Line::Departure(_) => "an announcement".to_owned(),
        Line::Other => return None,
    };
    Some(diagnosis(
        "another line begins inside of this one",
        format!(
            "{receiver} received {inside} in the middle of {}.",
            situation.due()
        ),
    ))
}

fn cut_short(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        expected,
        received,
        offset,
        ..
    } = *situation;
    if received.get(offset) != Some(&b'\n') || offset == 0 {
        return None;
    }
    let text = offset.saturating_sub(prefix_length(expected));
    let buffer = buffer_size(&[offset, text, offset + 1, text + 1]);
    Some(diagnosis(
        match expected.len().saturating_sub(1 + offset) {
            1 => "the last byte of the line is missing".to_owned(),
            missing => format!("the last {} of the line are missing", byte_count(missing)),
        },
        format!(
            "The line that {receiver} received ends after {} of {} bytes{buffer}.",
            grouped(offset),
            grouped(expected.len().saturating_sub(1)),
        ),
    ))
}

fn format_taken(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        expected,
        offset,
        ..
    } = *situation;
    let after = offset
        .checked_sub(1)
        .and_then(|before| expected.get(before))
        == Some(&b'%');
    (offset >= prefix_length(expected) && (expected.get(offset) == Some(&b'%') || after)).then(|| {
        diagnosis(
            "the percent sign was not taken as text",
            format!("{receiver} received a changed text: a percent sign in it was taken as part of a format."),
        )
    })
}

fn lost_bytes(situation: &Situation<'_>) -> Option<Diagnosis> {
    // What is longer is told by its length.
    const SHORT: usize = 24;
    let Situation {
        receiver,
        expected,
        received,
        offset,
        ..
    } = *situation;
    let lost = gap(expected.get(offset..)?, received.get(offset..)?)?;
    let bytes = &expected[whole_words(expected, offset, lost)];
    let here = match bytes {
        [b' '] => "a space is missing".to_owned(),
        spaces if spaces.iter().all(|byte| *byte == b' ') => format!("{lost} spaces are missing"),
        _ if lost <= SHORT => format!("{} is missing", quoted(bytes)),
        _ => format!("{} missing", bytes_are(lost)),
    };
    let reason = format!(
        "{receiver} received a line from which {} missing: {}.",
        bytes_are(lost),
        quoted(bytes),
    );
    Some(diagnosis(here, reason))
}

fn foreign_bytes(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        expected,
        received,
        offset,
        ..
    } = *situation;
    let extra = gap(received.get(offset..)?, expected.get(offset..)?)?;
    let bytes = quoted(&received[whole_words(received, offset, extra)]);
    Some(diagnosis(
        format!("{bytes} does not belong here"),
        format!(
            "{receiver} received {bytes} inside of {}, to which it does not belong.",
            situation.due()
        ),
    ))
}

/// Where a piece of `length` bytes that is one too many begins: `halfhello` for `hello` differs
/// from its second letter on, yet what was put in is `half`, not `alfh`.
fn whole_words(text: &[u8], mut start: usize, length: usize) -> std::ops::Range<usize> {
    while start > prefix_length(text) && text[start - 1] == text[start + length - 1] {
        start -= 1;
    }
    start..start + length
}

/// How many bytes of `long` must be left out for it to go on as `short` does.
fn gap(long: &[u8], short: &[u8]) -> Option<usize> {
    // So many equal bytes are no chance; less is enough where the line ends with them.
    const WINDOW: usize = 12;
    let window = &short[..short.len().min(WINDOW)];
    if window.len() < 2 {
        return None;
    }
    long.windows(window.len())
        .position(|bytes| bytes == window)
        .filter(|gap| *gap > 0 && (window.len() == WINDOW || long.len() - gap == short.len()))
}
