//! Streams that no server sends that obeys the subject.

use super::{ClientId, Judge, Oracle, Sent, Stream};

/// Makes each mutation at each line that must come exactly as it did.
pub(super) fn check(oracle: &Oracle, who: usize, arrived: usize, sent: &[Sent]) {
    let right: Vec<&[u8]> = sent.iter().map(|sent| sent.bytes.as_slice()).collect();
    assert!(is_accepted(Judge::EveryByte, oracle, who, &right.concat()));
    let wrong = |what: &str, parts: &[&[u8]]| {
        let stream = parts.concat();
        assert!(
            !is_accepted(Judge::EveryByte, oracle, who, &stream),
            "{what}: {:?} instead of {:?}",
            String::from_utf8_lossy(&stream),
            String::from_utf8_lossy(&right.concat())
        );
    };
    for place in 0..sent.len() {
        let own = format!("client {who}: own\n");
        wrong(
            "an own line",
            &with(&right, place, &[own.as_bytes(), right[place]]),
        );
        if !is_due_and_unique(&sent[place], arrived) {
            continue;
        }
        let line = right[place];
        let after = right.get(place + 1).copied().unwrap_or_default();
        wrong("a lost line", &with(&right, place, &[]));
        wrong("a line twice", &with(&right, place, &[line, line]));
        let prefix = line.iter().position(|byte| *byte == b':').unwrap() + 2;
        wrong(
            "a second prefix",
            &with(&right, place, &[&line[..prefix], line]),
        );
        wrong("no prefix", &with(&right, place, &[&line[prefix..]]));
        for at in 0..line.len() {
            // Of two newlines in a row, the second may be one that a server adds or not.
            let is_doubled =
                line.get(at + 1).or(after.first()) == Some(&b'\n') && line[at] == b'\n';
            if is_doubled {
                continue;
            }
            wrong(
                "a lost byte",
                &with(&right, place, &[&line[..at], &line[at + 1..]]),
            );
            wrong(
                "another byte",
                &with(&right, place, &[&line[..at], b"#", &line[at + 1..]]),
            );
            wrong(
                "one more byte",
                &with(&right, place, &[&line[..at], b"#", &line[at..]]),
            );
        }
        let Some(next) = sent.get(place + 1) else {
            continue;
        };
        if !is_due_and_unique(next, arrived) {
            continue;
        }
        for at in 1..line.len() {
            let torn = [&line[..at], &next.bytes, &line[at..]];
            let mut parts = right[..place].to_vec();
            parts.extend(torn);
            parts.extend(&right[place + 2..]);
            wrong("a torn line", &parts);
        }
        if sent[place].instant < next.instant {
            let mut parts = right.clone();
            parts.swap(place, place + 1);
            wrong("a changed order", &parts);
        }
    }
}

/// Shuffles the lines, and takes one away or adds one.
pub(super) fn check_sorted(oracle: &Oracle, who: usize, arrived: usize, sent: &[Sent], seed: u64) {
    let mut lines: Vec<&[u8]> = sent.iter().map(|sent| sent.bytes.as_slice()).collect();
    fastrand::Rng::with_seed(seed).shuffle(&mut lines);
    assert!(is_accepted(
        Judge::SortedLines,
        oracle,
        who,
        &lines.concat()
    ));
    for (place, line) in lines.iter().enumerate() {
        let is_due = |sent: &Sent| sent.bytes == *line && is_due_and_unique(sent, arrived);
        if sent.iter().any(is_due) {
            let fewer = with(&lines, place, &[]).concat();
            assert!(!is_accepted(Judge::SortedLines, oracle, who, &fewer));
            let more = with(&lines, place, &[line, line]).concat();
            assert!(!is_accepted(Judge::SortedLines, oracle, who, &more));
        }
    }
}

/// Whether the line must come, and no other is like it.
fn is_due_and_unique(sent: &Sent, arrived: usize) -> bool {
    let is_said_again = sent.bytes.ends_with(b": \n") || sent.bytes.ends_with(b"same\n");
    sent.is_line && sent.instant > arrived && !is_said_again
}

/// The parts, with others in the place of one.
fn with<'a>(parts: &[&'a [u8]], place: usize, instead: &[&'a [u8]]) -> Vec<&'a [u8]> {
    [&parts[..place], instead, &parts[place + 1..]].concat()
}

fn is_accepted(judge: Judge, oracle: &Oracle, who: usize, bytes: &[u8]) -> bool {
    let mut stream = Stream::new(judge, oracle, ClientId(who));
    match stream.feed(oracle, bytes) {
        Ok(()) => stream.is_complete(oracle),
        Err(mismatch) => {
            let shown = [mismatch.matched, mismatch.received].concat();
            assert!(judge == Judge::SortedLines || bytes.ends_with(&shown));
            false
        }
    }
}
