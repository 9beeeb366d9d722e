//! What a run is worth in points: some for each rule, for instructors who need a number.
//!
//! A rule earns its points when all of its checks at the required tiers passed. What can be earned
//! is the same for every server: a rule that could not be judged, since another is broken on which
//! it depends, earns nothing and says which. Only rules about the source count neither way where
//! no source was handed in. Where a check could not be made since the machine does not allow it,
//! or the grader had trouble, there is no grade at all: nobody knows yet what is earned.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{CheckKind, CheckReport, Outcome};
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// There was nothing to check in what was handed in.
    NotJudged,
    /// Every check passed.
    Kept,
    /// One could not tell, since this other rule is broken.
    Hindered(String),
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
    /// The points that it can earn: none where it is about a source and none was handed in.
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
            if check.tier <= require {
                let standing = match (&check.outcome, check.found()) {
                    (_, Some(found)) if found.rule != check.rule() => {
                        Standing::Hindered(found.rule.to_owned())
                    }
                    (Outcome::Failed(_), _) => Standing::Broken,
                    (Outcome::Passed, _) => Standing::Kept,
                    (Outcome::Undecided(_) | Outcome::Error(_), _) => Standing::Undecided,
                    (Outcome::Skipped(_), _) => Standing::NotJudged,
                };
                let entry = score.entry(check.rule());
                entry.checks.push(place);
                entry.standing = std::cmp::max(&entry.standing, &standing).clone();
                let needs_a_source =
                    check.kind == CheckKind::Inspection && standing == Standing::NotJudged;
                if !needs_a_source {
                    entry.of = weights.of(&entry.rule);
                }
            }
            if let Some(found) = check.found()
                && found.tier <= require
                && found.rule != check.rule()
            {
                score.entry(found.rule).standing = Standing::Broken;
            }
        }
        for entry in &mut score.rules {
            entry.points = match entry.standing {
                Standing::Kept => entry.of,
                _ => 0,
            };
        }
        score
    }

    fn entry(&mut self, rule: &str) -> &mut RuleScore {
        let known = self.rules.iter().position(|it| it.rule == rule);
        let place = known.unwrap_or_else(|| {
            self.rules.push(RuleScore {
                rule: rule.to_owned(),
                standing: Standing::NotJudged,
                points: 0,
                of: 0,
                checks: Vec::new(),
            });
            self.rules.len() - 1
        });
        &mut self.rules[place]
    }

    /// Whether all that counts could be judged here; else there is no grade.
    #[must_use]
    pub fn is_grade(&self) -> bool {
        let mut rules = self.rules.iter();
        rules.all(|rule| rule.standing != Standing::Undecided)
    }

    /// The points earned.
    #[must_use]
    pub fn points(&self) -> u64 {
        self.rules.iter().map(|rule| u64::from(rule.points)).sum()
    }

    /// The points that could be earned, the same for every server.
    #[must_use]
    pub fn of(&self) -> u64 {
        self.rules.iter().map(|rule| u64::from(rule.of)).sum()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::verdict::Failure;
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
            asides: Vec::new(),
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
        let of_source = |rule| CheckReport {
            kind: CheckKind::Inspection,
            ..check(rule, Tier::Subject, skipped())
        };
        let checks = [
            of_source("no-define"),
            of_source("never-eagain"),
            check("never-eagain", Tier::Subject, Outcome::Passed),
            check("relay", Tier::Subject, skipped()),
            check("order", Tier::Subject, skipped()),
            check("order", Tier::Subject, Outcome::Passed),
            check("prompt", Tier::Subject, skipped()),
            check("prompt", Tier::Subject, failed()),
        ];
        let score = Score::new(&checks, Tier::Subject, &Weights::default());
        let each: Vec<(u32, u32)> = (score.rules.iter())
            .map(|rule| (rule.points, rule.of))
            .collect();
        assert_eq!(each, [(0, 0), (1, 1), (0, 1), (1, 1), (0, 1)]);
        assert_eq!(score.rules[0].standing, Standing::NotJudged);
    }

    #[test]
    fn a_rule_that_could_not_be_judged_says_which_one_is_in_its_way() {
        let by_another = || {
            Outcome::Failed(Box::new(Failure {
                beside: Some("arrival"),
                ..Failure::default()
            }))
        };
        let checks = [
            check("relay", Tier::Subject, by_another()),
            check("relay", Tier::Subject, Outcome::Passed),
            check("arrival", Tier::Subject, Outcome::Passed),
            check("order", Tier::Subject, failed()),
            check("order", Tier::Subject, by_another()),
            check("survives", Tier::Robust, by_another()),
        ];
        let score = Score::new(&checks, Tier::Subject, &Weights::default());
        let standings: Vec<_> = score.rules.iter().map(|rule| &rule.standing).collect();
        assert_eq!(
            standings,
            [
                &Standing::Hindered("arrival".into()),
                &Standing::Broken,
                &Standing::Broken
            ]
        );
        assert_eq!((score.points(), score.of()), (0, 3));
        assert!(score.is_grade());
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
        let standings: Vec<_> = score.rules.iter().map(|rule| &rule.standing).collect();
        let (undecided, broken) = (&Standing::Undecided, &Standing::Broken);
        assert_eq!(standings, [undecided, undecided, broken]);
        assert!(!score.is_grade());
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
