//! Judges as the real examiner does: each client's lines, sorted (docs/exam.md).

use std::collections::BTreeMap;
use std::ops::Bound;

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
    /// How often each line must and may still come.
    due: BTreeMap<Vec<u8>, Count>,
    /// How many lines must still come.
    owed: usize,
    /// Lines that may come in more than one form: unfinished ones, and those in the middle of
    /// which the client came.
    variable: Vec<Variable>,
    /// The line that came last.
    before: Vec<u8>,
    /// The beginning of a line whose newline has not come.
    tail: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    must: usize,
    may: usize,
}

#[derive(Clone, Debug)]
struct Variable {
    /// All that can come of it; each begins at another place of the line.
    forms: Vec<Vec<u8>>,
    must: bool,
    /// It may lack its newline, so that the next line follows at once.
    unfinished: bool,
}

impl SortedLines {
    /// Starts with nothing received by a client that has just arrived.
    #[must_use]
    pub fn new(oracle: &Oracle, who: ClientId) -> Self {
        Self {
            who,
            next: oracle.first_line_for(who),
            open: Vec::new(),
            due: BTreeMap::new(),
            owed: 0,
            variable: Vec::new(),
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
                if !self.may_become_right(oracle, &self.tail) {
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
        let nothing_by_halves = self.tail.is_empty()
            || self.begins_an_open_line(oracle, &self.tail)
            || self.unfinished().any(|form| *form == self.tail);
        let owed = self.variable.iter().filter(|line| line.must);
        self.owed == 0 && nothing_by_halves && owed.count() == 0
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
            let duty = oracle.duty(self.who, index);
            let carried = oracle.is_carried(self.who, index);
            match line.state {
                _ if duty == Duty::Never => {}
                LineState::Open => self.open.push(index),
                LineState::Ended if carried => self.variable.push(Variable {
                    forms: self.forms(oracle, index),
                    must: duty == Duty::Must,
                    unfinished: false,
                }),
                LineState::Ended => {
                    let count = self.due.entry(line.bytes.clone()).or_default();
                    if duty == Duty::Must {
                        count.must += 1;
                        self.owed += 1;
                    } else {
                        count.may += 1;
                    }
                }
                LineState::Abandoned { .. } => self.variable.push(Variable {
                    forms: self.forms(oracle, index),
                    must: duty == Duty::Must && oracle.keeps_unfinished() && !carried,
                    unfinished: true,
                }),
            }
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

    /// Every form of the lines whose senders did not finish them.
    fn unfinished(&self) -> impl Iterator<Item = &Vec<u8>> {
        let unfinished = self.variable.iter().filter(|line| line.unfinished);
        unfinished.flat_map(|line| &line.forms)
    }

    /// Whether this is the beginning of a line that may come, or of one that its sender has not
    /// finished yet.
    fn may_become_right(&self, oracle: &Oracle, tail: &[u8]) -> bool {
        let from = (Bound::Included(tail), Bound::Unbounded);
        let next = self.due.range::<[u8], _>(from).next();
        next.is_some_and(|(line, _)| line.starts_with(tail))
            || self.begins_an_open_line(oracle, tail)
            || self
                .variable
                .iter()
                .flat_map(|line| &line.forms)
                .any(|form| form.starts_with(tail))
            || self
                .unfinished()
                .filter_map(|form| tail.strip_prefix(form.as_slice()))
                .any(|rest| rest.len() < tail.len() && self.may_become_right(oracle, rest))
    }

    fn begins_an_open_line(&self, oracle: &Oracle, tail: &[u8]) -> bool {
        self.open.iter().any(|index| {
            let bytes = &oracle.log()[*index].bytes;
            self.beginnings(oracle, *index)
                .any(|from| bytes[from..].starts_with(tail))
        })
    }

    /// Strikes a line off those that may come; `false` if it is none of them.
    fn take(&mut self, line: &[u8]) -> bool {
        if let Some(count) = self.due.get_mut(line) {
            if count.must > 0 {
                count.must -= 1;
                self.owed -= 1;
            } else {
                count.may -= 1;
            }
            if count.must + count.may == 0 {
                self.due.remove(line);
            }
            return true;
        }
        for place in 0..self.variable.len() {
            let variable = &self.variable[place];
            let rest = variable
                .forms
                .iter()
                .filter(|form| !form.is_empty())
                .find_map(|form| line.strip_prefix(form.as_slice()));
            let Some(rest) = rest else { continue };
            let ends = rest.is_empty() || (variable.unfinished && rest == b"\n");
            if !ends && !variable.unfinished {
                continue;
            }
            let variable = self.variable.remove(place);
            if ends || self.take(rest) {
                return true;
            }
            self.variable.insert(place, variable);
        }
        false
    }

    /// Compares with the owed line that begins most like the wrong one.
    fn mismatch(&self, rest: &[u8]) -> Mismatch {
        let like = |line: &[u8]| {
            line.iter()
                .zip(&self.tail)
                .take_while(|(owed, came)| owed == came)
                .count()
        };
        // Of two that are equally like it, the first that is due.
        let nearest = self
            .due
            .iter()
            .rev()
            .max_by_key(|(line, count)| (like(line), count.must.min(1)))
            .map(|(line, _)| line);
        let same = nearest.map_or(0, |line| like(line));
        let mut expected = Vec::new();
        if let Some(nearest) = nearest {
            expected.push(nearest[same..].to_vec());
            let others = self.due.iter().flat_map(|(line, count)| {
                let shown = usize::from(line == nearest);
                std::iter::repeat_n(line.clone(), count.must.saturating_sub(shown))
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
