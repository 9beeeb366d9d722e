//! The right line, with too much or too little in it.

use super::super::super::kind::Mistake;
use super::super::line::{Line, prefix_length};
use super::super::{Diagnosis, Situation, buffer_size, bytes_are, diagnosis};
use crate::visible::{byte_count, grouped, quoted};

pub(super) fn nul(situation: &Situation<'_>) -> Option<Diagnosis> {
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
            Mistake::Nul,
            "a NUL byte was sent",
            format!(
                "{receiver} received a NUL byte: the text was sent with the byte that ends it in memory."
            ),
        )
    } else {
        diagnosis(
            Mistake::Nul,
            format!("{} NUL bytes were sent", grouped(count)),
            format!(
                "{receiver} received {} NUL bytes: the whole buffer was sent, not only the text in it.",
                grouped(count)
            ),
        )
    })
}

pub(super) fn missing_prefix(situation: &Situation<'_>) -> Option<Diagnosis> {
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
            Mistake::NoPrefix,
            format!("{} is missing", quoted(head)),
            format!(
                "{receiver} received a line without {} before it.",
                quoted(head)
            ),
        )
    })
}

pub(super) fn line_end(situation: &Situation<'_>) -> Option<Diagnosis> {
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
            Mistake::NoNewline,
            "the newline between two lines is missing",
            format!(
                "{receiver} received {} without the newline that ends it: the next line follows at once.",
                quoted(line)
            ),
        )
    } else if rest.starts_with(b"\r") {
        diagnosis(
            Mistake::LineEnd,
            "a carriage return was added",
            format!(
                "{receiver} received {} with a carriage return before its newline.",
                quoted(line)
            ),
        )
    } else {
        let extra = rest.strip_suffix(b"\n").unwrap_or(rest);
        diagnosis(
            Mistake::LineEnd,
            "the line must end here",
            format!(
                "{receiver} received {} with {} after it, before the newline.",
                quoted(line),
                quoted(extra)
            ),
        )
    })
}

pub(super) fn carriage_return(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        expected,
        offset,
        ..
    } = *situation;
    (expected.get(offset) == Some(&b'\r')).then(|| {
        diagnosis(
Mistake::LineEnd,
            "the carriage return was dropped",
            format!("{receiver} did not receive the carriage return that belongs to the line: a text must come as it was said."),
        )
    })
}

/// Another line, or the prefix again, begins inside of this one.
pub(super) fn line_inside(situation: &Situation<'_>) -> Option<Diagnosis> {
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
            Mistake::PrefixInside,
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
        Mistake::LineInside,
        "another line begins inside of this one",
        format!(
            "{receiver} received {inside} in the middle of {}.",
            situation.due()
        ),
    ))
}

pub(super) fn cut_short(situation: &Situation<'_>) -> Option<Diagnosis> {
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
        situation.mistake_by_place(Mistake::CutShort),
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

pub(super) fn format_taken(situation: &Situation<'_>) -> Option<Diagnosis> {
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
Mistake::Format,
            "the percent sign was not taken as text",
            format!("{receiver} received a changed text: a percent sign in it was taken as part of a format."),
        )
    })
}

pub(super) fn lost_bytes(situation: &Situation<'_>) -> Option<Diagnosis> {
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
    let mistake = situation.mistake_by_place(Mistake::Lost);
    Some(diagnosis(mistake, here, reason))
}

pub(super) fn foreign_bytes(situation: &Situation<'_>) -> Option<Diagnosis> {
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
        situation.mistake_by_place(Mistake::Foreign),
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
