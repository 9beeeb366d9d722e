//! What happens to one server, and what is special about it.

use std::collections::BTreeSet;

use super::deed::{Deed, Demand};
use super::possible::MOST_AT_ONCE;
use super::situation::Situation;
use crate::tier::Tier;

/// How many cases are played on one server.
pub(super) const CASES_OF_A_LIFE: usize = 10;

/// What can be tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Means {
    /// Nothing is done that only stricter tiers ask for.
    pub(super) require: Tier,
    /// Whether the server's system calls can be seen, and made to fail.
    pub(super) supervised: bool,
    /// Whether all its calls are its author's, as in C.
    pub(super) own_calls: bool,
    /// For how many clients there are descriptors.
    pub(super) room: usize,
}

/// What happens to one server from its start to its end.
#[derive(Clone, Debug, Default)]
pub(super) struct Life {
    /// One after another, without a break.
    pub(super) cases: Vec<Case>,
}

/// Some deeds, and what they bring about where they stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Case {
    pub(super) deeds: Vec<Deed>,
    pub(super) reached: BTreeSet<Situation>,
}

/// What is special about a life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Special {
    /// Nothing.
    Nothing,
    /// Calls fail.
    Adversity,
    /// The server's calls are watched.
    Watched,
    /// What the subject lets a server drop must be kept.
    NothingLost,
    /// Before the last case, many come and stay.
    Crowd,
    /// Before the first case, many come and leave again.
    Visitors,
}

impl Means {
    /// How many clients may be there at the same time.
    pub(super) fn most_at_once(&self) -> usize {
        match self.require {
            Tier::Robust => self.room,
            _ => self.room.min(MOST_AT_ONCE),
        }
    }
}

impl Life {
    /// All that happens.
    pub(super) fn deeds(&self) -> Vec<Deed> {
        let cases = self.cases.iter();
        cases.flat_map(|case| case.deeds.iter().cloned()).collect()
    }
}

impl Special {
    /// What is special about the life of this number. What costs the time of many lives comes once
    /// in so many, and early, so that a short trial has seen it.
    pub(super) fn of(number: usize, means: &Means) -> Self {
        let robust = means.require == Tier::Robust;
        match (number % 200, number % 20) {
            (10, _) => Self::Crowd,
            (20, _) => Self::Visitors,
            (_, 2) if means.supervised => Self::Watched,
            (_, 4 | 9 | 14 | 19) if means.supervised && robust => Self::Adversity,
            (_, 1 | 6 | 11 | 16) if robust => Self::NothingLost,
            _ => Self::Nothing,
        }
    }

    /// What is asked for from the start on.
    pub(super) fn demands(self, means: &Means) -> Vec<Demand> {
        match self {
            // A server may well say that a call has failed.
            Self::Adversity => Vec::new(),
            Self::Watched => {
                let mut watched = vec![Demand::Silence, Demand::SelectFirst, Demand::NeverEagain];
                watched.extend(means.own_calls.then_some(Demand::AllowedFunctions));
                watched
            }
            Self::NothingLost => vec![Demand::Silence, Demand::Unread, Demand::Unfinished],
            _ => vec![Demand::Silence],
        }
    }

    /// How many there are of those who come, where that is what is special: some more than people
    /// make room for.
    pub(super) fn count(self, random: &mut fastrand::Rng, means: &Means) -> usize {
        let more = random.usize(1..=20);
        match self {
            // The others who are there need room as well.
            Self::Crowd => (512 + more).min(means.most_at_once().saturating_sub(10)),
            _ => 1100 + more,
        }
    }
}
