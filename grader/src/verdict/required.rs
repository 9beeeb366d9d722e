//! What decides whether a server passes: a tier, or all that somebody has chosen.

use crate::tier::Tier;

/// What must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Required {
    /// The strictest tier of which all must pass.
    pub tier: Tier,
    /// Whether somebody has chosen among the checks, so that the verdict is over those only.
    pub is_of_a_choice: bool,
    /// Whether each of them must pass, at whatever tier it turns out to fail.
    pub is_all: bool,
}

impl Default for Required {
    fn default() -> Self {
        Self {
            tier: Tier::Subject,
            is_of_a_choice: false,
            is_all: false,
        }
    }
}

impl Required {
    /// What is required of checks of these tiers. A tier that is named decides, whatever was
    /// chosen. Else whoever asks for some checks wants to know of each of them; whoever goes
    /// without some asks of the rest what is asked of all, unless nothing of that is left.
    pub fn of(
        named: Option<Tier>,
        is_only: bool,
        is_skipping: bool,
        tiers: impl Iterator<Item = Tier> + Clone,
    ) -> Self {
        let usual = Self::default().tier;
        let is_all =
            named.is_none() && (is_only || is_skipping && tiers.clone().all(|tier| tier > usual));
        let strictest = tiers.max().filter(|_| is_all);
        Self {
            tier: named.or(strictest).unwrap_or(usual),
            is_of_a_choice: is_only || is_skipping,
            is_all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Tier::{Exam, Robust, Subject};

    #[test]
    fn a_choice_decides_unless_a_tier_is_named() {
        let only = |named, tiers: &[Tier]| Required::of(named, true, false, tiers.iter().copied());
        for (tiers, tier) in [
            (&[Exam][..], Exam),
            (&[Subject, Exam], Subject),
            (&[Robust], Robust),
            (&[Exam, Robust], Robust),
        ] {
            let required = only(None, tiers);
            assert_eq!((required.tier, required.is_all), (tier, true));
            let required = only(Some(Subject), tiers);
            assert_eq!((required.tier, required.is_all), (Subject, false));
            assert!(required.is_of_a_choice);
        }
    }

    #[test]
    fn what_is_skipped_changes_no_tier_of_the_rest() {
        let skip = |tiers: &[Tier]| Required::of(None, false, true, tiers.iter().copied());
        let rest = skip(&[Subject, Robust]);
        assert_eq!((rest.tier, rest.is_all), (Subject, false));
        assert!(rest.is_of_a_choice);
        let robust = skip(&[Robust]);
        assert_eq!((robust.tier, robust.is_all), (Robust, true));
        let everything = Required::of(None, false, false, Tier::ALL.into_iter());
        assert_eq!(everything, Required::default());
    }
}
