//! Finds the holes of a text and fills the names in.

use std::ops::Range;

use super::cast::Cast;
use super::limits::MOST_RANDOM;
use super::shape::At;
use super::wording::{did_you_mean, grouped};
use crate::scenario::error::ScenarioError;
use crate::scenario::source::SourceFile;
use crate::scenario::text::{Part, Text};

/// Which holes a text may have beside names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Generated {
    /// `{n}` and `{random:N}` too: the text is said.
    Allowed,
    /// Names only: the text must have been received.
    Refused,
}

/// Reads a text of the file.
pub(super) fn read_text(
    file: &SourceFile,
    value: &At<String>,
    cast: &Cast<'_>,
    generated: Generated,
) -> Result<Text, ScenarioError> {
    let text = value.get().as_str();
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(brace) = rest.find(['{', '}']) {
        literal.push_str(&rest[..brace]);
        let at = text.len() - rest.len() + brace;
        rest = &rest[brace..];
        if let Some(escaped) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
            literal.push_str(&rest[..1]);
            rest = escaped;
            continue;
        }
        let Some(body) = rest.strip_prefix('{').and_then(|body| body.split_once('}')) else {
            return Err(lone_brace(file, value, at, &rest[..1]));
        };
        let hole = Hole {
            file,
            value,
            at,
            body: body.0,
        };
        rest = body.1;
        let part = hole.read(cast, generated)?;
        if !literal.is_empty() {
            parts.push(Part::Literal(std::mem::take(&mut literal)));
        }
        parts.push(part);
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(Text::new(parts))
}

/// One `{…}` of a text.
struct Hole<'a> {
    file: &'a SourceFile,
    value: &'a At<String>,
    /// Where its brace stands in the text.
    at: usize,
    /// What stands between its braces.
    body: &'a str,
}

impl Hole<'_> {
    fn read(&self, cast: &Cast<'_>, generated: Generated) -> Result<Part, ScenarioError> {
        let body = self.body;
        let part = if body == "n" {
            Part::Counter
        } else if body == "random" || body.starts_with("random:") {
            Part::Random(self.random_length()?)
        } else if let Some(id) = cast.id(body) {
            return Ok(Part::Id(id));
        } else {
            let message =
                format!("the text has a hole `{{{body}}}`, but nobody of that name has connected");
            let known = cast.names().chain(["n", "random:100"]);
            return Err(self.wrong(message, "not the name of a client").help(
                did_you_mean(body, known).unwrap_or_else(|| {
                    format!(
                        "`{{bob}}` stands for bob's id; write `{{{{{body}}}}}` where the braces are part of the text"
                    )
                }),
            ));
        };
        match generated {
            Generated::Allowed => Ok(part),
            Generated::Refused => Err(self
                .wrong(
                    format!("`{{{body}}}` can be said, but not expected"),
                    "only known where it is sent",
                )
                .help("leave this `expect` out: every byte of every client is judged anyway")),
        }
    }

    fn random_length(&self) -> Result<usize, ScenarioError> {
        let number = self.body.strip_prefix("random:").unwrap_or_default();
        match number.parse::<usize>() {
            Ok(length @ 1..=MOST_RANDOM) => Ok(length),
            _ => Err(self
                .wrong(
                    format!(
                        "`{{random:…}}` takes a number of characters from 1 to {}",
                        grouped(MOST_RANDOM)
                    ),
                    "not such a number",
                )
                .help("for example `{random:100}`")),
        }
    }

    fn wrong(&self, message: impl Into<String>, label: &str) -> ScenarioError {
        let span = locate(
            self.file,
            self.value,
            self.at,
            &format!("{{{}}}", self.body),
        );
        ScenarioError::new(self.file, span, message, label)
    }
}

fn lone_brace(file: &SourceFile, value: &At<String>, at: usize, brace: &str) -> ScenarioError {
    let (message, label) = if brace == "{" {
        ("a hole begins here and does not end", "no `}` follows")
    } else {
        (
            "a hole ends here that did not begin",
            "no `{` stands before",
        )
    };
    ScenarioError::new(file, locate(file, value, at, brace), message, label).help(format!(
        "write `{brace}{brace}` for a brace that is part of the text"
    ))
}

/// Where a part of a decoded text stands in the file, whose text still has its quotes and
/// escapes: its nth occurrence there, if it is the nth in the decoded text.
fn locate(file: &SourceFile, value: &At<String>, at: usize, part: &str) -> Range<usize> {
    let whole = value.span();
    let earlier = value.get()[..at].matches(part).count();
    file.text()
        .get(whole.clone())
        .and_then(|raw| raw.match_indices(part).nth(earlier))
        .map_or(whole.clone(), |(offset, _)| {
            let start = whole.start + offset;
            start..start + part.len()
        })
}
