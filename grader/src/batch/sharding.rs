//! Who is graded by which machine.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use super::fingerprint::of_text;

/// A share of a class: `2/8` is the second of eight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u32,
    of: NonZeroU32,
}

impl Shard {
    /// Whether somebody belongs to this share. That depends on the id alone, so that it stays the
    /// same whoever joins or leaves the class.
    #[must_use]
    pub fn holds(&self, id: &str) -> bool {
        let digits = of_text(id);
        let number = digits
            .get(..8)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        number.unwrap_or(0) % self.of + 1 == self.number
    }

    /// The shares of the same class that are not among these.
    #[must_use]
    pub fn missing(shards: &[Self]) -> Vec<Self> {
        let Some(of) = shards.first().map(|shard| shard.of) else {
            return Vec::new();
        };
        (1..=of.get())
            .map(|number| Self { number, of })
            .filter(|shard| !shards.contains(shard))
            .collect()
    }

    /// Whether both are shares of as many.
    #[must_use]
    pub fn fits(&self, other: &Self) -> bool {
        self.of == other.of
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = |text: &str| {
            let (number, of) = text.split_once('/')?;
            let shard = Self {
                number: number.trim().parse().ok()?,
                of: of.trim().parse().ok()?,
            };
            (1..=shard.of.get())
                .contains(&shard.number)
                .then_some(shard)
        };
        parse(text).ok_or_else(|| {
            "which share of how many is expected, such as 2/8; the first is 1/8".into()
        })
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_are_read() {
        assert_eq!("2/8".parse::<Shard>().unwrap().to_string(), "2/8");
        for wrong in ["", "2", "0/8", "9/8", "1/0", "-1/8", "a/b", "1/2/3"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn missing_shares_are_known() {
        let shards = ["1/3", "3/3"].map(|text| text.parse().unwrap());
        assert_eq!(Shard::missing(&shards), ["2/3".parse().unwrap()]);
    }

    proptest! {
        #[test]
        fn everybody_belongs_to_exactly_one(id in any::<String>(), of in 1u32..40) {
            let of = NonZeroU32::new(of).unwrap();
            let holding = (1..=of.get()).filter(|number| Shard { number: *number, of }.holds(&id));
            prop_assert_eq!(holding.count(), 1);
        }
    }
}
