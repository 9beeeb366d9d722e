//! Takes everything that servers started along when the grader is asked to end, as by Ctrl-C.
//!
//! The kernel kills a server whose grader is gone, but not what the server has forked. So the
//! signals that ask a program to end are waited for by a thread, which kills all of it and then
//! lets the signal do its work.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;

use super::{descendants, scratch};

/// The signals that ask a program to end: its terminal has gone, Ctrl-C, kill(1).
const ENDING: [libc::c_int; 3] = [libc::SIGHUP, libc::SIGINT, libc::SIGTERM];

/// Watches for the signals; `farewell` is called first of all when one has come. To be called
/// before other threads are started: they inherit that these signals are not theirs.
///
/// # Errors
/// The machine's.
pub fn watch(farewell: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let signals = set(ENDING.into_iter().filter(|signal| !is_ignored(*signal)));
    change_mask(libc::SIG_BLOCK, &signals)?;
    std::thread::Builder::new().spawn(move || {
        let mut signal = 0;
        // SAFETY: both point to values of this thread.
        if unsafe { libc::sigwait(&raw const signals, &raw mut signal) } != 0 {
            return;
        }
        farewell();
        descendants::kill_all();
        scratch::remove_all();
        let _ends_all_the_same = change_mask(libc::SIG_UNBLOCK, &signals);
        // SAFETY: raise(3) may be called with any number.
        unsafe { libc::raise(signal) };
    })?;
    Ok(())
}

/// Gives a server the signals back. Called between fork and exec.
pub(super) fn unblock() -> io::Result<()> {
    change_mask(libc::SIG_UNBLOCK, &set(ENDING.into_iter()))
}

/// Whether whoever started the grader has it ignore the signal, as nohup(1) does.
fn is_ignored(signal: libc::c_int) -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: it only writes down what is set, into a value of this function; all zeros are a
    // valid one.
    unsafe {
        libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) == 0
            && action.assume_init().sa_sigaction == libc::SIG_IGN
    }
}

fn set(signals: impl Iterator<Item = libc::c_int>) -> libc::sigset_t {
    let mut set = MaybeUninit::zeroed();
    // SAFETY: sigemptyset(3) makes it a set, which the others then are given.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for signal in signals {
            libc::sigaddset(set.as_mut_ptr(), signal);
        }
        set.assume_init()
    }
}

fn change_mask(how: libc::c_int, signals: &libc::sigset_t) -> io::Result<()> {
    // SAFETY: the set is one, and the old mask is not asked for.
    match unsafe { libc::pthread_sigmask(how, signals, ptr::null_mut()) } {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}
