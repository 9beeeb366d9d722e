//! One way to explain the bytes received so far.

use std::collections::VecDeque;

use super::search::Fit;
use super::{Duty, Line, LineState, Observed, Oracle};
use crate::scenario::ClientId;

/// How many lines are listed of those that must still come, and how many bytes of them.
const LISTED: usize = 4096;
const LISTED_BYTES: usize = 1 << 20;

/// One way to explain the bytes received so far: which lines they were, and in which of them the
/// stream stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Where in the received bytes this reading stands.
    pub(super) position: usize,
    pub(super) observed: Observed,
    /// Every line before this one is behind us.
    pub(super) front: usize,
    /// For each line from `front` on, whether it is behind us all the same.
    behind: VecDeque<bool>,
    /// Lines of which a beginning has come and after which something else came.
    pub(super) begun: Vec<Begun>,
    /// The line in which the stream stands.
    active: Option<Begun>,
    /// The unfinished lines that may still be given a newline.
    unterminated: Vec<usize>,
    /// The latest instant of which something has come.
    pub(super) instant: u32,
}

/// A line of which a beginning has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Begun {
    pub(super) line: usize,
    /// Where in the line its relayed part began: 0, or a later piece for a client that came in
    /// the middle of it.
    pub(super) from: usize,
    /// How far it has come.
    pub(super) offset: usize,
    /// Where in the received bytes its first byte stands: before them, once that is forgotten.
    begins: isize,
}

impl Begun {
    /// Nothing of the line has come; it goes on from this offset of it.
    pub(super) const fn at(line: usize, offset: usize) -> Self {
        Self {
            line,
            from: offset,
            offset,
            begins: 0,
        }
    }
}

/// What became of a reading.
pub(super) enum Choice {
    /// It has used all bytes, or needs more to decide.
    Waits,
    /// It goes on in one of these ways.
    Branches {
        /// Whether it may go on in a way that only further bytes decide, too.
        waits: bool,
        branches: Vec<Reading>,
    },
    /// The next byte is none that it can explain.
    Fails,
}

impl Reading {
    pub(super) fn new(first_line: usize) -> Self {
        Self {
            position: 0,
            observed: Observed::default(),
            front: first_line,
            behind: VecDeque::new(),
            begun: Vec::new(),
            active: None,
            unterminated: Vec::new(),
            instant: 0,
        }
    }

    /// How many bytes have come since the line began in which the stream stands.
    pub(super) fn since_the_line_began(&self) -> usize {
        self.active
            .and_then(|active| self.position.checked_add_signed(-active.begins))
            .unwrap_or(0)
    }

    /// How far the line has come in which the stream stands.
    pub(super) fn active_offset(&self) -> usize {
        self.active.map_or(0, |active| active.offset - active.from)
    }

    /// So many bytes before the position are no longer among those received.
    pub(super) fn forget(&mut self, passed: usize) {
        self.position -= passed;
        for begun in self.begun.iter_mut().chain(&mut self.active) {
            begun.begins -= passed.cast_signed();
        }
    }

    /// The line in which the stream stands, from where its relayed part began.
    pub(super) fn active_line(&self, oracle: &Oracle) -> Option<Vec<u8>> {
        self.active
            .map(|active| oracle.log()[active.line].bytes[active.from..].to_vec())
    }

    /// Goes on until the bytes are used up, a choice must be made, or none explains them.
    pub(super) fn advance(&mut self, oracle: &Oracle, who: ClientId, buffer: &[u8]) -> Choice {
        loop {
            if let Some(active) = self.active {
                if !self.go_on_in(oracle, active, buffer) {
                    return Choice::Fails;
                }
                if self.active.is_some() {
                    return Choice::Waits;
                }
            }
            if self.position == buffer.len() {
                return Choice::Waits;
            }
            if self.takes_the_next_line_whole(oracle, who, buffer) {
                continue;
            }
            return self.choose(oracle, who, buffer);
        }
    }

    /// Compares the line in which the stream stands with what came; `false` at a wrong byte,
    /// with the position on it.
    fn go_on_in(&mut self, oracle: &Oracle, active: Begun, buffer: &[u8]) -> bool {
        let line = &oracle.log()[active.line];
        let mut offset = active.offset;
        loop {
            let end = line.piece_end(offset);
            let received = &buffer[self.position..];
            let same = super::common_prefix(&line.bytes[offset..end], received);
            offset += same;
            self.position += same;
            self.active = Some(Begun { offset, ..active });
            if offset < end {
                return same == received.len();
            }
            if offset == line.bytes.len() {
                self.finish(line, active.line, Begun { offset, ..active });
                return true;
            }
            if line.instant_at(offset) > self.instant {
                // The rest was sent later: something else may come before it.
                self.begun.push(Begun { offset, ..active });
                self.active = None;
                return true;
            }
        }
    }

    /// All that is known of a line has come.
    fn finish(&mut self, line: &Line, index: usize, begun: Begun) {
        self.active = None;
        match line.state {
            LineState::Open => {
                self.observed.piece_at_once = true;
                self.begun.push(begun);
            }
            LineState::Ended => {
                if line.has_pieces() && !self.observed.piece_at_once {
                    self.observed.pieces_held = true;
                }
                self.put_behind(index);
            }
            LineState::Abandoned { .. } => {
                self.observed.unfinished_as_it_is = true;
                self.unterminated.push(index);
                self.put_behind(index);
            }
        }
    }

    /// The common case, without looking any further: the first line that can come has come
    /// whole.
    ///
    /// This is exact: where nothing has been begun, nor may come without its prefix, every
    /// candidate starts with one that names its client, and none of the same client may come
    /// before a line that is due. Of a line in pieces, the rest may have to wait for others.
    fn takes_the_next_line_whole(&mut self, oracle: &Oracle, who: ClientId, buffer: &[u8]) -> bool {
        if !self.begun.is_empty() || !self.unterminated.is_empty() {
            return false;
        }
        self.drop_what_is_never_due(oracle, who);
        let Some(line) = oracle.log().get(self.front) else {
            return false;
        };
        if line.state != LineState::Ended
            || line.has_pieces()
            || line.first_instant <= oracle.arrival_instant(who)
            || oracle.duty(who, self.front) != Duty::Must
            || !buffer[self.position..].starts_with(&line.bytes)
        {
            return false;
        }
        self.position += line.bytes.len();
        self.instant = self.instant.max(line.first_instant);
        self.put_behind(self.front);
        true
    }

    /// A piece that was relayed at once was all of its line, if its sender has left since.
    fn finish_what_was_abandoned(&mut self, oracle: &Oracle) {
        let abandoned = |begun: &Begun| {
            let line = &oracle.log()[begun.line];
            begun.offset == line.bytes.len() && matches!(line.state, LineState::Abandoned { .. })
        };
        while let Some(place) = self.begun.iter().position(abandoned) {
            let begun = self.begun.remove(place);
            self.finish(&oracle.log()[begun.line], begun.line, begun);
        }
    }

    /// Goes on in every line that could come next and fits the bytes.
    fn choose(&mut self, oracle: &Oracle, who: ClientId, buffer: &[u8]) -> Choice {
        self.finish_what_was_abandoned(oracle);
        let received = &buffer[self.position..];
        let found = self.search(oracle, who, received);
        // Where several lines that may be lost begin alike, only their ends decide.
        let undecided = |fit: &&Fit| fit.may_be_lost && !fit.whole;
        let waits = found.fits.iter().filter(undecided).count() > 1;
        let mut branches: Vec<Self> = found
            .fits
            .iter()
            .filter(|fit| !waits || !undecided(fit))
            .map(|fit| self.with(oracle, who, fit.begun))
            .collect();
        let ended = received.starts_with(b"\n").then_some(&self.unterminated);
        for place in 0..ended.map_or(0, Vec::len) {
            let mut branch = self.clone();
            branch.position += 1;
            branch.unterminated.remove(place);
            branch.observed.unfinished_as_it_is = false;
            branch.observed.unfinished_with_newline = true;
            branches.push(branch);
        }
        if waits || !branches.is_empty() {
            return Choice::Branches { waits, branches };
        }
        if let Some((same, begun)) = found.nearest {
            *self = self.with(oracle, who, begun);
            self.position += same;
            if let Some(active) = &mut self.active {
                active.offset += same;
            }
        }
        Choice::Fails
    }

    /// This reading, going on in a line.
    fn with(&self, oracle: &Oracle, who: ClientId, begun: Begun) -> Self {
        let mut branch = self.clone();
        let line = &oracle.log()[begun.line];
        branch.instant = branch.instant.max(line.instant_at(begun.offset));
        branch.begun.retain(|other| other.line != begun.line);
        branch.active = Some(if begun.offset == begun.from {
            let begins = self.position.cast_signed();
            Begun { begins, ..begun }
        } else {
            begun
        });
        let instant = branch.instant;
        branch.unterminated.retain(|index| {
            let unterminated = &oracle.log()[*index];
            unterminated.source != line.source && unterminated.last_instant() >= instant
        });
        branch.give_up_earlier_lines(oracle, who, begun.line);
        branch
    }

    /// A line has come before others that could be lost and now are.
    fn give_up_earlier_lines(&mut self, oracle: &Oracle, who: ClientId, index: usize) {
        let line = &oracle.log()[index];
        for earlier in self.front..index {
            if self.is_behind(earlier) || self.begun.iter().any(|begun| begun.line == earlier) {
                continue;
            }
            let other = &oracle.log()[earlier];
            let ended = other.state != LineState::Open;
            if ended && (other.source == line.source || other.last_instant() < self.instant) {
                match (other.state, oracle.duty(who, earlier)) {
                    (LineState::Abandoned { .. }, Duty::Must) => {
                        self.observed.unfinished_dropped = true
                    }
                    (_, Duty::May) if oracle.may_have_lost(who, earlier) => {
                        self.observed.line_lost = true
                    }
                    _ => {}
                }
                self.put_behind(earlier);
            }
        }
    }

    /// Whether everything that is due has come, and nothing by halves but what its sender has not
    /// finished either: a server that relays what fills its buffer keeps the rest for the next.
    pub(super) fn is_complete(&self, oracle: &Oracle, who: ClientId, buffer: &[u8]) -> bool {
        let by_halves = self
            .active
            .is_some_and(|active| oracle.log()[active.line].state != LineState::Open);
        if by_halves || self.position < buffer.len() {
            return false;
        }
        (self.front..oracle.log().len())
            .all(|index| self.is_behind(index) || !self.is_owed(oracle, who, index))
    }

    fn is_owed(&self, oracle: &Oracle, who: ClientId, index: usize) -> bool {
        let line = &oracle.log()[index];
        let begun = self.begun.iter().find(|begun| begun.line == index);
        match (line.state, oracle.duty(who, index)) {
            (_, Duty::Never) | (LineState::Open, _) => false,
            (LineState::Ended, Duty::Must) => true,
            (LineState::Abandoned { .. }, Duty::Must) if oracle.keeps_unfinished() => {
                begun.is_none_or(|begun| begun.offset < line.bytes.len())
            }
            _ => begun.is_some_and(|begun| begun.offset < line.bytes.len()),
        }
    }

    /// The first lines that must still come, the one in which the stream stands from there on.
    pub(super) fn due(&self, oracle: &Oracle, who: ClientId) -> Vec<Vec<u8>> {
        let rest_of = |index: usize| {
            let begun = self.begun.iter().find(|begun| begun.line == index);
            (index, begun.map_or(0, |begun| begun.offset))
        };
        let active = self.active.map(|active| (active.line, active.offset));
        let mut due: Vec<(usize, usize)> = (self.front..oracle.log().len())
            .filter(|index| active.is_none_or(|(line, _)| line != *index))
            .filter(|index| !self.is_behind(*index) && self.is_owed(oracle, who, *index))
            .map(rest_of)
            .collect();
        // A line that was begun early comes when it ends.
        due.sort_by_key(|(index, _)| oracle.log()[*index].last_instant());
        let mut bytes = 0;
        let rests = active.into_iter().chain(due).map(|(index, offset)| {
            let mut rest = oracle.log()[index].bytes[offset..].to_vec();
            if !rest.ends_with(b"\n") {
                // Both are right; with a newline it is easier to read.
                rest.push(b'\n');
            }
            rest
        });
        rests
            .take(LISTED)
            .take_while(|rest| {
                let room = bytes < LISTED_BYTES;
                bytes += rest.len();
                room
            })
            .collect()
    }

    fn drop_what_is_never_due(&mut self, oracle: &Oracle, who: ClientId) {
        while self.front < oracle.log().len()
            && (self.is_behind(self.front) || oracle.duty(who, self.front) == Duty::Never)
        {
            self.behind.pop_front();
            self.front += 1;
        }
    }

    pub(super) fn is_behind(&self, index: usize) -> bool {
        index < self.front
            || self
                .behind
                .get(index - self.front)
                .copied()
                .unwrap_or(false)
    }

    fn put_behind(&mut self, index: usize) {
        if index < self.front {
            return;
        }
        let place = index - self.front;
        if place >= self.behind.len() {
            self.behind.resize(place + 1, false);
        }
        self.behind[place] = true;
        while self.behind.front() == Some(&true) {
            self.behind.pop_front();
            self.front += 1;
        }
    }
}
