//! `results.json` as Gradescope reads it: a test for each rule, with its points.
//!
//! The form is that of Gradescope's documentation of autograders ("Autograder Specifications").

use std::io;

use serde::Serialize;

use super::graded;
use super::kept::{Document, Progress};
use crate::rules;
use crate::verdict::score::{RuleScore, Score, Standing};

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
            score: progress.is_grade(&score).then(|| score.points()),
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
            tests: (score.rules.iter().zip(graded::outputs(&score, progress)))
                .map(|(rule, output)| test(rule, output, &score, progress))
                .collect(),
        };
        Ok(serde_json::to_string_pretty(&results)? + "\n")
    }
}

/// What all is worth, in a sentence.
fn total(score: &Score, progress: &Progress) -> String {
    let require = progress.run.require;
    if progress.is_interrupted {
        "The run was interrupted: nothing is graded.".to_owned()
    } else if progress.result.is_none() {
        "The run has not ended: nothing is graded yet.".to_owned()
    } else if score.is_grade() {
        format!(
            "{} of {} points at `{require}`.",
            score.points(),
            score.of()
        )
    } else {
        format!("Not gradable here at `{require}`: this machine does not let everything be judged.")
    }
}

fn test(rule: &RuleScore, output: String, score: &Score, progress: &Progress) -> Test {
    let checks = rule
        .checks
        .iter()
        .filter_map(|place| progress.checks.get(*place));
    let words = rules::find(&rule.rule).map_or("", |found| found.rule.as_str());
    let mut tiers: Vec<&'static str> = checks.map(|check| check.tier.name()).collect();
    tiers.dedup();
    Test {
        score: progress.is_grade(score).then_some(rule.points),
        max_score: rule.of,
        status: match &rule.standing {
            Standing::Kept => Some("passed"),
            Standing::Broken => Some("failed"),
            Standing::Hindered(_) | Standing::Undecided | Standing::NotJudged => None,
        },
        name: format!("{}: {words}", rule.rule),
        output,
        output_format: "text",
        tags: tiers,
        visibility: "visible",
    }
}
