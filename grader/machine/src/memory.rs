//! How much memory a server has, and taking from it the possibility to get more.

use std::io;

use rustix::process::Pid;

#[cfg(target_os = "linux")]
use crate::family;

/// From here on, brk, mmap and mremap give the process no memory to write to. What it has, it
/// keeps, and its stack may grow, which is nobody's allocation (getrlimit(2), `RLIMIT_DATA`).
///
/// # Errors
/// The kernel does not let the grader do it, or has no such limit.
#[cfg(target_os = "linux")]
pub(super) fn exhaust(process: Pid) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, prlimit};

    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    prlimit(Some(process), Resource::Data, none)?;
    Ok(())
}

/// How much of the machine's memory a process occupies, in bytes; `None` where that is not told,
/// for instance since it has ended.
#[cfg(target_os = "linux")]
fn occupied(process: Pid) -> Option<u64> {
    // Pages: the whole, then what is there (proc_pid_statm(5)).
    let sizes = std::fs::read_to_string(format!("/proc/{}/statm", process.as_raw_pid())).ok()?;
    let pages: u64 = sizes.split(' ').nth(1)?.parse().ok()?;
    Some(pages * u64::try_from(rustix::param::page_size()).ok()?)
}

/// How much all processes below this one occupy together, in bytes.
#[cfg(target_os = "linux")]
pub(super) fn occupied_below() -> u64 {
    let all = family::below(rustix::process::getpid());
    all.into_iter().filter_map(occupied).sum()
}

/// Cannot be told.
#[cfg(not(target_os = "linux"))]
pub(super) fn occupied_below() -> u64 {
    0
}

/// Cannot be done.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub(super) fn exhaust(_process: Pid) -> io::Result<()> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "only Linux limits the memory of another process",
    ))
}
