//! How tests interrupt a grader.

use rustix::process::Signal;

/// The signal of Ctrl-C; that of kill(1) where whoever started the tests has Ctrl-C ignored, as
/// shells do with what they run in the background: the grader then ignores it, too.
pub(crate) fn signal() -> Signal {
    if is_ignored(Signal::INT) {
        Signal::TERM
    } else {
        Signal::INT
    }
}

/// Whether the processes that a test starts ignore a signal (proc_pid_status(5), `SigIgn`).
#[cfg(target_os = "linux")]
fn is_ignored(signal: Signal) -> bool {
    let status = procfs::process::Process::myself().and_then(|process| process.status());
    let ignored = status.expect("a process can read its own status").sigign;
    ignored & (1 << (signal.as_raw() - 1)) != 0
}

/// Nobody tells, so that it is tried.
#[cfg(not(target_os = "linux"))]
fn is_ignored(_signal: Signal) -> bool {
    false
}
