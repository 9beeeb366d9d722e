//! Reads a scenario file: TOML into shapes, shapes into the model.
//!
//! One way: the text is parsed once (`outline` finds the verbs), serde turns it into the
//! shapes of `shape`, and `steps` resolves them while it follows who is there (`cast`). The first
//! thing that is wrong ends it, shown where it stands.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::de::{DeTable, Deserializer};

use super::error::ScenarioError;
use super::source::SourceFile;
use super::{Judge, Keep, Scenario, Watch};
use shape::{At, FileShape, JudgeShape, KeepShape, VerbShape, VisibilityShape, WatchShape};
use steps::Script;
use wording::did_you_mean;

mod cast;
mod holes;
mod keys;
mod limits;
mod outline;
mod place;
mod send;
pub(super) mod shape;
mod start;
mod steps;
mod toml_error;
mod wording;

pub use place::place_of_text;

/// Reads a scenario from the bytes of its file.
///
/// `path` is how messages and reports call the file; its name without `.toml` is the
/// scenario's name. `rules` are the ids of the catalogue.
///
/// # Errors
///
/// When the bytes are not UTF-8, or as [`read`].
pub fn read_bytes(path: &str, bytes: &[u8], rules: &[&str]) -> Result<Scenario, ScenarioError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => read(&SourceFile::new(path, text), rules),
        Err(error) => Err(ScenarioError::not_utf8(path, bytes, error.valid_up_to())),
    }
}

/// Reads a scenario. `rules` are the ids of the catalogue.
///
/// Keep the file for errors that show up later, such as an `expect` against the oracle:
/// [`place_of_text`] and [`ScenarioError::at_line`] point into it.
///
/// # Errors
///
/// At the first thing that is not as `docs/scenarios.md` says.
pub fn read(file: &SourceFile, rules: &[&str]) -> Result<Scenario, ScenarioError> {
    let document = DeTable::parse(file.text()).map_err(|error| toml_error::syntax(file, &error))?;
    let verbs = outline::verbs(file, document.get_ref())?;
    let shape = FileShape::deserialize(Deserializer::from(document))
        .map_err(|error| toml_error::shape(file, &error))?;

    check_text(file, "title", &shape.title)?;
    if let Some(hint) = &shape.hint {
        check_text(file, "hint", hint)?;
    }
    if let (Some(silent), Some(VerbShape::Start(start))) = (&shape.silent, shape.step.first()) {
        start::check_silent(file, start, silent)?;
    }
    let mut script = Script::new(file);
    for (verb, at) in shape.step.iter().zip(&verbs) {
        script.read(verb, at)?;
    }
    script.finish()?;
    Ok(Scenario {
        name: file.stem().to_owned(),
        path: file.path().to_owned(),
        title: shape.title.get().clone(),
        rules: read_rules(file, &shape.rules, rules)?,
        tier: shape.tier,
        hint: shape.hint.as_ref().map(|hint| hint.get().clone()),
        judge: match shape.judge {
            None | Some(JudgeShape::EveryByte) => Judge::EveryByte,
            Some(JudgeShape::SortedLines) => Judge::SortedLines,
        },
        seed: shape.seed,
        must_keep: read_must_keep(file, shape.must_keep.as_deref().unwrap_or_default())?,
        silent: shape.silent.is_some_and(|silent| *silent.get()),
        watch: read_watch(file, shape.watch.as_deref().unwrap_or_default())?,
        hidden: matches!(shape.visibility, Some(VisibilityShape::Instructor)),
        clients: script.cast.names().map(str::to_owned).collect(),
        lazy: script.cast.ever_lazy(),
        steps: script.steps,
    })
}

/// A title or hint stands on one line of a report.
fn check_text(file: &SourceFile, key: &str, text: &At<String>) -> Result<(), ScenarioError> {
    let (message, label) = if text.get().trim().is_empty() {
        (format!("the {key} says nothing"), "empty")
    } else if text.get().contains(char::is_control) {
        (
            format!("the {key} is one line of plain text"),
            "has a newline or control character",
        )
    } else {
        return Ok(());
    };
    Err(ScenarioError::new(file, text.span(), message, label))
}

fn read_rules(
    file: &SourceFile,
    rules: &At<Vec<At<String>>>,
    known: &[&str],
) -> Result<Vec<String>, ScenarioError> {
    if rules.get().is_empty() {
        return Err(
            ScenarioError::new(file, rules.span(), "the scenario tests no rule", "empty")
                .help("name at least one; `grader rules` lists them"),
        );
    }
    let mut read = Vec::new();
    for rule in rules.get() {
        let id = rule.get();
        if !known.contains(&id.as_str()) {
            let help = did_you_mean(id, known.iter().copied())
                .unwrap_or_else(|| "`grader rules` lists them".to_owned());
            return Err(ScenarioError::new(
                file,
                rule.span(),
                format!("there is no rule `{id}`"),
                "unknown rule",
            )
            .help(help));
        }
        if read.contains(id) {
            return Err(ScenarioError::new(
                file,
                rule.span(),
                format!("the rule `{id}` is named twice"),
                "already named",
            ));
        }
        read.push(id.clone());
    }
    Ok(read)
}

fn read_must_keep(file: &SourceFile, keeps: &[At<KeepShape>]) -> Result<Vec<Keep>, ScenarioError> {
    let mut read = Vec::new();
    for keep in keeps {
        let kept = match keep.get() {
            KeepShape::UnfinishedLine => Keep::UnfinishedLine,
            KeepShape::Unread => Keep::Unread,
        };
        if read.contains(&kept) {
            return Err(ScenarioError::new(
                file,
                keep.span(),
                "`must_keep` names the same thing twice",
                "already named",
            ));
        }
        read.push(kept);
    }
    Ok(read)
}

fn read_watch(
    file: &SourceFile,
    watches: &[At<WatchShape>],
) -> Result<BTreeSet<Watch>, ScenarioError> {
    let mut read = BTreeSet::new();
    for watch in watches {
        let is_new = read.insert(match watch.get() {
            WatchShape::SelectFirst => Watch::SelectFirst,
            WatchShape::NeverEagain => Watch::NeverEagain,
            WatchShape::AllowedFunctions => Watch::AllowedFunctions,
        });
        if !is_new {
            return Err(ScenarioError::new(
                file,
                watch.span(),
                "`watch` names the same thing twice",
                "already named",
            ));
        }
    }
    Ok(read)
}
