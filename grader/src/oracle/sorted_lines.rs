//! Judges as the real examiner does: each client's lines, sorted (docs/exam.md).

use super::matcher::Mismatch;
use super::{Duty, LineState, Oracle};
use crate::scenario::ClientId;

mod slots;

use slots::{Slot, Slots};

/// Follows one client's stream, line by line, whatever their order.
#[derive(Clone, Debug)]
pub struct SortedLines {
    who: ClientId,
    /// The first line of the oracle's log that has not been looked at.
    next: usize,
    /// Lines that were looked at before they had ended.
    open: Vec<usize>,
    /// What of the lines that have ended has come, and what may or must still come.
    slots: Slots,
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
            slots: Slots::default(),
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
                let open = |tail: &[u8]| self.begins_an_open_line(oracle, tail);
                if !self.slots.may_begin_with(&self.tail, &open) {
                    return Err(Box::new(self.mismatch(&[])));
                }
                break;
            }
            let line = std::mem::take(&mut self.tail);
            if !self.slots.take(&line) {
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
        self.slots.settle();
        let nothing_by_halves = self.tail.is_empty()
            || self.begins_an_open_line(oracle, &self.tail)
            || self.slots.has_room_for(&self.tail);
        self.slots.owed() == 0 && nothing_by_halves
    }

    /// What is missing, when nothing more comes.
    #[must_use]
    pub fn missing(&self) -> Mismatch {
        self.mismatch(&[])
    }

    fn look_at_new_lines(&mut self, oracle: &Oracle) {
        let new = self.next..oracle.log().len();
        self.next = oracle.log().len();
        let mut slots = Vec::new();
        for index in std::mem::take(&mut self.open).into_iter().chain(new) {
            let line = &oracle.log()[index];
            let must = match oracle.duty(self.who, index) {
                Duty::Never => continue,
                Duty::May => false,
                Duty::Must => true,
            };
            let carried = oracle.is_carried(self.who, index);
            match line.state {
                LineState::Open => self.open.push(index),
                LineState::Ended => {
                    slots.push(Slot::new(self.forms(oracle, index), must, false));
                }
                LineState::Abandoned { .. } => {
                    let must = must && oracle.keeps_unfinished() && !carried;
                    slots.push(Slot::new(self.forms(oracle, index), must, true));
                }
            }
        }
        if !slots.is_empty() {
            self.slots.add(slots);
        }
    }

    /// Where what comes of the line may begin: with its prefix and, where the client came in the
    /// middle of it, later on.
    fn beginnings(&self, oracle: &Oracle, index: usize) -> impl Iterator<Item = usize> {
        let carried = oracle.is_carried(self.who, index);
        let rests = carried.then(|| oracle.carried_on(self.who, index));
        std::iter::once(0).chain(rests.into_iter().flatten())
    }

    fn forms(&self, oracle: &Oracle, index: usize) -> Vec<Vec<u8>> {
        let line = &oracle.log()[index];
        let bytes = &line.bytes;
        // All of it had been relayed when the client came, but for a newline that the server adds.
        let may_be_only_ended = line.is_abandoned() && oracle.is_carried(self.who, index);
        self.beginnings(oracle, index)
            .map(|from| bytes[from..].to_vec())
            .chain(may_be_only_ended.then(|| b"\n".to_vec()))
            .collect()
    }

    fn begins_an_open_line(&self, oracle: &Oracle, tail: &[u8]) -> bool {
        self.open.iter().any(|index| {
            let bytes = &oracle.log()[*index].bytes;
            self.beginnings(oracle, *index)
                .any(|from| bytes[from..].starts_with(tail))
        })
    }

    /// Compares with the owed line that begins most like the wrong one.
    fn mismatch(&self, rest: &[u8]) -> Mismatch {
        let like = |line: &[u8]| {
            line.iter()
                .zip(&self.tail)
                .take_while(|(owed, came)| owed == came)
                .count()
        };
        let outstanding = self.slots.outstanding();
        // Of two that are equally like it, the first that is due.
        let nearest = outstanding
            .iter()
            .rev()
            .max_by_key(|(line, must)| (like(line), **must.min(&&1)))
            .map(|(line, _)| *line);
        let same = nearest.map_or(0, like);
        let mut expected = Vec::new();
        if let Some(nearest) = nearest {
            expected.push(nearest[same..].to_vec());
            let others = outstanding.iter().flat_map(|(line, must)| {
                let shown = usize::from(*line == nearest);
                std::iter::repeat_n(line.to_vec(), must.saturating_sub(shown))
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
            line: nearest.unwrap_or_default().to_vec(),
            line_offset: same,
            expected,
            received,
        }
    }
}
