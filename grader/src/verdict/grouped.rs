//! The findings of a run, each once: what many checks fail by is one thing to mend.

use super::kind::{Due, Kind, Mistake};
use super::{CheckReport, Found};
use crate::tier::Tier;

/// How many times more often the root must have been seen than what comes from it.
const DOMINANT: usize = 8;

/// One thing that is wrong with a server, wherever it was seen.
#[derive(Clone, Debug)]
pub struct Group<'run> {
    /// The check that shows it best.
    pub check: &'run CheckReport,
    /// What that check found.
    pub found: Found<'run>,
    /// The most lenient tier at which it was seen.
    pub tier: Tier,
    /// The other checks that failed by it, in the order of the suite.
    pub also: Vec<&'run CheckReport>,
    /// What was seen far less often and may have come from it.
    pub consequences: Vec<Group<'run>>,
}

impl Group<'_> {
    /// How many checks failed by it.
    #[must_use]
    pub fn count(&self) -> usize {
        1 + self.also.len()
    }
}

/// What is wrong with the server whose checks these are, the likeliest root first.
#[must_use]
pub fn grouped(checks: &[CheckReport]) -> Vec<Group<'_>> {
    let mut groups: Vec<Vec<(&CheckReport, Found<'_>)>> = Vec::new();
    for check in checks {
        let Some(found) = check.found() else { continue };
        let same = groups.iter_mut().find(|group| {
            let (_, other) = &group[0];
            other.is_one_with(found.kind, found.meaning)
        });
        match same {
            Some(group) => group.push((check, found)),
            None => groups.push(vec![(check, found)]),
        }
    }
    let mut groups: Vec<Group<'_>> = groups.into_iter().map(one).collect();
    let most = groups.iter().map(Group::count).max().unwrap_or(0);
    groups.sort_by_key(|group| {
        // What is seen everywhere is no consequence of what is seen once.
        let is_rare = group.count() * DOMINANT <= most;
        let count = std::cmp::Reverse(group.count());
        (is_rare, group.found.kind.depth(), count)
    });
    with_consequences(groups)
}

/// One group, shown by the check that is about the broken rule and tells it in the fewest steps.
fn one<'run>(members: Vec<(&'run CheckReport, Found<'run>)>) -> Group<'run> {
    let tier = members.iter().map(|(_, found)| found.tier).min();
    let best = (members.iter().enumerate())
        .min_by_key(|(place, (check, found))| {
            let is_exam = check.tier == Tier::Exam;
            let steps = found.failure.transcript.len();
            let was_played = found.failure.not_played.is_none();
            let is_plainest = found.kind.plainest_rule() == Some(found.rule);
            let is_own = found.rule == check.rule();
            (!was_played, is_exam, !is_plainest, !is_own, steps, *place)
        })
        .map_or(0, |(place, _)| place);
    let (check, found) = members[best];
    let also = (members.iter().enumerate())
        .filter(|(place, _)| *place != best)
        .map(|(_, (check, _))| *check);
    Group {
        check,
        found,
        tier: tier.unwrap_or(found.tier),
        also: also.collect(),
        consequences: Vec::new(),
    }
}

/// Puts what may come from the first of them below it.
fn with_consequences(groups: Vec<Group<'_>>) -> Vec<Group<'_>> {
    let mut groups = groups.into_iter();
    let Some(mut root) = groups.next() else {
        return Vec::new();
    };
    let mut others = Vec::new();
    for group in groups {
        let is_rare = group.count() * DOMINANT <= root.count();
        let (kind, from) = (group.found.kind, root.found.kind);
        if comes_from(kind, from) || is_rare && may_come_from(kind, from) {
            root.consequences.push(group);
        } else {
            others.push(group);
        }
    }
    others.insert(0, root);
    others
}

/// Whether the one is what the other leads to, however often it was seen.
fn comes_from(kind: Kind, root: Kind) -> bool {
    match root {
        Kind::Forbidden { call } => {
            call.ends_with("sleep") && matches!(kind, Kind::ComesLate | Kind::TooSlow)
        }
        // There are no more descriptors at some time.
        Kind::KeepsDescriptors => matches!(
            kind,
            Kind::NeverAccepts
                | Kind::Refuses
                | Kind::Text(Mistake::NeverCame(Due::Arrival) | Mistake::Missing(Due::Arrival))
        ),
        Kind::HangsIn { call } => match kind {
            Kind::NotAsked { call: other } | Kind::WouldWait { call: other } => call == other,
            Kind::NeverReads | Kind::Text(Mistake::NeverCame(_)) => true,
            _ => false,
        },
        _ => false,
    }
}

/// Whether the one can be what the other looks like in some scenario.
const fn may_come_from(kind: Kind, root: Kind) -> bool {
    let looks_like_text = matches!(
        kind,
        Kind::Text(
            Mistake::OwnArrival
                | Mistake::IdAgain
                | Mistake::IdWrong
                | Mistake::IdOfAnother
                | Mistake::LineInside
                | Mistake::PrefixInside
                | Mistake::NoNewline
                | Mistake::BlankLine
                | Mistake::Uninvited
                | Mistake::CutShort
                | Mistake::Lost
                | Mistake::Foreign
                | Mistake::Twice
                | Mistake::Missing(_)
                | Mistake::NeverCame(_)
                | Mistake::Announcement(_)
                | Mistake::Other
        )
    );
    match root {
        Kind::Text(_) => looks_like_text,
        Kind::Died { .. } => {
            looks_like_text
                || matches!(
                    kind,
                    Kind::Died { .. }
                        | Kind::Closes { .. }
                        | Kind::Refuses
                        | Kind::NeverReads
                        | Kind::NeverDelivers
                        | Kind::NeverAccepts
                )
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::score::tests::check;
    use super::super::{Failure, Outcome};
    use super::*;

    fn failed(rule: &str, tier: Tier, mistake: Mistake) -> CheckReport {
        let failure = Failure {
            kind: Kind::Text(mistake),
            ..Failure::default()
        };
        check(rule, tier, Outcome::Failed(Box::new(failure)))
    }

    fn names(groups: &[Group<'_>]) -> Vec<(&'static str, usize, Tier)> {
        let each = |group: &Group<'_>| (group.found.kind.name(), group.count(), group.tier);
        groups.iter().map(each).collect()
    }

    #[test]
    fn what_has_one_cause_is_one_group_at_its_most_lenient_tier() {
        let checks = [
            failed("relay", Tier::Subject, Mistake::IdAgain),
            failed("exam-4", Tier::Exam, Mistake::IdAgain),
            failed("relay", Tier::Subject, Mistake::NeverCame(Due::Line)),
            failed("long-line", Tier::Robust, Mistake::NeverCame(Due::Line)),
            failed("order", Tier::Subject, Mistake::Announcement(Due::Arrival)),
        ];
        let expected = [
            ("arrival-misspelt", 1, Tier::Subject),
            ("id-given-again", 2, Tier::Exam),
            ("line-never-came", 1, Tier::Subject),
            ("line-never-came", 1, Tier::Robust),
        ];
        assert_eq!(names(&grouped(&checks)), expected);
    }

    #[test]
    fn a_test_of_the_exam_is_one_with_the_rule_that_it_tests() {
        let mut exam = failed("exam-8", Tier::Exam, Mistake::Lost);
        exam.rules.push("long-line".into());
        let checks = [
            exam,
            failed("long-line", Tier::Subject, Mistake::Lost),
            failed("lazy-stays", Tier::Subject, Mistake::Lost),
        ];
        let groups = grouped(&checks);
        let expected = [
            ("bytes-lost", 2, Tier::Exam),
            ("bytes-lost", 1, Tier::Subject),
        ];
        assert_eq!(names(&groups), expected);
        assert_eq!(groups[0].found.rule, "long-line");
    }

    #[test]
    fn what_is_rare_beside_a_root_may_come_from_it() {
        let mut checks = vec![failed("relay", Tier::Subject, Mistake::IdAgain); DOMINANT];
        checks.push(failed("relay", Tier::Subject, Mistake::OwnArrival));
        checks.push(failed("verbatim", Tier::Subject, Mistake::Format));
        let groups = grouped(&checks);
        let expected = [
            ("id-given-again", DOMINANT, Tier::Subject),
            ("percent-taken-as-format", 1, Tier::Subject),
        ];
        assert_eq!(names(&groups), expected);
        assert_eq!(names(&groups[0].consequences).len(), 1);
        checks.remove(0);
        assert_eq!(grouped(&checks).len(), 3);
    }
}
