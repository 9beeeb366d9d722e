//! The preprocessor's lines in a source.

use std::ops::Range;

use super::lexer::{Kind, Token, tokens};
use super::logical::Logical;

/// A line of the preprocessor, by its places in the logical text.
#[derive(Clone, Debug)]
pub(super) struct Directive<'text> {
    /// Its name: `define`, `if`; empty where there is none.
    pub(super) name: &'text [u8],
    /// From its `#` to the end of its name.
    pub(super) head: Range<usize>,
    /// What follows the name on the line, comments included.
    pub(super) rest: Range<usize>,
}

/// Every line of the preprocessor, in order, whether `#if` leaves it away or not.
pub(super) fn directives(logical: &Logical) -> Vec<Directive<'_>> {
    let text = logical.bytes();
    let mut found: Vec<Directive<'_>> = Vec::new();
    let mut tokens = tokens(text).peekable();
    let mut line_is_empty = true;
    while let Some(Token { kind, span }) = tokens.next() {
        match kind {
            Kind::Newline => line_is_empty = true,
            Kind::Space | Kind::Comment => {}
            Kind::Hash if line_is_empty => {
                line_is_empty = false;
                let hash = span;
                while tokens
                    .next_if(|token| matches!(token.kind, Kind::Space | Kind::Comment))
                    .is_some()
                {}
                let name = tokens.next_if(|token| token.kind == Kind::Word);
                let name = name.map_or(hash.end..hash.end, |token| token.span);
                let mut end = name.end;
                while let Some(token) = tokens.next_if(|token| token.kind != Kind::Newline) {
                    end = token.span.end;
                }
                found.push(Directive {
                    name: &text[name.clone()],
                    head: hash.start..name.end,
                    rest: name.end..end,
                });
            }
            _ => line_is_empty = false,
        }
    }
    found
}

/// The parts of a source that `#if` and its like may leave away.
#[derive(Clone, Debug, Default)]
pub struct Branches {
    /// The places of each part in the logical text. Inner parts come after those around them.
    parts: Vec<Range<usize>>,
    /// What the compiler does not see, without overlaps and in order; nothing, as long as nobody
    /// has asked. A source can have a hundred thousand parts and ask for as many places.
    dead: Vec<Range<usize>>,
}

/// The beginning of the words by which the preprocessor is asked which parts it keeps.
const MARK: &str = "__grader_sees_part_";

impl Branches {
    /// Finds the parts of a source.
    #[must_use]
    pub fn of(source: &[u8]) -> Self {
        let logical = Logical::new(source);
        let mut parts: Vec<Range<usize>> = Vec::new();
        let mut open: Vec<Option<usize>> = Vec::new();
        for directive in directives(&logical) {
            let closes = matches!(
                directive.name,
                b"elif" | b"elifdef" | b"elifndef" | b"else" | b"endif"
            );
            if closes && let Some(Some(part)) = open.pop() {
                parts[part].end = directive.head.start;
            }
            if matches!(directive.name, b"if" | b"ifdef" | b"ifndef")
                || closes && directive.name != b"endif"
            {
                let start = directive.rest.end;
                parts.push(start..logical.bytes().len());
                open.push(Some(parts.len() - 1));
            }
        }
        Self {
            parts,
            dead: Vec::new(),
        }
    }

    /// The source with a mark in each part: which marks are left when it has been preprocessed
    /// tells which parts the compiler sees. The numbers of its lines are those of the source.
    #[must_use]
    pub fn marked(&self, source: &[u8]) -> Vec<u8> {
        let logical = Logical::new(source);
        let mut marks: Vec<(usize, usize)> = self
            .parts
            .iter()
            .enumerate()
            .map(|(number, part)| (logical.origin(part.start..part.start).start, number))
            .collect();
        marks.sort_unstable();
        let mut marked = Vec::with_capacity(source.len() + 64 * marks.len());
        let mut copied = 0;
        let mut line = 1;
        for (place, number) in marks {
            let place = place.clamp(copied, source.len());
            marked.extend_from_slice(&source[copied..place]);
            line += memchr::memchr_iter(b'\n', &source[copied..place]).count();
            copied = place;
            // The line that ends here is the directive's; the next keeps its number.
            marked.extend_from_slice(format!("\n{MARK}{number}\n#line {}", line + 1).as_bytes());
        }
        marked.extend_from_slice(&source[copied..]);
        marked
    }

    /// Learns from the words of the preprocessed text which parts the compiler sees.
    pub fn learn(&mut self, is_mentioned: impl Fn(&str) -> bool) {
        self.dead.clear();
        for (number, part) in self.parts.iter().enumerate() {
            if is_mentioned(&format!("{MARK}{number}")) {
                continue;
            }
            // Parts begin one after the other, so that only the last can overlap.
            match self.dead.last_mut() {
                Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
                _ => self.dead.push(part.clone()),
            }
        }
    }

    /// Whether the compiler sees a place of the logical text.
    pub(super) fn is_live(&self, offset: usize) -> bool {
        let next = self.dead.partition_point(|part| part.end <= offset);
        self.dead.get(next).is_none_or(|part| offset < part.start)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(text: &str) -> Vec<String> {
        directives(&Logical::new(text.as_bytes()))
            .iter()
            .map(|directive| String::from_utf8_lossy(directive.name).into_owned())
            .collect()
    }

    #[test]
    fn directives_begin_their_line() {
        assert_eq!(
            names(
                "  # /* a\n b */ define X 1 // #undef X\n%:if 0\n#\nx # y\nint a; /*\n*/ #define Y\n"
            ),
            ["define", "if", ""]
        );
    }

    #[test]
    fn a_mark_stands_in_each_part() {
        let source = "#if A\nint a;\n# else\\\n // else\n#define B\n#endif\nint c;\n";
        let mut branches = Branches::of(source.as_bytes());
        let marked = String::from_utf8(branches.marked(source.as_bytes())).unwrap();
        assert_eq!(
            marked,
            "#if A\n__grader_sees_part_0\n#line 2\nint a;\n# else\\\n // else\n\
             __grader_sees_part_1\n#line 5\n#define B\n#endif\nint c;\n"
        );
        branches.learn(|word| word == "__grader_sees_part_1");
        assert!(!branches.is_live(source.find("int a").unwrap()));
        assert!(branches.is_live(source.find("define B").unwrap() - 2));
        assert!(branches.is_live(source.find("int c").unwrap() - 2));
    }

    proptest! {
        /// The naive way: a place is seen where every part around it is.
        #[test]
        fn a_place_is_seen_where_every_part_around_it_is(
            lines in prop::collection::vec(
                prop::sample::select(&["#if A\n", "#else\n", "#elif B\n", "#endif\n", "x\n"][..]),
                0..30,
            ),
            live in prop::collection::vec(any::<bool>(), 30),
        ) {
            let text = lines.concat();
            let mut branches = Branches::of(text.as_bytes());
            for offset in 0..=text.len() {
                prop_assert!(branches.is_live(offset), "nobody has asked");
            }
            let names: Vec<String> = (0..30).map(|number| format!("{MARK}{number}")).collect();
            let sees = |word: &str| names.iter().zip(&live).any(|(name, live)| *live && name == word);
            branches.learn(sees);
            for offset in 0..=text.len() {
                let mut around = branches.parts.iter().zip(&live);
                let naively = around.all(|(part, live)| *live || !part.contains(&offset));
                prop_assert_eq!(branches.is_live(offset), naively, "{} of {:?}", offset, text);
            }
        }
    }
}
