//! Which signals a process ignores, and which it is not told of. Both are inherited, by what is
//! forked as by what is executed (signal(7)).

use std::io;
use std::mem::MaybeUninit;
use std::ptr;

/// How many signals there are, those for realtime included.
const SIGNALS: libc::c_int = 64;

/// Lets every signal do what it does by default to the calling process, which must have one thread,
/// and block none: whoever started the grader may have it ignore some, as nohup(1) does.
///
/// # Errors
/// The kernel refuses, which it has no reason to.
pub(crate) fn all_by_default() -> io::Result<()> {
    for signal in 1..=SIGNALS {
        by_default(signal);
    }
    change_mask(libc::SIG_SETMASK, &set(std::iter::empty()))
}

/// Lets the calling process be told how its children end: where that is ignored, they vanish, and
/// their numbers come to mean others.
pub(crate) fn keep_children() {
    by_default(libc::SIGCHLD);
}

/// The C library keeps two signals to itself, and has a process that it starts ignore them; so the
/// kernel is asked. What cannot be changed it refuses.
#[cfg(target_os = "linux")]
fn by_default(signal: libc::c_int) {
    /// How many bytes a set of signals has (rt_sigaction(2)).
    const SET: usize = 8;
    // At least as large as the kernel's own structure; all zeros say what is meant.
    let action = [0_u64; 8];
    let none = ptr::null::<u64>();
    // SAFETY: the kernel reads an action, and writes nothing.
    unsafe { libc::syscall(libc::SYS_rt_sigaction, signal, action.as_ptr(), none, SET) };
}

#[cfg(not(target_os = "linux"))]
fn by_default(signal: libc::c_int) {
    // SAFETY: it names no function; what cannot be changed is refused.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
}

/// Has the calling process ignore a signal.
///
/// # Errors
/// It is none that can be ignored.
pub(crate) fn ignore(signal: libc::c_int) -> io::Result<()> {
    // SAFETY: it names no function.
    match unsafe { libc::signal(signal, libc::SIG_IGN) } {
        libc::SIG_ERR => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Whether whoever started this process has it ignore the signal.
pub(crate) fn is_ignored(signal: libc::c_int) -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: it only writes down what is set, into a value of this function; all zeros are a
    // valid one.
    unsafe {
        libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) == 0
            && action.assume_init().sa_sigaction == libc::SIG_IGN
    }
}

/// A set of these signals.
pub(crate) fn set(signals: impl Iterator<Item = libc::c_int>) -> libc::sigset_t {
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

/// Changes which signals the calling thread is told of; `how` is one of sigprocmask(2).
///
/// # Errors
/// It is none of them.
pub(crate) fn change_mask(how: libc::c_int, signals: &libc::sigset_t) -> io::Result<()> {
    // SAFETY: the set is one, and the old mask is not asked for.
    match unsafe { libc::pthread_sigmask(how, signals, ptr::null_mut()) } {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// Waits until one of these signals comes, which must be blocked, and returns its number; `None`
/// where the set is no such set.
pub(crate) fn wait_for(signals: &libc::sigset_t) -> Option<libc::c_int> {
    let mut signal = 0;
    // SAFETY: both point to values that live as long as the call.
    let error = unsafe { libc::sigwait(signals, &raw mut signal) };
    (error == 0).then_some(signal)
}

/// Sends a signal to the calling thread.
pub(crate) fn raise(signal: libc::c_int) {
    // SAFETY: raise(3) may be called with any number.
    unsafe { libc::raise(signal) };
}
