//! How tests wait for what no event tells.

use std::time::{Duration, Instant};

/// Ends the wait for what never happens. No test that passes waits this long.
const GUARD: Duration = Duration::from_secs(60);

/// Waits until it has happened.
///
/// # Panics
/// It does not happen.
#[track_caller]
pub(crate) fn eventually(what: &str, mut happened: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(begun.elapsed() < GUARD, "never: {what}");
        std::thread::yield_now();
    }
}
