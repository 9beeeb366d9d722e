//! Which checks took longest.

use std::cmp::Reverse;

use crate::verdict::CheckReport;

/// How many of the slowest are shown.
const SHOWN: usize = 10;

/// The slowest checks in words, the slowest first; those that took the same time in the order in
/// which they were reported. What took no time at all was not played, or shares the time of another.
pub(super) fn slowest(checks: &[CheckReport]) -> Vec<String> {
    let mut sorted: Vec<_> = (checks.iter())
        .filter(|check| !check.duration.is_zero())
        .collect();
    sorted.sort_by_key(|check| Reverse(check.duration));
    sorted
        .into_iter()
        .take(SHOWN)
        .map(|check| format!("{}: {} ms", check.scenario, check.duration.as_millis()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::runner::report;
    use crate::scenario::Scenario;
    use crate::verdict::Outcome;

    #[test]
    fn the_slowest_come_first_and_no_more_than_ten() {
        let checks: Vec<CheckReport> = (0..=12)
            .map(|number| {
                let scenario = Scenario::empty(&format!("check-{number}"));
                report(&scenario, Outcome::Passed, Duration::from_millis(number))
            })
            .collect();
        let slowest = slowest(&checks);
        assert_eq!(slowest.len(), SHOWN);
        assert_eq!(slowest[0], "check-12: 12 ms");
        assert_eq!(slowest[9], "check-3: 3 ms");
    }
}
