//! JUnit XML, which most build servers read: a suite for each tier, a case for each scenario.
//!
//! A failure is the server's, an error the grader's own trouble, or what the machine does not allow.

use std::io;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::explanation;
use super::kept::{Document, Progress};
use crate::tier::Tier;
use crate::verdict::{CheckReport, Outcome};

/// A report for build servers.
#[derive(Debug)]
pub struct Junit;

impl Document for Junit {
    fn text(&self, progress: &Progress) -> io::Result<String> {
        let mut report = Report::new("grader");
        if let Some(result) = &progress.result {
            report.set_time(result.duration);
        }
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
            suite.add_test_cases(checks.map(|check| case(check, &progress.run.command)));
            if !suite.test_cases.is_empty() {
                report.add_test_suite(suite);
            }
        }
        report.to_string().map_err(io::Error::other)
    }
}

fn case(check: &CheckReport, command: &str) -> TestCase {
    let rule = check.counted_rule();
    let failed = |kind, reason: &str| {
        let mut status = TestCaseStatus::non_success(kind);
        status
            .set_type(rule)
            .set_message(xml(reason))
            .set_description(xml(&explanation(check, command)));
        status
    };
    let status = match &check.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Failed(failure) => failed(NonSuccessKind::Failure, &failure.reason),
        Outcome::Skipped(reason) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(xml(reason));
            status
        }
        // Most readers take a skipped case for one that is well.
        Outcome::Undecided(reason) => {
            failed(NonSuccessKind::Error, &format!("undecided: {reason}"))
        }
        Outcome::Error(reason) => failed(NonSuccessKind::Error, reason),
    };
    let mut case = TestCase::new(xml(&check.scenario), status);
    case.set_classname(rule).set_time(check.duration);
    case
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
