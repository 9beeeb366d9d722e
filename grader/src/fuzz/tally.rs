//! How far a trial has come.

use std::time::{Duration, Instant};

use super::coverage::Coverage;
use super::life::Case;

/// How far a trial has come. Cases count in the order in which they were made up, whichever of
/// them ended first, so that the same seed brings the same numbers.
#[derive(Clone, Debug)]
pub struct Tally {
    /// Cases played.
    pub cases: u64,
    /// Steps played.
    pub steps: u64,
    /// Servers started for them.
    pub servers: u64,
    /// From the beginning until the last of them had been played.
    pub duration: Duration,
    begun: Instant,
    coverage: Coverage,
}

impl Tally {
    pub(super) fn new(coverage: Coverage) -> Self {
        Self {
            cases: 0,
            steps: 0,
            servers: 0,
            duration: Duration::ZERO,
            begun: Instant::now(),
            coverage,
        }
    }

    /// Adds cases that were played on one server.
    pub(super) fn count(&mut self, cases: &[Case]) {
        self.servers += 1;
        self.duration = self.begun.elapsed();
        for case in cases {
            self.cases += 1;
            let steps = case.deeds.iter().map(|deed| deed.steps() as u64);
            self.steps += steps.sum::<u64>();
            self.coverage.add(&case.reached);
        }
    }

    /// How long it has been going on.
    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Each situation, in words, with the number of cases that brought it about.
    pub fn situations(&self) -> impl Iterator<Item = (String, u64)> {
        let counts = self.coverage.counts();
        counts.map(|(situation, count)| (situation.to_string(), count))
    }

    /// How many situations were brought about, and how many there are.
    #[must_use]
    pub fn reached(&self) -> (usize, usize) {
        let reached = self.coverage.counts().filter(|(_, count)| *count > 0);
        (reached.count(), self.coverage.counts().count())
    }

    /// Situations that chance and steering should have brought about by now, and have not: a
    /// generator that cannot bring them about tests less than it says.
    #[must_use]
    pub fn neglected(&self) -> Vec<String> {
        /// After how many cases each must have been brought about.
        const ENOUGH: u64 = 10_000;
        let never = self.situations().filter(|(_, count)| *count == 0);
        let enough = self.cases >= ENOUGH;
        never
            .map(|(situation, _)| situation)
            .filter(|_| enough)
            .collect()
    }

    /// Cases per second.
    #[must_use]
    pub fn cases_per_second(&self) -> f64 {
        self.cases as f64 / self.duration.as_secs_f64().max(0.001)
    }

    /// Steps per second.
    #[must_use]
    pub fn steps_per_second(&self) -> f64 {
        self.steps as f64 / self.duration.as_secs_f64().max(0.001)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::situation::Situation;
    use super::*;

    #[test]
    fn what_ten_thousand_cases_never_brought_about_is_neglected() {
        let wanted = BTreeSet::from([Situation::Crowd, Situation::EmptyRoom]);
        let mut tally = Tally::new(Coverage::new(wanted));
        let case = Case {
            deeds: Vec::new(),
            reached: BTreeSet::from([Situation::Crowd]),
        };
        tally.count(&vec![case.clone(); 9_999]);
        assert!(tally.neglected().is_empty(), "{tally:?}");
        tally.count(&[case]);
        assert_eq!(
            tally.neglected(),
            ["one arrives after everybody has left".to_owned()]
        );
        tally.count(&[Case {
            deeds: Vec::new(),
            reached: BTreeSet::from([Situation::EmptyRoom]),
        }]);
        assert!(tally.neglected().is_empty(), "{tally:?}");
    }
}
