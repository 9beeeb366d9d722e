//! What a server has of the machine, compared with what it had before.

use std::io;
use std::time::{Duration, Instant};

use super::clock::Asleep;
use super::explain;
use super::pacemaker::Pacemaker;
use super::patience::{Patience, Sign};
use super::play::Play;
use super::stop::Stop;
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

/// How many lines are said to see whether they come in time.
const LINES: usize = 10;

/// How many times longer than the reference a server may sleep before it relays a line. One that
/// select wakes sleeps about as long, in whatever language, on a busy machine as well: what it has
/// to wait for a processor is no sleep. One that waits for a time-out of its own, or sleeps each
/// turn, sleeps for some hundred times as long at ten milliseconds.
const LATE: u32 = 30;

/// The reference's sleep counts as at least so long: a processor that has had nothing to do takes a
/// while to wake.
const SHORTEST_SLEEP: Duration = Duration::from_micros(100);

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

    /// The server must not sleep for much longer than the reference, which does the same beside it,
    /// before it relays a line. What counts is the middle one of some lines each: both have the same
    /// machine at the same time.
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
            .add(speaker, &format!("says, {LINES} times"), LINE);
        let mut slept = Vec::new();
        let mut usual = Vec::new();
        for _ in 0..LINES {
            usual.push(pacemaker.beat()?);
            let asleep = Asleep::begin(&self.session).map_err(untold)?;
            self.hand_over(speaker, LINE)?;
            self.settle()?;
            slept.push(asleep.end(&self.session).map_err(untold)?);
        }
        let (slept, usual) = (middle(slept), middle(usual).max(SHORTEST_SLEEP));
        if slept > usual * LATE {
            return Err(explain::comes_late(self, slept, usual).into());
        }
        Ok(())
    }

    fn can_talk(&self, who: ClientId) -> bool {
        self.oracle.is_here(who) && !self.lazy.contains(&who)
    }
}

fn middle(mut durations: Vec<Duration>) -> Duration {
    durations.sort_unstable();
    let middle = durations.get(durations.len() / 2);
    middle.copied().unwrap_or_default()
}

fn untold(error: io::Error) -> Stop {
    Stop::NotHere(format!(
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
