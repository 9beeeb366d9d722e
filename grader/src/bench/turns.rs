//! Who plays what, and when.

use std::io;
use std::time::Duration;

use super::arena::Arena;
use super::contestant::Contestant;
use super::measurement::Measurement;
use super::results::{Results, Sample};
use super::{Stop, burst, idle, latency, turnover, unread};
use machine::Host;
use machine::ports::Ports;

/// How many clients are connected to a server that has nothing to do.
const IDLE_CLIENTS: usize = 10;

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The machine on which it is measured.
    pub host: Host,
    /// Who takes part, in the order of their turns.
    pub contestants: Vec<Contestant>,
    /// What is measured. Those that need the same clients follow each other.
    pub measurements: Vec<Measurement>,
    /// How many turns everybody has. What does not depend on the moment is measured in the first
    /// only.
    pub rounds: usize,
    /// How long a turn lasts, without what it takes to start a server and let its clients in.
    pub time: Duration,
    /// How long a server may do nothing before it has failed.
    pub patience: Duration,
}

/// How far a run has come.
#[derive(Debug)]
pub enum News<'run> {
    /// Somebody's turn in a measurement begins.
    Begins(Measurement, &'run Contestant),
    /// It has brought something; this is all that there is by now.
    Measured(&'run Results),
}

impl Plan {
    /// How many turns in measurements there will be, if nobody fails.
    #[must_use]
    pub fn turns(&self) -> usize {
        let turns = |measurement: &Measurement| {
            let takes_part = |who: &&Contestant| takes_part(*measurement, who);
            self.contestants.iter().filter(takes_part).count() * self.rounds_of(*measurement)
        };
        self.measurements.iter().map(turns).sum()
    }

    const fn rounds_of(&self, measurement: Measurement) -> usize {
        match measurement {
            Measurement::Unread { .. } => 1,
            _ => self.rounds,
        }
    }
}

fn takes_part(measurement: Measurement, who: &Contestant) -> bool {
    who.speaks() || measurement.has_a_floor()
}

/// Measures all of it.
///
/// # Errors
/// The machine's, or a server cannot be executed. What a server does wrong is in the results.
pub fn run(plan: &Plan, mut tell: impl FnMut(News<'_>)) -> io::Result<Results> {
    let ports = Ports::new();
    let mut results = Results::new(
        plan.contestants
            .iter()
            .map(|who| (who.role, who.name.clone()))
            .collect(),
        plan.measurements.clone(),
        plan.rounds,
    );
    for round in 0..plan.rounds {
        for together in plan.measurements.chunk_by(|one, next| share(*one, *next)) {
            for who in &plan.contestants {
                let mut arena = None;
                for measurement in together {
                    if round >= plan.rounds_of(*measurement)
                        || !takes_part(*measurement, who)
                        || results.failure(*measurement, who.role).is_some()
                    {
                        continue;
                    }
                    tell(News::Begins(*measurement, who));
                    let came = match take_turn(*measurement, who, plan, &ports, &mut arena) {
                        Ok(sample) => Ok(sample),
                        Err(Stop::Server(why)) => {
                            // Nobody knows what state it is in.
                            arena = None;
                            Err(why)
                        }
                        Err(Stop::Trouble(error)) => return Err(error),
                    };
                    results.add(*measurement, who.role, came);
                    tell(News::Measured(&results));
                }
            }
        }
    }
    Ok(results)
}

/// Whether two measurements can follow each other on one server with the same clients.
fn share(one: Measurement, next: Measurement) -> bool {
    match (one, next) {
        (
            Measurement::Burst { listeners: one, .. },
            Measurement::Burst {
                listeners: next, ..
            },
        ) => one == next,
        _ => false,
    }
}

fn take_turn<'run>(
    measurement: Measurement,
    who: &'run Contestant,
    plan: &Plan,
    ports: &Ports,
    open: &mut Option<Arena<'run>>,
) -> Result<Sample, Stop> {
    let arena = match open {
        Some(arena) => arena,
        None => {
            let arena = open.insert(Arena::open(&plan.host, who, ports, plan.patience)?);
            arena.join(1, true)?;
            match measurement {
                Measurement::Burst { listeners, .. } => arena.join(listeners, true)?,
                Measurement::Latency => arena.join(1, true)?,
                Measurement::Turnover => {}
                Measurement::Idle => arena.join(IDLE_CLIENTS - 1, true)?,
                Measurement::Unread { lazy, .. } => arena.join(lazy, false)?,
            }
            arena
        }
    };
    match measurement {
        Measurement::Burst { length, .. } => burst::measure(arena, length, plan.time),
        Measurement::Latency => latency::measure(arena, plan.time),
        Measurement::Turnover => turnover::measure(arena, plan.time),
        Measurement::Idle => idle::measure(arena, plan.time),
        Measurement::Unread { megabytes, .. } => unread::measure(arena, megabytes),
    }
}
