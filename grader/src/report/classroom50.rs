//! `result.json` as Classroom 50 reads it: a test for each rule, with its points.
//!
//! The form is the contract that its documentation states ("Advanced Autograding", version 1).
//! Who and what is graded stands in the environment that its runner provides.

use std::env;
use std::io;

use jiff::{Timestamp, Unit};
use serde::Serialize;

use super::kept::{Document, Progress};
use crate::verdict::score::{RuleScore, Standing};

/// A report for Classroom 50.
#[derive(Debug)]
pub struct Classroom50 {
    submission: Submission,
}

/// What is graded, as the runner says.
#[derive(Clone, Debug, Serialize)]
struct Submission {
    classroom: String,
    assignment: String,
    submission: String,
    commit: String,
    release: String,
    review: String,
    datetime: String,
}

#[derive(Serialize)]
struct Document50<'a> {
    schema: &'static str,
    #[serde(flatten)]
    submission: &'a Submission,
    score: u64,
    #[serde(rename = "max-score")]
    max_score: u64,
    tests: Vec<Test<'a>>,
    /// The document can carry more than the contract asks for.
    #[serde(rename = "in-force")]
    in_force: &'a [String],
}

#[derive(Serialize)]
struct Test<'a> {
    #[serde(rename = "test-name")]
    name: &'a str,
    passed: bool,
    score: u32,
    #[serde(rename = "max-score")]
    max_score: u32,
    /// Tests can carry more than the contract asks for.
    reasons: Vec<&'a str>,
}

impl Classroom50 {
    /// A report on the submission that the environment names; what it does not name stays empty.
    #[must_use]
    pub fn from_environment() -> Self {
        let variable = |name| env::var(name).unwrap_or_default();
        let commit = variable("COMMIT_URL");
        let review = variable("REVIEW_URL");
        let now = Timestamp::now();
        Self {
            submission: Submission {
                classroom: variable("CLASSROOM"),
                assignment: variable("ASSIGNMENT"),
                submission: variable("SUBMISSION_TAG"),
                release: variable("RELEASE_URL"),
                review: if review.is_empty() {
                    commit.clone()
                } else {
                    review
                },
                commit,
                datetime: now.round(Unit::Second).unwrap_or(now).to_string(),
            },
        }
    }
}

impl Document for Classroom50 {
    fn text(&self, progress: &Progress) -> io::Result<String> {
        let score = progress.score();
        let judged = |rule: &&RuleScore| rule.standing != Standing::NotJudged || rule.of > 0;
        let tests = score.rules.iter().filter(judged).map(|rule| {
            let checks = rule
                .checks
                .iter()
                .filter_map(|place| progress.checks.get(*place));
            Test {
                name: &rule.rule,
                passed: rule.standing == Standing::Kept,
                score: rule.points,
                max_score: rule.of,
                reasons: checks.filter_map(|check| check.outcome.reason()).collect(),
            }
        });
        let document = Document50 {
            schema: "classroom50/result/v1",
            submission: &self.submission,
            score: score.points(),
            max_score: score.of(),
            tests: tests.collect(),
            in_force: &progress.run.confinement,
        };
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }
}
