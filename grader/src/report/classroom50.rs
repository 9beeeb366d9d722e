//! `result.json` as Classroom 50 reads it: a test for each rule, with its points.
//!
//! The form is the contract that its documentation states ("Advanced Autograding", version 1).
//! Who and what is graded stands in the environment that its runner provides; a result that does
//! not say so would be taken for nobody's.

use std::io;

use jiff::{Timestamp, Unit};
use serde::Serialize;

use super::graded;
use super::kept::{Document, Progress};
use crate::verdict::score::{RuleScore, Score, Standing};

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
    /// None before the run has ended, so that nobody takes a part of the points for a grade.
    tests: Vec<Test<'a>>,
    /// Whether the run has ended.
    finished: bool,
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
    /// What is wrong in full, once.
    output: String,
}

impl Classroom50 {
    /// A report on the submission that these variables name.
    ///
    /// # Errors
    /// The variables without which nobody knows what is graded.
    pub fn new(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<&'static str>> {
        let mut missing = Vec::new();
        let mut told = |name| {
            let value = variable(name).filter(|value| !value.is_empty());
            value.unwrap_or_else(|| {
                missing.push(name);
                String::new()
            })
        };
        let (classroom, assignment) = (told("CLASSROOM"), told("ASSIGNMENT"));
        let submission = told("SUBMISSION_TAG");
        let (commit, release) = (told("COMMIT_URL"), told("RELEASE_URL"));
        let now = Timestamp::now();
        let submission = Submission {
            classroom,
            assignment,
            submission,
            release,
            review: variable("REVIEW_URL")
                .filter(|value| !value.is_empty())
                .unwrap_or_else(|| commit.clone()),
            commit,
            datetime: now.round(Unit::Second).unwrap_or(now).to_string(),
        };
        if missing.is_empty() {
            Ok(Self { submission })
        } else {
            Err(missing)
        }
    }
}

impl Document for Classroom50 {
    fn text(&self, progress: &Progress) -> io::Result<String> {
        let finished = progress.result.is_some();
        let score = if finished {
            progress.score()
        } else {
            Score::default()
        };
        let outputs = graded::outputs(&score, progress);
        let tests = score.rules.iter().zip(outputs);
        let judged =
            |(rule, _): &(&RuleScore, String)| rule.standing != Standing::NotJudged || rule.of > 0;
        let tests = tests.filter(judged).map(|(rule, output)| {
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
                output,
            }
        });
        let document = Document50 {
            schema: "classroom50/result/v1",
            submission: &self.submission,
            score: score.points(),
            max_score: score.of(),
            tests: tests.collect(),
            finished,
            in_force: &progress.run.confinement,
        };
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }
}
