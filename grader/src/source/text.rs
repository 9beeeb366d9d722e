//! A source as it is: bytes, lines, places.

use std::ops::Range;

use crate::verdict::Place;

/// How many bytes of a line are shown. Nobody reads more; and where a whole file is one line, a
/// hundred thousand findings must not each hold all of it.
const EXCERPT: usize = 4096;

/// A source as it was handed in.
#[derive(Clone, Debug)]
pub struct SourceText {
    path: String,
    bytes: Vec<u8>,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl SourceText {
    /// Keeps the bytes of a file under the path by which reports call it.
    #[must_use]
    pub fn new(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        let newlines = memchr::memchr_iter(b'\n', &bytes).map(|newline| newline + 1);
        let lines = std::iter::once(0).chain(newlines).collect();
        Self {
            path: path.into(),
            bytes,
            lines,
        }
    }

    /// The path by which reports call the file.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The line, from 1, on which a byte stands.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset)
    }

    /// The place of some bytes; what goes on beyond the end of their first line is cut.
    #[must_use]
    pub fn place(&self, span: Range<usize>) -> Place {
        let line = self.line(span.start);
        let bounds = self.bounds(line);
        let start = span.start.clamp(bounds.start, bounds.end);
        let end = span.end.clamp(start, bounds.end);
        let characters = |span: Range<usize>| self.decoded(span).chars().count();
        Place {
            file: self.path.clone(),
            line,
            column: 1 + characters(bounds.start..start),
            width: characters(start..end).max(1),
            excerpt: self.decoded(bounds.start..bounds.end.min(bounds.start + EXCERPT)),
        }
    }

    /// The place of everything on a line, from 1, but its indentation; `None` where the file has
    /// no such line.
    #[must_use]
    pub fn place_of_line(&self, line: usize) -> Option<Place> {
        let bounds = self.bounds_of(line)?;
        let text = &self.bytes[bounds.clone()];
        let trimmed = text.trim_ascii_start();
        let start = bounds.end - trimmed.len();
        Some(self.place(start..start + trimmed.trim_ascii_end().len()))
    }

    /// The place of the word that a compiler means by a line and a column, both from 1 and the
    /// column in bytes; the whole line where there is no such column.
    #[must_use]
    pub fn place_at(&self, line: usize, column: usize) -> Option<Place> {
        let bounds = self.bounds_of(line)?;
        let start = bounds.start + column.checked_sub(1)?;
        if start >= bounds.end {
            return self.place_of_line(line);
        }
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let word = self.bytes[start..bounds.end].iter();
        let length = word.take_while(|byte| is_word(byte)).count();
        Some(self.place(start..start + length.max(1)))
    }

    /// The place of a word on a line, from 1.
    #[must_use]
    pub fn place_of_word(&self, line: usize, word: &str) -> Option<Place> {
        let bounds = self.bounds_of(line)?;
        let text = &self.bytes[bounds.clone()];
        let is_word = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        };
        memchr::memmem::find_iter(text, word)
            .find(|start| {
                let before = start.checked_sub(1).and_then(|before| text.get(before));
                !is_word(before) && !is_word(text.get(start + word.len()))
            })
            .map(|start| self.place(bounds.start + start..bounds.start + start + word.len()))
    }

    /// The bytes of a line without its end.
    fn bounds_of(&self, line: usize) -> Option<Range<usize>> {
        (1..=self.lines.len())
            .contains(&line)
            .then(|| self.bounds(line))
    }

    fn bounds(&self, line: usize) -> Range<usize> {
        let start = self.lines[line - 1];
        let end = self
            .lines
            .get(line)
            .map_or(self.bytes.len(), |next| next - 1);
        let text = &self.bytes[start..end];
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        start..start + text.len()
    }

    fn decoded(&self, span: Range<usize>) -> String {
        String::from_utf8_lossy(&self.bytes[span]).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn source(text: &[u8]) -> SourceText {
        SourceText::new("mini_serv.c", text.to_vec())
    }

    #[test]
    fn a_place_is_told_in_characters() {
        let place = source("int a;\r\n/* é */ foo();\r\n".as_bytes()).place(17..20);
        assert_eq!((place.line, place.column, place.width), (2, 9, 3));
        assert_eq!(place.excerpt, "/* é */ foo();");
    }

    #[test]
    fn a_place_ends_with_its_line() {
        let place = source(b"ab\\\ncd\n").place(0..6);
        assert_eq!((place.line, place.column, place.width), (1, 1, 3));
    }

    #[test]
    fn lines_and_words_are_found() {
        let text = source(b"x;\n\t printf(printfs) ;\n");
        let place = text.place_of_line(2).unwrap();
        assert_eq!((place.column, place.width), (3, 17));
        let place = text.place_of_word(2, "printfs").unwrap();
        assert_eq!((place.column, place.width), (10, 7));
        assert_eq!(text.place_of_word(2, "print"), None);
        let place = text.place_at(2, 3).unwrap();
        assert_eq!((place.column, place.width), (3, 6));
        assert_eq!(text.place_of_line(9), None);
        assert_eq!(text.place_at(0, 0), None);
    }

    #[test]
    fn of_a_very_long_line_the_beginning_is_shown() {
        let line = [b"a".repeat(EXCERPT), b" puts(a);".to_vec()].concat();
        let place = source(&line).place(EXCERPT + 1..EXCERPT + 5);
        assert_eq!((place.column, place.width), (EXCERPT + 2, 4));
        assert_eq!(place.excerpt.as_bytes(), &line[..EXCERPT]);
    }

    proptest! {
        #[test]
        fn any_bytes_have_places(
            bytes in prop::collection::vec(any::<u8>(), 0..60),
            line in 0..9_usize,
            column in 0..40_usize,
            start in 0..80_usize,
            length in 0..20_usize,
        ) {
            let text = source(&bytes);
            let _ = text.place(start..start + length);
            let _ = text.place_at(line, column);
            let _ = text.place_of_line(line);
            let _ = text.place_of_word(line, "a");
        }
    }
}
