//! Whether this machine lets a server be supervised, found out by doing it.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use mio::{Events, Poll, Token, Waker};
use rustix::event::{FdSetElement, Timespec, select};
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::io::Errno;
use socket2::{Domain, Protocol, Socket, Type};

use super::handover::{InGrader, InServer, prepare};
use super::watching::Supervisor;
use crate::descendants;
use crate::supervisor::{Descriptors, Kind, Policy, Supervision};

const SUPERVISOR: Token = Token(0);
const DONE: Token = Token(1);

/// How long the rehearsal, which takes a millisecond, may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the rehearsing process ends with when all went well, since it never executes anything.
const WELL: Errno = Errno::CANCELED;

/// Tries whether servers can be supervised like this here: a child of the grader makes the
/// watched calls and is served as a server would be.
///
/// # Errors
/// The first thing that the kernel, or a container around the grader, does not allow.
pub fn probe(supervision: &Supervision, policy: impl Policy) -> io::Result<()> {
    let descriptors = supervision.descriptors;
    let Some((in_server, in_grader)) = prepare(supervision, &policy)? else {
        return Ok(());
    };
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.bind(&SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0).into())?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    if descriptors == Descriptors::Nonblocking {
        socket.listen(1)?;
        client.connect(&socket.local_addr()?)?;
    }
    let asks_select = policy.watches(Kind::Select);
    let poll = Poll::new()?;
    let done = Arc::new(Waker::new(poll.registry(), DONE)?);
    let number = socket.as_raw_fd();
    std::thread::scope(|scope| {
        let child = std::thread::Builder::new().spawn_scoped(scope, || {
            let rehearsed = rehearse(in_server, number, descriptors, asks_select);
            done.wake().and(rehearsed)
        })?;
        // Where serving ends early, its listener is closed, which ends what the child waits for.
        let served = serve(in_grader, supervision, policy, poll);
        let rehearsed = child
            .join()
            .unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
        served.and(rehearsed)
    })?;
    if descriptors == Descriptors::Exam {
        client.connect(&socket.local_addr()?)?;
        if socket.accept()?.0.write_timeout()?.is_none() {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "connections do not inherit SO_SNDTIMEO",
            ));
        }
    }
    Ok(())
}

/// Serves the child's call until it is done.
fn serve(
    in_grader: InGrader,
    supervision: &Supervision,
    policy: impl Policy,
    mut poll: Poll,
) -> io::Result<()> {
    let registry = poll.registry();
    let mut supervisor = Supervisor::attach(in_grader, supervision, policy, registry, SUPERVISOR)?;
    let mut events = Events::with_capacity(8);
    loop {
        match poll.poll(&mut events, Some(PATIENCE)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            polled => polled?,
        }
        if events.is_empty() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        for event in &events {
            match event.token() {
                SUPERVISOR => while supervisor.serve(poll.registry())? {},
                DONE => return Ok(()),
                token => supervisor.resume(token, poll.registry())?,
            }
        }
    }
}

/// Makes the watched call in a child that ends before it executes anything.
fn rehearse(
    in_server: InServer,
    socket: RawFd,
    descriptors: Descriptors,
    asks_select: bool,
) -> io::Result<()> {
    let mut command = Command::new("/");
    // SAFETY: between fork and exec only system calls are made, which are async-signal-safe;
    // nothing is allocated and no lock is taken.
    unsafe {
        command.pre_exec(move || {
            in_server.install();
            // SAFETY: the grader keeps the socket open until the child has ended.
            let socket = BorrowedFd::borrow_raw(socket);
            if asks_select {
                // A question about nothing, whose set must be read all the same.
                let mut nothing = [FdSetElement::default(); 1];
                // SAFETY: no descriptor is in the set.
                select(
                    1,
                    Some(&mut nothing),
                    None,
                    None,
                    Some(&Timespec::default()),
                )?;
            }
            match descriptors {
                Descriptors::Exam => rustix::net::listen(socket, 1)?,
                Descriptors::Blocking => {}
                Descriptors::Nonblocking => {
                    let (connection, _) = rustix::net::acceptfrom(socket)?;
                    if !fcntl_getfl(connection)?.contains(OFlags::NONBLOCK) {
                        return Err(Errno::NOTSUP.into());
                    }
                }
            }
            Err(WELL.into())
        });
    }
    let Err(end) = descendants::start_marked(|| command.spawn()) else {
        return Err(io::Error::other("a folder was executed"));
    };
    if Errno::from_io_error(&end) == Some(WELL) {
        Ok(())
    } else {
        Err(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::{Answered, Decision, LookAway, SeenCall};

    #[derive(Debug)]
    struct LooksAtSets;

    impl Policy for LooksAtSets {
        fn watches(&self, kind: Kind) -> bool {
            kind == Kind::Select
        }

        fn decide(&mut self, call: &SeenCall<'_>) -> io::Result<Decision> {
            call.sets()?;
            Ok(Decision::GoOn)
        }

        fn answered(&mut self, _answered: Answered) {}
    }

    #[test]
    fn this_machine_lets_a_server_be_supervised_or_says_why_not() {
        for descriptors in [
            Descriptors::Exam,
            Descriptors::Blocking,
            Descriptors::Nonblocking,
        ] {
            let supervision = Supervision {
                descriptors,
                ..Supervision::default()
            };
            for probed in [
                probe(&supervision, LookAway),
                probe(&supervision, LooksAtSets),
            ] {
                if let Err(error) = probed {
                    eprintln!("not to be had here: {supervision:?}: {error}");
                }
            }
        }
        let plain = Supervision {
            descriptors: Descriptors::Blocking,
            ..Supervision::default()
        };
        probe(&plain, LookAway).expect("nothing is needed for plain descriptors");
    }
}
