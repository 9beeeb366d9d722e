//! Cuts what one client sends into lines, in whatever pieces it comes.

use memchr::memchr_iter;

/// Holds the beginning of a line until its newline comes.
///
/// TCP knows no messages: one recv may bring a third of a line or a thousand lines and a half.
/// A line is passed on when it is whole, so that two clients' halves never mix; and it is passed on
/// as soon as it is whole.
///
/// Each byte is searched once, when it comes: what is held is known to contain no newline. So a
/// line of 100 MB costs time in proportion to its length, however small its pieces.
#[derive(Debug, Default)]
pub(crate) struct LineSplitter {
    held: Vec<u8>,
}

impl LineSplitter {
    /// Takes the next `bytes` and calls `on_line` for each line that they complete.
    ///
    /// The line is given as two slices, to be read one after the other: what was held of it, and
    /// what came now, which ends with the newline. So only what must wait is ever copied.
    pub(crate) fn take(&mut self, bytes: &[u8], mut on_line: impl FnMut(&[u8], &[u8])) {
        let mut line_start = 0;
        for newline in memchr_iter(b'\n', bytes) {
            let line_end = newline + 1;
            on_line(&self.held, &bytes[line_start..line_end]);
            // Not clear(): a client who once sent a huge line must not keep its space for ever.
            self.held = Vec::new();
            line_start = line_end;
        }
        self.held.extend_from_slice(&bytes[line_start..]);
    }

    /// The line whose newline never came, if it was begun. There will be no more bytes.
    pub(crate) fn unfinished(self) -> Option<Vec<u8>> {
        (!self.held.is_empty()).then_some(self.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The lines that come out of `pieces`, and what is left at the end.
    fn split<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Vec<u8>>, Option<Vec<u8>>) {
        let mut splitter = LineSplitter::default();
        let mut lines = Vec::new();
        for piece in pieces {
            splitter.take(piece, |held, rest| lines.push([held, rest].concat()));
        }
        (lines, splitter.unfinished())
    }

    #[test]
    fn one_piece_may_hold_several_lines() {
        let (lines, unfinished) = split([&b"one\ntwo\n\nfour"[..]]);
        assert_eq!(lines, [&b"one\n"[..], b"two\n", b"\n"]);
        assert_eq!(unfinished.as_deref(), Some(&b"four"[..]));
    }

    #[test]
    fn one_line_may_come_in_several_pieces() {
        let (lines, unfinished) = split([&b"o"[..], b"n", b"", b"e", b"\n"]);
        assert_eq!(lines, [b"one\n"]);
        assert_eq!(unfinished, None);
    }

    #[test]
    fn an_empty_line_is_not_an_unfinished_one() {
        assert_eq!(split([&b"\n"[..]]), (vec![b"\n".to_vec()], None));
        assert_eq!(split([]), (vec![], None));
    }

    #[test]
    fn the_space_of_a_long_line_is_given_back() {
        let mut splitter = LineSplitter::default();
        splitter.take(&[b'x'; 100_000], |_, _| panic!("there is no newline yet"));
        splitter.take(b"\n", |held, rest| {
            assert_eq!(held.len() + rest.len(), 100_001)
        });
        assert_eq!(splitter.held.capacity(), 0);
    }

    proptest! {
        /// Where the pieces are cut changes nothing.
        #[test]
        fn lines_do_not_depend_on_the_pieces(
            pieces in prop::collection::vec(prop::collection::vec(prop::sample::select(b"ab\n\r\0".as_slice()), 0..20), 0..20),
        ) {
            let whole = pieces.concat();
            let mut expected: Vec<Vec<u8>> =
                whole.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
            let unfinished = expected.pop_if(|line| line.last() != Some(&b'\n'));

            prop_assert_eq!(split(pieces.iter().map(Vec::as_slice)), (expected, unfinished));
        }
    }
}
