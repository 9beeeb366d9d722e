//! Whether this machine lets a server be supervised, found out by doing it.

use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use rustix::event::{FdSetElement, Timespec, select};
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use socket2::{Domain, Protocol, Socket, Type};

use super::handover::{InGrader, prepare};
use super::watching::Supervisor;
use crate::keeper::{Folder, Host, Orders, Starting, Task};
use crate::supervisor::{Descriptors, Kind, Policy, Supervision};

const SUPERVISOR: Token = Token(0);
const DONE: Token = Token(1);

/// How long the rehearsal, which takes a millisecond, may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the rehearsing process ends with when all went well, since it never executes anything.
const WELL: Errno = Errno::CANCELED;

/// Tries whether servers can be supervised like this here: a process that is prepared as a server
/// would be makes the watched calls, and is served.
///
/// # Errors
/// The first thing that the kernel, or a container around the grader, does not allow.
pub fn probe(host: &Host, supervision: &Supervision, policy: impl Policy) -> io::Result<()> {
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
    let rehearsal = Rehearsal {
        asks_select: policy.watches(Kind::Select),
        descriptors,
    };
    let (filter, channel) = in_server.into_parts();
    let orders = Orders {
        task: Task::Rehearse(rehearsal),
        program: "/".into(),
        kept: None,
        arguments: Vec::new(),
        environment: Vec::new(),
        folder: Folder::Given("/".into()),
        descriptors: None,
        file: None,
        confinement: None,
        filter: Some(filter),
        bounds: None,
    };
    let nothing = File::options().write(true).open("/dev/null")?;
    let nothing = nothing.as_fd();
    let given = [nothing, nothing, channel.as_fd(), socket.as_fd()];
    let starting = Starting::new(host, &orders, &given)?;
    drop(channel);
    // Where serving ends early, its listener is closed, which ends what the process waits for.
    serve(&starting, in_grader, supervision, policy)?;
    match starting.started() {
        Err(end) if Errno::from_io_error(&end) == Some(WELL) => {}
        Err(end) => return Err(end),
        Ok(_) => return Err(io::Error::other("a folder was executed")),
    }
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

/// Serves the process's calls until it is done.
fn serve(
    starting: &Starting,
    in_grader: InGrader,
    supervision: &Supervision,
    policy: impl Policy,
) -> io::Result<()> {
    let mut poll = Poll::new()?;
    let registry = poll.registry();
    let done = starting.as_fd().as_raw_fd();
    registry.register(&mut SourceFd(&done), DONE, Interest::READABLE)?;
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

/// What a process does that is to find out whether it can be supervised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rehearsal {
    descriptors: Descriptors,
    asks_select: bool,
}

impl Rehearsal {
    /// Makes the watched calls, with this listening socket. What it returns says that all went
    /// well, or what did not.
    pub(crate) fn rehearse(self, socket: &OwnedFd) -> io::Error {
        self.make_calls(socket).err().unwrap_or(WELL).into()
    }

    fn make_calls(self, socket: &OwnedFd) -> Result<(), Errno> {
        if self.asks_select {
            // A question about nothing, whose set must be read all the same.
            let mut nothing = [FdSetElement::default(); 1];
            let at_once = Timespec::default();
            // SAFETY: no descriptor is in the set.
            unsafe { select(1, Some(&mut nothing), None, None, Some(&at_once)) }?;
        }
        match self.descriptors {
            Descriptors::Exam => rustix::net::listen(socket, 1),
            Descriptors::Blocking => Ok(()),
            Descriptors::Nonblocking => {
                let (connection, _) = rustix::net::acceptfrom(socket)?;
                if fcntl_getfl(connection)?.contains(OFlags::NONBLOCK) {
                    Ok(())
                } else {
                    Err(Errno::NOTSUP)
                }
            }
        }
    }
}
