//! The form of the JSON report. Its fields are an interface: they are added to, not changed.

use std::io;
use std::time::Duration;

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};

use super::Text;
use super::group::Group;
use crate::event::{RunDescription, RunResult};
use crate::report::kept::Progress;
use crate::tier::Tier;
use crate::verdict::{
    self, CheckKind, CheckReport, Comparison, Outcome, Reading, Summary, Tally, TranscriptRow,
    Verdict, wording,
};

/// The version of the form.
const FORMAT: u32 = 1;

/// A run of grader, as far as it has come. In a file, the report is valid after every check.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "A report of grader")]
pub struct Document {
    /// The version of this form: what it says of a field stays true.
    #[serde(default)]
    pub(crate) format: u32,
    /// The version of the grader.
    pub(crate) grader: String,
    /// The server as it was named on the command line.
    pub(crate) server: String,
    /// The seed of everything random: the same seed plays the same texts.
    pub(crate) seed: u64,
    /// The tier that decides, with the more lenient ones, the verdict and the exit status.
    pub(crate) require: Tier,
    /// Whether somebody has chosen among the checks: the verdict is over those only then, and all
    /// of them decide unless a tier was named.
    #[serde(default)]
    pub(crate) chosen: bool,
    /// What the required tiers make of the server; null while the run goes on.
    pub(crate) verdict: Option<Verdict>,
    /// Wall time of the run in seconds; null while the run goes on.
    pub(crate) duration_s: Option<f64>,
    /// Whether somebody has interrupted the run: it has no verdict then.
    #[serde(default)]
    pub(crate) interrupted: bool,
    /// How many checks the run has, played or not.
    pub(crate) planned: usize,
    /// How many checks ended in which way, by tier.
    pub(crate) tiers: Tiers,
    /// What the checks until now are worth: a rule has earned its points when all of its checks at
    /// the required tiers passed.
    pub(crate) score: Points,
    /// The readings of the subject that the server was seen to take where the text leaves a
    /// choice.
    pub(crate) readings: Vec<Reading>,
    /// What the server was kept from while it ran, each a sentence.
    #[serde(default)]
    pub(crate) confinement: Vec<String>,
    /// What was not available on this machine, each a sentence.
    pub(crate) limitations: Vec<String>,
    /// What is wrong with the server, each thing once, the likeliest root of the others first.
    #[serde(default)]
    pub(crate) findings: Vec<Group>,
    /// The checks that have ended, in the order of the suite.
    pub(crate) checks: Vec<Check>,
    #[serde(skip)]
    summary: Summary,
}

/// Points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Points {
    /// How many were earned.
    pub points: u64,
    /// How many could be earned: the same for every server.
    pub of: u64,
    /// Whether that is a grade: not while the run goes on, nor where the machine did not let
    /// everything be judged.
    #[serde(default)]
    pub is_grade: bool,
}

/// The counts of each tier.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Tiers {
    /// What the real examiner is known to test.
    pub exam: Tally,
    /// What a sentence of the subject says.
    pub subject: Tally,
    /// What a good server does anyway.
    pub robust: Tally,
}

/// A check.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Check {
    /// The rule that it is mainly about.
    pub(crate) rule: String,
    /// Every rule that it tests, the main one first.
    pub(crate) rules: Vec<String>,
    /// How it is checked.
    pub(crate) kind: CheckKind,
    /// The name of the scenario or inspection.
    pub(crate) scenario: String,
    /// The path of the scenario, or of what was inspected.
    pub(crate) path: String,
    /// What a server does that passes.
    pub(crate) title: String,
    /// The tier that it belongs to.
    pub(crate) tier: Tier,
    /// How it ended.
    pub(crate) outcome: Ended,
    /// What is wrong with the server; null where it did not fail.
    #[serde(default)]
    pub(crate) finding: Option<Found>,
    /// What is wrong, why it was not made or what the trouble was, in one sentence; null where it
    /// passed.
    pub(crate) reason: Option<String>,
    /// The line of the scenario file whose step failed, or of the source that was inspected, from
    /// 1; null where it did not fail, and where there is no such line.
    pub(crate) line: Option<usize>,
    /// What a failure usually comes from; null where it did not fail.
    pub(crate) hint: Option<String>,
    /// Wall time in seconds.
    pub(crate) duration_s: f64,
    /// The readings of the subject that were seen in it.
    pub(crate) readings: Vec<Reading>,
    /// What happened until it failed; empty where it did not.
    pub(crate) transcript: Vec<Row>,
    /// The server's last system calls where one of them is what is wrong: the last.
    pub(crate) calls: Vec<Row>,
    /// What a client must have received beside what it did receive, where that differs.
    pub(crate) comparison: Option<Difference>,
    /// How the server died, where it did.
    pub(crate) death: Option<Death>,
    /// Whether it failed without being played, because the server never served or does not compile.
    pub(crate) not_played: bool,
    /// Whether candidates' pages do not show it (`visibility = "instructor"`).
    #[serde(default)]
    pub(crate) hidden: bool,
    /// What is wrong in the candidate's source, in the order of the file, where that is known.
    pub(crate) findings: Vec<Finding>,
    /// What is worth knowing and not wrong, also where it passed.
    pub(crate) remarks: Vec<Finding>,
}

/// What is wrong with the server.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Found {
    /// What kind of mistake it is: `id-given-again`. There will be more.
    pub(crate) kind: String,
    /// The rule that is broken. Where it is not the check's, that one could not be judged.
    pub(crate) rule: String,
    /// The tier for which it counts.
    pub(crate) tier: Tier,
    /// What it is called, or what a server does that passes.
    pub(crate) headline: String,
}

/// Something found in the candidate's source.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Finding {
    /// What is wrong, in one sentence without a full stop.
    pub(crate) message: String,
    /// Where; null where no place can be named.
    pub(crate) place: Option<Place>,
    /// How it is usually mended, where the hint of the check is too general.
    pub(crate) cure: Option<String>,
    /// The candidate's functions that were being called when it was seen, the innermost first.
    pub(crate) stack: Vec<Frame>,
    /// The scenarios in which it was seen; empty where nothing was played.
    pub(crate) scenarios: Vec<String>,
}

/// A place in the candidate's source.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Place {
    /// The file as it was named on the command line.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column, in characters from 1.
    pub(crate) column: usize,
    /// How many characters are meant.
    pub(crate) width: usize,
    /// The line, or of a very long one its beginning; what is no UTF-8 has become U+FFFD.
    pub(crate) excerpt: String,
}

/// A function of the candidate that was being called.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Frame {
    /// Its name.
    pub(crate) function: String,
    /// The line at which it was, from 1.
    pub(crate) line: usize,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Ended {
    /// The server did as it must.
    Passed,
    /// The server did not.
    Failed,
    /// There was nothing to check in what was handed in, or it was accepted that the machine does
    /// not allow it.
    Skipped,
    /// The machine does not allow the check; that says nothing about the server.
    Undecided,
    /// The grader itself had trouble; that says nothing about the server.
    Error,
}

/// One thing that happened.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Row {
    /// A client's name, or `the server`.
    pub(crate) who: String,
    /// What it did.
    pub(crate) did: String,
    /// What goes with it, such as the text that was said.
    pub(crate) with: Text,
}

/// What must have been received and what was. Long texts are cut, and their lengths tell.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Difference {
    /// Who received it.
    pub(crate) who: String,
    /// The last bytes that were right.
    pub(crate) matched: Text,
    /// How many bytes were right since the step began.
    pub(crate) matched_length: usize,
    /// The bytes that must come next; empty: nothing more.
    pub(crate) expected: Text,
    /// How many bytes must come next.
    pub(crate) expected_length: usize,
    /// The bytes that came instead; empty: none.
    pub(crate) received: Text,
    /// How many bytes came instead.
    pub(crate) received_length: usize,
    /// What is wrong at the first byte that differs.
    pub(crate) here: String,
}

/// How a server ended that should have gone on.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Death {
    /// How it ended, in words.
    pub(crate) how: String,
    /// The last that it wrote to standard output and error, shortened.
    pub(crate) last_words: String,
}

impl Document {
    /// The report of a run that begins.
    fn new(run: &RunDescription) -> Self {
        Self {
            format: FORMAT,
            grader: run.grader.clone(),
            server: run.server.clone(),
            seed: run.seed,
            require: run.require,
            chosen: run.is_of_a_choice,
            verdict: None,
            duration_s: None,
            interrupted: false,
            planned: run.checks,
            tiers: Tiers::default(),
            score: Points::default(),
            readings: Vec::new(),
            confinement: run.confinement.clone(),
            limitations: run.limitations.clone(),
            findings: Vec::new(),
            checks: Vec::new(),
            summary: Summary::default(),
        }
    }

    /// The report of a run that has come so far.
    pub(in crate::report) fn so_far(progress: &Progress) -> Self {
        let mut document = Self::new(&progress.run);
        document.interrupted = progress.is_interrupted;
        for check in &progress.checks {
            document.add(check);
        }
        if let Some(result) = &progress.result {
            document.finish(result);
        }
        let findings = verdict::grouped(&progress.checks);
        document.findings = findings.iter().map(Group::new).collect();
        let score = progress.score();
        document.score = Points {
            points: score.points(),
            of: score.of(),
            is_grade: progress.is_grade(&score),
        };
        document
    }

    /// Takes in a check that has ended.
    fn add(&mut self, check: &CheckReport) {
        self.summary.add(check);
        self.count();
        self.checks.push(Check::new(check));
    }

    /// Takes in the end of the run.
    fn finish(&mut self, result: &RunResult) {
        self.summary = result.summary.clone();
        self.count();
        self.verdict = Some(result.summary.verdict(self.require));
        self.duration_s = Some(seconds(result.duration));
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
        let (outcome, reason, failure) = match &check.outcome {
            Outcome::Passed => (Ended::Passed, None, None),
            Outcome::Failed(failure) => (Ended::Failed, Some(&failure.reason), Some(failure)),
            Outcome::Skipped(reason) => (Ended::Skipped, Some(reason), None),
            Outcome::Undecided(reason) => (Ended::Undecided, Some(reason), None),
            Outcome::Error(reason) => (Ended::Error, Some(reason), None),
        };
        let hint = wording::hint(check);
        Self {
            rule: check.rule().to_owned(),
            rules: check.rules.clone(),
            kind: check.kind,
            scenario: check.scenario.clone(),
            path: check.path.clone(),
            title: check.title.clone(),
            tier: check.tier,
            outcome,
            finding: check.found().map(|found| Found {
                kind: found.kind.name().to_owned(),
                rule: found.rule.to_owned(),
                tier: found.tier,
                headline: wording::title(check, found),
            }),
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
            not_played: failure.is_some_and(|failure| failure.not_played.is_some()),
            hidden: check.hidden,
            findings: failure
                .map(|failure| failure.findings.iter().map(Finding::new).collect())
                .unwrap_or_default(),
            remarks: check.remarks.iter().map(Finding::new).collect(),
        }
    }
}

impl Check {
    /// The tier for which it counts.
    pub(crate) fn counts_for(&self) -> Tier {
        self.finding.as_ref().map_or(self.tier, |found| found.tier)
    }

    /// The rule for which it counts.
    pub(crate) fn counted_rule(&self) -> &str {
        self.finding
            .as_ref()
            .map_or(&self.rule, |found| &found.rule)
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

impl Finding {
    fn new(finding: &verdict::Finding) -> Self {
        Self {
            message: finding.message.clone(),
            place: finding.place.as_ref().map(|place| Place {
                file: place.file.clone(),
                line: place.line,
                column: place.column,
                width: place.width,
                excerpt: place.excerpt.clone(),
            }),
            cure: finding.cure.clone(),
            stack: finding
                .stack
                .iter()
                .map(|frame| Frame {
                    function: frame.function.clone(),
                    line: frame.line,
                })
                .collect(),
            scenarios: finding.scenarios.clone(),
        }
    }
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A check that failed since bob left and alice was not told.
    pub(crate) fn failed() -> Check {
        let row = |who: &str, did: &str, with: &str| Row {
            who: who.into(),
            did: did.into(),
            with: Text::new(with.as_bytes()),
        };
        Check {
            rule: "departure".into(),
            rules: vec!["departure".into()],
            kind: CheckKind::Scenario,
            scenario: "departure".into(),
            path: "scenarios/departure.toml".into(),
            title: "Everyone is told".into(),
            tier: Tier::Subject,
            outcome: Ended::Failed,
            finding: None,
            reason: Some("alice received nothing".into()),
            line: Some(7),
            hint: None,
            duration_s: 0.1,
            readings: Vec::new(),
            transcript: vec![
                row("alice", "connects", "id 0"),
                row("bob", "connects", "id 1"),
                row("bob", "leaves", ""),
            ],
            calls: Vec::new(),
            comparison: Some(Difference {
                who: "alice".into(),
                matched: Text::new(b"server: client 1 just "),
                matched_length: 22,
                expected: Text::new(b"left\n"),
                expected_length: 5,
                received: Text::new(b"arrived\n"),
                received_length: 8,
                here: String::new(),
            }),
            death: None,
            not_played: false,
            hidden: false,
            findings: Vec::new(),
            remarks: Vec::new(),
        }
    }
}
