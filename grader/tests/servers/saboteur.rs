//! Servers with exactly one mistake.

use std::path::{Path, PathBuf};

use grader::rules::Needs;
use serde::Deserialize;

use super::change::{Change, apply};
use super::compiler::compile;
use super::{folder, names, plain_source, read};

/// Some mistakes are such that the compiler warns of them.
const TOLERANT: &[&str] = &["-Wall", "-Wextra"];

/// A server with exactly one mistake.
#[derive(Debug)]
pub(crate) struct Saboteur {
    /// The name of its file, without the extension.
    pub(crate) name: String,
    /// The source with the mistake in it.
    pub(crate) source: PathBuf,
    /// The compiled server.
    pub(crate) path: PathBuf,
    /// What it does wrong, in one sentence.
    pub(crate) title: String,
    /// The rule that it must fail.
    pub(crate) breaks: String,
    /// The rules that can't but fail with it, in some scenarios.
    pub(crate) may_also_break: Vec<String>,
    /// The kind of finding that comes first of all that is found; where several are named, one of
    /// them, as chance will have it.
    pub(crate) first_finding: Vec<String>,
    /// Set where it is up to chance which scenarios it fails.
    pub(crate) by_chance: Option<ByChance>,
}

/// The rule that any mistake may break: it is about everything at once.
pub(crate) const ABOUT_EVERYTHING: &str = "conversation";

/// What is up to chance with a saboteur.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByChance {
    /// A scenario that catches it whatever happens.
    pub(crate) always: String,
    /// What others depend on, in one sentence.
    pub(crate) why: String,
}

impl Saboteur {
    /// Whether it can't but fail a rule, or is there to fail it.
    pub(crate) fn may_break(&self, rule: &str) -> bool {
        let also = self.may_also_break.iter().map(String::as_str);
        also.chain([&self.breaks[..], ABOUT_EVERYTHING])
            .any(|it| it == rule)
    }

    /// What the grader is given: the source where only that shows the mistake.
    pub(crate) fn submission(&self) -> &Path {
        let rule = grader::rules::find(&self.breaks);
        if rule.is_ok_and(|rule| rule.needs == Some(Needs::Source)) {
            &self.source
        } else {
            &self.path
        }
    }

    /// The same mistake in a server that is statically linked.
    pub(crate) fn statically_linked(&self) -> PathBuf {
        let flags = [TOLERANT, &["-static"]].concat();
        compile(&self.name, &read(&self.source), &folder(), &flags)
    }
}

/// What a file in `saboteurs/` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SaboteurFile {
    title: String,
    breaks: String,
    #[serde(default)]
    may_also_break: Vec<String>,
    first_finding: Vec<String>,
    by_chance: Option<ByChance>,
    change: Vec<Change>,
}

/// The server with the mistake of that name.
pub(crate) fn saboteur(name: &str) -> Saboteur {
    let file = folder().join("saboteurs").join(format!("{name}.toml"));
    let text = read(&file);
    let saboteur: SaboteurFile =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let source = apply(&saboteur.change, &plain_source())
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let path = compile(name, &source, &folder(), TOLERANT);
    Saboteur {
        name: name.to_owned(),
        source: path.with_extension("c"),
        path,
        title: saboteur.title,
        breaks: saboteur.breaks,
        may_also_break: saboteur.may_also_break,
        first_finding: saboteur.first_finding,
        by_chance: saboteur.by_chance,
    }
}

/// Every saboteur, by name.
pub(crate) fn all_saboteurs() -> Vec<Saboteur> {
    names("saboteurs")
        .iter()
        .map(|name| saboteur(name))
        .collect()
}
