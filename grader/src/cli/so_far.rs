//! What is known of a run by now, which whoever interrupts it tells.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a run has brought, as far as it has come.
pub(super) trait SoFar {
    /// Whether the run is being interrupted.
    fn is_interrupted(&self) -> bool;
}

/// What there is by now.
pub(super) fn lock<T>(so_far: &Mutex<T>) -> MutexGuard<'_, T> {
    so_far.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What there is at the end of a run. One that is interrupted has no end of its own: servers that
/// are killed on the way out fail, and whoever interrupts is being told already.
pub(super) fn at_the_end<T: SoFar>(so_far: &Mutex<T>) -> MutexGuard<'_, T> {
    let mut told = lock(so_far);
    while told.is_interrupted() {
        drop(told);
        std::thread::park();
        told = lock(so_far);
    }
    told
}
