//! The page about one server: its verdict, what is wrong with it, and what is not.

use maud::{Markup, html};

use super::check;
use super::finding::findings;
use super::page::page;
use crate::report::json::document::{Check, Document, Ended};
use crate::tier::Tier;
use crate::verdict::{Tally, Verdict};

/// How many findings are shown in full from the beginning.
const OPEN: usize = 3;

/// Whom a page is about.
#[derive(Clone, Debug)]
pub struct About<'a> {
    /// What stands above everything: a person's name, or the server's.
    pub title: &'a str,
    /// A shell command that starts the server, its port to follow.
    pub command: &'a str,
    /// What is known besides, each with a label.
    pub facts: Vec<(&'a str, String)>,
    /// Whether checks that are hidden from candidates are left out.
    pub is_for_candidates: bool,
    /// Whether there is a page about the whole class beside it.
    pub has_index: bool,
}

/// The page.
#[must_use]
pub fn person(about: &About<'_>, report: &Document) -> String {
    let shown: Vec<&Check> = report
        .checks
        .iter()
        .filter(|check| !(about.is_for_candidates && check.hidden))
        .collect();
    let hidden = report.checks.len() - shown.len();
    let of = |outcome: Ended| {
        shown
            .iter()
            .copied()
            .filter(move |it| it.outcome == outcome)
    };
    let findings = findings(report, &shown);
    let failed = of(Ended::Failed).count();
    let mut not_made: Vec<&Check> = of(Ended::Error).collect();
    not_made.extend(of(Ended::Undecided));
    not_made.extend(of(Ended::Skipped));
    let passed: Vec<&Check> = of(Ended::Passed).collect();
    let body = html! {
        header {
            @if about.has_index {
                nav { a href="../index.html" { "← The class" } }
            }
            h1 { (about.title) }
            (verdict(report))
        }
        main {
            @if !findings.is_empty() {
                h2 { (told(findings.len(), "finding")) " in " (told(failed, "check")) }
                @for (number, finding) in findings.iter().enumerate() {
                    (finding.show(about.command, number < OPEN))
                }
            }
            (tiers(report))
            dl.facts {
                @for (label, value) in &about.facts {
                    dt { (label) } dd { (value) }
                }
            }
            @if !not_made.is_empty() {
                section {
                    h2 { (not_made.len()) " could not be made" }
                    p { "That says nothing about the server." }
                    ul.checks { @for check in &not_made { (check::not_made(check)) } }
                }
            }
            @if !passed.is_empty() {
                details.passed open[findings.is_empty()] {
                    summary { h2 { (passed.len()) " passed" } }
                    ul.checks { @for check in &passed { (check::passed(check)) } }
                }
            }
            @if hidden > 0 {
                p.hidden { (hidden) " more checks were made that are not shown here." }
            }
            (end(report))
        }
    };
    page(about.title, None, &body)
}

/// So many of something.
fn told(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

fn verdict(report: &Document) -> Markup {
    let tier = report.require;
    let (class, text) = match report.verdict {
        Some(Verdict::Passed) => ("passed", format!("✓ passes at {tier}")),
        Some(Verdict::Failed) => ("failed", format!("✗ fails at {tier}")),
        Some(Verdict::Undecided) => ("error", "! cannot be decided".into()),
        None if report.interrupted => ("error", "! was interrupted".into()),
        None => ("skipped", "… is being graded".into()),
    };
    html! {
        p.verdict {
            span class={ "badge " (class) } { (text) }
            " " (report.score.points) " of " (report.score.of) " points"
        }
    }
}

fn tiers(report: &Document) -> Markup {
    let row = |tier: Tier, tally: Tally, who: &str| {
        html! {
            tr {
                th scope="row" { (tier) }
                td { (tally.passed) } td { (tally.failed) } td { (tally.skipped) }
                td { (tally.undecided) } td { (tally.error) }
                td.who { (who) }
            }
        }
    };
    let tiers = &report.tiers;
    html! {
        div.wide {
            table.tiers {
                thead { tr {
                    th scope="col" { "Tier" }
                    th scope="col" { "passed" } th scope="col" { "failed" }
                    th scope="col" { "skipped" } th scope="col" { "undecided" }
                    th scope="col" { "trouble" }
                    th scope="col" { "Who asks for it" }
                } }
                tbody {
                    (row(Tier::Exam, tiers.exam, "the real examiner, as far as is known"))
                    (row(Tier::Subject, tiers.subject, "a sentence of the subject"))
                    (row(Tier::Robust, tiers.robust, "nobody: a good server does it anyway"))
                }
            }
        }
    }
}

/// What else is known of the run.
fn end(report: &Document) -> Markup {
    html! {
        footer {
            @if !report.readings.is_empty() {
                p { "Where the subject leaves a choice, this was seen:" }
                ul { @for reading in &report.readings { li { (reading.describe()) } } }
            }
            @if !report.confinement.is_empty() {
                p { "What was in force while it ran:" }
                ul { @for it in &report.confinement { li { (it) } } }
            }
            @if !report.limitations.is_empty() {
                p { "What this machine did not offer:" }
                ul { @for it in &report.limitations { li { (it) } } }
            }
            p { "grader " (report.grader) ", seed " (report.seed)
                ". Unofficial: it holds no exam material, and passing it promises nothing." }
        }
    }
}
