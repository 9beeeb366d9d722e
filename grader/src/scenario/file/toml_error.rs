//! Says in the words of scenarios what is wrong with a file as TOML, or with its keys.

use std::ops::Range;

use toml::de::{DeTable, Error};

use super::keys::{self, Key};
use super::outline::{self, Place};
use super::wording::{did_you_mean, listed};
use crate::scenario::error::ScenarioError;
use crate::scenario::source::SourceFile;

/// A text that is no TOML.
pub(super) fn syntax(file: &SourceFile, error: &Error) -> ScenarioError {
    let span = error.span().unwrap_or(0..0);
    let message = error.message();
    if message.starts_with("duplicate key") {
        let key = file.text().get(span.clone()).unwrap_or_default().trim();
        let help = if keys::is_verb(key) {
            "a step has one verb: put `[[step]]` on a line of its own before each"
        } else {
            "keep one of the two"
        };
        return ScenarioError::new(
            file,
            span,
            format!("`{key}` is given twice"),
            "the second time",
        )
        .help(help);
    }
    let words = reworded(message, file.text().get(span.clone()).unwrap_or_default());
    let help = unbalanced_quotes(file, &span).or_else(|| syntax_help(message).map(str::to_owned));
    ScenarioError::new(file, span, format!("this is not TOML: {words}"), "here").maybe_help(help)
}

/// The frequent messages of the parser in plain words.
fn reworded<'a>(message: &'a str, at: &str) -> &'a str {
    let words = [
        (
            "key with no value",
            "a key is followed by `=` and its value",
        ),
        (
            "missing comma between array elements",
            "a comma is missing between two elements of a list",
        ),
        (
            "unclosed array table",
            "a header in double brackets is not closed by `]]`",
        ),
        ("unclosed array", "a list is not closed by `]`"),
        ("unclosed inline table", "a table is not closed by `}`"),
        (
            "missing escaped value",
            "a text has a `\\` that begins no escape",
        ),
    ];
    if message.starts_with("string values must be quoted") {
        return if at.trim().is_empty() {
            "a value is missing"
        } else {
            "a text is not in quotes"
        };
    }
    words
        .iter()
        .find(|(start, _)| message.starts_with(start))
        .map_or(message, |&(_, words)| words)
}

fn syntax_help(message: &str) -> Option<&'static str> {
    if message.starts_with("string values must be quoted") {
        Some("a text stands in quotes: `\"…\"`, over several lines `\"\"\"…\"\"\"`")
    } else if message.contains("escape") {
        Some(
            "write `\\\\` for a backslash and `\\n` for a newline, or put the text in single quotes",
        )
    } else {
        None
    }
}

/// A forgotten quote is noticed only where the parser gives up, so the count of quotes tells
/// more than the message does.
fn unbalanced_quotes(file: &SourceFile, span: &Range<usize>) -> Option<String> {
    const LONG: &str = "\"\"\"";
    let text = file.text();
    if !text.matches(LONG).count().is_multiple_of(2) {
        return Some(format!(
            "one `{LONG}` too many or too few stands before: a text over several lines begins and ends with it"
        ));
    }
    let line = text.get(file.line_span(file.line(span.start)))?;
    let quotes = line
        .replace(LONG, "")
        .replace("\\\"", "")
        .matches('"')
        .count();
    (!quotes.is_multiple_of(2))
        .then(|| "this line has an odd number of quotes: one is missing".to_owned())
}

/// A file whose keys or values are not those of a scenario.
pub(super) fn shape(file: &SourceFile, error: &Error) -> ScenarioError {
    let span = error.span().unwrap_or(0..0);
    let Place { keys: path, kind } = DeTable::parse(file.text())
        .map(|document| outline::look_up(document.get_ref(), &span))
        .unwrap_or_default();
    let message = error.message();
    let words = quoted(message);
    if message.starts_with("unknown field") {
        unknown_key(file, span, &path, &words)
    } else if message.starts_with("unknown variant") {
        unknown_choice(file, span, &path, &words)
    } else if message.starts_with("missing field") {
        missing_key(file, span, &path, &words)
    } else if let (Some(key), Some(kind)) = (keys::find(&path), kind) {
        wrong_type(file, span, key, kind)
    } else {
        ScenarioError::new(file, span, message.to_owned(), "here")
    }
}

fn unknown_key(
    file: &SourceFile,
    span: Range<usize>,
    path: &[String],
    words: &[&str],
) -> ScenarioError {
    let (word, known) = words.split_first().unwrap_or((&"", &[]));
    let owner = path.iter().rev().find(|key| keys::is_verb(key));
    let place = owner.map_or_else(|| "a scenario".to_owned(), |owner| format!("`{owner}`"));
    let help = if owner.is_none() && keys::is_verb(word) {
        format!("`{word}` is a verb: put `[[step]]` on a line of its own before it")
    } else {
        did_you_mean(word, known.iter().copied())
            .unwrap_or_else(|| format!("{place} takes {}", listed(known, "and")))
    };
    ScenarioError::new(
        file,
        span,
        format!("{place} has no key `{word}`"),
        "unknown key",
    )
    .help(help)
}

fn unknown_choice(
    file: &SourceFile,
    span: Range<usize>,
    path: &[String],
    words: &[&str],
) -> ScenarioError {
    let (word, known) = words.split_first().unwrap_or((&"", &[]));
    let key = path.last().map_or("this key", String::as_str);
    let choices = listed(known, "or");
    let error = ScenarioError::new(
        file,
        span,
        format!("`{key}` can be {choices}, not `{word}`"),
        "not one of these",
    );
    error.maybe_help(did_you_mean(word, known.iter().copied()))
}

fn missing_key(
    file: &SourceFile,
    span: Range<usize>,
    path: &[String],
    words: &[&str],
) -> ScenarioError {
    let word = words.first().copied().unwrap_or_default();
    let owner = path.iter().rev().find(|key| keys::is_verb(key));
    let (message, label, key_path, at) = match owner {
        Some(owner) => (
            format!("`{owner}` lacks its `{word}`"),
            format!("no `{word}` in here"),
            vec![owner.clone(), word.to_owned()],
            span,
        ),
        // Nothing in the file is to blame: the start of it shows where such keys stand.
        None => (
            format!("the scenario lacks its `{word}`"),
            format!("`{word}` stands at the top of the file"),
            vec![word.to_owned()],
            0..0,
        ),
    };
    let help = keys::find(&key_path).map(|key| format!("for example `{}`", key.example));
    ScenarioError::new(file, at, message, label).maybe_help(help)
}

fn wrong_type(file: &SourceFile, span: Range<usize>, key: &Key, kind: &str) -> ScenarioError {
    let Key {
        name,
        takes,
        example,
        ..
    } = key;
    let label = match kind {
        "string" => "this is a text",
        // It is a whole number, so only its size can be wrong.
        "integer" if *takes == keys::NUMBER => "this number is too large",
        "integer" => "this is a number",
        "float" => "this is a number with a fraction",
        "boolean" => "this is `true` or `false`",
        "datetime" => "this is a date",
        "array" => "this is a list",
        "table" => "this is a table",
        _ => "this is something else",
    };
    ScenarioError::new(file, span, format!("`{name}` takes {takes}"), label)
        .help(format!("for example `{example}`"))
}

/// The words in backticks.
fn quoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}
