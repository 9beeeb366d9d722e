//! How much memory a server has, and taking from it the possibility to get more.

use std::io;

use rustix::process::Pid;

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

/// How much a process and all its descendants occupy together, in bytes; those that are nobody's
/// children any more are not found.
#[cfg(target_os = "linux")]
pub(super) fn occupied_by_all(process: Pid) -> u64 {
    /// No server may start more of them.
    const PROCESSES: usize = 512;
    let mut bytes = 0;
    let mut all = vec![process];
    let mut next = 0;
    while let Some(process) = all.get(next).copied() {
        next += 1;
        bytes += occupied(process).unwrap_or(0);
        if all.len() < PROCESSES {
            all.extend(children(process));
        }
    }
    bytes
}

/// The children that the first thread of a process has started (proc_pid_task(5)).
#[cfg(target_os = "linux")]
fn children(process: Pid) -> Vec<Pid> {
    let id = process.as_raw_pid();
    let list = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
    let ids = list.unwrap_or_default();
    ids.split_whitespace()
        .filter_map(|id| Pid::from_raw(id.parse().ok()?))
        .collect()
}

/// Cannot be told.
#[cfg(not(target_os = "linux"))]
pub(super) fn occupied_by_all(_process: Pid) -> u64 {
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
