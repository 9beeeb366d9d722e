//! What a server has of the machine, compared with what it had before.

use std::time::{Duration, Instant};

use super::explain;
use super::patience::Patience;
use super::play::Play;
use super::stop::Stop;
use super::waiting::Sign;
use crate::scenario::Measured;

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
        let untold = |error| {
            Stop::Skip(format!(
                "this machine does not tell what the server has of it: {error}"
            ))
        };
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
