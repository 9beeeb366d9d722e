//! To which rule and tier a failed check counts.

use super::{CheckReport, Failure, Kind, Outcome};
use crate::rules::{self, Group};
use crate::tier::Tier;

/// What a failed check has found.
#[derive(Clone, Copy, Debug)]
pub struct Found<'check> {
    /// What is wrong.
    pub kind: Kind,
    /// The rule that is broken: the check's own, or another that is broken already where that one
    /// would be tested.
    pub rule: &'check str,
    /// The rule that says what is wrong: the same, or, of a test of the exam, what that tests.
    pub meaning: &'check str,
    /// The tier at which that counts.
    pub tier: Tier,
    /// All that is known of it.
    pub failure: &'check Failure,
}

impl Found<'_> {
    /// Whether something else that was found is the same thing to mend: it has the same cause.
    #[must_use]
    pub fn is_one_with(&self, kind: Kind, meaning: &str) -> bool {
        self.kind == kind && (kind.has_one_cause() || self.meaning == meaning)
    }
}

impl CheckReport {
    /// The rule that it is about.
    #[must_use]
    pub fn rule(&self) -> &str {
        self.rules.first().map_or("", String::as_str)
    }

    /// What is wrong with the server, where the check failed.
    #[must_use]
    pub fn found(&self) -> Option<Found<'_>> {
        let Outcome::Failed(failure) = &self.outcome else {
            return None;
        };
        let own = self.rule();
        let rule = failure.beside.unwrap_or(own);
        // A scenario may go further than its rule, and further than the rule that is broken.
        let of_the_rule = if rule == own {
            self.tier
        } else {
            rules::find(rule).map_or(self.tier, |rule| rule.tier.max(self.tier))
        };
        let is_of_the_exam =
            rule == own && rules::find(own).is_ok_and(|rule| rule.group == Group::Exam);
        let tested = self.rules.get(1).filter(|_| is_of_the_exam);
        Some(Found {
            kind: failure.kind,
            rule,
            meaning: tested.map_or(rule, String::as_str),
            // What the real examiner tests, it fails for whatever reason.
            tier: if self.tier == Tier::Exam {
                Tier::Exam
            } else {
                failure.kind.tier().unwrap_or(of_the_rule)
            },
            failure,
        })
    }

    /// The rule for which it counts: its own, or that which was found broken.
    #[must_use]
    pub fn counted_rule(&self) -> &str {
        self.found().map_or(self.rule(), |found| found.rule)
    }

    /// The tier for which it counts: its own, or that of what was found.
    #[must_use]
    pub fn counts_for(&self) -> Tier {
        self.found().map_or(self.tier, |found| found.tier)
    }
}
