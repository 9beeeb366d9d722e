//! How many descriptors the grader and a server may have open, how much memory the grader may take,
//! and how the limits of a process are lowered (getrlimit(2)).

use std::io;

use rlimit::{INFINITY, Resource, getrlimit, setrlimit};

/// How many descriptors a server may have open: the usual limit of a shell, and as many as a
/// `fd_set` of the C library holds (select(2), `FD_SETSIZE`).
pub(super) const OF_A_SERVER: u64 = 1024;

/// Lets the grader open as many descriptors as it may, and says how many that are. It plays
/// hundreds of clients; a shell's usual limit is below that.
pub fn raise_own() -> u64 {
    // Where nobody tells, the usual limit is.
    let (current, maximum) = getrlimit(Resource::NOFILE).unwrap_or((OF_A_SERVER, OF_A_SERVER));
    match setrlimit(Resource::NOFILE, maximum, maximum) {
        Ok(()) => maximum,
        // macOS takes no limit that is not one; the old one stays in force.
        Err(_) => current,
    }
}

/// How many descriptors the calling process may have open, as far as it is told.
pub(crate) fn own_descriptors() -> Option<u64> {
    let (current, _) = getrlimit(Resource::NOFILE).ok()?;
    (current != INFINITY).then_some(current)
}

/// How much more memory the grader may take, in bytes; `None` where no limit is set.
#[must_use]
pub fn memory_left() -> Option<u64> {
    // Pages: first the whole, sixth what is written to (proc_pid_statm(5)).
    let sizes = std::fs::read_to_string("/proc/self/statm").ok()?;
    let left = |resource, column: usize| {
        let (limit, _) = getrlimit(resource).ok()?;
        let pages: u64 = sizes.split(' ').nth(column)?.parse().ok()?;
        let page = u64::try_from(rustix::param::page_size()).ok()?;
        (limit != INFINITY).then(|| limit.saturating_sub(pages * page))
    };
    let left = [left(Resource::AS, 0), left(Resource::DATA, 5)];
    left.into_iter().flatten().min()
}

/// Lowers a limit of the calling process, for good; a lower one stays.
///
/// # Errors
/// The kernel, or a container around the grader, refuses.
pub(crate) fn lower(resource: Resource, to: u64) -> io::Result<()> {
    let (_, maximum) = getrlimit(resource)?;
    let to = to.min(maximum);
    setrlimit(resource, to, to)
}

/// Lowers a limit of the calling process, which may raise it again by so much, or as far as it may
/// now where nothing is said.
///
/// # Errors
/// As above.
pub(crate) fn lower_for_now(resource: Resource, to: u64, by: Option<u64>) -> io::Result<()> {
    let (_, maximum) = getrlimit(resource)?;
    let to = to.min(maximum);
    let beyond = by.map_or(maximum, |by| to.saturating_add(by).min(maximum));
    setrlimit(resource, to, beyond)
}
