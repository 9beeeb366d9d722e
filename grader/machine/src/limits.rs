//! How many descriptors the grader and a server may have open, and how much memory the grader may
//! take (getrlimit(2)).

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many descriptors a server may have open: the usual limit of a shell, and as many as a
/// `fd_set` of the C library holds (select(2), `FD_SETSIZE`).
pub(super) const OF_A_SERVER: u64 = 1024;

/// Lets the grader open as many descriptors as it may, and says how many that are. It plays
/// hundreds of clients; a shell's usual limit is below that.
pub fn raise_own() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        // macOS takes no limit that is not one; the old one stays in force.
        Err(_) => limit.current,
    };
    current.unwrap_or(u64::MAX)
}

/// How much more memory the grader may take, in bytes; `None` where no limit is set.
#[must_use]
pub fn memory_left() -> Option<u64> {
    // Pages: first the whole, sixth what is written to (proc_pid_statm(5)).
    let sizes = std::fs::read_to_string("/proc/self/statm").ok()?;
    let left = |resource, column: usize| {
        let limit = getrlimit(resource).current?;
        let pages: u64 = sizes.split(' ').nth(column)?.parse().ok()?;
        let page = u64::try_from(rustix::param::page_size()).ok()?;
        Some(limit.saturating_sub(pages * page))
    };
    let left = [left(Resource::As, 0), left(Resource::Data, 5)];
    left.into_iter().flatten().min()
}
