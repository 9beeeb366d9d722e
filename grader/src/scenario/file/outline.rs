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

/// The keys that lead to a place of the document, the outermost first.
pub(super) fn keys_to(document: &DeTable<'_>, place: &Range<usize>) -> Vec<String> {
    let mut keys = Vec::new();
    descend_table(document, place, &mut keys);
    keys
}

fn descend_table(table: &DeTable<'_>, place: &Range<usize>, keys: &mut Vec<String>) {
    for (key, value) in table {
        if holds(&value.span(), place) || reaches(value.get_ref(), place) {
            keys.push(key.get_ref().to_string());
            descend(value.get_ref(), place, keys);
            return;
        }
    }
}

fn descend(value: &DeValue<'_>, place: &Range<usize>, keys: &mut Vec<String>) {
    if let Some(table) = value.as_table() {
        descend_table(table, place, keys);
    }
    if let Some(element) = value.as_array().and_then(|array| {
        array
            .iter()
            .find(|element| holds(&element.span(), place) || reaches(element.get_ref(), place))
    }) {
        descend(element.get_ref(), place, keys);
    }
}

/// Whether something inside a value holds the place: the span of a `[table]` is its header only.
fn reaches(value: &DeValue<'_>, place: &Range<usize>) -> bool {
    let inside = |value: &Spanned<DeValue<'_>>| {
        holds(&value.span(), place) || reaches(value.get_ref(), place)
    };
    match value {
        DeValue::Table(table) => table
            .iter()
            .any(|(key, value)| holds(&key.span(), place) || inside(value)),
        DeValue::Array(array) => array.iter().any(inside),
        _ => false,
    }
}

fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
