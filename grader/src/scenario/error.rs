//! What is wrong with a scenario file, shown where it is wrong.

use std::fmt;
use std::ops::Range;

use annotate_snippets::renderer::Renderer;
use annotate_snippets::{AnnotationKind, Level, Origin, Snippet};

use super::source::SourceFile;

/// A scenario file that can't be played: what is wrong, where, and what to do about it.
///
/// `Display` gives the plain rendering; [`ScenarioError::render`] also a coloured one.
#[derive(Clone, Debug)]
pub struct ScenarioError(Box<Report>);

#[derive(Clone, Debug)]
struct Report {
    file: SourceFile,
    message: String,
    /// Absent where the file has no text to show.
    primary: Option<Label>,
    related: Vec<Label>,
    help: Vec<String>,
}

#[derive(Clone, Debug)]
struct Label {
    span: Range<usize>,
    text: String,
}

impl ScenarioError {
    /// An error at a span of the file's bytes. `label` is what stands beside the caret; empty
    /// where the message says it all.
    #[must_use]
    pub fn new(
        file: &SourceFile,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        Self(Box::new(Report {
            file: file.clone(),
            message: message.into(),
            primary: Some(Label {
                span,
                text: label.into(),
            }),
            related: Vec::new(),
            help: Vec::new(),
        }))
    }

    /// An error at a whole line of the file, from 1, such as [`Step::line`](super::Step::line).
    #[must_use]
    pub fn at_line(
        file: &SourceFile,
        line: usize,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        Self::new(file, file.line_span(line), message, label)
    }

    /// A file that could not be read at all.
    #[must_use]
    pub fn unreadable(path: &str, cause: &std::io::Error) -> Self {
        Self(Box::new(Report {
            file: SourceFile::new(path, ""),
            message: format!("the scenario file can't be read: {cause}"),
            primary: None,
            related: Vec::new(),
            help: Vec::new(),
        }))
    }

    /// A file whose bytes are not UTF-8, as all TOML is. `valid_up_to` is how many of them are.
    #[must_use]
    pub fn not_utf8(path: &str, bytes: &[u8], valid_up_to: usize) -> Self {
        // The line ends before the wrong byte shrink when they are read: count from the front.
        let start = SourceFile::new(path, &String::from_utf8_lossy(&bytes[..valid_up_to]))
            .text()
            .len();
        let file = SourceFile::new(path, &String::from_utf8_lossy(bytes));
        let end = start + char::REPLACEMENT_CHARACTER.len_utf8();
        let byte = bytes.get(valid_up_to).copied().unwrap_or_default();
        Self::new(
            &file,
            start..end,
            "the scenario file is not UTF-8 text",
            format!("the byte 0x{byte:02X} begins no character here"),
        )
        .help("save the file as UTF-8")
    }

    /// Points at another place that belongs to what is wrong.
    #[must_use]
    pub fn related(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        self.0.related.push(Label {
            span,
            text: label.into(),
        });
        self
    }

    /// Says what to do about it; may be called more than once.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help.push(help.into());
        self
    }

    /// Says what to do about it, where there is something to say.
    #[must_use]
    pub(super) fn maybe_help(self, help: Option<String>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// What is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.file.path()
    }

    /// Line and column, from 1, where the file has a text to show.
    #[must_use]
    pub fn position(&self) -> Option<(usize, usize)> {
        let Report { file, primary, .. } = &*self.0;
        primary
            .as_ref()
            .map(|label| (file.line(label.span.start), file.column(label.span.start)))
    }

    /// The error with an excerpt of the file, in colours or without.
    #[must_use]
    pub fn render(&self, coloured: bool) -> String {
        let Report {
            file,
            message,
            primary,
            related,
            help,
        } = &*self.0;
        let title = Level::ERROR.primary_title(message.as_str());
        let group = match primary {
            None => title.element(Origin::path(file.path())),
            Some(primary) => {
                let main = annotation(file, AnnotationKind::Primary, primary);
                let others = related
                    .iter()
                    .map(|label| annotation(file, AnnotationKind::Context, label));
                title.element(
                    Snippet::source(file.text())
                        .path(file.path())
                        .annotation(main)
                        .annotations(others),
                )
            }
        };
        let group = group.elements(help.iter().map(|help| Level::HELP.message(help.as_str())));
        let renderer = if coloured {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&[group])
    }
}

fn annotation<'a>(
    file: &SourceFile,
    kind: AnnotationKind,
    label: &'a Label,
) -> annotate_snippets::Annotation<'a> {
    let annotation = kind.span(file.underlined(&label.span));
    if label.text.is_empty() {
        annotation
    } else {
        annotation.label(label.text.as_str())
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.render(false))
    }
}

impl std::error::Error for ScenarioError {}
