//! A source as the compiler joins its lines (the standard's second phase of translation).

use std::ops::Range;

/// A source without its backslash-newlines. Every byte knows where it came from.
#[derive(Clone, Debug)]
pub(super) struct Logical {
    bytes: Vec<u8>,
    /// The place of each byte in the file, and of the end.
    origins: Vec<usize>,
}

impl Logical {
    /// Joins the lines of a source.
    ///
    /// As gcc and clang do, white space between the backslash and the end of the line is taken
    /// for a slip of the pen.
    pub(super) fn new(raw: &[u8]) -> Self {
        Self::join(raw.iter().copied().enumerate().collect(), raw.len())
    }

    /// The same for a compiler that has been asked to mind trigraphs, which it does first; `None`
    /// where the source has none.
    pub(super) fn with_trigraphs(raw: &[u8]) -> Option<Self> {
        let mut found = false;
        let mut bytes = Vec::with_capacity(raw.len());
        let mut at = 0;
        while at < raw.len() {
            let meant = match raw.get(at..at + 3) {
                Some([b'?', b'?', third]) => trigraph(*third),
                _ => None,
            };
            bytes.push((at, meant.unwrap_or(raw[at])));
            found |= meant.is_some();
            at += if meant.is_some() { 3 } else { 1 };
        }
        found.then(|| Self::join(bytes, raw.len()))
    }

    fn join(raw: Vec<(usize, u8)>, end: usize) -> Self {
        let mut bytes = Vec::with_capacity(raw.len());
        let mut origins = Vec::with_capacity(raw.len() + 1);
        let mut at = 0;
        while let Some((origin, byte)) = raw.get(at).copied() {
            if byte == b'\\' {
                let rest = raw[at + 1..].iter();
                let spaces = rest
                    .take_while(|(_, byte)| matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c))
                    .count();
                if raw.get(at + 1 + spaces).map(|(_, byte)| *byte) == Some(b'\n') {
                    at += spaces + 2;
                    continue;
                }
            }
            bytes.push(byte);
            origins.push(origin);
            at += 1;
        }
        origins.push(end);
        Self { bytes, origins }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where some bytes stand in the file.
    pub(super) fn origin(&self, span: Range<usize>) -> Range<usize> {
        let last = self.origins.len() - 1;
        let start = self.origins[span.start.min(last)];
        match span.end.checked_sub(1) {
            Some(end) if span.end > span.start && end < last => start..self.origins[end] + 1,
            _ => start..start,
        }
    }
}

/// What a trigraph stands for, by its last character.
fn trigraph(third: u8) -> Option<u8> {
    Some(match third {
        b'=' => b'#',
        b'/' => b'\\',
        b'\'' => b'^',
        b'(' => b'[',
        b')' => b']',
        b'!' => b'|',
        b'<' => b'{',
        b'>' => b'}',
        b'-' => b'~',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_joined_and_every_byte_keeps_its_place() {
        let logical = Logical::new(b"pri\\\nntf \\ \r\n()\n");
        assert_eq!(logical.bytes(), b"printf ()\n");
        assert_eq!(logical.origin(0..6), 0..8);
        assert_eq!(logical.origin(7..9), 13..15);
        assert_eq!(logical.origin(10..10), 16..16);
    }

    #[test]
    fn trigraphs_come_first() {
        let logical = Logical::with_trigraphs(b"??=def??/\nine").unwrap();
        assert_eq!(logical.bytes(), b"#define");
        assert_eq!(logical.origin(0..7), 0..13);
        assert!(Logical::with_trigraphs(b"what?? no").is_none());
    }

    proptest! {
        #[test]
        fn places_are_in_the_file_and_in_order(raw in "[a\\\\\n ?/=#]{0,40}") {
            for logical in [Some(Logical::new(raw.as_bytes())), Logical::with_trigraphs(raw.as_bytes())]
                .into_iter()
                .flatten()
            {
                prop_assert!(logical.origins.is_sorted());
                prop_assert_eq!(logical.origins.len(), logical.bytes.len() + 1);
                prop_assert_eq!(*logical.origins.last().unwrap(), raw.len());
            }
        }
    }
}
