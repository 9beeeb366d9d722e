//! Medians, quartiles, percentiles.

/// What a handful of figures come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The middle one.
    pub median: f64,
    /// A quarter of them is smaller.
    pub lower_quartile: f64,
    /// A quarter of them is larger.
    pub upper_quartile: f64,
}

impl Summary {
    /// Of these figures; `None` of none.
    #[must_use]
    pub fn of(mut figures: Vec<f64>) -> Option<Self> {
        figures.sort_by(f64::total_cmp);
        Some(Self {
            median: quantile(&figures, 0.5)?,
            lower_quartile: quantile(&figures, 0.25)?,
            upper_quartile: quantile(&figures, 0.75)?,
        })
    }

    /// Half the distance of the quartiles, as a share of the median.
    #[must_use]
    pub fn spread(&self) -> f64 {
        if self.median == 0.0 {
            return 0.0;
        }
        (self.upper_quartile - self.lower_quartile) / 2.0 / self.median
    }
}

/// The figure that this share of the sorted figures does not exceed; between two of them, it is
/// where the share falls on the line that joins them.
pub(super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (below, above) = (
        sorted[place.floor() as usize],
        sorted[place.ceil() as usize],
    );
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_few_figures() {
        let summary = Summary::of(vec![5.0, 1.0, 3.0, 4.0, 2.0]).expect("figures");
        assert_eq!(
            (
                summary.lower_quartile,
                summary.median,
                summary.upper_quartile
            ),
            (2.0, 3.0, 4.0)
        );
        assert!((summary.spread() - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(Summary::of(vec![1.0, 2.0]).expect("figures").median, 1.5);
        assert_eq!(Summary::of(Vec::new()), None);
        assert_eq!(Summary::of(vec![0.0; 3]).expect("figures").spread(), 0.0);
    }

    proptest! {
        #[test]
        fn the_quartiles_are_in_order_and_among_the_figures(
            figures in proptest::collection::vec(-1e9..1e9, 1..50),
        ) {
            let summary = Summary::of(figures.clone()).expect("figures");
            let smallest = figures.iter().copied().fold(f64::INFINITY, f64::min);
            let largest = figures.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(smallest <= summary.lower_quartile);
            prop_assert!(summary.lower_quartile <= summary.median);
            prop_assert!(summary.median <= summary.upper_quartile);
            prop_assert!(summary.upper_quartile <= largest);
        }
    }
}
