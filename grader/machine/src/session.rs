//! One server and its clients, in one event loop.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};

use super::client::{Client, Received};
use super::keeper::{self, Host};
use super::output::Output;
use super::process::{BeingStarted, Outputs, Process};
use super::socket_state::SocketStates;
use super::supervisor::{self, Descriptors, Policy, Supervision, Supervisor};
use super::{Captured, ClientId, Exit, Program, StartError};

mod clients;
mod looking;

const EXIT: Token = Token(0);
const STDOUT: Token = Token(1);
const STDERR: Token = Token(2);
const SUPERVISOR: Token = Token(3);
/// The token of the first client; the others follow.
const CLIENTS: usize = 4;

/// How much is read from one client before the others have their turn, in bytes.
const TURN: usize = 256 * 1024;

/// Something that the server did, as its clients see it.
#[derive(Debug)]
pub enum Happening<'bytes> {
    /// A client received bytes.
    Received(ClientId, &'bytes [u8]),
    /// The server closed a client's connection.
    Closed(ClientId),
    /// The server reset a client's connection.
    Reset(ClientId),
}

/// A running server and its clients; a policy judges its system calls.
///
/// Dropping it closes all connections and kills the server with all its descendants.
#[derive(Debug)]
pub struct Session<P> {
    // The process is dropped first, so that no client's departure reaches it.
    process: Process,
    /// Why the server cannot be supervised although it must be; told as soon as there is
    /// somebody to tell.
    trouble: Option<io::Error>,
    supervisor: Option<Supervisor<P>>,
    /// Whether calls may wait that the supervisor has not decided about.
    calls_wait: bool,
    /// Whether the server's descriptors are the exam's.
    exam_descriptors: bool,
    port: u16,
    poll: Poll,
    events: Events,
    /// Those that have connected and not left.
    clients: BTreeMap<usize, Client>,
    /// Which client has, or had, which port of its own.
    ports: HashMap<u16, ClientId>,
    /// Clients whose streams may hold more than has been read.
    unread: Vec<usize>,
    stdout: Output,
    stderr: Output,
    states: Option<SocketStates>,
    buffer: Vec<u8>,
}

impl<P: Policy> Session<P> {
    /// Starts a server with these arguments; its clients will connect to `port`, and it will be
    /// supervised like this, its calls judged by `policy`.
    ///
    /// # Errors
    /// The program cannot be executed, or the machine lacks or forbids something to run it.
    pub fn start(
        host: &Host,
        program: &Program,
        arguments: &[String],
        port: u16,
        supervision: &Supervision,
        policy: P,
    ) -> Result<Self, StartError> {
        let poll = Poll::new()?;
        let registry = poll.registry();
        let (in_server, in_grader) = supervisor::prepare(supervision, &policy)?.unzip();
        let tight = supervision.tight_heap;
        let started = BeingStarted::new(host, program, arguments, port, in_server, tight)?;
        let (supervisor, trouble) = in_grader
            .map(|in_grader| {
                let token = SUPERVISOR;
                supervisor::attach_until(&started, in_grader, supervision, policy, registry, token)
            })
            .transpose()
            .map_or_else(
                |error| (None, Some(unsupervised(&error))),
                |supervisor| (supervisor, None),
            );
        let (process, Outputs { stdout, stderr }) = started.started()?;
        let ends = process.as_fd().as_raw_fd();
        registry.register(&mut SourceFd(&ends), EXIT, Interest::READABLE)?;
        let session = Self {
            stdout: Output::watch(stdout, poll.registry(), STDOUT)?,
            stderr: Output::watch(stderr, poll.registry(), STDERR)?,
            process,
            trouble,
            supervisor,
            // Some may have come before the event loop looked.
            calls_wait: true,
            exam_descriptors: supervision.descriptors == Descriptors::Exam,
            port,
            poll,
            events: Events::with_capacity(1024),
            clients: BTreeMap::new(),
            ports: HashMap::new(),
            unread: Vec::new(),
            states: SocketStates::open().ok(),
            buffer: vec![0; 64 * 1024],
        };
        Ok(session)
    }

    /// How the server ended, if it has.
    #[must_use]
    pub fn exit(&self) -> Option<Exit> {
        // Where its keeper has ended, so that nobody knows, the next turn of the loop says so.
        let exit = self.process.exit().ok().flatten();
        if exit.is_some() {
            keeper::wait_if_ending();
        }
        exit
    }

    /// Whether the server is about to end, and its end has not been told yet.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        self.process.is_ending()
    }

    /// The server's process id.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// What the server has written to standard output.
    #[must_use]
    pub const fn stdout(&self) -> &Captured {
        self.stdout.captured()
    }

    /// What the server has written to standard error.
    #[must_use]
    pub const fn stderr(&self) -> &Captured {
        self.stderr.captured()
    }

    /// Waits for something to happen, for `patience` at most, and tells all that has.
    ///
    /// # Errors
    /// The machine's, or whatever `tell` returns.
    pub fn pump<E: From<io::Error>>(
        &mut self,
        patience: Duration,
        mut tell: impl FnMut(Happening<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if let Some(trouble) = self.trouble.take() {
            return Err(trouble.into());
        }
        self.calls_wait &= self.supervisor.is_some();
        let nothing_left_over = self.unread.is_empty()
            && !self.calls_wait
            && !self.stdout.has_more()
            && !self.stderr.has_more();
        let patience = if nothing_left_over {
            patience
        } else {
            Duration::ZERO
        };
        match self.poll.poll(&mut self.events, Some(patience)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        keeper::wait_if_ending();
        for event in &self.events {
            match event.token() {
                // Calls that waited have ended with it, which the supervisor looks for.
                EXIT => {
                    self.process.exit()?;
                    self.calls_wait = true;
                }
                SUPERVISOR => self.calls_wait = true,
                token if token.0 >= supervisor::FIRST_TOKEN => {
                    supervise(self.supervisor.as_mut(), |supervisor| {
                        supervisor.resume(token, self.poll.registry())?;
                        Ok(false)
                    })?;
                }
                STDOUT => self.stdout.may_have_more(),
                STDERR => self.stderr.may_have_more(),
                Token(token) => {
                    let place = token - CLIENTS;
                    let Some(client) = self.clients.get_mut(&place) else {
                        continue;
                    };
                    if event.is_writable() {
                        client.flush();
                    }
                    if event.is_readable() || event.is_read_closed() || event.is_error() {
                        client.may_read = true;
                        if !client.lazy && !self.unread.contains(&place) {
                            self.unread.push(place);
                        }
                    }
                }
            }
        }
        if self.calls_wait {
            self.calls_wait = supervise(self.supervisor.as_mut(), |supervisor| {
                supervisor.serve(self.poll.registry())
            })?;
        }
        self.stdout.read_a_turn(&mut self.buffer);
        self.stderr.read_a_turn(&mut self.buffer);
        // Whatever `tell` returns, nobody who has received something is forgotten.
        let mut told = Ok(());
        for place in std::mem::take(&mut self.unread) {
            let may_have_more = match &told {
                Ok(()) => self.read(place, &mut tell).unwrap_or_else(|error| {
                    told = Err(error);
                    true
                }),
                Err(_) => true,
            };
            if may_have_more {
                self.unread.push(place);
            }
        }
        told
    }

    /// Reads what a client has received, a turn's worth at most, and says whether there may be
    /// more.
    fn read<E: From<io::Error>>(
        &mut self,
        place: usize,
        tell: &mut impl FnMut(Happening<'_>) -> Result<(), E>,
    ) -> Result<bool, E> {
        let who = ClientId(place);
        let Some(client) = self.clients.get_mut(&place) else {
            return Ok(false);
        };
        if client.over || client.lazy {
            return Ok(false);
        }
        let mut turn = 0;
        while turn < TURN {
            match client.receive(&mut self.buffer) {
                Received::Bytes(count) => {
                    turn += count;
                    tell(Happening::Received(who, &self.buffer[..count]))?;
                }
                Received::Nothing => {
                    client.may_read = false;
                    return Ok(false);
                }
                Received::End => {
                    client.over = true;
                    tell(Happening::Closed(who))?;
                    return Ok(false);
                }
                Received::Reset => {
                    client.over = true;
                    tell(Happening::Reset(who))?;
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Begins to stop the server. It stops only when its call is answered, if it waits for the
    /// supervisor, so that [`Session::pump`] must run meanwhile.
    pub fn freeze(&self) {
        self.process.freeze();
    }

    /// Whether the server has stopped (or ended) since [`Session::freeze`].
    ///
    /// # Errors
    /// The machine does not tell.
    pub fn is_frozen(&self) -> io::Result<bool> {
        self.process.is_frozen()
    }

    /// Lets the server go on.
    pub fn thaw(&self) {
        self.process.thaw();
    }

    /// Whoever judges the server's system calls; nobody where none is watched.
    pub fn policy(&mut self) -> Option<&mut P> {
        self.supervisor.as_mut().map(Supervisor::policy)
    }

    /// From here on, the server gets no more memory: this process, or the one that was started.
    ///
    /// # Errors
    /// The machine does not allow it.
    pub fn exhaust_memory(&self, process: Option<u32>) -> io::Result<()> {
        self.process.exhaust_memory(process)
    }

    /// Kills the server with all its descendants and returns all that it has written.
    #[must_use]
    pub fn end(self) -> (Captured, Captured) {
        let Self {
            process,
            stdout,
            stderr,
            mut buffer,
            ..
        } = self;
        drop(process);
        (
            stdout.into_captured(&mut buffer),
            stderr.into_captured(&mut buffer),
        )
    }
}

/// Lets the supervisor do something, if there is one, and says whether it has more to do.
fn supervise<P>(
    supervisor: Option<&mut Supervisor<P>>,
    work: impl FnOnce(&mut Supervisor<P>) -> io::Result<bool>,
) -> io::Result<bool> {
    supervisor
        .map_or(Ok(false), work)
        .map_err(|error| unsupervised(&error))
}

fn unsupervised(error: &io::Error) -> io::Error {
    if super::shortage::advice(error).is_some() {
        return io::Error::from_raw_os_error(error.raw_os_error().unwrap_or_default());
    }
    io::Error::new(
        error.kind(),
        format!(
            "the server's system calls cannot be supervised: {error}; with --descriptors \
             blocking it can be played without"
        ),
    )
}
