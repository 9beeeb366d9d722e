//! Which system call does what (syscalls(2)).

use syscalls::Sysno;

use crate::supervisor::{Direction, Kind};

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
    (Sysno::mmap, Kind::Memory, "mmap"),
    (Sysno::exit_group, Kind::Exit, "exit"),
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

/// What the kernel calls it.
pub(super) fn name(number: libc::c_long) -> &'static str {
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

/// The numbers of the system calls of these names that are of no kind that is looked at. Some
/// architectures lack some.
pub(super) fn named_and_not(names: &[&str], of: impl Fn(Kind) -> bool) -> Vec<libc::c_long> {
    let known = names.iter().filter_map(|name| name.parse::<Sysno>().ok());
    let numbers = known.map(|sysno| i64::from(sysno.id()));
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
    fn names_become_numbers() {
        let numbers = named_and_not(&["brk", "accept", "no_such_call"], |kind| {
            kind == Kind::Accept
        });
        assert_eq!(numbers, [libc::SYS_brk]);
    }

    #[test]
    fn no_call_stands_twice() {
        for (place, (sysno, ..)) in KNOWN.iter().enumerate() {
            assert!(KNOWN[..place].iter().all(|(other, ..)| other != sysno));
        }
    }
}
