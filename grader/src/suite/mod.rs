//! Which scenarios are played, and in which order.

use std::io;
use std::path::{Path, PathBuf};

use crate::rules::page::{Coverage, GoesBy};
use crate::scenario::{Scenario, ScenarioError, SourceFile, file};
use crate::tier::Tier;

mod expectations;
pub mod files;
mod filter;
mod inspection;

pub use filter::{Filter, UnmatchedPattern};
pub use inspection::{Aspect, Examines, Inspection, Throughout};

/// Scenarios and inspections in the order in which they are reported.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    /// The inspections, in the order of [`Inspection::ALL`].
    pub inspections: Vec<Inspection>,
    /// The scenarios: by tier, the most lenient first, then in the order of the rule catalogue,
    /// then by name.
    pub scenarios: Vec<Scenario>,
}

/// A check of a suite.
#[derive(Clone, Copy, Debug)]
pub enum Check<'suite> {
    /// One without a scenario.
    Inspection(&'suite Inspection),
    /// A scenario that is played.
    Scenario(&'suite Scenario),
}

impl<'suite> Check<'suite> {
    /// What `--only` and reports call it.
    #[must_use]
    pub fn name(&self) -> &'suite str {
        match self {
            Self::Inspection(inspection) => inspection.name,
            Self::Scenario(scenario) => &scenario.name,
        }
    }

    /// What a server does that passes.
    #[must_use]
    pub fn title(&self) -> &'suite str {
        match self {
            Self::Inspection(inspection) => inspection.title,
            Self::Scenario(scenario) => &scenario.title,
        }
    }

    /// The tier that it belongs to.
    #[must_use]
    pub const fn tier(&self) -> Tier {
        match self {
            Self::Inspection(inspection) => inspection.tier,
            Self::Scenario(scenario) => scenario.tier,
        }
    }

    /// The rules that it tests, the main one first.
    #[must_use]
    pub fn rules(&self) -> Vec<&'suite str> {
        match self {
            Self::Inspection(inspection) => inspection.rules.to_vec(),
            Self::Scenario(scenario) => scenario.rules.iter().map(String::as_str).collect(),
        }
    }
}

/// Why there is no suite.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// Scenario files that are wrong, each with what is wrong first.
    #[error("{} of the scenario files cannot be used", .0.len())]
    Scenarios(Vec<ScenarioError>),
    /// A folder without scenarios.
    #[error("{} holds no scenario: a scenario is a file whose name ends in .toml", .0.display())]
    Empty(PathBuf),
    /// A folder that cannot be read.
    #[error("{} cannot be read: {}", .0.display(), .1)]
    Unreadable(PathBuf, io::Error),
}

impl Suite {
    /// The scenarios that come with the grader. `rules` are the ids of the catalogue, in order.
    ///
    /// # Errors
    /// A shipped scenario is wrong, which a test of this project rules out.
    pub fn shipped(rules: &[&str]) -> Result<Self, SuiteError> {
        Self::gather(
            rules,
            files::shipped().map(|file| {
                let path = format!("scenarios/{}", file.path().display());
                file::read_bytes(&path, file.contents(), rules)
            }),
        )
    }

    /// The scenarios of a folder, or of a single file, with every `expect` compared with the
    /// oracle. `rules` are the ids of the catalogue, in order.
    ///
    /// # Errors
    /// The folder cannot be read or holds no scenario, or a scenario is wrong.
    pub fn at(path: &Path, rules: &[&str]) -> Result<Self, SuiteError> {
        let files = files::paths(path)?;
        Self::gather(rules, files.iter().map(|file| read_checked(file, rules)))
    }

    /// Every check in the order in which they are reported: by tier, the most lenient first, and
    /// in each the inspections before the scenarios; those that need to see the scenarios played
    /// come last of all.
    #[must_use]
    pub fn checks(&self) -> Vec<Check<'_>> {
        let mut checks = Vec::new();
        for tier in Tier::ALL {
            let inspections = self.inspections.iter();
            let at_once = inspections.filter(|it| it.tier == tier && !it.needs_plays());
            checks.extend(at_once.map(Check::Inspection));
            let scenarios = self.scenarios.iter();
            checks.extend(scenarios.filter(|it| it.tier == tier).map(Check::Scenario));
        }
        let last = self.inspections.iter().filter(|it| it.needs_plays());
        checks.extend(last.map(Check::Inspection));
        checks
    }

    /// Adds an inspection, unless it is there already.
    pub fn include(&mut self, wanted: Examines) {
        let there = std::mem::take(&mut self.inspections);
        let is_in = |it: &Inspection| it.examines == wanted || there.contains(it);
        self.inspections = Inspection::ALL.into_iter().filter(is_in).collect();
    }

    /// What the page of rules says of the checks.
    #[must_use]
    pub fn coverage(&self) -> Vec<Coverage> {
        let checks = self.checks().into_iter();
        checks
            .map(|check| Coverage {
                name: check.name().into(),
                goes_by: match check {
                    Check::Scenario(scenario) => GoesBy::Scenario(scenario.path.clone()),
                    Check::Inspection(it) => GoesBy::Inspection(it.examines.in_words()),
                },
                title: check.title().into(),
                tier: check.tier(),
                rules: check.rules().into_iter().map(str::to_owned).collect(),
            })
            .collect()
    }

    fn gather(
        rules: &[&str],
        read: impl Iterator<Item = Result<Scenario, ScenarioError>>,
    ) -> Result<Self, SuiteError> {
        let mut scenarios = Vec::new();
        let mut wrong = Vec::new();
        for scenario in read {
            match scenario {
                Ok(scenario) => scenarios.push(scenario),
                Err(error) => wrong.push(error),
            }
        }
        if !wrong.is_empty() {
            wrong.sort_by(|a, b| a.path().cmp(b.path()));
            return Err(SuiteError::Scenarios(wrong));
        }
        let place = |scenario: &Scenario| {
            let main = scenario.rules.first().map(String::as_str);
            rules.iter().position(|rule| Some(*rule) == main)
        };
        scenarios.sort_by(|a, b| (a.tier, place(a), &a.name).cmp(&(b.tier, place(b), &b.name)));
        Ok(Self {
            inspections: Inspection::ALL.to_vec(),
            scenarios,
        })
    }
}

fn read_checked(path: &Path, rules: &[&str]) -> Result<Scenario, ScenarioError> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| ScenarioError::unreadable(&shown, &error))?;
    let scenario = file::read_bytes(&shown, &bytes, rules)?;
    let source = SourceFile::new(shown, &String::from_utf8_lossy(&bytes));
    expectations::check(&scenario, &source)?;
    Ok(scenario)
}

/// Reads the text of a scenario file, with every `expect` compared with the oracle.
///
/// # Errors
/// What is wrong with it first.
pub fn read_text(path: &str, text: &str, rules: &[&str]) -> Result<Scenario, ScenarioError> {
    let scenario = file::read_bytes(path, text.as_bytes(), rules)?;
    expectations::check(&scenario, &SourceFile::new(path, text))?;
    Ok(scenario)
}
