//! How often random scenarios have brought each situation about.

use std::collections::{BTreeMap, BTreeSet};

use super::situation::Situation;

/// How often each situation was brought about.
#[derive(Clone, Debug)]
pub(super) struct Coverage {
    counts: BTreeMap<Situation, u64>,
}

impl Coverage {
    pub(super) fn new(wanted: BTreeSet<Situation>) -> Self {
        let counts = wanted.into_iter().map(|situation| (situation, 0)).collect();
        Self { counts }
    }

    pub(super) fn add(&mut self, reached: &BTreeSet<Situation>) {
        for situation in reached {
            if let Some(count) = self.counts.get_mut(situation) {
                *count += 1;
            }
        }
    }

    /// What it is worth to bring these about: the rarer, the more.
    pub(super) fn worth(&self, reached: &BTreeSet<Situation>) -> f64 {
        let counts = reached
            .iter()
            .filter_map(|situation| self.counts.get(situation));
        counts.map(|count| 1.0 / (*count as f64 + 0.1)).sum()
    }

    /// Each with how many cases brought it about.
    pub(super) fn counts(&self) -> impl Iterator<Item = (Situation, u64)> {
        self.counts
            .iter()
            .map(|(situation, count)| (*situation, *count))
    }
}
