//! Which checks took longest.

use std::cmp::Reverse;
use std::time::Duration;

use crate::verdict::CheckReport;

/// How many of the slowest are shown.
const SHOWN: usize = 10;

/// How long each check took that was played.
#[derive(Clone, Debug, Default)]
pub(super) struct Timings(Vec<(Duration, String)>);

impl Timings {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Takes note of a check. What took no time at all was not played, or shares the time of
    /// another.
    pub(super) fn add(&mut self, check: &CheckReport) {
        if !check.duration.is_zero() {
            self.0.push((check.duration, check.scenario.clone()));
        }
    }

    /// The slowest checks in words, the slowest first; those that took the same time in the order
    /// in which they were reported.
    pub(super) fn slowest(&self) -> impl Iterator<Item = String> {
        let mut sorted: Vec<_> = self.0.iter().collect();
        sorted.sort_by_key(|(duration, _)| Reverse(*duration));
        sorted
            .into_iter()
            .take(SHOWN)
            .map(|(duration, name)| format!("{name}: {} ms", duration.as_millis()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_come_first_and_no_more_than_ten() {
        let timings = Timings(
            (1..=12)
                .map(|number| (Duration::from_millis(number), format!("check-{number}")))
                .collect(),
        );
        let slowest: Vec<_> = timings.slowest().collect();
        assert_eq!(slowest.len(), SHOWN);
        assert_eq!(slowest[0], "check-12: 12 ms");
        assert_eq!(slowest[9], "check-3: 3 ms");
    }
}
