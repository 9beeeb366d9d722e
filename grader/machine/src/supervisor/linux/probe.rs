//! Whether this machine lets a server be supervised, found out by doing it.

use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use rustix::event::{FdSetElement, Timespec, select};
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::exam_sockets;
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
    let Some((in_server, in_grader)) = prepare(supervision, &policy)? else {
        return Ok(());
    };
    let rehearsal = Rehearsal {
        asks_select: policy.watches(Kind::Select),
        descriptors: supervision.descriptors,
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
    let given = [nothing, nothing, channel.as_fd()];
    let starting = Starting::new(host, &orders, &given)?;
    drop(channel);
    // Where serving ends early, its listener is closed, which ends what the process waits for.
    serve(&starting, in_grader, supervision, policy)?;
    match starting.started().map_err(io::Error::from) {
        Err(end) if Errno::from_io_error(&end) == Some(WELL) => Ok(()),
        Err(end) => Err(end),
        Ok(_) => Err(io::Error::other("a folder was executed")),
    }
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
    /// Makes the watched calls. What it returns says that all went well, or what did not.
    pub(crate) fn rehearse(self) -> io::Error {
        self.make_calls().err().unwrap_or_else(|| WELL.into())
    }

    fn make_calls(self) -> io::Result<()> {
        if self.asks_select {
            // A question about nothing, whose set must be read all the same.
            let mut nothing = [FdSetElement::default(); 1];
            let at_once = Timespec::default();
            // SAFETY: no descriptor is in the set.
            unsafe { select(1, Some(&mut nothing), None, None, Some(&at_once)) }?;
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        // The kernel lets it in before anybody accepts it.
        let _client = TcpStream::connect(listener.local_addr()?)?;
        let (connection, _) = listener.accept()?;
        let as_wanted = match self.descriptors {
            Descriptors::Exam => exam_sockets::is_one(&connection)?,
            Descriptors::Blocking => true,
            Descriptors::Nonblocking => fcntl_getfl(connection)?.contains(OFlags::NONBLOCK),
        };
        if as_wanted {
            Ok(())
        } else {
            Err(Errno::NOTSUP.into())
        }
    }
}
