//! Several plays at once, reported in the order of the suite.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::time::Duration;

use super::check::{Short, report, try_play};
use super::circumstances::Circumstances;
use super::instrument::{Instrument, Observation};
use super::places::Places;
use super::preflight;
use super::queue::{Queue, Returned};
use super::stage::Stage;
use crate::conduct::Unseen;
use crate::scenario::{Action, Judge, Measured, Scenario, StartOutcome, Step};
use crate::tier::Tier;
use crate::verdict::{CheckReport, Failure, Kind, NotPlayed, Outcome};
use crate::workers;
use machine::{Descriptors, Host, Program, StartError, limits};

/// How a suite is played.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The machine on which it is played.
    pub host: Host,
    /// What is executed.
    pub program: Program,
    /// The built-in reference, with which it can be compared.
    pub reference: Option<Program>,
    /// What kind of descriptors it has of its clients.
    pub server_descriptors: Descriptors,
    /// The other kind on which a test of the exam may pass; `None` where there is one kind only.
    pub other_kind: Option<Descriptors>,
    /// Why these are not those that are wanted, where they are not: a server that does nothing
    /// wrong may hang then, as soon as a client does not read.
    pub other_descriptors: Option<String>,
    /// What of its system calls cannot be seen here.
    pub unseen: Unseen,
    /// In what it is plainly written, where that is not C: `Rust`.
    pub other_language: Option<&'static str>,
    /// The tool that was built into it and has memory of its own: `AddressSanitizer`.
    pub memory_tool: Option<&'static str>,
    /// Tools with which the suite is played as well.
    pub instruments: Vec<Instrument>,
    /// Whether only what they say is wanted, and no report.
    pub only_observe: bool,
    /// How many scenarios are played at once, at least 1; those that only wait for a server that
    /// does nothing do not count.
    pub jobs: usize,
    /// How many descriptors the grader may have open.
    pub descriptors: u64,
    /// How long a server may do nothing before it counts as hanging.
    pub patience: Duration,
    /// The seed of everything random.
    pub seed: u64,
    /// The strictest tier that decides the verdict.
    pub require: Tier,
}

/// Why a run ended before its last check.
#[derive(Debug)]
pub enum RunError<E> {
    /// The program was not started the first time.
    NotStarted(StartError),
    /// The report of a check could not be passed on.
    Report(E),
}

/// What a run tells as it goes on.
#[derive(Debug)]
pub enum News {
    /// The program can be started: what it does is judged from now on.
    Begins,
    /// A scenario has been played.
    Checked(Box<CheckReport>),
}

/// Something to play.
#[derive(Clone, Copy, Debug)]
pub(super) struct Task {
    /// The scenario's place in the suite.
    place: usize,
    /// The instrument's place among the instruments, where it is about what that says.
    instrument: Option<usize>,
}

/// What came of it.
enum Done {
    Checked(usize, CheckReport),
    Observed(Observation),
}

/// Plays a suite, and tells when it begins and what became of each scenario, in the suite's order.
/// Returns what the instruments said, in the order of the suite.
///
/// # Errors
/// The server cannot be executed, or whatever `tell` returns; what has not been played by then
/// is not.
pub fn run<E: Send>(
    settings: &Settings,
    suite: &[Scenario],
    mut tell: impl FnMut(News) -> Result<(), E>,
) -> Result<Vec<Observation>, RunError<E>> {
    let stage = Stage::of_a_run(settings);
    let places = Places::new(settings.jobs);
    let never_served = {
        let taken = places.take();
        let circumstances = Circumstances {
            place: Some(&taken),
            ..stage.circumstances()
        };
        preflight::never_serves(&circumstances).map_err(RunError::NotStarted)?
    };
    tell(News::Begins).map_err(RunError::Report)?;
    let queue = Queue::new(
        order_of_play(settings, suite, never_served.is_some()),
        settings.patience,
    );
    let (results, finished) = mpsc::channel();
    std::thread::scope(|scope| {
        let work = {
            let (queue, places, stage) = (&queue, &places, &stage);
            let never_served = never_served.as_ref();
            move || {
                let mut worker = queue.join();
                loop {
                    let taken = places.take();
                    let Some(task) = worker.next() else {
                        return;
                    };
                    let circumstances = &Circumstances {
                        place: Some(&taken),
                        ..stage.circumstances()
                    };
                    let done = match done(settings, suite, task, circumstances, never_served) {
                        Ok(done) => done,
                        Err(short) => match worker.give_back(task) {
                            Returned::Leave => return,
                            Returned::Again => {
                                std::thread::yield_now();
                                continue;
                            }
                            Returned::Hopeless => *short,
                        },
                    };
                    if results.send(done).is_err() {
                        return;
                    }
                }
            }
        };
        if workers::start(scope, affordable_plays(settings, suite), work.clone()) == 0 {
            work();
        }
        drop(work);
        let mut observations = Vec::new();
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        for done in finished {
            match done {
                Done::Checked(place, checked) => waiting.insert(place, checked),
                Done::Observed(observation) => {
                    observations.push(observation);
                    continue;
                }
            };
            while let Some(checked) = waiting.remove(&next) {
                next += 1;
                if let Err(error) = tell(News::Checked(Box::new(checked))) {
                    queue.clear();
                    return Err(RunError::Report(error));
                }
            }
        }
        let place = |name: &str| suite.iter().position(|scenario| scenario.name == name);
        observations.sort_by_key(|observation| place(&observation.scenario));
        Ok(observations)
    })
}

/// Carries out a task; what is to be told where there was not enough for it is the error.
fn done(
    settings: &Settings,
    suite: &[Scenario],
    Task { place, instrument }: Task,
    circumstances: &Circumstances<'_>,
    never_served: Option<&Failure>,
) -> Result<Done, Box<Done>> {
    let scenario = &suite[place];
    let instrument = instrument.and_then(|instrument| settings.instruments.get(instrument));
    let too_slow = circumstances.budget.used_up_for(scenario);
    if let Some(instrument) = instrument {
        if let Some(failure) = &too_slow {
            let report = not_played(scenario, failure);
            return Ok(Done::Observed(instrument.observed_nothing(&report)));
        }
        return match instrument.observe(place, scenario, circumstances) {
            Ok(observation) => Ok(Done::Observed(observation)),
            Err(Short(report)) => {
                let nothing = instrument.observed_nothing(&report);
                Err(Box::new(Done::Observed(nothing)))
            }
        };
    }
    match never_served.or(too_slow.as_ref()) {
        Some(failure) if needs_service(scenario) => Ok(not_played(scenario, failure)),
        _ if descriptors(scenario) > settings.descriptors => Ok(too_many(scenario, settings)),
        _ => try_play(scenario, circumstances),
    }
    .inspect(|checked| circumstances.budget.note(checked))
    .map(|checked| Done::Checked(place, checked))
    .map_err(|Short(report)| Box::new(Done::Checked(place, *report)))
}

/// What is to be played, to be taken from the end: first what finds those with whom the rest takes
/// too long, then long plays, so that none of them is left over when everything else is done.
fn order_of_play(settings: &Settings, suite: &[Scenario], never_served: bool) -> Vec<Task> {
    let reported = if settings.only_observe {
        0
    } else {
        suite.len()
    };
    let mut tasks: Vec<Task> = (0..reported)
        .map(|place| Task {
            place,
            instrument: None,
        })
        .collect();
    for (number, instrument) in settings.instruments.iter().enumerate() {
        let wanted = (0..suite.len()).filter(|place| {
            instrument.wants(&suite[*place]) && descriptors(&suite[*place]) <= settings.descriptors
        });
        // One that never serves says why each time, in every scenario that waits for it.
        let mut waited = false;
        tasks.extend(
            wanted
                .filter(|place| {
                    let waits = never_served && needs_service(&suite[*place]);
                    !waits || !std::mem::replace(&mut waited, true)
                })
                .map(|place| Task {
                    place,
                    instrument: Some(number),
                }),
        );
    }
    tasks.sort_by_key(|task| {
        (
            finds_the_slow(&suite[task.place]),
            suite[task.place].clients.len(),
            task.instrument.is_none(),
            std::cmp::Reverse(task.place),
        )
    });
    tasks
}

fn finds_the_slow(scenario: &Scenario) -> bool {
    let is_about_it = |step: &Step| step.action == Action::Measure(Measured::Promptness);
    scenario.steps.iter().any(is_about_it)
}

/// How many plays there are at most for each that may be busy; the others wait for servers that
/// do nothing.
const PLAYS_PER_PLACE: usize = 8;

/// How much memory a play may take, in bytes, the stacks of its threads and what its clients
/// receive among it. Most take less, and a few more.
const MEMORY_OF_A_PLAY: u64 = 8 << 20;

/// As many plays as there can be at once, or as fit the descriptors if the largest scenarios meet.
/// Who wants one job has one play at a time.
fn affordable_plays(settings: &Settings, suite: &[Scenario]) -> usize {
    // With an instrument, a scenario may be played twice at the same time.
    let times = 1 + settings.instruments.len();
    let mut needs: Vec<u64> = suite.iter().map(descriptors).collect();
    needs = needs.repeat(times);
    needs.sort_unstable_by(|one, other| other.cmp(one));
    let mut left = settings.descriptors;
    let fitting = needs.iter().take_while(|need| {
        let fits = left.checked_sub(**need);
        left = fits.unwrap_or(0);
        fits.is_some()
    });
    let wanted = match settings.jobs {
        0 | 1 => 1,
        jobs => jobs.saturating_mul(PLAYS_PER_PLACE),
    };
    let remembered = limits::memory_left().map_or(usize::MAX, |left| {
        usize::try_from(left / MEMORY_OF_A_PLAY).unwrap_or(usize::MAX)
    });
    fitting.count().min(wanted).min(remembered).max(1)
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
    report(scenario, Outcome::Undecided(reason), Duration::ZERO)
}

fn needs_service(scenario: &Scenario) -> bool {
    scenario.steps.first().is_some_and(|step| {
        matches!(&step.action, Action::Start(start) if start.outcome == StartOutcome::Serves)
    })
}

/// The report of a scenario that a server cannot pass, for a reason that is the same for all.
fn not_played(scenario: &Scenario, failure: &Failure) -> CheckReport {
    let failure = Failure {
        line: scenario.steps.first().map_or(1, |step| step.line),
        // The real examiner's tests are about everything at once.
        beside: failure
            .beside
            .filter(|_| scenario.judge == Judge::EveryByte && scenario.tier != Tier::Exam),
        ..failure.clone()
    };
    report(scenario, Outcome::Failed(Box::new(failure)), Duration::ZERO)
}

/// The report of a scenario that no source can pass that does not compile.
#[must_use]
pub fn not_compiled(scenario: &Scenario, reason: &str) -> CheckReport {
    let failure = Failure {
        reason: format!("there is no server to play with: {reason}"),
        kind: Kind::NotCompiled,
        beside: Kind::NotCompiled.rule(),
        not_played: Some(NotPlayed::NotCompiled),
        ..Failure::default()
    };
    not_played(scenario, &failure)
}
