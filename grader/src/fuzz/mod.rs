//! Random scenarios that the oracle judges.
//!
//! A `generator` makes the deeds of a `life` up, `possible` keeps those that can happen, `wording` writes
//! them down as a scenario file, and the runner plays what is read from that: a whole life of
//! several cases on one server. An `observer` sees which `situation` each deed brings about, and
//! `coverage` steers towards those that are rare. What fails is made `shortest` and becomes a file,
//! a `finding`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

use crate::conduct::Need;
use crate::runner::{self, Stage};
use crate::tier::Tier;
use crate::verdict::{Failure, Outcome};
use crate::workers;
use machine::StartError;

mod conversations;
mod coverage;
mod deed;
mod finding;
mod generator;
mod life;
mod observer;
mod possible;
mod shortest;
mod shrink;
mod situation;
mod tally;
#[cfg(test)]
mod tests;
mod wording;

pub use conversations::{COUNT as CONVERSATIONS, conversations};
pub use finding::{Finding, Origin};
pub use tally::Tally;

use deed::Deed;
use generator::Generator;
use life::{CASES_OF_A_LIFE, Life, Means};

/// When to end if nothing is found.
#[derive(Clone, Copy, Debug)]
pub enum Budget {
    /// After so many cases.
    Cases(u64),
    /// After so long; what is under way is played to its end.
    Time(Duration),
    /// After this one of the conversations that every run plays, by its number from 1.
    Conversation(usize),
}

/// What is tried.
#[derive(Clone, Debug)]
pub struct Trial {
    /// How plays are made; its seed is that of everything random.
    pub settings: runner::Settings,
    /// When to end.
    pub budget: Budget,
    /// Nothing is done that only stricter tiers ask for.
    pub require: Tier,
    /// Where the file of a finding will be.
    pub path: fn(folder: &str, origin: Origin) -> String,
    /// In which folder.
    pub folder: String,
    /// For how long shorter forms of what fails are tried at most, where that matters.
    pub shrinking: Option<Duration>,
}

/// What is told while a trial goes on.
#[derive(Clone, Copy, Debug)]
pub enum News<'a> {
    /// It has come so far.
    Played(&'a Tally),
    /// A case has failed, and this is the shortest form of it that has failed in the same way.
    Found(&'a Finding),
}

/// Why a trial could not be made.
#[derive(Debug, thiserror::Error)]
pub enum FuzzError {
    /// The server was not started the first time.
    #[error(transparent)]
    NotStarted(StartError),
    /// A case could not be played, which says nothing about the server.
    #[error("case {case} could not be played (seed {seed}): {reason}")]
    Trouble {
        /// The first case of the life.
        case: u64,
        /// The seed.
        seed: u64,
        /// Why.
        reason: String,
    },
    /// The server never serves anybody.
    #[error("the server never serves: {}; `grader run` says more", .0.reason)]
    NeverServes(Box<Failure>),
}

/// Plays random cases until one fails or the budget is used up, and says how far it came and what
/// it found. The first case that fails is found, in the order in which they are made up.
///
/// # Errors
/// The server cannot be tried.
pub fn run(
    trial: &Trial,
    mut tell: impl FnMut(News<'_>),
) -> Result<(Tally, Option<Finding>), FuzzError> {
    let stage = Stage::new(&trial.settings);
    match stage.never_serves() {
        Err(error) => return Err(FuzzError::NotStarted(error)),
        Ok(Some(failure)) => return Err(FuzzError::NeverServes(Box::new(failure))),
        Ok(None) => {}
    }
    let seed = trial.settings.seed;
    let generator = Generator::new(seed, means(trial));
    let mut tally = Tally::new(generator.coverage.clone());
    tell(News::Played(&tally));
    let first = match trial.budget {
        Budget::Conversation(number) => conversation(trial, &stage, number, &mut tally),
        _ => play_until_one_fails(trial, &stage, generator, &mut tally, &mut tell),
    };
    match first {
        None => Ok((tally, None)),
        Some(Lived {
            number,
            outcome: Outcome::Skipped(reason) | Outcome::Undecided(reason) | Outcome::Error(reason),
            ..
        }) => Err(FuzzError::Trouble {
            case: number * CASES_OF_A_LIFE as u64 + 1,
            seed,
            reason,
        }),
        Some(Lived { life, outcome, .. }) => {
            let Outcome::Failed(failure) = outcome else {
                unreachable!("what passed is no finding");
            };
            let (deeds, cases) = shortest::until(&failure, &life);
            tally.count(&life.cases[..cases]);
            tell(News::Played(&tally));
            let origin = match trial.budget {
                Budget::Conversation(number) => Origin::Conversation(number),
                _ => Origin::Case {
                    seed,
                    number: tally.cases,
                },
            };
            let case = shortest::Failed {
                trial,
                origin,
                deeds,
                failure: *failure,
            };
            let finding = case.shortest(&stage, |finding| tell(News::Found(finding)));
            Ok((tally, Some(finding)))
        }
    }
}

/// What fails of one of the conversations that every run plays, as short as it can be made in this
/// time; `None` where it does not fail again.
#[must_use]
pub fn shortened(settings: &runner::Settings, number: usize, time: Duration) -> Option<Finding> {
    let trial = Trial {
        settings: runner::Settings {
            seed: number as u64,
            instruments: Vec::new(),
            ..settings.clone()
        },
        budget: Budget::Conversation(number),
        require: Tier::Subject,
        path: |_, origin| format!("{origin}.toml"),
        folder: String::new(),
        shrinking: Some(time),
    };
    let (_, finding) = run(&trial, |_| {}).ok()?;
    finding.filter(|finding| finding.again)
}

/// What can be tried on this machine, with this server.
fn means(trial: &Trial) -> Means {
    /// How many descriptors a life takes beside its clients'.
    const OTHERS: u64 = 40;
    let settings = &trial.settings;
    let each = settings.descriptors / settings.jobs.max(1) as u64;
    Means {
        require: trial.require,
        supervised: settings.unseen.why(Need::Sockets).is_none(),
        own_calls: settings.other_language.is_none(),
        // What select can watch is the end of it in any case.
        room: each.saturating_sub(OTHERS).min(900) as usize,
    }
}

/// Where lives come from.
struct Source {
    generator: Generator,
    lives: u64,
}

/// A life that has been played.
struct Lived {
    /// Its place among all, from 0.
    number: u64,
    life: Life,
    outcome: Outcome,
}

/// One of the conversations that every run plays, if it does not pass.
fn conversation(
    trial: &Trial,
    stage: &Stage<'_>,
    number: usize,
    tally: &mut Tally,
) -> Option<Lived> {
    let life = conversations::lives()
        .into_iter()
        .nth(number.checked_sub(1)?)?;
    let outcome = live(trial, stage, &life);
    if matches!(outcome, Outcome::Passed) {
        tally.count(&life.cases);
        return None;
    }
    Some(Lived {
        number: 0,
        life,
        outcome,
    })
}

/// The first life that does not pass, the others before it counted.
fn play_until_one_fails(
    trial: &Trial,
    stage: &Stage<'_>,
    generator: Generator,
    tally: &mut Tally,
    tell: &mut impl FnMut(News<'_>),
) -> Option<Lived> {
    let source = Mutex::new(Source {
        generator,
        lives: 0,
    });
    let over = AtomicBool::new(false);
    let begun = tally.clone();
    let (results, played) = mpsc::channel();
    std::thread::scope(|scope| {
        let work = {
            let (source, over, begun) = (&source, &over, &begun);
            move || {
                while !over.load(Ordering::Relaxed)
                    && let Some((number, life)) = next(source, trial.budget, begun)
                {
                    let outcome = live(trial, stage, &life);
                    let lived = Lived {
                        number,
                        life,
                        outcome,
                    };
                    if results.send(lived).is_err() {
                        return;
                    }
                }
            }
        };
        if workers::start(scope, trial.settings.jobs.max(1), work.clone()) == 0 {
            work();
        }
        drop(work);
        let mut first = None;
        let mut waiting = BTreeMap::new();
        let mut due = 0;
        for lived in played {
            let passed = matches!(lived.outcome, Outcome::Passed);
            over.fetch_or(!passed, Ordering::Relaxed);
            waiting.insert(lived.number, lived);
            while first.is_none()
                && let Some(lived) = waiting.remove(&due)
            {
                due += 1;
                if matches!(lived.outcome, Outcome::Passed) {
                    tally.count(&lived.life.cases);
                    tell(News::Played(tally));
                } else {
                    first = Some(lived);
                }
            }
        }
        first
    })
}

/// The next life to be played, and its place among all.
fn next(source: &Mutex<Source>, budget: Budget, begun: &Tally) -> Option<(u64, Life)> {
    let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
    let whole = CASES_OF_A_LIFE as u64;
    let cases = match budget {
        Budget::Cases(cases) => cases.saturating_sub(source.lives * whole).min(whole),
        Budget::Time(time) if begun.elapsed() < time => whole,
        Budget::Time(_) | Budget::Conversation(_) => 0,
    };
    if cases == 0 {
        return None;
    }
    let number = source.lives;
    source.lives += 1;
    Some((number, source.generator.life(cases as usize)))
}

/// Plays a life; once more where the machine was in the way, which may be over soon.
fn live(trial: &Trial, stage: &Stage<'_>, life: &Life) -> Outcome {
    let deeds = life.deeds();
    match play(trial, stage, &deeds) {
        Outcome::Error(_) => play(trial, stage, &deeds),
        outcome => outcome,
    }
}

/// Plays deeds on a fresh server.
fn play(trial: &Trial, stage: &Stage<'_>, deeds: &[Deed]) -> Outcome {
    match finding::scenario("random.toml", deeds, trial.settings.seed) {
        Ok(scenario) => stage.play(&scenario).outcome,
        Err(error) => Outcome::Error(format!("a random scenario is none: {error}")),
    }
}
