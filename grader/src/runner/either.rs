//! The exam's tests, on either kind of descriptors.
//!
//! Nobody knows whether the examiner's recv waits where nothing has come (docs/exam.md): a test of
//! the exam is passed where it passes on descriptors on which it waits, or on such where it does
//! not.

use super::check::{Short, on_given_descriptors};
use super::circumstances::Circumstances;
use crate::scenario::{Judge, Scenario};
use crate::script::{self, Move};
use crate::verdict::{CheckReport, Finding, Outcome, Reading};

/// Plays a scenario, and a test of the exam on the other kind of descriptors as well where that
/// says more.
pub(super) fn played(
    scenario: &Scenario,
    circumstances: &Circumstances<'_>,
) -> Result<CheckReport, Short> {
    let first = on_given_descriptors(scenario, circumstances)?;
    let other_kind = circumstances.other_kind.filter(|_| {
        scenario.judge == Judge::SortedLines && says_more(scenario, &first, circumstances)
    });
    let Some(other_kind) = other_kind else {
        return Ok(first);
    };
    let second = on_given_descriptors(
        scenario,
        &Circumstances {
            server_descriptors: other_kind,
            ..*circumstances
        },
    )?;
    Ok(of_both(first, second))
}

/// Whether the other kind of descriptors could change anything, or is worth knowing about: a
/// server that asks for the rest of a line at once passes where recv waits for it, and only there.
fn says_more(scenario: &Scenario, first: &CheckReport, circumstances: &Circumstances<'_>) -> bool {
    match first.outcome {
        Outcome::Failed(_) => !scenario.clients.is_empty(),
        Outcome::Passed => script::moves(scenario, circumstances.seed)
            .iter()
            .any(|planned| leaves_a_line_open(&planned.action)),
        Outcome::Skipped(_) | Outcome::Undecided(_) | Outcome::Error(_) => false,
    }
}

fn leaves_a_line_open(made: &Move) -> bool {
    matches!(made, Move::Say { bytes, .. } if !bytes.ends_with(b"\n"))
}

/// What is reported of a play where recv waits and one where it does not.
fn of_both(waits: CheckReport, does_not: CheckReport) -> CheckReport {
    let duration = waits.duration + does_not.duration;
    let report = match (&waits.outcome, &does_not.outcome) {
        (Outcome::Passed, Outcome::Failed(failure)) => {
            let remark = by_luck(&waits.scenario, &failure.reason);
            remarked(waits, Reading::OnlyWhereRecvWaits, remark)
        }
        (Outcome::Failed(failure), Outcome::Passed) => {
            let remark = only_where_recv_does_not_wait(&waits.scenario, &failure.reason);
            remarked(does_not, Reading::OnlyWhereRecvDoesNotWait, remark)
        }
        // It might have passed.
        (Outcome::Failed(_), Outcome::Undecided(_) | Outcome::Error(_)) => does_not,
        _ => waits,
    };
    CheckReport { duration, ..report }
}

fn remarked(mut report: CheckReport, reading: Reading, remark: Finding) -> CheckReport {
    report.readings.insert(reading);
    report.remarks.push(remark);
    report
}

fn by_luck(test: &str, failure: &str) -> Finding {
    Finding::new(
        format!(
            "{test} is passed only where recv waits, and so by luck: the server calls recv again \
             before the rest of a line has come, and nobody knows whether that waits in the exam. \
             Where it does not: {failure}"
        ),
        None,
    )
    .cured_by(
        "Call recv once each time that select says that there is something to read, and keep what \
         has come of a line until its newline comes.",
    )
}

fn only_where_recv_does_not_wait(test: &str, failure: &str) -> Finding {
    Finding::new(
        format!(
            "{test} is passed only where recv does not wait, and nobody knows whether it does in \
             the exam. Where it waits: {failure}"
        ),
        None,
    )
    .cured_by(
        "Call recv once each time that select says that there is something to read: one more call \
         may wait for ever.",
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::check::report;
    use super::*;
    use crate::verdict::Failure;

    fn ended(outcome: Outcome) -> CheckReport {
        report(
            &Scenario::empty("exam-7"),
            outcome,
            Duration::from_millis(2),
        )
    }

    fn failed(reason: &str) -> Outcome {
        Outcome::Failed(Box::new(Failure {
            reason: reason.into(),
            ..Failure::default()
        }))
    }

    fn readings(report: &CheckReport) -> Vec<Reading> {
        report.readings.iter().copied().collect()
    }

    #[test]
    fn who_passes_on_both_is_told_nothing() {
        let both = of_both(ended(Outcome::Passed), ended(Outcome::Passed));
        assert!(matches!(both.outcome, Outcome::Passed));
        assert!(both.readings.is_empty() && both.remarks.is_empty());
        assert_eq!(both.duration, Duration::from_millis(4));
    }

    #[test]
    fn who_passes_only_where_recv_waits_is_right_by_luck() {
        let report = of_both(ended(Outcome::Passed), ended(failed("nothing came")));
        assert!(matches!(report.outcome, Outcome::Passed));
        assert_eq!(readings(&report), [Reading::OnlyWhereRecvWaits]);
        let said = &report.remarks[0].message;
        assert!(said.starts_with("exam-7 is passed only where recv waits, and so by luck"));
        assert!(said.ends_with("Where it does not: nothing came"), "{said}");
    }

    #[test]
    fn who_passes_only_where_recv_does_not_wait_passes_and_is_told() {
        let report = of_both(ended(failed("it hangs")), ended(Outcome::Passed));
        assert!(matches!(report.outcome, Outcome::Passed));
        assert_eq!(readings(&report), [Reading::OnlyWhereRecvDoesNotWait]);
        let said = &report.remarks[0].message;
        assert!(said.ends_with("Where it waits: it hangs"), "{said}");
    }

    #[test]
    fn who_fails_on_both_fails_as_where_recv_waits() {
        let report = of_both(ended(failed("first")), ended(failed("second")));
        assert_eq!(report.outcome.reason(), Some("first"));
        assert!(report.readings.is_empty() && report.remarks.is_empty());
    }

    #[test]
    fn trouble_on_the_other_kind_is_not_held_against_a_server() {
        for trouble in [Outcome::Undecided, Outcome::Error] {
            let report = of_both(ended(failed("first")), ended(trouble("why".into())));
            assert_eq!(report.outcome.reason(), Some("why"));
            assert!(!matches!(report.outcome, Outcome::Failed(_)));
            let report = of_both(ended(Outcome::Passed), ended(trouble("why".into())));
            assert!(matches!(report.outcome, Outcome::Passed));
        }
    }
}
