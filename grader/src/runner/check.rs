//! One check: a scenario played to its verdict.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::beside;
use super::circumstances::Circumstances;
use super::either;
use super::play::Play;
use super::startup;
use super::stop::Stop;
use crate::scenario::{Action, Scenario, StartOutcome};
use crate::tier::Tier;
use crate::verdict::{CheckKind, CheckReport, Failure, Outcome, Reading};

/// How often a port may be taken by somebody else before that is the grader's trouble.
const ATTEMPTS: usize = 5;

/// What was seen of the server that is neither right nor wrong, as far as the scenario goes.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) readings: BTreeSet<Reading>,
    /// What was wrong besides, which other checks report.
    pub(super) asides: Vec<Failure>,
}

/// The report of a scenario for which the grader could not have what it needs, of which there may
/// be enough when fewer plays go on.
#[derive(Debug)]
pub(super) struct Short(pub(super) Box<CheckReport>);

/// Plays a scenario and reports how it ended.
pub(super) fn play(scenario: &Scenario, circumstances: &Circumstances<'_>) -> CheckReport {
    try_play(scenario, circumstances).unwrap_or_else(|Short(report)| *report)
}

/// Plays a scenario and reports how it ended. Not even a defect of the grader ends more than this
/// play.
pub(super) fn try_play(
    scenario: &Scenario,
    circumstances: &Circumstances<'_>,
) -> Result<CheckReport, Short> {
    let begun = Instant::now();
    catch_unwind(AssertUnwindSafe(|| either::played(scenario, circumstances))).unwrap_or_else(
        |panic| {
            let said = machine::last_words::said_by(panic.as_ref());
            let defect = Outcome::Error(format!("a defect of the grader: {said}"));
            Ok(report(scenario, defect, begun.elapsed()))
        },
    )
}

/// Plays a scenario once to its end, on such descriptors as the circumstances say.
pub(super) fn on_given_descriptors(
    scenario: &Scenario,
    circumstances: &Circumstances<'_>,
) -> Result<CheckReport, Short> {
    let begun = Instant::now();
    let mut seen = Seen::default();
    let mut attempts = 0;
    let mut short = false;
    let outcome = loop {
        attempts += 1;
        match attempt(scenario, circumstances, &mut seen) {
            Ok(()) => break Outcome::Passed,
            Err(Stop::Wrong(failure)) => break Outcome::Failed(failure),
            Err(Stop::Skip(reason)) => break Outcome::Skipped(reason),
            Err(Stop::NotHere(reason)) => break Outcome::Undecided(reason),
            Err(Stop::Trouble(trouble)) => break Outcome::Error(trouble),
            Err(Stop::Short(trouble)) => {
                short = true;
                break Outcome::Error(trouble);
            }
            Err(Stop::PortTaken) if attempts < ATTEMPTS => {}
            Err(Stop::PortTaken) => {
                break Outcome::Error(format!(
                    "{ATTEMPTS} ports in a row were taken by another program"
                ));
            }
        }
    };
    let mut report = report(scenario, outcome, begun.elapsed());
    report.readings = seen.readings;
    report.asides = seen.asides;
    if short {
        return Err(Short(Box::new(report)));
    }
    Ok(report)
}

/// The report of a file that turned out to be no scenario.
#[must_use]
pub fn unplayable(path: &str, reason: String) -> CheckReport {
    CheckReport {
        kind: CheckKind::Scenario,
        scenario: path.into(),
        path: path.into(),
        title: String::new(),
        hint: None,
        rules: Vec::new(),
        tier: Tier::Robust,
        outcome: Outcome::Error(reason),
        duration: Duration::ZERO,
        readings: BTreeSet::new(),
        hidden: false,
        remarks: Vec::new(),
        asides: Vec::new(),
    }
}

/// The report of a scenario that ended in this way.
#[must_use]
pub fn report(scenario: &Scenario, outcome: Outcome, duration: Duration) -> CheckReport {
    CheckReport {
        kind: CheckKind::Scenario,
        scenario: scenario.name.clone(),
        path: scenario.path.clone(),
        title: scenario.title.clone(),
        hint: scenario.hint.clone(),
        rules: scenario.rules.clone(),
        tier: scenario.tier,
        outcome,
        duration,
        readings: BTreeSet::new(),
        hidden: scenario.hidden,
        remarks: Vec::new(),
        asides: Vec::new(),
    }
}

fn attempt(
    scenario: &Scenario,
    circumstances: &Circumstances<'_>,
    seen: &mut Seen,
) -> Result<(), Stop> {
    *seen = Seen::default();
    let Some(Action::Start(start)) = scenario.steps.first().map(|step| &step.action) else {
        return Err(Stop::Trouble("the scenario does not start a server".into()));
    };
    let mut started = startup::start(scenario, start, circumstances)?;
    match &start.outcome {
        StartOutcome::Exits { .. } => {
            let judged = started.must_exit(start, circumstances);
            return judged.map_err(|stop| beside::at_start(stop, scenario));
        }
        StartOutcome::Survives => return started.must_survive(circumstances),
        StartOutcome::ServesOrRefuses => {
            if started.refuses_or_listens(circumstances)? {
                seen.readings.insert(Reading::ExtraArgumentsRefused);
                return Ok(());
            }
            seen.readings.insert(Reading::ExtraArgumentsIgnored);
        }
        StartOutcome::Serves => {}
    }
    Play::new(scenario, circumstances, started).play_out(seen)
}
