//! `results.json` as Gradescope reads it: a test for each rule, with its points.
//!
//! The form is that of Gradescope's documentation of autograders ("Autograder Specifications").

use std::io;

use serde::Serialize;

use super::explanation;
use super::kept::{Document, Progress};
use crate::rules;
use crate::verdict::score::{RuleScore, Score, Standing};
use crate::verdict::{CheckReport, Outcome};

/// A report for Gradescope.
#[derive(Debug)]
pub struct Gradescope;

#[derive(Serialize)]
struct Results {
    /// Left out where there is no grade, so that nobody takes one for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u64>,
    execution_time: f64,
    output: String,
    output_format: &'static str,
    visibility: &'static str,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u32>,
    max_score: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    name: String,
    output: String,
    output_format: &'static str,
    tags: Vec<&'static str>,
    visibility: &'static str,
}

impl Document for Gradescope {
    fn text(&self, progress: &Progress) -> io::Result<String> {
        let run = &progress.run;
        let score = progress.score();
        let in_force: String = (run.confinement.iter())
            .map(|sentence| format!("\n{sentence}"))
            .collect();
        let results = Results {
            score: score.is_grade().then(|| score.points()),
            execution_time: progress
                .result
                .as_ref()
                .map_or(0.0, |result| result.duration.as_secs_f64()),
            output: format!(
                "{} grader {}, seed {}.{in_force}",
                total(&score, progress),
                run.grader,
                run.seed
            ),
            output_format: "text",
            visibility: "visible",
            tests: score
                .rules
                .iter()
                .map(|rule| test(rule, &score, progress))
                .collect(),
        };
        Ok(serde_json::to_string_pretty(&results)? + "\n")
    }
}

/// What all is worth, in a sentence.
fn total(score: &Score, progress: &Progress) -> String {
    let require = progress.run.require;
    if score.is_grade() {
        format!(
            "{} of {} points at `{require}`.",
            score.points(),
            score.of()
        )
    } else {
        format!("Not gradable here at `{require}`: this machine does not let everything be judged.")
    }
}

fn test(rule: &RuleScore, score: &Score, progress: &Progress) -> Test {
    let checks = rule
        .checks
        .iter()
        .filter_map(|place| progress.checks.get(*place));
    let own: Vec<&CheckReport> = checks
        .clone()
        .filter(|check| match check.found() {
            // It is told where it counts.
            Some(found) => found.rule == check.rule() || !is_scored(found.rule, score),
            None => !matches!(check.outcome, Outcome::Passed),
        })
        .collect();
    let counts = |check: &&CheckReport| check.found().is_some_and(|found| found.rule == rule.rule);
    let elsewhere = progress.checks.iter().filter(counts).take(1);
    let shown: Vec<&CheckReport> = if own.iter().any(counts) {
        own
    } else {
        own.into_iter().chain(elsewhere).collect()
    };
    let told = (shown.iter()).map(|check| explanation(check, &progress.run.command));
    let not_judged = match &rule.standing {
        Standing::Hindered(by) => Some(format!(
            "Not judged, since another rule is broken on which it depends: {by}.\n"
        )),
        _ => None,
    };
    let words = rules::find(&rule.rule).map_or("", |found| found.rule.as_str());
    let mut tiers: Vec<&'static str> = checks.map(|check| check.tier.name()).collect();
    tiers.dedup();
    Test {
        score: score.is_grade().then_some(rule.points),
        max_score: rule.of,
        status: match &rule.standing {
            Standing::Kept => Some("passed"),
            Standing::Broken => Some("failed"),
            Standing::Hindered(_) | Standing::Undecided | Standing::NotJudged => None,
        },
        name: format!("{}: {words}", rule.rule),
        output: not_judged
            .into_iter()
            .chain(told)
            .collect::<Vec<_>>()
            .join("\n"),
        output_format: "text",
        tags: tiers,
        visibility: "visible",
    }
}

/// Whether a rule has a test of its own.
fn is_scored(rule: &str, score: &Score) -> bool {
    score.rules.iter().any(|it| it.rule == rule && it.of > 0)
}
