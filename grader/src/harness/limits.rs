//! How many descriptors the grader and a server may have open (getrlimit(2), `RLIMIT_NOFILE`).

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many descriptors a server may have open: the usual limit of a shell, and as many as a
/// `fd_set` of the C library holds (select(2), `FD_SETSIZE`).
const SERVER: u64 = 1024;

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

/// The limit of a server, whatever that of the grader is.
#[must_use]
pub fn of_a_server() -> Rlimit {
    let maximum = getrlimit(Resource::Nofile).maximum;
    Rlimit {
        current: Some(maximum.map_or(SERVER, |hard| hard.min(SERVER))),
        maximum,
    }
}
