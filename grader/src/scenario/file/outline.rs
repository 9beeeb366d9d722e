//! The file as plain TOML, before its keys mean anything: which verb stands where.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys;
use super::wording::{did_you_mean, listed};
use crate::scenario::error::ScenarioError;
use crate::scenario::source::SourceFile;

/// Finds the verb of every step, whose place serde does not tell.
pub(super) fn verbs(
    file: &SourceFile,
    document: &DeTable<'_>,
) -> Result<Vec<Range<usize>>, ScenarioError> {
    let Some(step) = document.get("step") else {
        return Err(no_steps(file, 0..0));
    };
    let Some(steps) = step.get_ref().as_array() else {
        return Err(no_table(file, step.span()));
    };
    if steps.is_empty() {
        return Err(no_steps(file, step.span()));
    }
    steps.iter().map(|step| verb(file, step)).collect()
}

fn verb(file: &SourceFile, step: &Spanned<DeValue<'_>>) -> Result<Range<usize>, ScenarioError> {
    let Some(table) = step.get_ref().as_table() else {
        return Err(no_table(file, step.span()));
    };
    let mut found: Vec<(&str, Range<usize>)> = table
        .keys()
        .map(|key| (key.get_ref().as_ref(), key.span()))
        .collect();
    found.sort_by_key(|(_, span)| span.start);
    if let Some((word, span)) = found.iter().find(|(word, _)| !keys::is_verb(word)) {
        return Err(unknown_verb(file, word, span.clone()));
    }
    match found.as_slice() {
        [] => Err(ScenarioError::new(
            file,
            step.span(),
            "a step has one verb; this one has none",
            "an empty step",
        )
        .help(format!("a verb is {}", listed(&keys::verbs(), "or")))),
        [(_, span)] => Ok(span.clone()),
        [(_, first), (_, second), ..] => {
            let words: Vec<&str> = found.iter().map(|(word, _)| *word).collect();
            Err(ScenarioError::new(
                file,
                second.clone(),
                format!(
                    "a step has one verb; this one has {}",
                    listed(&words, "and")
                ),
                "one verb too many",
            )
            .related(first.clone(), "the step's verb")
            .help("put `[[step]]` on a line of its own before every verb"))
        }
    }
}

fn unknown_verb(file: &SourceFile, word: &str, span: Range<usize>) -> ScenarioError {
    let help = if let Some(owner) = keys::owner_of(word) {
        format!(
            "`{word}` belongs inside `{owner}`, such as `{}`",
            keys::example(owner)
        )
    } else {
        did_you_mean(word, keys::verbs())
            .unwrap_or_else(|| format!("a verb is {}", listed(&keys::verbs(), "or")))
    };
    ScenarioError::new(
        file,
        span,
        format!("`{word}` is not a verb"),
        "unknown verb",
    )
    .help(help)
}

fn no_table(file: &SourceFile, span: Range<usize>) -> ScenarioError {
    ScenarioError::new(
        file,
        span,
        "a step is a table in a list of steps",
        "not one of a list",
    )
    .help("begin every step with `[[step]]`, in two pairs of brackets")
}

fn no_steps(file: &SourceFile, span: Range<usize>) -> ScenarioError {
    ScenarioError::new(
        file,
        span,
        "the scenario has no steps",
        "nothing happens in this file",
    )
    .help("add a step, such as `[[step]]` with `connect = [\"alice\", \"bob\"]` on the next line")
}

/// A place of the document that is to be talked about.
#[derive(Default)]
pub(super) struct Place {
    /// The keys that lead there, the outermost first.
    pub(super) keys: Vec<String>,
    /// The TOML type of the value that stands exactly there.
    pub(super) kind: Option<&'static str>,
}

/// Finds out what stands at a span of the document.
pub(super) fn look_up(document: &DeTable<'_>, span: &Range<usize>) -> Place {
    let mut place = Place::default();
    descend_table(document, span, &mut place);
    place
}

fn descend_table(table: &DeTable<'_>, span: &Range<usize>, place: &mut Place) {
    for (key, value) in table {
        if holds(&value.span(), span) || reaches(value.get_ref(), span) {
            place.keys.push(key.get_ref().to_string());
            descend(value, span, place);
            return;
        }
    }
}

fn descend(value: &Spanned<DeValue<'_>>, span: &Range<usize>, place: &mut Place) {
    if value.span() == *span {
        place.kind = Some(value.get_ref().type_str());
    }
    if let Some(table) = value.get_ref().as_table() {
        descend_table(table, span, place);
    }
    if let Some(element) = value.get_ref().as_array().and_then(|array| {
        array
            .iter()
            .find(|element| holds(&element.span(), span) || reaches(element.get_ref(), span))
    }) {
        descend(element, span, place);
    }
}

/// Whether something inside a value holds the place: the span of a `[table]` is its header only.
fn reaches(value: &DeValue<'_>, span: &Range<usize>) -> bool {
    let inside =
        |value: &Spanned<DeValue<'_>>| holds(&value.span(), span) || reaches(value.get_ref(), span);
    match value {
        DeValue::Table(table) => table
            .iter()
            .any(|(key, value)| holds(&key.span(), span) || inside(value)),
        DeValue::Array(array) => array.iter().any(inside),
        _ => false,
    }
}

fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
