//! The form of the JSON report. Its fields are an interface: they are added to, not changed.

use std::io;
use std::time::Duration;

use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;

use super::Text;
use crate::event::{RunDescription, RunResult};
use crate::report::broken_rule;
use crate::tier::Tier;
use crate::verdict::score::Score;
use crate::verdict::{
    CheckReport, Comparison, Outcome, Reading, Summary, Tally, TranscriptRow, Verdict,
};

/// A run of grader, as far as it has come. In a file, the report is valid after every check.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "A report of grader")]
pub struct Document {
    /// The version of the grader.
    grader: String,
    /// The server as it was named on the command line.
    server: String,
    /// The seed of everything random: the same seed plays the same texts.
    seed: u64,
    /// The tier that decides, with the more lenient ones, the verdict and the exit status.
    require: Tier,
    /// What the required tiers make of the server; null while the run goes on.
    verdict: Option<Verdict>,
    /// Wall time of the run in seconds; null while the run goes on.
    duration_s: Option<f64>,
    /// How many checks the run has, played or not.
    planned: usize,
    /// How many checks ended in which way, by tier.
    tiers: Tiers,
    /// What the checks until now are worth: a rule has earned its points when none of its checks
    /// at the required tiers failed.
    score: Points,
    /// The readings of the subject that the server was seen to take where the text leaves a
    /// choice.
    readings: Vec<Reading>,
    /// What was not available on this machine, each a sentence.
    limitations: Vec<String>,
    /// The checks that have ended, in the order of the suite.
    checks: Vec<Check>,
    #[serde(skip)]
    summary: Summary,
}

/// Points.
#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
struct Points {
    /// How many were earned.
    points: u64,
    /// How many could be earned: those of rules that could be judged.
    of: u64,
}

/// The counts of each tier.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
struct Tiers {
    /// What the real examiner is known to test.
    exam: Tally,
    /// What a sentence of the subject says.
    subject: Tally,
    /// What a good server does anyway.
    robust: Tally,
}

/// A check.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Check {
    /// The rule that it is mainly about.
    rule: String,
    /// Every rule that it tests, the main one first.
    rules: Vec<String>,
    /// The scenario's name.
    scenario: String,
    /// The scenario's path.
    path: String,
    /// What a server does that passes.
    title: String,
    /// The tier that it belongs to.
    tier: Tier,
    /// How it ended.
    outcome: Ended,
    /// What is wrong, why it was skipped or what the trouble was, in one sentence; null where it
    /// passed.
    reason: Option<String>,
    /// The line of the scenario file whose step failed, from 1; null where it did not fail.
    line: Option<usize>,
    /// What a failure usually comes from; null where it did not fail.
    hint: Option<String>,
    /// Wall time in seconds.
    duration_s: f64,
    /// The readings of the subject that were seen in it.
    readings: Vec<Reading>,
    /// What happened until it failed; empty where it did not.
    transcript: Vec<Row>,
    /// The server's last system calls where one of them is what is wrong: the last.
    calls: Vec<Row>,
    /// What a client must have received beside what it did receive, where that differs.
    comparison: Option<Difference>,
    /// How the server died, where it did.
    death: Option<Death>,
    /// Whether it failed without being played, because the server never served.
    not_played: bool,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Ended {
    /// The server did as it must.
    Passed,
    /// The server did not.
    Failed,
    /// The check could not be made here; that says nothing about the server.
    Skipped,
    /// The grader itself had trouble; that says nothing about the server.
    Error,
}

/// One thing that happened.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Row {
    /// A client's name, or `the server`.
    who: String,
    /// What it did.
    did: String,
    /// What goes with it, such as the text that was said.
    with: Text,
}

/// What must have been received and what was. Long texts are cut, and their lengths tell.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Difference {
    /// Who received it.
    who: String,
    /// The last bytes that were right.
    matched: Text,
    /// How many bytes were right since the step began.
    matched_length: usize,
    /// The bytes that must come next; empty: nothing more.
    expected: Text,
    /// How many bytes must come next.
    expected_length: usize,
    /// The bytes that came instead; empty: none.
    received: Text,
    /// How many bytes came instead.
    received_length: usize,
    /// What is wrong at the first byte that differs.
    here: String,
}

/// How a server ended that should have gone on.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Death {
    /// How it ended, in words.
    how: String,
    /// The last that it wrote to standard output and error, shortened.
    last_words: String,
}

impl Document {
    /// The report of a run that begins.
    pub(super) fn new(run: &RunDescription) -> Self {
        Self {
            grader: run.grader.clone(),
            server: run.server.clone(),
            seed: run.seed,
            require: run.require,
            verdict: None,
            duration_s: None,
            planned: run.checks,
            tiers: Tiers::default(),
            score: Points::default(),
            readings: Vec::new(),
            limitations: run.limitations.clone(),
            checks: Vec::new(),
            summary: Summary::default(),
        }
    }

    /// Takes in a check that has ended.
    pub(super) fn add(&mut self, check: &CheckReport) {
        self.summary.add(check);
        self.count();
        self.checks.push(Check::new(check));
    }

    /// Takes in the end of the run.
    pub(super) fn finish(&mut self, result: &RunResult) {
        self.summary = result.summary.clone();
        self.count();
        self.verdict = Some(result.summary.verdict(self.require));
        self.duration_s = Some(seconds(result.duration));
    }

    /// Takes in what the checks are worth.
    pub(super) fn score(&mut self, score: &Score) {
        self.score = Points {
            points: score.points(),
            of: score.of(),
        };
    }

    fn count(&mut self) {
        let tally = |tier| self.summary.tally(tier);
        self.tiers = Tiers {
            exam: tally(Tier::Exam),
            subject: tally(Tier::Subject),
            robust: tally(Tier::Robust),
        };
        self.readings = self.summary.readings().collect();
    }

    /// The report as it is written, with a newline at its end.
    pub(super) fn to_json(&self) -> io::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// The JSON Schema of the report: what `docs/report.schema.json` says.
    #[must_use]
    pub fn schema() -> Schema {
        schema_for!(Self)
    }
}

impl Check {
    fn new(check: &CheckReport) -> Self {
        let rule = check.rules.first().cloned().unwrap_or_default();
        let (outcome, reason, failure) = match &check.outcome {
            Outcome::Passed => (Ended::Passed, None, None),
            Outcome::Failed(failure) => (Ended::Failed, Some(&failure.reason), Some(failure)),
            Outcome::Skipped(reason) => (Ended::Skipped, Some(reason), None),
            Outcome::Error(reason) => (Ended::Error, Some(reason), None),
        };
        let hint = failure.and_then(|failure| broken_rule(check, failure).1);
        Self {
            rule,
            rules: check.rules.clone(),
            scenario: check.scenario.clone(),
            path: check.path.clone(),
            title: check.title.clone(),
            tier: check.tier,
            outcome,
            reason: reason.cloned(),
            line: failure.map(|failure| failure.line).filter(|line| *line > 0),
            hint: hint.map(str::to_owned),
            duration_s: seconds(check.duration),
            readings: check.readings.iter().copied().collect(),
            transcript: rows(failure.map(|failure| &failure.transcript)),
            calls: rows(failure.map(|failure| &failure.calls)),
            comparison: failure
                .and_then(|failure| failure.comparison.as_ref())
                .map(Difference::new),
            death: failure
                .and_then(|failure| failure.death.as_ref())
                .map(|death| Death {
                    how: death.how.clone(),
                    last_words: death.last_words.clone(),
                }),
            not_played: failure.is_some_and(|failure| failure.not_played),
        }
    }
}

fn rows(told: Option<&Vec<TranscriptRow>>) -> Vec<Row> {
    let rows = told.into_iter().flatten();
    rows.map(|row| Row {
        who: row.who.clone(),
        did: row.did.clone(),
        with: Text::new(&row.with),
    })
    .collect()
}

impl Difference {
    fn new(comparison: &Comparison) -> Self {
        Self {
            who: comparison.who.clone(),
            matched: Text::new(&comparison.matched),
            matched_length: comparison.matched_length,
            expected: Text::new(&comparison.expected),
            expected_length: comparison.expected_length,
            received: Text::new(&comparison.received),
            received_length: comparison.received_length,
            here: comparison.here.clone(),
        }
    }
}

/// In seconds, to the millisecond: more would only be noise.
fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}
