//! Which system calls the allowed functions make.

/// What the allowed functions make, and what the C library makes for them: memory for malloc
/// (some of them take a lock or random numbers for it), and the end of the process. What an abort
/// makes is here too: a server that dies has a worse fault than the calls that it dies by.
pub(super) const CALLS: &[&str] = &[
    "brk",
    "mmap",
    "munmap",
    "mremap",
    "mprotect",
    "madvise",
    "getrandom",
    "futex",
    "sched_yield",
    "write",
    "writev",
    "close",
    "pselect6",
    "select",
    "socket",
    "accept",
    "accept4",
    "listen",
    "bind",
    "sendto",
    "recvfrom",
    "exit",
    "exit_group",
    "restart_syscall",
    "rt_sigreturn",
    "rt_sigprocmask",
    "getpid",
    "gettid",
    "tgkill",
];

#[cfg(test)]
mod tests {
    use super::CALLS;

    #[test]
    fn no_call_stands_twice() {
        for (place, call) in CALLS.iter().enumerate() {
            assert!(!CALLS[..place].contains(call), "{call}");
        }
    }
}
