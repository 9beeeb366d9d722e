//! What a server has of the machine, compared with what it had before.

use std::io;
use std::time::{Duration, Instant};

use super::explain;
use super::pacemaker::Pacemaker;
use super::patience::Patience;
use super::play::Play;
use super::stop::Stop;
use super::waiting::Sign;
use crate::scenario::{ClientId, Measured};

/// How much memory must have come on top between two measurements, in bytes, to count as growth.
/// The kernel gives it by the page; a single one more may be anybody's.
const GROWTH: u64 = 8 * 1024;

/// How often in a row the memory must have grown: what grows once or twice may be a buffer that
/// found its size late.
const TIMES: usize = 3;

/// How long a server is looked at to see whether it sleeps.
const SPELL: Duration = Duration::from_millis(50);

/// How often it is looked at before it counts as restless. Something else may have woken it.
const SPELLS: usize = 4;

/// Which part of a spell a sleeping server may run: one that asks the time now and then stays far
/// below, one that never sleeps far above.
const RESTLESS: u32 = 10;

/// How many lines are said to see whether they come in time, at most.
const LINES: usize = 10;

/// How many lines the reference relays, one after the other, until a line of the server counts as
/// late. One in C needs one or two, and so does one that an interpreter runs, on a machine with
/// ten times as much to do as it can as well; one that waits for a time-out of its own needs as
/// many as fit into that: some three hundred into ten milliseconds, and fewer where the machine is
/// busy.
const LATE: usize = 30;

/// What is said.
const LINE: &[u8] = b"as fast as you can\n";

/// What was measured before.
#[derive(Debug, Default)]
pub(super) struct Measurements {
    descriptors: Option<usize>,
    memory: Vec<u64>,
}

impl Play<'_> {
    /// Measures something, which must be as it should.
    pub(super) fn measure(&mut self, what: Measured) -> Result<(), Stop> {
        self.settle()?;
        let addresses = self.session.listening_addresses().map_err(untold)?;
        if addresses.is_empty() {
            return Err(Stop::Skip(
                "the program that was started does not listen itself: what the one has that does \
                 it for it is not measured"
                    .into(),
            ));
        }
        match what {
            Measured::Addresses => {
                let foreign = addresses
                    .into_iter()
                    .find(|address| address.ip() != std::net::Ipv4Addr::LOCALHOST);
                match foreign {
                    Some(address) => Err(explain::listens_elsewhere(self, address).into()),
                    None => Ok(()),
                }
            }
            Measured::Descriptors => {
                let now = self.session.open_descriptors().map_err(untold)?;
                self.transcript
                    .server(&format!("has {now} descriptors open"));
                match self.measurements.descriptors {
                    None => {
                        self.measurements.descriptors = Some(now);
                        Ok(())
                    }
                    Some(before) => self.wait_for_descriptors(before),
                }
            }
            Measured::Memory => {
                let now = self.session.data_size().map_err(untold)?;
                self.transcript
                    .server(&format!("has {now} bytes for its data"));
                self.measurements.memory.push(now);
                let growth = growth(&self.measurements.memory);
                let latest = &growth[growth.len().saturating_sub(TIMES)..];
                if latest.len() == TIMES && latest.iter().all(|grown| *grown >= GROWTH) {
                    return Err(explain::leaks_memory(self, latest).into());
                }
                Ok(())
            }
            Measured::Idleness => self.must_sleep(),
            Measured::Promptness => self.must_be_prompt(),
        }
    }

    /// Waits until the server has as many descriptors open as before: it may tell of a departure
    /// first and close the connection then.
    fn wait_for_descriptors(&mut self, before: usize) -> Result<(), Stop> {
        let patience = Patience::new(self.circumstances.patience);
        self.wait(
            Sign::Answer,
            patience,
            |play| Ok(play.session.open_descriptors()? == before),
            |play| {
                let now = play.session.open_descriptors().unwrap_or_default();
                explain::descriptors_differ(play, before, now)
            },
        )
    }

    fn must_sleep(&mut self) -> Result<(), Stop> {
        let mut ran = Duration::ZERO;
        let mut looked = Duration::ZERO;
        for _ in 0..SPELLS {
            let before = self.session.activity()?;
            let begun = Instant::now();
            while let Some(left) = SPELL.checked_sub(begun.elapsed()) {
                self.pump(left)?;
                self.fail_if_dead()?;
            }
            let now = self.session.activity()?;
            let spell = begun.elapsed();
            let cpu = now.cpu.saturating_sub(before.cpu);
            if now.asleep && cpu * RESTLESS < spell {
                return Ok(());
            }
            ran += cpu;
            looked += spell;
        }
        Err(explain::never_sleeps(self, ran, looked).into())
    }

    /// Most lines must come before the reference, which does the same beside it, has relayed many:
    /// both have the same machine at the same time, so that a busy one delays both.
    fn must_be_prompt(&mut self) -> Result<(), Stop> {
        let (speaker, listener) = (ClientId(0), ClientId(1));
        if [speaker, listener].iter().any(|who| !self.can_talk(*who)) {
            return Err(Stop::Trouble(
                "promptness is measured with the first two clients of the scenario, who must be \
                 there and read"
                    .into(),
            ));
        }
        let mut pacemaker = Pacemaker::start(self.circumstances)?;
        self.transcript
            .add(speaker, &format!("says, up to {LINES} times"), LINE);
        let mut waits = Vec::new();
        for _ in 0..LINES {
            let before = self.session.turns().map_err(untold)?;
            let begun = Instant::now();
            self.hand_over(speaker, LINE)?;
            let mut beats = 0;
            while beats < LATE && self.somebody_incomplete(listener.0).is_some() {
                self.fail_if_dead()?;
                pacemaker.beat()?;
                beats += 1;
                self.pump(Duration::ZERO)?;
            }
            // A server that was ready to run and was not let by the machine is not late.
            let now = self.session.turns().map_err(untold)?;
            let starved = now.starved.saturating_sub(before.starved);
            let is_late = beats == LATE && starved * 2 < begun.elapsed();
            self.settle()?;
            if is_late {
                let now = self.session.turns().map_err(untold)?;
                let starved = now.starved.saturating_sub(before.starved);
                waits.push(begun.elapsed().saturating_sub(starved));
            }
            if waits.len() * 2 > LINES {
                self.circumstances.budget.is_slow();
                return Err(explain::comes_late(self, &waits, LATE).into());
            }
        }
        Ok(())
    }

    fn can_talk(&self, who: ClientId) -> bool {
        self.oracle.is_here(who) && !self.lazy.contains(&who)
    }
}

fn untold(error: io::Error) -> Stop {
    Stop::Skip(format!(
        "this machine does not tell what the server has of it: {error}"
    ))
}

/// By how much each measurement exceeds the one before.
fn growth(memory: &[u64]) -> Vec<u64> {
    memory
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_what_comes_on_top() {
        assert_eq!(growth(&[]), Vec::<u64>::new());
        assert_eq!(growth(&[8, 12, 12, 4]), [4, 0, 0]);
    }
}
