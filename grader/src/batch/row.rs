//! What is known of one person.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fingerprint::of_text;
use crate::report::json::document::{Document, Ended, Points, Tiers};
use crate::tier::Tier;
use crate::verdict::Verdict;

/// How far somebody's submission has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It has not been graded yet.
    Waiting,
    /// It was graded; its grade may be undecided.
    Graded,
    /// There is none.
    Absent,
    /// There is something, and it cannot be graded.
    Unrecognised,
    /// The grader had trouble of its own, which says nothing about the submission.
    Trouble,
}

/// A person and what became of the submission.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// What the submission is called.
    pub id: String,
    /// What the person is called; empty where nobody has said.
    pub name: String,
    /// The person's place in the roster, from 0; null where the roster does not name anybody so.
    pub roster_place: Option<usize>,
    /// What stands in the other columns of the roster.
    pub more: Vec<String>,
    /// How far it has come.
    pub state: State,
    /// Why it cannot be graded, or what the grader's trouble was.
    pub reason: Option<String>,
    /// What was handed in: its place in the folder of the class.
    pub submission: Option<String>,
    /// Its content, in a few characters.
    pub content: Option<String>,
    /// How it was graded, in a few characters.
    pub graded_with: Option<String>,
    /// What the required tiers make of it, once it is graded.
    pub verdict: Option<Verdict>,
    /// How many of its checks ended in which way, by tier.
    pub tiers: Option<Tiers>,
    /// What it is worth in points.
    pub score: Option<Points>,
    /// How the checks of each rule ended: the worst of them.
    pub rules: BTreeMap<String, Ended>,
    /// The checks that failed, in the order in which they are reported.
    pub failures: Vec<FailedCheck>,
    /// What the person's files are called: the report is `people/FILE.json`, the page
    /// `people/FILE.html`. Both are there once it is graded.
    pub file: String,
}

/// A check that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FailedCheck {
    /// The rule that is broken.
    pub rule: String,
    /// The name of the scenario or inspection.
    pub scenario: String,
    /// What is wrong, or what a server does that passes.
    pub title: String,
    /// The tier for which it counts.
    pub tier: Tier,
}

impl Row {
    /// Somebody of whom nothing is known but the id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        Self {
            file: file_name(&id),
            id,
            name: String::new(),
            roster_place: None,
            more: Vec::new(),
            state: State::Absent,
            reason: None,
            submission: None,
            content: None,
            graded_with: None,
            verdict: None,
            tiers: None,
            score: None,
            rules: BTreeMap::new(),
            failures: Vec::new(),
        }
    }

    /// Takes in what was found out.
    pub(super) fn graded(&mut self, report: &Document) {
        self.state = State::Graded;
        self.reason = None;
        self.verdict = report.verdict;
        self.tiers = Some(report.tiers.clone());
        self.score = Some(report.score);
        self.rules.clear();
        self.failures.clear();
        for check in &report.checks {
            let finding = check.finding.as_ref();
            match finding.filter(|finding| finding.rule != check.rule) {
                // Whether the check's own rule is kept, nobody knows.
                Some(finding) => {
                    self.note(&check.rule, Ended::Undecided);
                    self.note(&finding.rule, Ended::Failed);
                }
                None => self.note(&check.rule, check.outcome),
            }
            if let Some(finding) = finding {
                self.failures.push(FailedCheck {
                    rule: finding.rule.clone(),
                    scenario: check.scenario.clone(),
                    title: finding.headline.clone(),
                    tier: finding.tier,
                });
            }
        }
    }

    /// Something was found out about a rule; the worst counts.
    fn note(&mut self, rule: &str, outcome: Ended) {
        let worst = self.rules.entry(rule.to_owned()).or_insert(outcome);
        if severity(outcome) > severity(*worst) {
            *worst = outcome;
        }
    }

    /// Takes over what an earlier run has found out about the same submission.
    pub(super) fn take_over(&mut self, earlier: &Self) {
        self.state = earlier.state;
        self.reason.clone_from(&earlier.reason);
        self.graded_with.clone_from(&earlier.graded_with);
        self.verdict = earlier.verdict;
        self.tiers.clone_from(&earlier.tiers);
        self.score = earlier.score;
        self.rules.clone_from(&earlier.rules);
        self.failures.clone_from(&earlier.failures);
    }

    /// The name for people: the person's, or else the id.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        if self.name.is_empty() {
            &self.id
        } else {
            &self.name
        }
    }

    /// The place of the report in the folder of results.
    #[must_use]
    pub fn report(&self) -> String {
        format!("{}/{}.json", super::results::PEOPLE, self.file)
    }

    /// The place of the page in the folder of results.
    #[must_use]
    pub fn page(&self) -> String {
        format!("{}/{}.html", super::results::PEOPLE, self.file)
    }
}

/// How much an outcome matters where several are to be shown as one.
const fn severity(ended: Ended) -> u8 {
    match ended {
        Ended::Skipped => 0,
        Ended::Passed => 1,
        Ended::Undecided => 2,
        Ended::Error => 3,
        Ended::Failed => 4,
    }
}

/// What the files of somebody are called: the id itself, where it is a plain name, or what is
/// plain of it and a few characters that no other id has. It depends on the id alone.
fn file_name(id: &str) -> String {
    /// How much of an id is kept.
    const KEPT: usize = 60;
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    // Some file systems do not tell capitals from others.
    let is_plain = id.len() <= KEPT
        && id.chars().all(plain)
        && id.starts_with(|first: char| first.is_ascii_alphanumeric())
        && !id.contains(|character: char| character.is_ascii_uppercase());
    if is_plain {
        return id.into();
    }
    let kept: String = id
        .chars()
        .map(|it| {
            if plain(it) {
                it.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .take(KEPT)
        .collect();
    let digits = of_text(id);
    format!("{}-{}", kept.trim_start_matches(['.', '-']), &digits[..12])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_plain_id_names_its_files() {
        assert_eq!(file_name("ada.l-1"), "ada.l-1");
        assert_eq!(Row::new("ada").page(), "people/ada.html");
    }

    #[test]
    fn other_ids_are_told_apart() {
        let names = ["Ada", "ada/", "ada ", "../ada", "", ".", "ä", "a\nb", "a b"].map(file_name);
        let different: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
    }

    proptest! {
        #[test]
        fn a_file_name_is_always_one(id in any::<String>()) {
            let name = file_name(&id);
            prop_assert!(!name.is_empty() && name.len() < 100);
            prop_assert!(!name.starts_with('.') && !name.contains('/'));
            prop_assert!(name.is_ascii());
        }
    }
}
