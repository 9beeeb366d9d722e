//! The rule `memory-safe`: what sanitizers and valgrind say.

use super::{Observed, sanitizer, valgrind};
use crate::submission::{NotSanitized, Source};
use crate::verdict::{Failure, Finding, Kind, Outcome};

/// Judges what the tools said while the scenarios were played.
pub(super) fn judge(
    source: &Source,
    observed: Observed<'_>,
    remarks: &mut Vec<Finding>,
) -> Outcome {
    if source.built.program.is_err() {
        return Outcome::Skipped("the source does not compile".into());
    }
    let mut findings: Vec<Finding> = Vec::new();
    let mut sanitizers_said = Vec::new();
    let mut leaks_unseen = false;
    for observation in observed.observations {
        let text = String::from_utf8_lossy(&observation.said);
        let reports = if observation.by_valgrind {
            valgrind::read(&text, &source.text)
        } else {
            sanitizers_said.extend(sanitizer::trouble(&text));
            leaks_unseen |= sanitizer::leaks_unseen(&text);
            sanitizer::read(&text, &source.text)
        };
        for report in reports {
            add(&mut findings, report, &observation.scenario);
        }
    }
    if let Some(reason) = observed.no_valgrind {
        remarks.push(Finding::new(
            format!("valgrind was not asked: {reason}"),
            None,
        ));
    }
    if leaks_unseen {
        remarks.push(Finding::new(
            "the sanitizers could not look for memory that is lost, since this machine does not \
             let a process be looked into",
            None,
        ));
    }
    if !findings.is_empty() {
        findings.sort_by_key(|finding| finding.line().unwrap_or(usize::MAX));
        let count = findings.len();
        return Outcome::Failed(Box::new(Failure {
            kind: Kind::MemoryMisused,
            reason: match count {
                1 => "a mistake in how the program uses memory was seen".into(),
                count => format!("{count} mistakes in how the program uses memory were seen"),
            },
            findings,
            ..Failure::default()
        }));
    }
    let has_sanitizers = match &source.built.sanitized {
        Some(Ok(_)) => true,
        Some(Err(NotSanitized::Source(reason))) => return Outcome::Skipped(reason.clone()),
        Some(Err(NotSanitized::Machine(reason))) => return Outcome::Undecided(reason.clone()),
        None => false,
    };
    let by_sanitizers = observed
        .observations
        .iter()
        .filter(|observation| !observation.by_valgrind)
        .count();
    let trouble = observed
        .observations
        .iter()
        .find_map(|it| it.trouble.as_ref());
    if let Some(trouble) = trouble {
        return Outcome::Error(trouble.clone());
    }
    if let Some(trouble) = sanitizers_said.first() {
        return Outcome::Undecided(format!("the sanitizers do not work here: {trouble}"));
    }
    if !has_sanitizers || by_sanitizers == 0 {
        return Outcome::Skipped("no scenario that sanitizers could watch was played".into());
    }
    Outcome::Passed
}

/// Adds a report, unless the same was seen in another scenario.
fn add(findings: &mut Vec<Finding>, report: Finding, scenario: &str) {
    let same =
        |known: &&mut Finding| known.message == report.message && known.place == report.place;
    match findings.iter_mut().find(same) {
        Some(known) => {
            if !known.scenarios.iter().any(|name| name == scenario) {
                known.scenarios.push(scenario.into());
            }
        }
        None => findings.push(Finding {
            scenarios: vec![scenario.into()],
            ..report
        }),
    }
}
