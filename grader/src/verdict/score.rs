//! What a run is worth in points: some for each rule, for instructors who need a number.
//!
//! A rule earns its points when all of its checks at the required tiers passed. Where what was
//! handed in has nothing for any of them, such as a source, the rule counts neither way. Where one
//! could not be made since the machine does not allow it, or the grader had trouble, there are no
//! points either: nobody knows yet whether they are earned.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{CheckReport, Outcome};
use crate::rules;
use crate::spelling::nearest;
use crate::tier::Tier;

/// How many points each rule is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    default: u32,
    rules: BTreeMap<String, u32>,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            default: 1,
            rules: BTreeMap::new(),
        }
    }
}

/// The form of a file of weights.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What a rule is worth that is not named; 1 where this is not said either.
    #[serde(default = "one")]
    default: u32,
    /// What the rules are worth that are named.
    #[serde(default)]
    rules: BTreeMap<String, u32>,
}

const fn one() -> u32 {
    1
}

impl Weights {
    /// Reads the text of a file of weights.
    ///
    /// # Errors
    /// What is wrong with it, in words that can follow the file's name.
    pub fn read(text: &str) -> Result<Self, String> {
        let File { default, rules } = toml::from_str(text).map_err(|error| error.to_string())?;
        for rule in rules.keys() {
            if rules::find(rule).is_err() {
                let ids = rules::all().iter().map(|rule| rule.id.as_str());
                let meant = nearest(rule, ids);
                let meant =
                    meant.map_or(String::new(), |meant| format!(" (did you mean `{meant}`?)"));
                return Err(format!(
                    "there is no rule `{rule}`{meant}; `grader rules` lists them"
                ));
            }
        }
        Ok(Self { default, rules })
    }

    fn of(&self, rule: &str) -> u32 {
        self.rules.get(rule).copied().unwrap_or(self.default)
    }
}

/// What the checks of a rule make of it; the later one counts where they differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// There was nothing to check in what was handed in.
    NotJudged,
    /// Every check passed.
    Kept,
    /// One could not be made, since the machine does not allow it or the grader had trouble.
    Undecided,
    /// One failed.
    Broken,
}

/// What a rule has earned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleScore {
    /// The rule.
    pub rule: String,
    /// What its checks make of it.
    pub standing: Standing,
    /// The points that it has earned.
    pub points: u32,
    /// The points that it can earn: none where there is nothing to check.
    pub of: u32,
    /// The places of its checks among those that were scored.
    pub checks: Vec<usize>,
}

/// What a run has earned, rule by rule, in the order in which the rules come up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// The rules.
    pub rules: Vec<RuleScore>,
}

impl Score {
    /// The score of these checks, of which those at the required tier and more lenient ones
    /// count.
    #[must_use]
    pub fn new(checks: &[CheckReport], require: Tier, weights: &Weights) -> Self {
        let mut score = Self::default();
        for (place, check) in checks.iter().enumerate() {
            if check.tier > require {
                continue;
            }
            let rule = check.rules.first().map_or("", String::as_str);
            let known = score.rules.iter().position(|it| it.rule == rule);
            let known = known.unwrap_or_else(|| {
                score.rules.push(RuleScore {
                    rule: rule.to_owned(),
                    standing: Standing::NotJudged,
                    points: 0,
                    of: 0,
                    checks: Vec::new(),
                });
                score.rules.len() - 1
            });
            let entry = &mut score.rules[known];
            entry.checks.push(place);
            entry.standing = entry.standing.max(match check.outcome {
                Outcome::Failed(_) => Standing::Broken,
                Outcome::Passed => Standing::Kept,
                Outcome::Undecided(_) | Outcome::Error(_) => Standing::Undecided,
                Outcome::Skipped(_) => Standing::NotJudged,
            });
        }
        for entry in &mut score.rules {
            let weight = weights.of(&entry.rule);
            (entry.points, entry.of) = match entry.standing {
                Standing::NotJudged => (0, 0),
                Standing::Kept => (weight, weight),
                Standing::Undecided | Standing::Broken => (0, weight),
            };
        }
        score
    }

    /// The points earned.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.rules.iter().map(|rule| u64::from(rule.points)).sum()
    }

    /// The points that could be earned here.
    #[must_use]
    pub fn of(&self) -> u64 {
        self.rules.iter().map(|rule| u64::from(rule.of)).sum()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::verdict::CheckKind;
    use std::collections::BTreeSet;
    use std::time::Duration;

    pub(in crate::verdict) fn check(rule: &str, tier: Tier, outcome: Outcome) -> CheckReport {
        CheckReport {
            kind: CheckKind::Scenario,
            hidden: false,
            remarks: Vec::new(),
            scenario: rule.into(),
            path: String::new(),
            title: String::new(),
            rules: vec![rule.into()],
            tier,
            outcome,
            duration: Duration::ZERO,
            hint: None,
            readings: BTreeSet::new(),
        }
    }

    fn failed() -> Outcome {
        Outcome::Failed(Box::default())
    }

    fn skipped() -> Outcome {
        Outcome::Skipped("not here".into())
    }

    #[test]
    fn one_failed_check_takes_the_points_of_its_rule() {
        let checks = [
            check("relay", Tier::Subject, Outcome::Passed),
            check("order", Tier::Subject, Outcome::Passed),
            check("relay", Tier::Subject, failed()),
            check("relay", Tier::Subject, Outcome::Passed),
        ];
        let score = Score::new(&checks, Tier::Subject, &Weights::default());
        assert_eq!((score.points(), score.of()), (1, 2));
        assert_eq!(score.rules[0].checks, [0, 2, 3]);
    }

    #[test]
    fn stricter_tiers_do_not_count() {
        let checks = [
            check("relay", Tier::Exam, Outcome::Passed),
            check("survives", Tier::Robust, failed()),
        ];
        let score = Score::new(&checks, Tier::Subject, &Weights::default());
        assert_eq!((score.points(), score.of()), (1, 1));
        let score = Score::new(&checks, Tier::Robust, &Weights::default());
        assert_eq!((score.points(), score.of()), (1, 2));
    }

    #[test]
    fn where_there_is_nothing_to_check_a_rule_counts_neither_way() {
        let checks = [
            check("relay", Tier::Subject, skipped()),
            check("order", Tier::Subject, skipped()),
            check("order", Tier::Subject, Outcome::Passed),
            check("prompt", Tier::Subject, skipped()),
            check("prompt", Tier::Subject, failed()),
        ];
        let score = Score::new(&checks, Tier::Subject, &Weights::default());
        assert_eq!((score.points(), score.of()), (1, 2));
        assert_eq!(score.rules[0].standing, Standing::NotJudged);
    }

    #[test]
    fn what_could_not_be_judged_is_not_earned() {
        let reason = || "not here".into();
        let checks = [
            check("relay", Tier::Subject, Outcome::Undecided(reason())),
            check("relay", Tier::Subject, Outcome::Passed),
            check("order", Tier::Subject, Outcome::Passed),
            check("order", Tier::Subject, Outcome::Error(reason())),
            check("prompt", Tier::Subject, Outcome::Undecided(reason())),
            check("prompt", Tier::Subject, failed()),
        ];
        let score = Score::new(&checks, Tier::Subject, &Weights::default());
        assert_eq!((score.points(), score.of()), (0, 3));
        let standings = score.rules.iter().map(|rule| rule.standing);
        let (undecided, broken) = (Standing::Undecided, Standing::Broken);
        assert_eq!(
            standings.collect::<Vec<_>>(),
            [undecided, undecided, broken]
        );
    }

    #[test]
    fn weights_are_read() {
        let weights = Weights::read("default = 2\n[rules]\nrelay = 5\norder = 0\n").unwrap();
        let checks = [
            check("relay", Tier::Subject, Outcome::Passed),
            check("order", Tier::Subject, Outcome::Passed),
            check("prompt", Tier::Subject, failed()),
        ];
        let score = Score::new(&checks, Tier::Subject, &weights);
        assert_eq!((score.points(), score.of()), (5, 7));
        assert_eq!(Weights::read("").unwrap(), Weights::default());
    }

    #[test]
    fn a_mistake_in_weights_is_explained() {
        let told = |text| Weights::read(text).unwrap_err();
        assert_eq!(
            told("[rules]\nrelais = 1\n"),
            "there is no rule `relais` (did you mean `relay`?); `grader rules` lists them"
        );
        assert!(told("[rules]\nrelay = -1\n").contains("invalid value"));
        assert!(told("defualt = 1\n").contains("unknown field `defualt`"));
    }
}
