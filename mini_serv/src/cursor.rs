//! Where one client stands in the broadcast log.

use std::collections::VecDeque;
use std::ops::Range;

/// A position in the log, counted in bytes since the server started, together with the stretches
/// ahead of it that its client must not read, because it has said them itself.
///
/// Knowing one's own words ahead is enough; nobody has to look up who said what. A client that
/// keeps up has none ahead: it stands at the end of the log when it speaks, and steps over its
/// words at once. So the list is only ever as long as a client is both lazy and talkative.
#[derive(Debug)]
pub(crate) struct Cursor {
    position: u64,
    /// In order, none empty, none touching the next, all beyond `position`. A cursor never stands
    /// before its own words: so what lies at `position`, if anything does, is to be read.
    own: VecDeque<Range<u64>>,
}

impl Cursor {
    pub(crate) fn new(position: u64) -> Self {
        Self {
            position,
            own: VecDeque::new(),
        }
    }

    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Where reading must stop, however much more there is.
    pub(crate) fn next_own(&self) -> Option<u64> {
        self.own.front().map(|span| span.start)
    }

    /// `span`, the newest part of the log, is this client's own.
    pub(crate) fn skip(&mut self, span: Range<u64>) {
        if span.is_empty() {
            return;
        }
        match self.own.back_mut() {
            Some(last) if last.end == span.start => last.end = span.end,
            _ => self.own.push_back(span),
        }
        self.step_over_own();
    }

    /// The client has been given the next `count` bytes.
    pub(crate) fn advance(&mut self, count: usize) {
        self.position += count as u64;
        self.step_over_own();
    }

    fn step_over_own(&mut self) {
        if self.next_own() != Some(self.position) {
            return;
        }
        if let Some(span) = self.own.pop_front() {
            self.position = span.end;
        }
        if self.own.is_empty() {
            // A long list, once read, must not keep its space.
            self.own = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_keeps_up_steps_over_its_words_at_once() {
        let mut cursor = Cursor::new(10);
        cursor.skip(10..15);
        assert_eq!((cursor.position(), cursor.next_own()), (15, None));
    }

    #[test]
    fn own_words_ahead_are_stepped_over_when_they_are_reached() {
        let mut cursor = Cursor::new(0);
        cursor.skip(4..6);
        cursor.skip(8..9);
        assert_eq!((cursor.position(), cursor.next_own()), (0, Some(4)));
        cursor.advance(3);
        assert_eq!((cursor.position(), cursor.next_own()), (3, Some(4)));
        cursor.advance(1);
        assert_eq!((cursor.position(), cursor.next_own()), (6, Some(8)));
        cursor.advance(2);
        assert_eq!((cursor.position(), cursor.next_own()), (9, None));
    }

    #[test]
    fn words_said_one_after_the_other_are_one_stretch() {
        let mut cursor = Cursor::new(0);
        cursor.skip(4..6);
        cursor.skip(6..6);
        cursor.skip(6..9);
        cursor.advance(4);
        assert_eq!((cursor.position(), cursor.next_own()), (9, None));
    }
}
