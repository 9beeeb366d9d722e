//! What is wrong, each thing once: shown by one check, with what may have come from it below, and
//! the other checks that failed by it named.

use maud::{Markup, html};

use super::check;
use crate::report::json::document::{Check, Document, Ended};
use crate::report::json::group::Group;
use crate::tier::Tier;

/// One thing that is wrong, as far as it is shown.
pub(super) struct Finding<'a> {
    rule: &'a str,
    tier: Tier,
    headline: &'a str,
    /// The check that shows it.
    check: &'a Check,
    /// The others that failed by it.
    also: Vec<&'a Check>,
    consequences: Vec<Finding<'a>>,
}

/// What these checks of a report have found: none of the others is named.
pub(super) fn findings<'a>(report: &'a Document, shown: &[&'a Check]) -> Vec<Finding<'a>> {
    let failed = shown.iter().filter(|check| check.outcome == Ended::Failed);
    let mut left: Vec<&Check> = failed.copied().collect();
    let groups = report.findings.iter();
    let mut findings: Vec<_> = groups.flat_map(|group| of(group, &mut left)).collect();
    // A report of an older grader does not say what belongs together.
    findings.extend(left.into_iter().map(alone));
    findings
}

/// What a group comes to with the checks that are left, which it takes away. Where none of its own
/// is shown, what may have come from it stands alone.
fn of<'a>(group: &'a Group, left: &mut Vec<&'a Check>) -> Vec<Finding<'a>> {
    let mut taken = Vec::new();
    for name in std::iter::once(&group.scenario).chain(&group.also) {
        let place = left.iter().position(|check| check.scenario == *name);
        taken.extend(place.map(|place| left.remove(place)));
    }
    let consequences = group.consequences.iter();
    let consequences: Vec<_> = consequences.flat_map(|it| of(it, left)).collect();
    let mut taken = taken.into_iter();
    let Some(check) = taken.next() else {
        return consequences;
    };
    let is_its_own = check.scenario == group.scenario;
    vec![Finding {
        rule: check.counted_rule(),
        tier: group.tier,
        headline: if is_its_own {
            &group.headline
        } else {
            headline(check)
        },
        check,
        also: taken.collect(),
        consequences,
    }]
}

fn alone(check: &Check) -> Finding<'_> {
    Finding {
        rule: check.counted_rule(),
        tier: check.counts_for(),
        headline: headline(check),
        check,
        also: Vec::new(),
        consequences: Vec::new(),
    }
}

fn headline(check: &Check) -> &str {
    let found = check.finding.as_ref();
    found.map_or(&check.title, |found| &found.headline)
}

impl Finding<'_> {
    /// The finding; `command` starts the server, and `open` says whether it is shown in full from
    /// the beginning.
    pub(super) fn show(&self, command: &str, open: bool) -> Markup {
        html! {
            details.check.failed open[open] id={ "check-" (self.check.scenario) } {
                summary {
                    span.mark aria-hidden="true" { "✗" }
                    " " span.rule { (self.rule) } " "
                    span.title { (self.headline) } " "
                    span.tier { (self.tier) }
                    @if !self.also.is_empty() {
                        " " span.count { (1 + self.also.len()) " checks" }
                    }
                }
                p.shown { "Shown by " code { (self.check.scenario) } ": " (self.check.title) }
                (check::failed(self.check, command))
                @if !self.also.is_empty() {
                    details {
                        summary { "Also in " (self.also.len()) " more" (self.whether_played()) }
                        ul.checks { @for check in &self.also { (repeats(check)) } }
                    }
                }
                @if !self.consequences.is_empty() {
                    p { "Perhaps of the same cause:" }
                    @for consequence in &self.consequences { (consequence.show(command, false)) }
                }
            }
        }
    }

    fn whether_played(&self) -> &'static str {
        if self.also.iter().all(|check| check.not_played) {
            ", which were not played"
        } else {
            ""
        }
    }
}

/// A check that failed by what another shows.
fn repeats(check: &Check) -> Markup {
    html! {
        li.failed id={ "check-" (check.scenario) } {
            span.mark aria-hidden="true" { "✗" }
            " " code { (check.scenario) } ": " span.title { (check.title) } " "
            span.tier { (check.counts_for()) }
            div.reason { (check.reason.as_deref().unwrap_or_default()) }
        }
    }
}
