//! What the compiler's own preprocessor made of a source: which words are left in it, and at
//! which lines of the candidate's file.

use std::collections::{HashMap, HashSet};

use super::lexer::{Kind, tokens};

/// The words of a preprocessed source.
#[derive(Clone, Debug, Default)]
pub struct Preprocessed {
    /// Every word, also of the headers.
    words: HashSet<String>,
    /// The lines of the candidate's own text on which a word stands, from 1.
    own: HashMap<String, Vec<usize>>,
}

impl Preprocessed {
    /// Reads what `cc -E` wrote. `file` is the name by which the compiler was given the source.
    #[must_use]
    pub fn new(text: &[u8], file: &str) -> Self {
        let mut read = Self::default();
        let mut here = false;
        let mut line = 0;
        for row in text.split(|byte| *byte == b'\n') {
            if let Some((number, name)) = marker(row) {
                here = name == file.as_bytes() || name.strip_prefix(b"./") == Some(file.as_bytes());
                line = number;
                continue;
            }
            for token in tokens(row).filter(|token| token.kind == Kind::Word) {
                let word = String::from_utf8_lossy(&row[token.span]).into_owned();
                if here {
                    let lines = read.own.entry(word.clone()).or_default();
                    if lines.last() != Some(&line) {
                        lines.push(line);
                    }
                }
                read.words.insert(word);
            }
            line = line.saturating_add(1);
        }
        read
    }

    /// Whether a word is left anywhere, also in a header.
    #[must_use]
    pub fn mentions(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// The lines of the candidate's own text on which a word is left.
    #[must_use]
    pub fn lines_of(&self, word: &str) -> &[usize] {
        self.own.get(word).map_or(&[], Vec::as_slice)
    }
}

/// `# 12 "mini_serv.c" 2`: what follows is from that line of that file.
fn marker(row: &[u8]) -> Option<(usize, &[u8])> {
    let rest = row
        .strip_prefix(b"# ")
        .or_else(|| row.strip_prefix(b"#line "))?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    let name = rest[digits..].strip_prefix(b" \"")?;
    Some((number, &name[..memchr::memchr(b'"', name)?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_lines() {
        let text = b"# 1 \"mini_serv.c\"\n# 1 \"/usr/include/stdio.h\" 1 3 4\nint puts(char *);\n\
                     # 2 \"mini_serv.c\" 2\nint main(void) { puts(\"exit\"); }\n\nputs\n";
        let read = Preprocessed::new(text, "mini_serv.c");
        assert_eq!(read.lines_of("puts"), [2, 4]);
        assert_eq!(read.lines_of("char"), [0; 0]);
        assert!(read.mentions("char") && !read.mentions("exit"));
    }
}
