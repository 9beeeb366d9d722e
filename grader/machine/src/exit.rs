//! How a process ended.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    /// By itself, with this status.
    Status(i32),
    /// By this signal.
    Signal(i32),
    /// The grader ended it, since it had taken more memory than this, in bytes.
    TooMuchMemory(u64),
    /// The grader ended it, since its files took more room than this, in bytes.
    TooMuchRoom(u64),
}

impl Exit {
    /// Whether it did not end by itself.
    #[must_use]
    pub const fn is_violent(self) -> bool {
        !matches!(self, Self::Status(_))
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Status(status) => write!(out, "exited with status {status}"),
            Self::Signal(number) => match signal(number) {
                Some((name, meaning)) => write!(out, "was killed by {name} ({meaning})"),
                None => write!(out, "was killed by signal {number}"),
            },
            Self::TooMuchMemory(bytes) => write!(
                out,
                "was ended by the grader, since it had taken more than {} MB of memory",
                bytes / 1_000_000
            ),
            Self::TooMuchRoom(bytes) => write!(
                out,
                "was ended by the grader, since its files took more than {} MB of the disk",
                bytes / 1_000_000
            ),
        }
    }
}

/// The name and meaning of the signals that end a faulty server (signal(7)).
fn signal(number: i32) -> Option<(&'static str, &'static str)> {
    use rustix::process::Signal;
    let known = [
        (Signal::HUP, "SIGHUP", "its terminal went away"),
        (Signal::INT, "SIGINT", "interrupted"),
        (Signal::QUIT, "SIGQUIT", "asked to quit"),
        (Signal::ILL, "SIGILL", "an illegal instruction"),
        (Signal::TRAP, "SIGTRAP", "a trap"),
        (Signal::ABORT, "SIGABRT", "it aborted itself"),
        (Signal::BUS, "SIGBUS", "a bad memory access"),
        (
            Signal::FPE,
            "SIGFPE",
            "an arithmetic error, such as a division by zero",
        ),
        (Signal::KILL, "SIGKILL", "killed from outside"),
        (
            Signal::SEGV,
            "SIGSEGV",
            "a bad memory access, a segmentation fault",
        ),
        (
            Signal::PIPE,
            "SIGPIPE",
            "it wrote to a connection that its client had closed",
        ),
        (Signal::ALARM, "SIGALRM", "its alarm rang"),
        (Signal::TERM, "SIGTERM", "asked to end"),
        (Signal::SYS, "SIGSYS", "a forbidden system call"),
        (Signal::XCPU, "SIGXCPU", "its processor time was used up"),
        (Signal::XFSZ, "SIGXFSZ", "a file grew too large"),
    ];
    known
        .into_iter()
        .find(|(signal, ..)| signal.as_raw() == number)
        .map(|(_, name, meaning)| (name, meaning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exits_are_told_in_words() {
        assert_eq!(Exit::Status(3).to_string(), "exited with status 3");
        assert_eq!(
            Exit::Signal(11).to_string(),
            "was killed by SIGSEGV (a bad memory access, a segmentation fault)"
        );
        assert_eq!(
            Exit::TooMuchMemory(2_000_000_000).to_string(),
            "was ended by the grader, since it had taken more than 2000 MB of memory"
        );
        assert_eq!(Exit::Signal(63).to_string(), "was killed by signal 63");
    }
}
