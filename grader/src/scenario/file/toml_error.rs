//! Says in the words of scenarios what is wrong with a file as TOML, or with its keys.

use std::ops::Range;

use toml::de::{DeTable, Error};

use super::did_you_mean::{did_you_mean, listed};
use super::keys::{self, Key};
use super::outline;
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
    let help = syntax_help(file, &span, message);
    ScenarioError::new(file, span, format!("this is not TOML: {message}"), "here").maybe_help(help)
}

fn syntax_help(file: &SourceFile, span: &Range<usize>, message: &str) -> Option<String> {
    let help = if message.contains("string") && message.contains("literal") {
        // An unquoted value: the parser names the kinds of value that it would take.
        "a text stands in quotes: `\"…\"`, over several lines `\"\"\"…\"\"\"`"
    } else if message.contains("escape") {
        "in a text, write `\\\\` for a backslash and `\\n` for a newline, or put the text in single quotes"
    } else if message.contains("basic string") {
        "a text ends with the quotes with which it begins; one of several lines stands between `\"\"\"` and `\"\"\"`"
    } else if file
        .text()
        .get(span.clone())
        .is_some_and(|text| text.contains('\r'))
    {
        "end lines with a newline only"
    } else {
        return None;
    };
    Some(help.to_owned())
}

/// A file whose keys or values are not those of a scenario.
pub(super) fn shape(file: &SourceFile, error: &Error) -> ScenarioError {
    let span = error.span().unwrap_or(0..0);
    let path = DeTable::parse(file.text())
        .map(|document| outline::keys_to(document.get_ref(), &span))
        .unwrap_or_default();
    let message = error.message();
    let words = quoted(message);
    if message.starts_with("unknown field") {
        unknown_key(file, span, &path, &words)
    } else if message.starts_with("unknown variant") {
        unknown_choice(file, span, &path, &words)
    } else if message.starts_with("missing field") {
        missing_key(file, span, &path, &words)
    } else if message.starts_with("invalid type") || message.starts_with("invalid value") {
        wrong_type(file, span, &path, message)
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

fn wrong_type(
    file: &SourceFile,
    span: Range<usize>,
    path: &[String],
    message: &str,
) -> ScenarioError {
    let Some(Key {
        name,
        takes,
        example,
        ..
    }) = keys::find(path)
    else {
        return ScenarioError::new(file, span, message.to_owned(), "here");
    };
    let label = found(message).unwrap_or("something else");
    ScenarioError::new(
        file,
        span,
        format!("`{name}` takes {takes}"),
        format!("this is {label}"),
    )
    .help(format!("for example `{example}`"))
}

/// What serde says that it found, in the words of this program.
fn found(message: &str) -> Option<&'static str> {
    let what = message.split_once(": ")?.1;
    let kinds = [
        ("string", "a text"),
        ("integer", "a number"),
        ("floating point", "a number with a fraction"),
        ("boolean", "`true` or `false`"),
        ("sequence", "a list"),
        ("map", "a table"),
        ("newtype", "a table"),
        ("unit", "nothing"),
        ("datetime", "a date"),
    ];
    kinds
        .iter()
        .find(|(kind, _)| what.starts_with(kind))
        .map(|&(_, name)| name)
}

/// The words in backticks.
fn quoted(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}
