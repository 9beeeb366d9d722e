//! Judges as the real examiner does: each client's lines, sorted (docs/exam.md).

use std::collections::BTreeMap;

use super::matcher::Mismatch;
use super::{Duty, LineState, Oracle};
use crate::scenario::ClientId;

/// Follows one client's stream, line by line, whatever their order.
#[derive(Clone, Debug)]
pub struct SortedLines {
    who: ClientId,
    /// The first line of the oracle's log that has not been looked at.
    next: usize,
    /// Lines that were looked at before they had ended.
    open: Vec<usize>,
    /// How often each line must still come.
    owed: BTreeMap<Vec<u8>, usize>,
    owed_lines: usize,
    /// The line that came last.
    before: Vec<u8>,
    /// The beginning of a line whose newline has not come.
    tail: Vec<u8>,
}

impl SortedLines {
    /// Starts with nothing received by a client that has just arrived.
    #[must_use]
    pub fn new(oracle: &Oracle, who: ClientId) -> Self {
        Self {
            who,
            next: oracle.first_line_for(who),
            open: Vec::new(),
            owed: BTreeMap::new(),
            owed_lines: 0,
            before: Vec::new(),
            tail: Vec::new(),
        }
    }

    /// Takes in what the client has received.
    ///
    /// # Errors
    /// The first line that is not owed.
    pub fn feed(&mut self, oracle: &Oracle, bytes: &[u8]) -> Result<(), Box<Mismatch>> {
        self.look_at_new_lines(oracle);
        let mut parts = bytes.split_inclusive(|byte| *byte == b'\n').peekable();
        while let Some(part) = parts.next() {
            self.tail.extend_from_slice(part);
            if !part.ends_with(b"\n") {
                if !self.may_become_right(oracle) {
                    return Err(Box::new(self.mismatch(&[])));
                }
                break;
            }
            let line = std::mem::take(&mut self.tail);
            if !self.take(&line) {
                self.tail = line;
                let rest: Vec<u8> = parts.flatten().copied().collect();
                return Err(Box::new(self.mismatch(&rest)));
            }
            self.before = line;
        }
        Ok(())
    }

    /// Whether every line that is due has come, and nothing by halves but what its sender has
    /// not finished either.
    pub fn is_complete(&mut self, oracle: &Oracle) -> bool {
        self.look_at_new_lines(oracle);
        self.owed_lines == 0 && (self.tail.is_empty() || self.begins_an_open_line(oracle))
    }

    /// What is missing, when nothing more comes.
    #[must_use]
    pub fn missing(&self) -> Mismatch {
        self.mismatch(&[])
    }

    fn look_at_new_lines(&mut self, oracle: &Oracle) {
        let new = self.next..oracle.log().len();
        self.next = oracle.log().len();
        for index in std::mem::take(&mut self.open).into_iter().chain(new) {
            let line = &oracle.log()[index];
            match (oracle.duty(self.who, index), line.state) {
                (Duty::Must, LineState::Ended) => {
                    *self.owed.entry(line.bytes.clone()).or_default() += 1;
                    self.owed_lines += 1;
                }
                (Duty::Must, LineState::Open) => self.open.push(index),
                _ => {}
            }
        }
    }

    /// Whether the beginning of a line is that of one that is owed, or that its sender has not
    /// finished yet.
    fn may_become_right(&self, oracle: &Oracle) -> bool {
        let mut owed = self.owed.range(self.tail.clone()..);
        owed.next()
            .is_some_and(|(line, _)| line.starts_with(&self.tail))
            || self.begins_an_open_line(oracle)
    }

    fn begins_an_open_line(&self, oracle: &Oracle) -> bool {
        let mut open = self.open.iter();
        open.any(|index| oracle.log()[*index].bytes.starts_with(&self.tail))
    }

    fn take(&mut self, line: &[u8]) -> bool {
        let Some(count) = self.owed.get_mut(line) else {
            return false;
        };
        *count -= 1;
        if *count == 0 {
            self.owed.remove(line);
        }
        self.owed_lines -= 1;
        true
    }

    /// Compares with the owed line that begins most like the wrong one.
    fn mismatch(&self, rest: &[u8]) -> Mismatch {
        let like = |line: &[u8]| {
            line.iter()
                .zip(&self.tail)
                .take_while(|(owed, came)| owed == came)
                .count()
        };
        let nearest = self.owed.keys().max_by_key(|line| like(line));
        let same = nearest.map_or(0, |line| like(line));
        let mut expected = Vec::new();
        if let Some(nearest) = nearest {
            expected.push(nearest[same..].to_vec());
            let others = self.owed.iter().flat_map(|(line, count)| {
                let again = if line == nearest { count - 1 } else { *count };
                std::iter::repeat_n(line.clone(), again)
            });
            expected.extend(others.take(63));
        }
        let mut received = self.tail[same..].to_vec();
        received.extend_from_slice(rest);
        let matched = &self.tail[..same];
        let shown = matched.len().min(1024);
        Mismatch {
            matched: matched[matched.len() - shown..].to_vec(),
            line_begins: (shown == same).then_some(0),
            matched_length: same as u64,
            before: self.before.clone(),
            line: nearest.cloned().unwrap_or_default(),
            line_offset: same,
            expected,
            received,
        }
    }
}
