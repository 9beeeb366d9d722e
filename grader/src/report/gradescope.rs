//! `results.json` as Gradescope reads it: a test for each rule, with its points.
//!
//! The form is that of Gradescope's documentation of autograders ("Autograder Specifications").

use std::io;

use serde::Serialize;

use super::explanation;
use super::kept::{Document, Progress};
use crate::rules;
use crate::verdict::Outcome;
use crate::verdict::score::{RuleScore, Standing};

/// A report for Gradescope.
#[derive(Debug)]
pub struct Gradescope;

#[derive(Serialize)]
struct Results {
    score: u64,
    execution_time: f64,
    output: String,
    output_format: &'static str,
    visibility: &'static str,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    score: u32,
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
            score: score.points(),
            execution_time: progress
                .result
                .as_ref()
                .map_or(0.0, |result| result.duration.as_secs_f64()),
            output: format!(
                "{} of {} points at `{}`. grader {}, seed {}.{in_force}",
                score.points(),
                score.of(),
                run.require,
                run.grader,
                run.seed
            ),
            output_format: "text",
            visibility: "visible",
            tests: score
                .rules
                .iter()
                .map(|rule| test(rule, progress))
                .collect(),
        };
        Ok(serde_json::to_string_pretty(&results)? + "\n")
    }
}

fn test(rule: &RuleScore, progress: &Progress) -> Test {
    let checks = rule
        .checks
        .iter()
        .filter_map(|place| progress.checks.get(*place));
    let told = checks
        .clone()
        .filter(|check| !matches!(check.outcome, Outcome::Passed))
        .map(|check| explanation(check, &progress.run.command));
    let words = rules::find(&rule.rule).map_or("", |found| found.rule.as_str());
    let mut tiers: Vec<&'static str> = checks.map(|check| check.tier.name()).collect();
    tiers.dedup();
    Test {
        score: rule.points,
        max_score: rule.of,
        status: match rule.standing {
            Standing::Kept => Some("passed"),
            Standing::Broken => Some("failed"),
            Standing::Undecided | Standing::NotJudged => None,
        },
        name: format!("{}: {words}", rule.rule),
        output: told.collect::<Vec<_>>().join("\n"),
        output_format: "text",
        tags: tiers,
        visibility: "visible",
    }
}
