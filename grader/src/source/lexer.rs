//! Cuts a logical text into comments, literals and words (the standard's third phase of
//! translation).
//!
//! It exists because a syntax tree cannot see everything here: tree-sitter reads C after the
//! preprocessor's fashion only in part, knows no digraphs, and takes `# /**/ define` or a
//! directive in a text that does not parse for something else. Whether a `#` begins a directive
//! depends on nothing but comments, literals and line ends, which is what this cuts.

use std::ops::Range;

/// A piece of a logical text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Its bytes in the logical text.
    pub(super) span: Range<usize>,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Space,
    Newline,
    Comment,
    /// A string or character literal, or the name of a header in angle brackets. Unfinished ones
    /// end with their line.
    Literal,
    Word,
    Number,
    /// `#` or `%:`.
    Hash,
    /// Anything else, one operator's part at a time.
    Other,
}

/// Cuts a text.
pub(super) fn tokens(text: &[u8]) -> Lexer<'_> {
    Lexer {
        text,
        at: 0,
        line: LineSoFar::Nothing,
    }
}

/// What has been seen of a line, as far as it matters to what comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineSoFar {
    Nothing,
    Hash,
    /// `#include`, so that `<` begins the name of a header.
    Include,
    Something,
}

/// The pieces of a text, one after another; together they are the text.
pub(super) struct Lexer<'text> {
    text: &'text [u8],
    at: usize,
    line: LineSoFar,
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let (kind, length) = piece(rest, self.line == LineSoFar::Include);
        let span = self.at..self.at + length.clamp(1, rest.len());
        self.at = span.end;
        self.line = match (kind, self.line) {
            (Kind::Newline, _) => LineSoFar::Nothing,
            (Kind::Space | Kind::Comment, line) => line,
            (Kind::Hash, LineSoFar::Nothing) => LineSoFar::Hash,
            (Kind::Word, LineSoFar::Hash)
                if [b"include".as_slice(), b"include_next", b"import"]
                    .contains(&&self.text[span.clone()]) =>
            {
                LineSoFar::Include
            }
            _ => LineSoFar::Something,
        };
        Some(Token { kind, span })
    }
}

fn piece(rest: &[u8], header: bool) -> (Kind, usize) {
    let while_ = |matches: fn(&u8) -> bool| rest.iter().take_while(|byte| matches(byte)).count();
    match rest {
        [b'\n', ..] => (Kind::Newline, 1),
        [b' ' | b'\t' | b'\r' | 0x0b | 0x0c | 0, ..] => (
            Kind::Space,
            while_(|byte| matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c | 0)),
        ),
        [b'/', b'/', ..] => (Kind::Comment, while_(|byte| *byte != b'\n')),
        [b'/', b'*', inner @ ..] => (
            Kind::Comment,
            memchr::memmem::find(inner, b"*/").map_or(rest.len(), |end| end + 4),
        ),
        [b'<', ..] if header => {
            let line = while_(|byte| *byte != b'\n');
            let end = memchr::memchr(b'>', &rest[..line]);
            (Kind::Literal, end.map_or(line, |end| end + 1))
        }
        [quote @ (b'"' | b'\''), ..] => (Kind::Literal, literal(rest, *quote)),
        [b'#', ..] => (Kind::Hash, 1),
        [b'%', b':', ..] => (Kind::Hash, 2),
        [byte, ..] if is_word(byte) && !byte.is_ascii_digit() => {
            let length = while_(is_word);
            match (&rest[..length], rest.get(length)) {
                (b"R" | b"LR" | b"uR" | b"UR" | b"u8R", Some(b'"')) => {
                    match raw_string(&rest[length..]) {
                        Some(end) => (Kind::Literal, length + end),
                        None => (Kind::Word, length),
                    }
                }
                _ => (Kind::Word, length),
            }
        }
        [byte, ..] if byte.is_ascii_digit() => {
            (Kind::Number, while_(|byte| is_word(byte) || *byte == b'.'))
        }
        _ => (Kind::Other, 1),
    }
}

/// Part of a name. Names may hold characters beyond ASCII.
fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'$' || *byte >= 0x80
}

/// The length of a literal between quotes.
fn literal(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\n' => return at,
            b'\\' if rest.get(at + 1).is_some_and(|byte| *byte != b'\n') => at += 2,
            byte if *byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of `"delimiter(anything)delimiter"`, an extension of GNU C.
fn raw_string(rest: &[u8]) -> Option<usize> {
    let open = memchr::memchr(b'(', rest).filter(|open| *open <= 17)?;
    let delimiter = &rest[1..open];
    if delimiter
        .iter()
        .any(|byte| matches!(byte, b' ' | b')' | b'\\' | b'\n' | b'\t' | b'"'))
    {
        return None;
    }
    let end = [b")", delimiter, b"\""].concat();
    memchr::memmem::find(&rest[open..], &end).map(|start| open + start + end.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        tokens(text.as_bytes())
            .filter(|token| token.kind != Kind::Space)
            .map(|token| (token.kind, &text[token.span]))
            .collect()
    }

    #[test]
    fn comments_and_literals_hide_what_is_in_them() {
        assert_eq!(
            kinds("\"a\\\"//#\" '\"' /* \"\n# */ x // y\n"),
            [
                (Kind::Literal, "\"a\\\"//#\""),
                (Kind::Literal, "'\"'"),
                (Kind::Comment, "/* \"\n# */"),
                (Kind::Word, "x"),
                (Kind::Comment, "// y"),
                (Kind::Newline, "\n"),
            ]
        );
    }

    #[test]
    fn an_unfinished_literal_ends_with_its_line() {
        assert_eq!(
            kinds("don't\n#"),
            [
                (Kind::Word, "don"),
                (Kind::Literal, "'t"),
                (Kind::Newline, "\n"),
                (Kind::Hash, "#"),
            ]
        );
    }

    #[test]
    fn headers_and_raw_strings_are_literals() {
        assert_eq!(kinds("#include <a'b>\n")[2], (Kind::Literal, "<a'b>"));
        assert_eq!(
            kinds("R\"x(\n#define )\" )x\" y"),
            [
                (Kind::Literal, "R\"x(\n#define )\" )x\""),
                (Kind::Word, "y")
            ]
        );
        assert_eq!(kinds("a < b > c").len(), 5);
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_text(text in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut end = 0;
            for token in tokens(&text) {
                prop_assert_eq!(token.span.start, end);
                prop_assert!(token.span.end > end);
                end = token.span.end;
            }
            prop_assert_eq!(end, text.len());
        }

        #[test]
        fn the_pieces_of_what_looks_like_c_are_the_text(text in "[R\"'()/*#<>%:\n\\\\ax]{0,60}") {
            let pieces: Vec<u8> = tokens(text.as_bytes())
                .flat_map(|token| text.as_bytes()[token.span].to_vec())
                .collect();
            prop_assert_eq!(pieces, text.as_bytes());
        }
    }
}
