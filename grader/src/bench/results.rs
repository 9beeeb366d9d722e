//! What came of it.

use super::contestant::Role;
use super::measurement::{Measurement, Unit};
use super::statistics::Summary;

/// What one turn of one contestant brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// One figure for each of the measurement's units.
    pub figures: Vec<f64>,
    /// How many lines were not delivered.
    pub lost: u64,
    /// How many should have been.
    pub due: u64,
    /// The share of its time in which what measures was on a processor.
    pub generator: f64,
    /// The same of the server.
    pub server: f64,
}

/// All that is known of one contestant in one measurement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) measurement: Measurement,
    pub(super) role: Role,
    /// One for each turn.
    pub(super) samples: Vec<Sample>,
    /// Why there are no more, in words that go on after the server's name.
    pub(super) failed: Option<String>,
}

/// What came of a run, or of what there was of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// Who took part, and under which name.
    pub contestants: Vec<(Role, String)>,
    /// What was measured.
    pub measurements: Vec<Measurement>,
    /// How many turns there were to be.
    pub rounds: usize,
    pub(super) entries: Vec<Entry>,
}

impl Results {
    /// Nothing yet.
    #[must_use]
    pub const fn new(
        contestants: Vec<(Role, String)>,
        measurements: Vec<Measurement>,
        rounds: usize,
    ) -> Self {
        Self {
            contestants,
            measurements,
            rounds,
            entries: Vec::new(),
        }
    }

    /// Takes in what a turn brought, or why it brought nothing.
    pub fn add(&mut self, measurement: Measurement, role: Role, came: Result<Sample, String>) {
        let place = self.place(measurement, role).unwrap_or_else(|| {
            self.entries.push(Entry {
                measurement,
                role,
                samples: Vec::new(),
                failed: None,
            });
            self.entries.len() - 1
        });
        let entry = &mut self.entries[place];
        match came {
            Ok(sample) => entry.samples.push(sample),
            Err(why) => entry.failed = Some(why),
        }
    }

    fn place(&self, measurement: Measurement, role: Role) -> Option<usize> {
        self.entries
            .iter()
            .position(|entry| entry.measurement == measurement && entry.role == role)
    }

    pub(super) fn entry(&self, measurement: Measurement, role: Role) -> Option<&Entry> {
        self.place(measurement, role)
            .map(|place| &self.entries[place])
    }

    /// Why somebody has failed in a measurement.
    #[must_use]
    pub fn failure(&self, measurement: Measurement, role: Role) -> Option<&str> {
        self.entry(measurement, role)?.failed.as_deref()
    }

    /// How many lines were lost, of how many, in all turns together.
    #[must_use]
    pub fn lost(&self, measurement: Measurement, role: Role) -> (u64, u64) {
        let samples = self.samples(measurement, role);
        samples.iter().fold((0, 0), |(lost, due), sample| {
            (lost + sample.lost, due + sample.due)
        })
    }

    /// Whether what measures was busier than the server in most turns, and all the time: then the
    /// figures say what it can do, and not what the server can.
    #[must_use]
    pub fn is_held_up(&self, measurement: Measurement, role: Role) -> bool {
        /// From here on, somebody is as busy as one can be.
        const ALL_THE_TIME: f64 = 0.9;
        let samples = self.samples(measurement, role);
        let held_up = samples
            .iter()
            .filter(|sample| sample.generator > ALL_THE_TIME && sample.generator > sample.server)
            .count();
        held_up * 2 > samples.len()
    }

    /// The shares of its time in which what measures, and the server, were on a processor.
    #[must_use]
    pub fn shares(&self, measurement: Measurement, role: Role) -> Option<(f64, f64)> {
        let samples = self.samples(measurement, role);
        let median =
            |of: fn(&Sample) -> f64| Some(Summary::of(samples.iter().map(of).collect())?.median);
        Some((
            median(|sample| sample.generator)?,
            median(|sample| sample.server)?,
        ))
    }

    /// What somebody's turns come to.
    #[must_use]
    pub fn summary(&self, measurement: Measurement, role: Role, unit: Unit) -> Option<Summary> {
        Summary::of(self.figures(measurement, role, unit))
    }

    /// One contestant's figures divided by another's of the same turn.
    #[must_use]
    pub fn ratio(
        &self,
        measurement: Measurement,
        unit: Unit,
        of: Role,
        to: Role,
    ) -> Option<Summary> {
        let of = self.figures(measurement, of, unit);
        let to = self.figures(measurement, to, unit);
        Summary::of(
            of.iter()
                .zip(&to)
                .filter(|(_, to)| **to != 0.0)
                .map(|(of, to)| of / to)
                .collect(),
        )
    }

    fn samples(&self, measurement: Measurement, role: Role) -> &[Sample] {
        self.entry(measurement, role)
            .map_or(&[], |entry| &entry.samples)
    }

    fn figures(&self, measurement: Measurement, role: Role, unit: Unit) -> Vec<f64> {
        let place = measurement.units().iter().position(|other| *other == unit);
        let samples = self.samples(measurement, role).iter();
        samples
            .filter_map(|sample| sample.figures.get(place?).copied())
            .collect()
    }
}
