//! Takes everything that servers started along when the grader is asked to end, as by Ctrl-C.
//!
//! Its keepers would do that when it is gone, but then something would be left for a moment. So the
//! signals that ask a program to end are waited for by a thread, which has them end everything and
//! then lets the signal do its work.

use std::io;

use super::{keeper, scratch, signals};

/// The signals that ask a program to end: its terminal has gone, Ctrl-C, kill(1).
const ENDING: [libc::c_int; 3] = [libc::SIGHUP, libc::SIGINT, libc::SIGTERM];

/// Watches for the signals; `farewell` is called first of all when one has come. To be called
/// before other threads are started: they inherit that these signals are not theirs.
///
/// # Errors
/// The machine's.
pub fn watch(farewell: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let heeded = ENDING
        .into_iter()
        .filter(|signal| !signals::is_ignored(*signal));
    let awaited = signals::set(heeded);
    signals::change_mask(libc::SIG_BLOCK, &awaited)?;
    std::thread::Builder::new().spawn(move || {
        let Some(signal) = signals::wait_for(&awaited) else {
            return;
        };
        farewell();
        keeper::end_all();
        scratch::remove_all();
        let _ends_all_the_same = signals::change_mask(libc::SIG_UNBLOCK, &awaited);
        signals::raise(signal);
    })?;
    Ok(())
}
