//! The text of a scenario file, and where things stand in it.

use std::ops::Range;

/// A scenario file as it was read, kept for the excerpts in error messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    path: String,
    text: String,
}

impl SourceFile {
    /// Keeps a file's text under the path by which messages call it.
    ///
    /// Line ends become `\n`: a checkout with Windows line ends must not put carriage returns
    /// into what clients say.
    #[must_use]
    pub fn new(path: impl Into<String>, text: &str) -> Self {
        Self {
            path: path.into(),
            text: text.replace("\r\n", "\n"),
        }
    }

    /// The path by which messages call the file.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file's name without its folder and `.toml`: the scenario's name.
    #[must_use]
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.strip_suffix(".toml").unwrap_or(name)
    }

    /// The line, from 1, on which a byte of the text stands.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        1 + self.before(offset).matches('\n').count()
    }

    /// The column, in characters from 1, at which a byte of the text stands.
    #[must_use]
    pub fn column(&self, offset: usize) -> usize {
        let before = self.before(offset);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        1 + before[line_start..].chars().count()
    }

    /// The bytes of a line, from 1, without its indentation and line end; the end of the text
    /// where there is no such line.
    #[must_use]
    pub fn line_span(&self, line: usize) -> Range<usize> {
        let mut start = 0;
        for (index, content) in self.text.split('\n').enumerate() {
            if index + 1 == line {
                let indentation = content.len() - content.trim_start().len();
                return start + indentation..start + content.trim_end().len().max(indentation);
            }
            start += content.len() + 1;
        }
        self.text.len()..self.text.len()
    }

    /// A span that is fit to be underlined: inside the text, on character boundaries and on one
    /// line. A multi-line string is underlined on its first line only.
    pub(super) fn underlined(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.boundary(span.start);
        let end = self.boundary(span.end.max(start));
        let line_end = self.text[start..end]
            .find('\n')
            .map_or(end, |newline| start + newline);
        start..line_end
    }

    fn before(&self, offset: usize) -> &str {
        &self.text[..self.boundary(offset)]
    }

    /// The last place at or before `offset` at which the text can be cut.
    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}
