//! What a process calls before it asks for a socket of the internet.
//!
//! Until then most calls cannot be told from those of the C library's start-up, of the loader's, or
//! of a sanitizer's. Only those count that none of them makes. What comes before an execution
//! belongs to the program before, such as a shell that starts the server.

use std::collections::HashMap;

/// Calls that no start-up of a C program makes, whatever it is linked with, by the kernel's names.
const NO_START_UP_MAKES: &[&str] = &[
    "setsockopt",
    "getsockopt",
    "socketpair",
    "connect",
    "shutdown",
    "epoll_create",
    "epoll_create1",
    "timerfd_create",
    "signalfd4",
    "timer_create",
    "eventfd2",
    "poll",
    "ppoll",
    "nanosleep",
    "clock_nanosleep",
    "fork",
    "vfork",
    "wait4",
    "kill",
    "setsid",
    "setpgid",
    "chdir",
    "umask",
];

/// Signals that a start-up may handle: those of faults and of profilers, which sanitizers and
/// `gcc -pg` ask for (signal(7)).
const OF_START_UPS: &[u64] = &[
    4,  // SIGILL
    5,  // SIGTRAP
    6,  // SIGABRT
    7,  // SIGBUS
    8,  // SIGFPE
    11, // SIGSEGV
    27, // SIGPROF
    31, // SIGSYS
];

/// The last signal that is not one of real time, of which the C library keeps some to itself.
const LAST: u64 = 31;

/// The first call of each process that its author must have asked for.
#[derive(Debug, Default)]
pub(super) struct Early {
    first: HashMap<u32, &'static str>,
}

impl Early {
    /// A process makes a call, of this name to the kernel.
    pub(super) fn note(&mut self, process: u32, call: &'static str, arguments: [u64; 6]) {
        if matches!(call, "execve" | "execveat") {
            self.first.remove(&process);
        } else if is_the_authors(call, arguments) {
            self.first.entry(process).or_insert(call);
        }
    }

    /// The first call of this process that its author must have asked for, told once.
    pub(super) fn take(&mut self, process: u32) -> Option<&'static str> {
        self.first.remove(&process)
    }
}

fn is_the_authors(call: &str, arguments: [u64; 6]) -> bool {
    /// Asks for a descriptor's flags, as the start-up may do of the standard ones (fcntl(2)).
    const F_GETFD: u64 = 1;
    let [first, second, ..] = arguments;
    match call {
        "fcntl" => second != F_GETFD,
        // One that only asks has no new action.
        "rt_sigaction" => second != 0 && first <= LAST && !OF_START_UPS.contains(&first),
        other => NO_START_UP_MAKES.contains(&other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conduct::allowed;

    const SIGPIPE: u64 = 13;
    const HANDLER: u64 = 0x5000;

    fn sigaction(signal: u64, action: u64) -> [u64; 6] {
        [signal, action, 0, 8, 0, 0]
    }

    #[test]
    fn what_only_an_author_asks_for_is_kept() {
        let mut early = Early::default();
        early.note(1, "mmap", [0; 6]);
        early.note(1, "rt_sigaction", sigaction(SIGPIPE, HANDLER));
        early.note(1, "setsockopt", [0; 6]);
        assert_eq!(early.take(2), None);
        assert_eq!(early.take(1), Some("rt_sigaction"));
        assert_eq!(early.take(1), None);
    }

    #[test]
    fn what_precedes_an_execution_is_another_programs() {
        let mut early = Early::default();
        early.note(1, "rt_sigaction", sigaction(SIGPIPE, HANDLER));
        early.note(2, "setpgid", [0; 6]);
        early.note(1, "execve", [0; 6]);
        assert_eq!(early.take(1), None);
        assert_eq!(early.take(2), Some("setpgid"));
    }

    #[test]
    fn what_start_ups_ask_for_does_not_count() {
        const SIGSEGV: u64 = 11;
        const SIGPROF: u64 = 27;
        const OF_THREADS: u64 = 33;
        for signal in [SIGSEGV, SIGPROF, OF_THREADS] {
            assert!(!is_the_authors("rt_sigaction", sigaction(signal, HANDLER)));
        }
        assert!(!is_the_authors("rt_sigaction", sigaction(SIGPIPE, 0)));
        const F_GETFD: u64 = 1;
        const F_SETFL: u64 = 4;
        assert!(!is_the_authors("fcntl", [0, F_GETFD, 0, 0, 0, 0]));
        assert!(is_the_authors("fcntl", [0, F_SETFL, 0, 0, 0, 0]));
    }

    #[test]
    fn nothing_counts_early_that_an_allowed_function_makes() {
        for call in NO_START_UP_MAKES {
            assert!(!allowed::CALLS.contains(call), "{call}");
        }
    }
}
