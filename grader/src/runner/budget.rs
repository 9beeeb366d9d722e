//! How long a run may take, and each of its plays: whatever a server does, there is a verdict soon.
//!
//! Only the server's own time counts (see [`Clock`](super::clock::Clock)), so that a busy machine
//! changes nothing. What used the time up is a finding against `prompt`. A server that is merely
//! slow, and has done nothing wrong, may go on with what decides its verdict: only playing tells
//! whether it is right.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::clock::Limits;
use crate::scenario::Scenario;
use crate::tier::Tier;
use crate::verdict::{CheckReport, Failure, Kind, Matter, NotPlayed, Outcome};

/// How many times its patience a server may sleep in a play. No wait for a correct one takes a
/// thousandth of a patience.
const ASLEEP: u32 = 5;

/// How many times its patience a play may take. One that sends each byte by itself, and moves all
/// that it has left to the front each time, takes three.
const AWAKE: u32 = 30;

/// What part of that is left for a server that is known to be slow.
const PART_OF_THE_SLOW: u32 = 2;

/// How many times the patience a run may take, for itself and for each play of the same length
/// that is made with an instrument.
const RUN: u32 = 30;

/// How many times longer a run may take with what is required, while nothing of that was wrong.
const FLAWLESS: u32 = 10;

/// How long a run may take.
#[derive(Debug)]
pub(super) struct Budget {
    /// `None` where there is no end to the plays.
    limit: Option<Duration>,
    /// The strictest tier that decides the verdict.
    require: Tier,
    begun: Instant,
    spent: Mutex<Spent>,
}

/// What came of the plays that are over.
#[derive(Debug, Default)]
struct Spent {
    /// How long they have taken, together.
    taken: Duration,
    /// How much of that was the servers' own time.
    own: Duration,
    /// The lowest tier of which one failed.
    failed: Option<Tier>,
    /// Whether one failed since the server holds back what it should send at once: long plays
    /// would show nothing else.
    is_slow: bool,
}

impl Budget {
    /// One that begins now, for plays with this patience, made so many times each, of which those
    /// up to this tier decide.
    pub(super) fn of_a_run(patience: Duration, times: u32, require: Tier) -> Self {
        Self {
            limit: Some(patience * RUN * times),
            require,
            ..Self::endless()
        }
    }

    /// One for plays of which nobody knows how many there will be.
    pub(super) fn endless() -> Self {
        Self {
            limit: None,
            require: Tier::Robust,
            begun: Instant::now(),
            spent: Mutex::default(),
        }
    }

    /// How long a play may take whose patience is this.
    pub(super) fn of_a_play(&self, patience: Duration) -> Limits {
        let part = if self.spent().is_slow {
            PART_OF_THE_SLOW
        } else {
            1
        };
        Limits {
            asleep: patience * ASLEEP / part,
            own: patience * AWAKE / part,
        }
    }

    /// A play has taken so long, of which this was the server's own time.
    pub(super) fn spend(&self, taken: Duration, own: Duration) {
        let mut spent = self.spent();
        spent.taken += taken;
        spent.own += own;
    }

    /// A check is over.
    pub(super) fn note(&self, check: &CheckReport) {
        if let Outcome::Failed(failure) = &check.outcome {
            let mut spent = self.spent();
            let tier = spent.failed.map_or(check.tier, |tier| tier.min(check.tier));
            spent.failed = Some(tier);
            spent.is_slow |= failure.kind.matter() == Matter::Pace;
        }
    }

    /// Why a scenario is not played any more, where the run has taken too long.
    pub(super) fn used_up_for(&self, scenario: &Scenario) -> Option<Failure> {
        let limit = self.used_up(scenario.tier)?;
        Some(Failure {
            reason: format!(
                "the server is too slow: the {} s that a run may take were used up before this was \
                 played",
                limit.as_secs()
            ),
            kind: Kind::TooSlow,
            beside: Kind::TooSlow.rule(),
            not_played: Some(NotPlayed::TooSlow),
            ..Failure::default()
        })
    }

    /// How much time a run had for scenarios of this tier, where that is used up. What decides goes
    /// on for longer while all of it is well.
    pub(super) fn used_up(&self, tier: Tier) -> Option<Duration> {
        let limit = self.limit?;
        let spent = self.spent();
        let share = if spent.taken.is_zero() {
            1.0
        } else {
            spent.own.as_secs_f64() / spent.taken.as_secs_f64()
        };
        let is_lost = spent.failed.is_some_and(|failed| failed <= tier);
        let decides = tier <= self.require;
        let limit = limit * if decides && !is_lost { FLAWLESS } else { 1 };
        (self.begun.elapsed().mul_f64(share) >= limit).then_some(limit)
    }

    fn spent(&self) -> MutexGuard<'_, Spent> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(2);

    fn begun_ago(seconds: u64, failed: Option<Tier>) -> Budget {
        let now = Instant::now();
        let begun = now.checked_sub(Duration::from_secs(seconds));
        let budget = Budget {
            begun: begun.expect("the machine runs for longer"),
            ..Budget::of_a_run(PATIENCE, 1, Tier::Subject)
        };
        budget.spent().failed = failed;
        budget
    }

    fn is_used_up(budget: &Budget, tier: Tier) -> bool {
        budget.used_up(tier).is_some()
    }

    #[test]
    fn a_run_ends_after_a_minute_where_something_is_wrong() {
        let failed = Some(Tier::Subject);
        assert!(!is_used_up(&begun_ago(59, failed), Tier::Subject));
        assert!(is_used_up(&begun_ago(61, failed), Tier::Subject));
        assert!(is_used_up(&begun_ago(61, failed), Tier::Robust));
        assert!(!is_used_up(&begun_ago(61, failed), Tier::Exam));
        assert!(is_used_up(&begun_ago(601, None), Tier::Exam));
    }

    #[test]
    fn what_decides_goes_on_while_nothing_is_wrong() {
        assert!(!is_used_up(&begun_ago(61, None), Tier::Subject));
        assert!(is_used_up(&begun_ago(61, None), Tier::Robust));
        let robust = Some(Tier::Robust);
        assert!(!is_used_up(&begun_ago(61, robust), Tier::Subject));
        let endless = Budget {
            limit: None,
            ..begun_ago(10_000, None)
        };
        assert!(!is_used_up(&endless, Tier::Robust));
    }

    #[test]
    fn what_the_machine_takes_does_not_count() {
        let budget = begun_ago(100, Some(Tier::Exam));
        budget.spend(Duration::from_secs(10), Duration::from_secs(5));
        assert!(!is_used_up(&budget, Tier::Exam));
        budget.spend(Duration::from_secs(10), Duration::from_secs(10));
        assert!(is_used_up(&budget, Tier::Exam));
    }
}
