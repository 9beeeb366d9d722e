//! The rules that a mini_serv must obey: what each asks, who asks for it, and how to see it.
//!
//! The catalogue is data, `catalogue.toml` beside this file, so that the terminal, the reports
//! and the documents cannot say different things about a rule.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::spelling::nearest;
use crate::tier::Tier;

pub mod page;

/// Everything known about one rule.
///
/// All texts are whole sentences in our own words, except where a field says otherwise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The name by which scenarios, options and reports call it: `prefix-every-line`.
    pub id: String,
    /// What it is about.
    pub group: Group,
    /// Who asks for it. A scenario may go further than its rule and belong to a stricter tier.
    pub tier: Tier,
    /// What it asks.
    pub rule: String,
    /// Where that is said.
    pub said: Said,
    /// Why it belongs to its tier: what is known of the subject, the examiner and the solutions
    /// that passed.
    pub because: String,
    /// What breaking it usually comes from, and how to mend it.
    pub hint: String,
    /// Shell commands that show it, one on each line; `{server}` stands for the command that
    /// starts the server. [`Rule::commands`] fills it in.
    pub by_hand: String,
    /// What must be handed in for it to be checked in full, where not every executable will do.
    pub needs: Option<Needs>,
    /// What is checked without; only beside `needs`.
    pub checked_part: Option<String>,
}

impl Rule {
    /// What it asks, in short.
    #[must_use]
    pub fn first_sentence(&self) -> &str {
        let first = self.rule.split_inclusive(". ").next();
        first.unwrap_or_default().trim()
    }

    /// The commands that show the rule, for a server that `server` starts.
    pub fn commands(&self, server: &str) -> impl Iterator<Item = String> {
        self.by_hand
            .lines()
            .map(move |line| line.replace("{server}", server))
    }

    /// When the grader checks it, in words, where it does not always do so in full.
    #[must_use]
    pub fn gap(&self) -> Option<String> {
        let needs = self.needs?;
        Some(match &self.checked_part {
            None => format!("Checked only where {} is handed in.", needs.describe()),
            Some(part) => format!(
                "Checked in full only where {} is handed in. {part}",
                needs.describe()
            ),
        })
    }
}

/// What a rule is about. The order is that of every list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// How the server starts, or does not.
    Start,
    /// Who is there.
    Clients,
    /// Who hears what.
    Messages,
    /// Clients that do not read.
    Laziness,
    /// Many clients, rude clients, a long time.
    Endurance,
    /// How the program goes about it, whatever the clients see.
    Discipline,
    /// The nine tests of the real examiner.
    Exam,
}

impl Group {
    /// Every group, in the order of every list.
    pub const ALL: [Self; 7] = [
        Self::Start,
        Self::Clients,
        Self::Messages,
        Self::Laziness,
        Self::Endurance,
        Self::Discipline,
        Self::Exam,
    ];

    /// The group's heading.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Start => "Start",
            Self::Clients => "Clients",
            Self::Messages => "Messages",
            Self::Laziness => "Laziness",
            Self::Endurance => "Endurance",
            Self::Discipline => "Discipline",
            Self::Exam => "The exam itself",
        }
    }
}

/// Where a rule is said.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// In the subject, where these few words stand.
    Subject(String),
    /// By what is publicly known of the real examiner.
    Exam,
    /// Nowhere: a good server does it anyway.
    Nowhere,
}

impl Said {
    /// The source in words: `the subject: "just arrived"`.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Subject(words) => format!("the subject: \"{words}\""),
            Self::Exam => "what is publicly known of the real examiner".to_owned(),
            Self::Nowhere => "nowhere; a good server does it anyway".to_owned(),
        }
    }
}

/// What a check needs to be handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Needs {
    /// The candidate's source, in C.
    Source,
}

impl Needs {
    /// What it is in words, fit to follow "where ".
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Source => "C source",
        }
    }
}

/// The form of `catalogue.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    rule: Vec<Rule>,
}

static CATALOGUE: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let catalogue: Catalogue = toml::from_str(include_str!("catalogue.toml"))
        .expect("the embedded catalogue is read by the tests, so it is valid");
    catalogue.rule
});

/// Every rule, in the order of the catalogue, which is that of [`Group::ALL`].
#[must_use]
pub fn all() -> &'static [Rule] {
    &CATALOGUE
}

/// The ids of all rules, in the order of the catalogue.
#[must_use]
pub fn ids() -> Vec<&'static str> {
    all().iter().map(|rule| rule.id.as_str()).collect()
}

/// The rule of this id.
///
/// # Errors
///
/// [`UnknownRule`] where there is none; it names the rule that was probably meant.
pub fn find(id: &str) -> Result<&'static Rule, UnknownRule> {
    all()
        .iter()
        .find(|rule| rule.id == id)
        .ok_or_else(|| UnknownRule {
            id: id.to_owned(),
            meant: nearest(id, all().iter().map(|rule| rule.id.as_str())).map(str::to_owned),
        })
}

/// No rule has this id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule `{id}`{}", suggestion(.meant.as_deref()))]
pub struct UnknownRule {
    /// What was asked for.
    pub id: String,
    /// The rule that was probably meant.
    pub meant: Option<String>,
}

fn suggestion(meant: Option<&str>) -> String {
    match meant {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None => "; `grader rules` lists them all".to_owned(),
    }
}

#[cfg(test)]
mod tests;
