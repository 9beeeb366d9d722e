//! What the checks of a run make of each tier, and of the server.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CheckReport, Outcome, Reading, Required};
use crate::tier::Tier;

/// How many checks of one tier ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// Checks passed.
    pub passed: usize,
    /// Checks failed.
    pub failed: usize,
    /// Checks for which there was nothing to check, or that somebody goes without.
    pub skipped: usize,
    /// Checks that the machine does not allow.
    #[serde(default)]
    pub undecided: usize,
    /// Checks that ended in the grader's own trouble.
    pub error: usize,
}

impl Tally {
    /// What so many checks make of a server.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Self { failed: 1.., .. } => Verdict::Failed,
            Self { error: 1.., .. } | Self { undecided: 1.., .. } | Self { passed: 0, .. } => {
                Verdict::Undecided
            }
            _ => Verdict::Passed,
        }
    }
}

/// How the checks of a run ended, by tier.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    tallies: [Tally; 3],
    readings: BTreeSet<Reading>,
    is_of_all: bool,
}

impl Summary {
    /// Nothing yet, of a run in which these checks decide.
    #[must_use]
    pub fn of(required: Required) -> Self {
        Self {
            is_of_all: required.is_all,
            ..Self::default()
        }
    }

    /// Counts one more check, a failed one at the tier of what was found.
    pub fn add(&mut self, check: &CheckReport) {
        let tally = &mut self.tallies[check.counts_for() as usize];
        match check.outcome {
            Outcome::Passed => tally.passed += 1,
            Outcome::Failed(_) => tally.failed += 1,
            Outcome::Skipped(_) => tally.skipped += 1,
            Outcome::Undecided(_) => tally.undecided += 1,
            Outcome::Error(_) => tally.error += 1,
        }
        self.readings.extend(&check.readings);
    }

    /// The counts of a tier.
    #[must_use]
    pub const fn tally(&self, tier: Tier) -> Tally {
        self.tallies[tier as usize]
    }

    /// Whether checks of the tier were played and every one of them passed.
    #[must_use]
    pub fn passes_in_full(&self, tier: Tier) -> bool {
        let Tally {
            passed,
            failed,
            skipped,
            undecided,
            error,
        } = self.tally(tier);
        passed > 0 && failed + skipped + undecided + error == 0
    }

    /// Every reading that was seen, in a fixed order. What a server does once it can do, so that
    /// one piece relayed at once, or one line lost, says more than all that were not.
    pub fn readings(&self) -> impl Iterator<Item = Reading> {
        let seen = |reading| self.readings.contains(&reading);
        self.readings
            .iter()
            .copied()
            .filter(move |reading| match reading {
                Reading::PiecesHeld => !seen(Reading::PiecesAtOnce),
                Reading::LazyFoundEverything => !seen(Reading::LazyMissedLines),
                Reading::NoMemoryIsNeeded => !seen(Reading::NoMemoryIsFatal),
                _ => true,
            })
    }

    /// The tier up to which all counts: the required one, or, where every check must pass, that at
    /// which the last of them ended. (What a check finds may count at a stricter tier than its own.)
    #[must_use]
    pub fn decides(&self, require: Tier) -> Tier {
        let ended = |tier: &Tier| self.tally(*tier) != Tally::default();
        let strictest = Tier::ALL.into_iter().rev().find(ended);
        let strictest = strictest.filter(|_| self.is_of_all);
        strictest.map_or(require, |tier| tier.max(require))
    }

    /// What the required tier and every more lenient one make of the run.
    #[must_use]
    pub fn verdict(&self, require: Tier) -> Verdict {
        self.up_to(self.decides(require)).verdict()
    }

    /// Whether a tier and every more lenient one pass, whatever else must.
    #[must_use]
    pub fn passes_alone(&self, tier: Tier) -> bool {
        self.up_to(tier).verdict() == Verdict::Passed
    }

    fn up_to(&self, strictest: Tier) -> Tally {
        let mut required = Tally::default();
        for tier in Tier::ALL.into_iter().filter(|tier| *tier <= strictest) {
            let tally = self.tally(tier);
            required.passed += tally.passed;
            required.failed += tally.failed;
            required.skipped += tally.skipped;
            required.undecided += tally.undecided;
            required.error += tally.error;
        }
        required
    }
}

/// What a run says about the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every required check passed.
    Passed,
    /// A required check failed.
    Failed,
    /// No required check failed, yet the machine did not allow one, the grader had trouble with
    /// one, or none could be made.
    Undecided,
}

#[cfg(test)]
mod tests {
    use super::super::score::tests::check;
    use super::*;

    const fn tally(passed: usize, failed: usize, skipped: usize, error: usize) -> Tally {
        Tally {
            passed,
            failed,
            skipped,
            undecided: 0,
            error,
        }
    }

    /// A summary with these tallies of the tiers, the most lenient first.
    fn summary(tallies: [Tally; 3], readings: &[Reading]) -> Summary {
        Summary {
            tallies,
            readings: readings.iter().copied().collect(),
            is_of_all: false,
        }
    }

    #[test]
    fn a_failure_decides_and_then_trouble_and_then_that_something_passed() {
        assert_eq!(tally(3, 1, 0, 2).verdict(), Verdict::Failed);
        assert_eq!(tally(3, 0, 0, 1).verdict(), Verdict::Undecided);
        assert_eq!(tally(0, 0, 4, 0).verdict(), Verdict::Undecided);
        assert_eq!(tally(0, 0, 0, 0).verdict(), Verdict::Undecided);
        assert_eq!(tally(1, 0, 4, 0).verdict(), Verdict::Passed);
    }

    #[test]
    fn what_the_machine_does_not_allow_leaves_a_tier_undecided() {
        let one_more = |tally| Tally {
            undecided: 1,
            ..tally
        };
        assert_eq!(one_more(tally(9, 0, 0, 0)).verdict(), Verdict::Undecided);
        assert_eq!(one_more(tally(9, 1, 0, 0)).verdict(), Verdict::Failed);
        assert_eq!(
            summary([one_more(tally(9, 0, 0, 0)); 3], &[]).verdict(Tier::Exam),
            Verdict::Undecided
        );
    }

    #[test]
    fn a_tier_asks_for_itself_and_for_all_that_are_more_lenient() {
        let none = tally(0, 0, 0, 0);
        let passed = tally(2, 0, 0, 0);
        let one = |failing: usize, how: Tally| {
            let mut tallies = [passed; 3];
            tallies[failing] = how;
            let summary = summary(tallies, &[]);
            Tier::ALL.map(|tier| summary.verdict(tier))
        };
        let (p, f, u) = (Verdict::Passed, Verdict::Failed, Verdict::Undecided);
        assert_eq!(one(0, tally(0, 1, 0, 0)), [f, f, f]);
        assert_eq!(one(1, tally(5, 1, 0, 0)), [p, f, f]);
        assert_eq!(one(2, tally(5, 0, 0, 1)), [p, p, u]);
        assert_eq!(one(0, tally(0, 0, 3, 0)), [u, p, p]);
        let nothing = summary([none; 3], &[]);
        assert_eq!(Tier::ALL.map(|tier| nothing.verdict(tier)), [u, u, u]);
    }

    #[test]
    fn where_all_must_pass_a_failure_counts_at_whatever_tier() {
        let of_all = |tallies| Summary {
            is_of_all: true,
            ..summary(tallies, &[])
        };
        let (none, passed, failed) = (tally(0, 0, 0, 0), tally(1, 0, 0, 0), tally(0, 1, 0, 0));
        let summary = of_all([none, passed, failed]);
        assert_eq!(summary.verdict(Tier::Subject), Verdict::Failed);
        assert_eq!(summary.decides(Tier::Subject), Tier::Robust);
        let summary = of_all([none, passed, none]);
        assert_eq!(summary.verdict(Tier::Subject), Verdict::Passed);
        assert_eq!(summary.decides(Tier::Subject), Tier::Subject);
        let nothing = of_all([none; 3]);
        assert_eq!(nothing.verdict(Tier::Robust), Verdict::Undecided);
    }

    #[test]
    fn each_end_of_a_check_is_counted_for_its_tier() {
        let mut summary = Summary::default();
        let failed = || Outcome::Failed(Box::default());
        let ends: [(usize, fn() -> Outcome); 4] = [
            (4, || Outcome::Passed),
            (5, || Outcome::Undecided(String::new())),
            (2, || Outcome::Skipped(String::new())),
            (1, || Outcome::Error(String::new())),
        ];
        for (count, end) in ends {
            for _ in 0..count {
                summary.add(&check("relay", Tier::Subject, end()));
            }
        }
        for _ in 0..3 {
            summary.add(&check("relay", Tier::Subject, failed()));
        }
        summary.add(&check("relay", Tier::Robust, failed()));
        let expected = Tally {
            undecided: 5,
            ..tally(4, 3, 2, 1)
        };
        assert_eq!(summary.tally(Tier::Subject), expected);
        assert_eq!(summary.tally(Tier::Robust), tally(0, 1, 0, 0));
        assert_eq!(summary.tally(Tier::Exam), Tally::default());
    }

    #[test]
    fn in_full_is_without_any_exception() {
        let full = |tally| summary([tally; 3], &[]).passes_in_full(Tier::Subject);
        assert!(full(tally(1, 0, 0, 0)));
        for exception in [
            tally(0, 0, 0, 0),
            tally(2, 1, 0, 0),
            tally(2, 0, 1, 0),
            tally(2, 0, 0, 1),
            Tally {
                undecided: 1,
                ..tally(2, 0, 0, 0)
            },
        ] {
            assert!(!full(exception), "{exception:?}");
        }
    }

    #[test]
    fn what_was_done_once_says_more_than_what_was_not() {
        use Reading::{
            LazyFoundEverything, LazyMissedLines, NoMemoryIsFatal, NoMemoryIsNeeded, PiecesAtOnce,
            PiecesHeld, UnfinishedDropped,
        };
        let told = |seen: &[Reading]| summary([Tally::default(); 3], seen).readings().collect();
        let seen: Vec<Reading> = told(&[
            PiecesHeld,
            PiecesAtOnce,
            LazyFoundEverything,
            LazyMissedLines,
            NoMemoryIsNeeded,
            NoMemoryIsFatal,
            UnfinishedDropped,
        ]);
        let kept = [
            PiecesAtOnce,
            UnfinishedDropped,
            LazyMissedLines,
            NoMemoryIsFatal,
        ];
        assert_eq!(seen, kept);
        let weaker = [PiecesHeld, LazyFoundEverything, NoMemoryIsNeeded];
        let seen: Vec<Reading> = told(&weaker);
        assert_eq!(seen, weaker);
    }
}
