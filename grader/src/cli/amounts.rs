//! Numbers on a command line, and which of them make sense.

use std::num::NonZeroUsize;
use std::time::Duration;

/// Reads how many are played, or graded, at once.
pub(super) fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "a whole number of at least 1 is expected".into())
}

/// Reads a whole number within these bounds.
pub(super) fn within(text: &str, least: usize, most: usize, what: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("{least} to {most} {what} are expected")),
    }
}

/// Reads a number of seconds, such as `2` or `0.5`.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    /// The longest patience, in seconds: an hour.
    const LONGEST: f64 = 3600.0;
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= LONGEST => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(format!(
            "a number of seconds above 0 and up to {LONGEST} is expected"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_is_a_positive_number_of_seconds() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["0", "-1", "nan", "inf", "soon", "1e9"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
