//! Which system call does what (syscalls(2)).

use syscalls::Sysno;

use super::misconduct::Direction;

/// What a system call is, as far as the supervisor cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// socket(2).
    Socket,
    /// bind(2).
    Bind,
    /// listen(2).
    Listen,
    /// accept(2) and accept4(2).
    Accept,
    /// select(2) and pselect(2).
    Select,
    /// Takes bytes from a descriptor, or puts some into it.
    Transfer(Direction),
    /// Asks for readiness, and is not select.
    OtherMultiplexer,
    /// close(2).
    Close,
    /// Starts a process or a thread: fork(2), vfork(2), clone(2) and clone3.
    Fork,
    /// Anything else.
    Other,
}

/// A call that may be watched, what it is, and what people call it.
const KNOWN: &[(Sysno, Kind, &str)] = &[
    (Sysno::socket, Kind::Socket, "socket"),
    (Sysno::bind, Kind::Bind, "bind"),
    (Sysno::listen, Kind::Listen, "listen"),
    (Sysno::accept, Kind::Accept, "accept"),
    (Sysno::accept4, Kind::Accept, "accept4"),
    // The C library makes this one of select.
    (Sysno::pselect6, Kind::Select, "select"),
    #[cfg(target_arch = "x86_64")]
    (Sysno::select, Kind::Select, "select"),
    // recv and send are these calls with an address that is not there.
    (Sysno::recvfrom, Kind::Transfer(Direction::Read), "recv"),
    (Sysno::recvmsg, Kind::Transfer(Direction::Read), "recvmsg"),
    (Sysno::recvmmsg, Kind::Transfer(Direction::Read), "recvmmsg"),
    (Sysno::read, Kind::Transfer(Direction::Read), "read"),
    (Sysno::readv, Kind::Transfer(Direction::Read), "readv"),
    (Sysno::sendto, Kind::Transfer(Direction::Write), "send"),
    (Sysno::sendmsg, Kind::Transfer(Direction::Write), "sendmsg"),
    (
        Sysno::sendmmsg,
        Kind::Transfer(Direction::Write),
        "sendmmsg",
    ),
    (Sysno::write, Kind::Transfer(Direction::Write), "write"),
    (Sysno::writev, Kind::Transfer(Direction::Write), "writev"),
    (
        Sysno::sendfile,
        Kind::Transfer(Direction::Write),
        "sendfile",
    ),
    (Sysno::ppoll, Kind::OtherMultiplexer, "poll"),
    #[cfg(target_arch = "x86_64")]
    (Sysno::poll, Kind::OtherMultiplexer, "poll"),
    #[cfg(target_arch = "x86_64")]
    (Sysno::epoll_wait, Kind::OtherMultiplexer, "epoll_wait"),
    (Sysno::epoll_pwait, Kind::OtherMultiplexer, "epoll_wait"),
    (Sysno::epoll_pwait2, Kind::OtherMultiplexer, "epoll_wait"),
    (Sysno::close, Kind::Close, "close"),
    #[cfg(target_arch = "x86_64")]
    (Sysno::fork, Kind::Fork, "fork"),
    #[cfg(target_arch = "x86_64")]
    (Sysno::vfork, Kind::Fork, "vfork"),
    (Sysno::clone, Kind::Fork, "clone"),
    (Sysno::clone3, Kind::Fork, "clone3"),
];

/// What the allowed functions make, and what the C library makes for them: memory for malloc
/// (some of them take a lock or random numbers for it), and the end of the process. What an abort
/// makes is here too: a server that dies has a worse fault than the calls that it dies by.
const ALLOWED: &[Sysno] = &[
    Sysno::brk,
    Sysno::mmap,
    Sysno::munmap,
    Sysno::mremap,
    Sysno::mprotect,
    Sysno::madvise,
    Sysno::getrandom,
    Sysno::futex,
    Sysno::sched_yield,
    Sysno::write,
    Sysno::writev,
    Sysno::close,
    Sysno::pselect6,
    #[cfg(target_arch = "x86_64")]
    Sysno::select,
    Sysno::socket,
    Sysno::accept,
    Sysno::accept4,
    Sysno::listen,
    Sysno::bind,
    Sysno::sendto,
    Sysno::recvfrom,
    Sysno::exit,
    Sysno::exit_group,
    Sysno::restart_syscall,
    Sysno::rt_sigreturn,
    Sysno::rt_sigprocmask,
    Sysno::getpid,
    Sysno::gettid,
    Sysno::tgkill,
];

/// What a call of this number is, and what people call it.
pub(super) fn identify(number: libc::c_long) -> (Kind, &'static str) {
    let known = KNOWN
        .iter()
        .find(|(sysno, ..)| i64::from(sysno.id()) == number);
    match known {
        Some((_, kind, name)) => (*kind, name),
        None => (Kind::Other, name(number)),
    }
}

fn name(number: libc::c_long) -> &'static str {
    usize::try_from(number)
        .ok()
        .and_then(Sysno::new)
        .map_or("an unknown call", |sysno| sysno.name())
}

/// The numbers of the calls of these kinds.
pub(super) fn numbers(of: impl Fn(Kind) -> bool) -> Vec<libc::c_long> {
    let known = KNOWN.iter().filter(|(_, kind, _)| of(*kind));
    known.map(|(sysno, ..)| sysno.id().into()).collect()
}

/// Whether an allowed function may make this call.
pub(super) fn is_allowed(number: libc::c_long) -> bool {
    ALLOWED.iter().any(|sysno| i64::from(sysno.id()) == number)
}

/// The numbers of the calls that are allowed and of no kind that is looked at.
pub(super) fn allowed_and_not(of: impl Fn(Kind) -> bool) -> Vec<libc::c_long> {
    let numbers = ALLOWED.iter().map(|sysno| i64::from(sysno.id()));
    numbers.filter(|number| !of(identify(*number).0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_called_as_in_the_source() {
        assert_eq!(
            identify(libc::SYS_recvfrom),
            (Kind::Transfer(Direction::Read), "recv")
        );
        assert_eq!(identify(libc::SYS_pselect6), (Kind::Select, "select"));
        assert_eq!(identify(libc::SYS_setsockopt), (Kind::Other, "setsockopt"));
        assert_eq!(identify(-5), (Kind::Other, "an unknown call"));
    }

    #[test]
    fn no_call_stands_twice() {
        for (place, (sysno, ..)) in KNOWN.iter().enumerate() {
            assert!(KNOWN[..place].iter().all(|(other, ..)| other != sysno));
        }
        for (place, sysno) in ALLOWED.iter().enumerate() {
            assert!(!ALLOWED[..place].contains(sysno), "{sysno:?}");
        }
    }
}
