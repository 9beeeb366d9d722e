//! What the test of a rule says where tests have points: each finding in full once, and in the
//! other tests that it concerns the name of the one that tells it.

use super::explanation;
use super::findings::{Findings, words};
use super::kept::Progress;
use crate::verdict::score::{RuleScore, Score, Standing};
use crate::verdict::{CheckReport, Group, Outcome};

/// What is said about each rule of the score, in its order.
pub(super) fn outputs(score: &Score, progress: &Progress) -> Vec<String> {
    let findings = Findings::new(&progress.checks, &progress.run.command);
    let tests = score.rules.iter().map(|rule| Test {
        rule,
        checks: concerned(rule, score, progress),
    });
    let tests: Vec<Test<'_>> = tests.collect();
    let told = tests.iter().map(|test| test.told(&tests, &findings));
    told.collect()
}

/// The test of a rule.
struct Test<'run> {
    rule: &'run RuleScore,
    /// The checks of which it tells.
    checks: Vec<&'run CheckReport>,
}

impl Test<'_> {
    fn told(&self, tests: &[Test<'_>], findings: &Findings<'_>) -> String {
        let mut told = Vec::new();
        if let Standing::Hindered(by) = &self.rule.standing {
            told.push(format!(
                "Not judged, since another rule is broken on which it depends: {by}.\n"
            ));
        }
        let mut groups: Vec<&Group<'_>> = Vec::new();
        for check in &self.checks {
            let Some(part) = findings.part_of(check) else {
                told.push(explanation(check, findings.command));
                continue;
            };
            let group = part.group();
            if groups.iter().any(|known| std::ptr::eq(*known, group)) {
                continue;
            }
            groups.push(group);
            let elsewhere = teller(tests, group, findings).filter(|it| it.rule != self.rule);
            told.push(match elsewhere {
                None => findings.in_full(group),
                Some(test) => format!(
                    "{}, as the test of {} tells in full. Here it was seen in {}.\n",
                    words(group).trim_end_matches('.'),
                    test.rule.rule,
                    self.seen_in(group, findings).join(", ")
                ),
            });
        }
        told.join("\n")
    }

    /// In which of its checks a finding was seen.
    fn seen_in(&self, group: &Group<'_>, findings: &Findings<'_>) -> Vec<&str> {
        let is_by = |check: &&&CheckReport| {
            let part = findings.part_of(check);
            part.is_some_and(|part| std::ptr::eq(part.group(), group))
        };
        let seen = self.checks.iter().filter(is_by);
        seen.map(|check| check.scenario.as_str()).collect()
    }
}

/// The test that tells a finding in full: that of the broken rule, or else the first.
fn teller<'a, 'run>(
    tests: &'a [Test<'run>],
    group: &Group<'_>,
    findings: &Findings<'_>,
) -> Option<&'a Test<'run>> {
    let concerned = |test: &&Test<'_>| !test.seen_in(group, findings).is_empty();
    let mut tests = tests.iter().filter(concerned);
    let first = tests.clone().next();
    let own = tests.find(|test| test.rule.rule == group.found.rule);
    own.or(first)
}

/// The checks of which the test of a rule tells: those of its own that did not pass, unless that
/// counts for another rule, and one by which it was found broken.
fn concerned<'run>(
    rule: &RuleScore,
    score: &Score,
    progress: &'run Progress,
) -> Vec<&'run CheckReport> {
    let checks = rule.checks.iter();
    let own = checks.filter_map(|place| progress.checks.get(*place));
    let own = own.filter(|check| match check.found() {
        // It is told where it counts.
        Some(found) => found.rule == check.rule() || !is_scored(found.rule, score),
        None => !matches!(check.outcome, Outcome::Passed),
    });
    let own: Vec<&CheckReport> = own.collect();
    let counts = |check: &&CheckReport| check.found().is_some_and(|found| found.rule == rule.rule);
    if own.iter().any(counts) {
        return own;
    }
    let is_required = |check: &&CheckReport| check.counts_for() <= progress.run.require;
    let elsewhere = progress.checks.iter().filter(is_required).find(counts);
    own.into_iter().chain(elsewhere).collect()
}

/// Whether a rule has a test of its own.
fn is_scored(rule: &str, score: &Score) -> bool {
    score.rules.iter().any(|it| it.rule == rule && it.of > 0)
}
