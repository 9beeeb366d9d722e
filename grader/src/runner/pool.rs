//! Several plays at once, reported in the order of the suite.

use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Duration;

use super::check::{play, report};
use super::circumstances::Circumstances;
use super::preflight;
use crate::harness::ports::Ports;
use crate::harness::{Descriptors, Program};
use crate::scenario::{Action, Scenario, StartOutcome};
use crate::verdict::{CheckReport, Failure, Outcome};

/// How a suite is played.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What is executed.
    pub program: Program,
    /// What kind of descriptors it has of its clients.
    pub server_descriptors: Descriptors,
    /// Why its system calls cannot be supervised here, where they cannot.
    pub unsupervised: Option<String>,
    /// In what it is plainly written, where that is not C: `Rust`.
    pub other_language: Option<&'static str>,
    /// How many scenarios are played at once, at least 1.
    pub jobs: usize,
    /// How many descriptors the grader may have open.
    pub descriptors: u64,
    /// How long a server may do nothing before it counts as hanging.
    pub patience: Duration,
    /// The seed of everything random.
    pub seed: u64,
}

/// Why a run ended before its last check.
#[derive(Debug)]
pub enum RunError<E> {
    /// The kernel does not execute the program, for this reason.
    CannotExecute(io::Error),
    /// The report of a check could not be passed on.
    Report(E),
}

/// Plays a suite and hands out a report for each scenario, in the suite's order.
///
/// # Errors
/// The server cannot be executed, or whatever `tell` returns; what has not been played by then
/// is not.
pub fn run<E: Send>(
    settings: &Settings,
    suite: &[Scenario],
    mut tell: impl FnMut(CheckReport) -> Result<(), E>,
) -> Result<(), RunError<E>> {
    let ports = Ports::new();
    let circumstances = Circumstances {
        program: &settings.program,
        server_descriptors: settings.server_descriptors,
        unsupervised: settings.unsupervised.as_deref(),
        other_language: settings.other_language,
        ports: &ports,
        patience: settings.patience,
        seed: settings.seed,
    };
    let never_served = preflight::never_serves(&circumstances).map_err(RunError::CannotExecute)?;
    let queue = Mutex::new(order_of_play(suite));
    let (results, finished) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..affordable_jobs(settings, suite) {
            let results = results.clone();
            let (queue, circumstances, never_served) =
                (&queue, &circumstances, never_served.as_ref());
            scope.spawn(move || {
                while let Some(place) = queue.lock().ok().and_then(|mut queue| queue.pop()) {
                    let scenario = &suite[place];
                    let checked = match never_served {
                        Some(failure) if needs_service(scenario) => not_played(scenario, failure),
                        _ if descriptors(scenario) > settings.descriptors => {
                            too_many(scenario, settings)
                        }
                        _ => play(scenario, circumstances),
                    };
                    if results.send((place, checked)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(results);
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        for (place, checked) in finished {
            waiting.insert(place, checked);
            while let Some(checked) = waiting.remove(&next) {
                next += 1;
                if let Err(error) = tell(checked) {
                    if let Ok(mut queue) = queue.lock() {
                        queue.clear();
                    }
                    return Err(RunError::Report(error));
                }
            }
        }
        Ok(())
    })
}

/// The places in the suite, to be taken from the end: long plays first, so that none of them is
/// left over when everything else is done.
fn order_of_play(suite: &[Scenario]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..suite.len()).collect();
    places.sort_by_key(|place| (suite[*place].clients.len(), std::cmp::Reverse(*place)));
    places
}

/// As many jobs as are wanted, or as fit the descriptors if the largest scenarios meet.
fn affordable_jobs(settings: &Settings, suite: &[Scenario]) -> usize {
    let mut needs: Vec<u64> = suite.iter().map(descriptors).collect();
    needs.sort_unstable_by(|one, other| other.cmp(one));
    let mut left = settings.descriptors;
    let fitting = needs.iter().take_while(|need| {
        let fits = left.checked_sub(**need);
        left = fits.unwrap_or(0);
        fits.is_some()
    });
    fitting.count().min(settings.jobs).max(1)
}

/// How many descriptors the grader, and so also its server, may need for a scenario at most.
fn descriptors(scenario: &Scenario) -> u64 {
    /// Those of the server's outputs, the event loop and the kernel's answers, the library's own.
    const OTHERS: u64 = 32;
    scenario.clients_at_once() as u64 + OTHERS
}

fn too_many(scenario: &Scenario, settings: &Settings) -> CheckReport {
    let reason = format!(
        "it may need {} open descriptors, and this machine allows {} (ulimit -n)",
        descriptors(scenario),
        settings.descriptors
    );
    report(scenario, Outcome::Skipped(reason), Duration::ZERO)
}

fn needs_service(scenario: &Scenario) -> bool {
    scenario.steps.first().is_some_and(|step| {
        matches!(&step.action, Action::Start(start) if start.outcome == StartOutcome::Serves)
    })
}

/// The report of a scenario that a server cannot pass that never serves anybody.
fn not_played(scenario: &Scenario, failure: &Failure) -> CheckReport {
    let failure = Failure {
        line: scenario.steps.first().map_or(1, |step| step.line),
        not_played: true,
        ..failure.clone()
    };
    report(scenario, Outcome::Failed(Box::new(failure)), Duration::ZERO)
}
