//! JUnit XML, which most build servers read: a suite for each tier, a case for each scenario.
//!
//! A failure is the server's, an error the grader's own trouble, or what the machine does not allow.
//! The type of a failure is the kind of what was found. What many checks failed by is told in full
//! in that which shows it best, and the others name it.
//!
//! What is written keeps to the schema by which the xUnit plugin of Jenkins judges it, the strictest
//! that is in use.

use std::io;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::explanation;
use super::findings::{Findings, Part, words};
use super::kept::{Document, Progress};
use crate::tier::Tier;
use crate::verdict::{CheckReport, Outcome, wording};

/// A report for build servers.
#[derive(Debug)]
pub struct Junit;

impl Document for Junit {
    fn text(&self, progress: &Progress) -> io::Result<String> {
        let mut report = Report::new("grader");
        if let Some(result) = &progress.result {
            report.set_time(result.duration);
        }
        if progress.result.is_none() {
            report.add_test_suite(unfinished(progress));
        }
        let findings = Findings::new(&progress.checks, &progress.run.command);
        for tier in Tier::ALL {
            let mut suite = TestSuite::new(tier.name());
            for (name, value) in [
                ("server", progress.run.server.clone()),
                ("seed", progress.run.seed.to_string()),
                ("grader", progress.run.grader.clone()),
            ] {
                suite.add_property(Property::new(name, xml(&value)));
            }
            for sentence in &progress.run.confinement {
                suite.add_property(Property::new("in force", xml(sentence)));
            }
            let checks = progress
                .checks
                .iter()
                .filter(|check| check.counts_for() == tier);
            suite.add_test_cases(checks.map(|check| case(check, &findings, progress)));
            if !suite.test_cases.is_empty() {
                report.add_test_suite(suite);
            }
        }
        let text = report.to_string().map_err(io::Error::other)?;
        // The schema of Jenkins has no such count for all suites together.
        let counted = format!(" skipped=\"{}\"", report.skipped);
        Ok(text.replacen(&counted, "", 1))
    }
}

/// A suite that is there until the run has ended, so that no run that was cut off counts as well.
fn unfinished(progress: &Progress) -> TestSuite {
    let message = if progress.is_interrupted {
        "the run was interrupted"
    } else {
        "the run has not ended"
    };
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("unfinished").set_message(message);
    let mut suite = TestSuite::new("run");
    suite.add_test_case(TestCase::new("the run ends", status));
    suite
}

fn case(check: &CheckReport, findings: &Findings<'_>, progress: &Progress) -> TestCase {
    let with = |kind, name: &str, message: &str, description: &str| {
        let mut status = TestCaseStatus::non_success(kind);
        status
            .set_type(name)
            .set_message(xml(message))
            .set_description(xml(description));
        status
    };
    let error = |name, message: &str| {
        let told = explanation(check, &progress.run.command);
        with(NonSuccessKind::Error, name, message, &told)
    };
    let status = match &check.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Failed(failure) => {
            let kind = failure.kind.name();
            let (message, description) = findings.part_of(check).map_or_else(
                || (failure.reason.clone(), String::new()),
                |part| told(part, check, findings),
            );
            with(NonSuccessKind::Failure, kind, &message, &description)
        }
        Outcome::Skipped(reason) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(xml(reason));
            status
        }
        // Most readers take a skipped case for one that is well.
        Outcome::Undecided(reason) => error("undecided", &format!("undecided: {reason}")),
        Outcome::Error(reason) => error("trouble", reason),
    };
    let mut case = TestCase::new(xml(&check.scenario), status);
    case.set_classname(check.counted_rule())
        .set_time(check.duration);
    case
}

/// What a failure is called, and all that is told of it.
fn told(part: Part<'_, '_>, check: &CheckReport, findings: &Findings<'_>) -> (String, String) {
    let group = part.group();
    match part {
        Part::Shows(_) => {
            let reason = &group.found.failure.reason;
            let message = match wording::headline(group.found.kind) {
                Some(headline) => format!("{headline}: {reason}"),
                None => reason.clone(),
            };
            (message, findings.in_full(group))
        }
        Part::Repeats(_) => {
            let best = &group.check.scenario;
            let reason = check.outcome.reason().unwrap_or_default();
            let message = format!("{} (shown by {best})", words(group));
            (
                message,
                format!("{reason}\nThe check {best} shows it best.\n"),
            )
        }
    }
}

/// A text without the two characters that XML cannot carry in any form, and which a server can
/// send: a parser would refuse the whole report for one of them. (The writer leaves out the
/// control characters itself.)
fn xml(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_character_of_xml_becomes_the_one_for_that() {
        assert_eq!(xml("a\u{fffe}\u{ffff}b"), "a\u{fffd}\u{fffd}b");
        assert_eq!(xml("\u{fffd}😀\n"), "\u{fffd}😀\n");
    }
}
