//! The page about the class: a row for each person, a column for each rule.

use maud::{Markup, html};

use super::grades;
use super::results::Results;
use super::row::{Row, State};
use crate::report::html::page::page;
use crate::report::json::document::Ended;
use crate::rules;
use crate::verdict::Verdict;

/// Sorts and filters. Without it, the page is the whole table in the order of the class.
const SCRIPT: &str = include_str!("matrix.js");

/// The whole page.
pub(super) fn page_of(results: &Results) -> String {
    let title = match &results.shard {
        Some(shard) => format!("mini_serv: share {shard} of a class"),
        None => "mini_serv: a class".into(),
    };
    let body = html! {
        div #class {
            header {
                h1 { (title) }
                (summary(results))
            }
            main {
                (legend())
                (controls(results))
                p #shown role="status" {}
                (grid(results))
                @if !results.left_out.is_empty() {
                    h2 { "Left out" }
                    p { "This was in the folder, and is nobody's submission:" }
                    ul { @for it in &results.left_out { li { (it.place) ": " (it.reason) } } }
                }
                footer {
                    p {
                        "grader " (results.settings.grader) ", seed " (results.settings.seed)
                        ", required: " (results.settings.require) ". The same as "
                        a href="grades.csv" { "grades.csv" } " and "
                        a href="results.json" { "results.json" } "."
                    }
                }
            }
        }
    };
    page(&title, Some(SCRIPT), &body)
}

fn summary(results: &Results) -> Markup {
    let verdicts = |verdict| {
        let rows = results.people.iter();
        rows.filter(|row| row.verdict == Some(verdict)).count()
    };
    let tier = results.settings.require;
    let counts = [
        (
            "passed",
            verdicts(Verdict::Passed),
            format!("pass at {tier}"),
        ),
        ("failed", verdicts(Verdict::Failed), "fail".into()),
        (
            "error",
            verdicts(Verdict::Undecided),
            "cannot be decided".into(),
        ),
        (
            "skipped",
            results.count(State::Absent),
            "handed in nothing".into(),
        ),
        (
            "error",
            results.count(State::Unrecognised),
            "not recognised".into(),
        ),
        (
            "error",
            results.count(State::Trouble),
            "trouble of the grader".into(),
        ),
        (
            "skipped",
            results.count(State::Waiting),
            "not graded yet".into(),
        ),
    ];
    html! {
        ul.summary {
            li { b { (results.people.len()) } " people" }
            @for (class, count, what) in counts {
                @if count > 0 {
                    li { span class={ "badge " (class) } { (count) } " " (what) }
                }
            }
        }
    }
}

fn legend() -> Markup {
    html! {
        ul.legend aria-label="Legend" {
            @for (outcome, words) in [
                (Ended::Passed, "every check of the rule passed"),
                (Ended::Failed, "a check of it failed"),
                (Ended::Undecided, "the machine does not allow a check of it"),
                (Ended::Error, "the grader had trouble"),
                (Ended::Skipped, "there was nothing to check"),
            ] {
                @let (class, mark) = shown(outcome);
                li { span class={ "cell " (class) } { (mark) } " " (words) }
            }
            li { span.cell.none { " " } " its checks met something else that is wrong" }
        }
    }
}

fn controls(results: &Results) -> Markup {
    html! {
        form.controls #controls {
            label { "Name or id" input type="search" name="text" autocomplete="off"; }
            label {
                "Show"
                select name="state" {
                    option value="" { "everybody" }
                    option value="passed" { "who passes" }
                    option value="failed" { "who fails" }
                    option value="other" { "who has no verdict" }
                }
            }
            label {
                "Who fails the rule"
                select name="rule" {
                    option value="" { "any or none" }
                    @for rule in &results.rules { option value=(rule) { (rule) } }
                }
            }
        }
    }
}

fn grid(results: &Results) -> Markup {
    let column = |label: &str, class: &str| {
        html! { th scope="col" class=(class) { button type="button" { (label) } } }
    };
    html! {
        div.grid tabindex="0" role="region" aria-label="Rules by people" {
            table #grid {
                thead { tr {
                    (column("Who", ""))
                    (column("Verdict", ""))
                    (column("Points", ""))
                    @for rule in &results.rules {
                        @let title = rules::find(rule).map_or("", |it| it.rule.as_str());
                        th.upright scope="col" data-rule=(rule) title=(title) {
                            button type="button" { (rule) }
                        }
                    }
                    @for name in &results.columns { (column(name, "")) }
                    (column("First failures", ""))
                } }
                tbody { @for row in &results.people { (person(row, results)) } }
            }
        }
    }
}

fn person(row: &Row, results: &Results) -> Markup {
    let (class, verdict) = match (row.state, row.verdict) {
        (State::Graded, Some(Verdict::Passed)) => ("passed", "✓ passes"),
        (State::Graded, Some(Verdict::Failed)) => ("failed", "✗ fails"),
        (State::Graded, _) => ("error", "! undecided"),
        (State::Absent | State::Waiting, _) => ("skipped", grades::state(row.state)),
        (state, _) => ("error", grades::state(state)),
    };
    let is_graded = row.state == State::Graded;
    let why = match &row.reason {
        Some(reason) => reason.clone(),
        None => grades::first_failures(row, results.settings.require),
    };
    html! {
        tr data-state=(class) {
            th scope="row" {
                @if is_graded { a href=(row.page()) { (row.shown_name()) } }
                @else { (row.shown_name()) }
                @if row.shown_name() != row.id { small { (row.id) } }
                @if results.has_roster && row.roster_place.is_none() {
                    small { "not in the roster" }
                }
            }
            td { span class={ "badge " (class) } { (verdict) } }
            td.number data-value=[row.score.map(|score| score.points)] {
                @if let Some(score) = row.score { (score.points) "/" (score.of) }
            }
            @for rule in &results.rules { (cell(row, rule)) }
            @for more in &row.more { td { (more) } }
            td.why title=(why) { (why) }
        }
    }
}

fn cell(row: &Row, rule: &str) -> Markup {
    let Some(outcome) = row.rules.get(rule) else {
        return html! { td.cell data-value="5" {} };
    };
    let (class, mark) = shown(*outcome);
    let value = match outcome {
        Ended::Failed => 0,
        Ended::Error => 1,
        Ended::Undecided => 2,
        Ended::Skipped => 3,
        Ended::Passed => 4,
    };
    let failure = row.failures.iter().find(|it| it.rule == rule);
    html! {
        td class={ "cell " (class) } data-value=(value)
            title={ (row.shown_name()) ": " (rule) " " (class) } {
            @if let Some(failure) = failure {
                a href={ (row.page()) "#check-" (failure.scenario) } { (mark) }
            } @else {
                (mark)
            }
        }
    }
}

/// How an outcome is shown: its class, and a mark for those who do not see the colour.
const fn shown(outcome: Ended) -> (&'static str, &'static str) {
    match outcome {
        Ended::Passed => ("passed", "✓"),
        Ended::Failed => ("failed", "✗"),
        Ended::Error => ("error", "!"),
        Ended::Undecided => ("error", "?"),
        Ended::Skipped => ("skipped", "–"),
    }
}
