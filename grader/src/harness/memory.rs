//! Taking from a process the possibility to get more memory.

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
