//! Reads what a client received against what the oracle says, byte by byte.
//!
//! The subject leaves choices open, so that more than one stream can be right: lines of the same
//! instant in any order, pieces held or relayed at once, unfinished lines dropped or not. The
//! matcher follows every reading that the bytes so far allow, waits while they may still become
//! right, and fails at the first byte that no reading explains.

use super::{Duty, Line, LineState, Oracle};
use crate::scenario::ClientId;

mod reading;
mod search;

use reading::{Choice, Reading};

/// How many matched bytes are kept to show before a wrong one.
const KEPT: usize = 1024;

/// Follows one client's stream.
#[derive(Clone, Debug)]
pub struct Matcher {
    who: ClientId,
    readings: Vec<Reading>,
    /// Received bytes that some reading has not passed yet.
    buffer: Vec<u8>,
    /// How many bytes stood before the buffer.
    passed: u64,
    /// The last bytes before the buffer.
    recent: Vec<u8>,
    /// The offset in the stream at which the current step began.
    mark: u64,
}

/// The first byte that no reading explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The last bytes that were right, at most a kibibyte of them, since the step began or the
    /// line began, whichever is earlier.
    pub matched: Vec<u8>,
    /// Where in `matched` the line begins to which the wrong byte belongs; `None` if it lies
    /// further back.
    pub line_begins: Option<usize>,
    /// How many bytes were right since the step began or the line began.
    pub matched_length: u64,
    /// The lines that must come next, the first without what has been matched of it.
    pub expected: Vec<Vec<u8>>,
    /// All bytes received that are not matched.
    pub received: Vec<u8>,
    /// The last bytes that came before that line, also those of earlier steps; empty: it is the
    /// first that came, or so long that nothing before it is remembered.
    pub before: Vec<u8>,
    /// The whole line in which the first wrong byte stands, from its start, as it must come;
    /// empty: nothing must come.
    pub line: Vec<u8>,
    /// How many bytes of `line` have come.
    pub line_offset: usize,
}

impl Matcher {
    /// Starts with nothing received by a client that has just arrived.
    #[must_use]
    pub fn new(oracle: &Oracle, who: ClientId) -> Self {
        Self {
            who,
            readings: vec![Reading::new(oracle.first_line_for(who))],
            buffer: Vec::new(),
            passed: 0,
            recent: Vec::new(),
            mark: 0,
        }
    }

    /// Takes in what the client has received.
    ///
    /// # Errors
    /// The first byte that no reading explains.
    pub fn feed(&mut self, oracle: &Oracle, bytes: &[u8]) -> Result<(), Box<Mismatch>> {
        self.buffer.extend_from_slice(bytes);
        // The readings keep the order of the log, however the bytes are cut, so that what is
        // shown of the first of them does not depend on that.
        let mut work = std::mem::take(&mut self.readings);
        work.reverse();
        let mut dead: Option<Reading> = None;
        while let Some(mut reading) = work.pop() {
            match reading.advance(oracle, self.who, &self.buffer) {
                Choice::Waits => self.follow(reading),
                Choice::Branches { waits, branches } => {
                    if waits {
                        self.follow(reading);
                    }
                    work.extend(branches.into_iter().rev());
                }
                Choice::Fails => {
                    if dead
                        .as_ref()
                        .is_none_or(|other| other.position < reading.position)
                    {
                        dead = Some(reading);
                    }
                }
            }
        }
        if self.readings.is_empty() {
            let reading = dead.unwrap_or_else(|| Reading::new(0));
            let mismatch = self.mismatch(oracle, &reading);
            self.readings = vec![reading];
            return Err(Box::new(mismatch));
        }
        self.forget_what_all_have_passed();
        Ok(())
    }

    /// Whether everything that is due has come, and nothing has come by halves.
    #[must_use]
    pub fn is_complete(&self, oracle: &Oracle) -> bool {
        self.readings
            .iter()
            .any(|reading| reading.is_complete(oracle, self.who, &self.buffer))
    }

    /// Begins a new step: a comparison shown later starts here.
    pub fn begin_step(&mut self) {
        self.mark = self.passed + self.buffer.len() as u64;
    }

    /// What is missing, when nothing more comes.
    #[must_use]
    pub fn missing(&self, oracle: &Oracle) -> Mismatch {
        self.likeliest(oracle).map_or_else(
            || self.mismatch(oracle, &Reading::new(0)),
            |reading| self.mismatch(oracle, reading),
        )
    }

    /// The choices that the server was seen to make in this stream.
    #[must_use]
    pub fn observed(&self, oracle: &Oracle) -> Observed {
        self.likeliest(oracle)
            .map_or_else(Observed::default, |reading| reading.observed)
    }

    fn follow(&mut self, reading: Reading) {
        if !self.readings.contains(&reading) {
            self.readings.push(reading);
        }
    }

    /// The reading that speaks for the stream: one to which nothing is missing, or else the one
    /// that explains most of it.
    fn likeliest(&self, oracle: &Oracle) -> Option<&Reading> {
        let complete = |reading: &&Reading| reading.is_complete(oracle, self.who, &self.buffer);
        let furthest = self.readings.iter().map(|reading| reading.position).max();
        self.readings.iter().find(complete).or_else(|| {
            self.readings
                .iter()
                .find(|reading| Some(reading.position) == furthest)
        })
    }

    fn forget_what_all_have_passed(&mut self) {
        let passed = self
            .readings
            .iter()
            .map(|reading| reading.position)
            .min()
            .unwrap_or(0);
        if passed == 0 {
            return;
        }
        let kept_from = passed.saturating_sub(KEPT);
        self.recent
            .extend_from_slice(&self.buffer[kept_from..passed]);
        if self.recent.len() > 2 * KEPT {
            self.recent.drain(..self.recent.len() - KEPT);
        }
        self.buffer.drain(..passed);
        self.passed += passed as u64;
        for reading in &mut self.readings {
            reading.forget(passed);
        }
    }

    fn mismatch(&self, oracle: &Oracle, reading: &Reading) -> Mismatch {
        let position = reading.position;
        let mut matched = self.recent.clone();
        matched.extend_from_slice(&self.buffer[..position]);
        let line_length = reading.since_the_line_began();
        let step_length = (self.passed + position as u64).saturating_sub(self.mark);
        let matched_length = step_length.max(line_length as u64);
        let before = matched[..matched.len().saturating_sub(line_length)].to_vec();
        let shown = usize::try_from(matched_length)
            .map_or(KEPT, |length| length.min(KEPT))
            .min(matched.len());
        matched.drain(..matched.len() - shown);
        let expected = reading.due(oracle, self.who);
        let line = reading
            .active_line(oracle)
            .or_else(|| expected.first().cloned())
            .unwrap_or_default();
        Mismatch {
            before,
            line,
            line_offset: reading.active_offset(),
            line_begins: matched.len().checked_sub(line_length),
            matched,
            matched_length,
            expected,
            received: self.buffer[position..].to_vec(),
        }
    }
}

/// Choices that a server was seen to make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// A piece was relayed before the rest of its line was sent.
    pub piece_at_once: bool,
    /// A line that was sent in pieces came whole.
    pub pieces_held: bool,
    /// An unfinished line was dropped.
    pub unfinished_dropped: bool,
    /// An unfinished line came as it was.
    pub unfinished_as_it_is: bool,
    /// An unfinished line came with a newline.
    pub unfinished_with_newline: bool,
    /// A whole line that could be lost was lost.
    pub line_lost: bool,
}

/// How many bytes two texts have in common from their beginnings on.
fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    let length = left.len().min(right.len());
    if left[..length] == right[..length] {
        return length;
    }
    left.iter()
        .zip(right)
        .take_while(|(left, right)| left == right)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::tests::scenario;

    /// They have arrived, one after the other.
    fn after_arrivals_of(clients: &[ClientId]) -> Oracle {
        let mut oracle = Oracle::new(&scenario(&[]));
        for who in clients {
            oracle.arrives(*who);
            oracle.settle();
        }
        oracle
    }

    /// A client that hears a million lines must not hold them, nor a mismatch need them.
    #[test]
    fn what_has_been_read_is_forgotten_but_for_its_end() {
        let (alice, bob) = (ClientId(0), ClientId(1));
        let mut oracle = after_arrivals_of(&[alice, bob]);
        let mut matcher = Matcher::new(&oracle, bob);
        let mut heard = Vec::new();
        for _ in 0..1000 {
            oracle.says(alice, b"0123456789\n");
            oracle.settle();
            matcher.feed(&oracle, b"client 0: 0123456789\n").unwrap();
            heard.extend_from_slice(b"client 0: 0123456789\n");
            assert!(matcher.buffer.is_empty());
            assert!(matcher.recent.len() <= 2 * KEPT);
            assert!(matcher.recent.len() >= KEPT.min(heard.len()));
            assert!(heard.ends_with(&matcher.recent));
        }
        assert_eq!(matcher.passed, heard.len() as u64);
    }

    /// However many lines may have been lost, no reading is followed for each of them.
    #[test]
    fn lines_that_are_alike_and_may_be_lost_do_not_multiply_the_readings() {
        let (alice, bob) = (ClientId(0), ClientId(1));
        let mut oracle = after_arrivals_of(&[alice, bob]);
        oracle.stops_reading(bob);
        oracle.says(alice, &b"same\n".repeat(50));
        oracle.says(alice, b"same as that\n");
        oracle.settle();
        oracle.has_caught_up(bob);
        oracle.settle();
        let mut matcher = Matcher::new(&oracle, bob);
        for _ in 0..20 {
            for piece in [&b"client 0: sa"[..], b"me\n"] {
                matcher.feed(&oracle, piece).unwrap();
                let readings = matcher.readings.len();
                assert!(readings <= 2, "{readings} readings");
            }
        }
        assert!(matcher.is_complete(&oracle));
    }
}
