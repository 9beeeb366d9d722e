//! One server and its clients, in one event loop.

use std::collections::HashMap;
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
use super::supervisor::{self, Policy, Supervision, Supervisor};
use super::{Captured, ClientId, Exit, Program};

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
    port: u16,
    poll: Poll,
    events: Events,
    clients: Vec<Option<Client>>,
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
    /// The program cannot be executed, or the machine lacks something to run it.
    pub fn start(
        host: &Host,
        program: &Program,
        arguments: &[String],
        port: u16,
        supervision: &Supervision,
        policy: P,
    ) -> io::Result<Self> {
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
            port,
            poll,
            events: Events::with_capacity(1024),
            clients: Vec::new(),
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
                    let Some(client) = self.clients.get_mut(place).and_then(Option::as_mut) else {
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
        let Some(client) = self.clients.get_mut(place).and_then(Option::as_mut) else {
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

    /// Begins to connect a client; see [`Session::is_connected`].
    ///
    /// # Errors
    /// The connection is refused at once, or the machine lacks something.
    pub fn connect(&mut self, who: ClientId, will_be_lazy: bool) -> io::Result<()> {
        let mut client = Client::connect(self.port, will_be_lazy)?;
        self.ports.insert(client.stream.local_addr()?.port(), who);
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll
            .registry()
            .register(&mut client.stream, Token(CLIENTS + who.0), interest)?;
        if self.clients.len() <= who.0 {
            self.clients.resize_with(who.0 + 1, || None);
        }
        self.clients[who.0] = Some(client);
        Ok(())
    }

    /// Whether a client's connection stands.
    ///
    /// # Errors
    /// It was refused or has failed; the client is gone then and can connect anew.
    pub fn is_connected(&mut self, who: ClientId) -> io::Result<bool> {
        let Some(client) = self.clients.get(who.0).and_then(Option::as_ref) else {
            return Ok(false);
        };
        let connected = match client.is_connected() {
            // Why it failed has been read with its bytes.
            Ok(false) if client.over => Err(io::ErrorKind::ConnectionRefused.into()),
            connected => connected,
        };
        connected.inspect_err(|_| self.clients[who.0] = None)
    }

    /// Sends bytes from a client, as many as the path takes; the rest follows while
    /// [`Session::pump`] runs.
    pub fn send(&mut self, who: ClientId, bytes: &[u8]) {
        if let Some(client) = self.client(who) {
            client.send(bytes);
        }
    }

    /// How many bytes that clients want to send still wait for room on the way.
    #[must_use]
    pub fn unsent(&self) -> u64 {
        let clients = self.clients.iter().flatten();
        clients.map(|client| client.unsent() as u64).sum()
    }

    /// How many bytes a client has sent into the network since it connected.
    #[must_use]
    pub fn sent_by(&self, who: ClientId) -> u64 {
        let client = self.clients.get(who.0).and_then(Option::as_ref);
        client.map_or(0, |client| client.sent)
    }

    /// Closes a client's connection.
    pub fn close(&mut self, who: ClientId) {
        self.clients[who.0] = None;
    }

    /// Resets a client's connection.
    ///
    /// # Errors
    /// The machine's.
    pub fn reset(&mut self, who: ClientId) -> io::Result<()> {
        if let Some(client) = self.clients[who.0].take() {
            client.reset_on_close()?;
        }
        Ok(())
    }

    /// Shuts down a client's sending side.
    ///
    /// # Errors
    /// The machine's.
    pub fn half_close(&mut self, who: ClientId) -> io::Result<()> {
        match self.client(who) {
            Some(client) => client.half_close(),
            None => Ok(()),
        }
    }

    /// From here on, nothing is read for this client.
    pub fn stop_reading(&mut self, who: ClientId) {
        if let Some(client) = self.client(who) {
            client.lazy = true;
        }
        if self.supervisor.is_some() {
            // Where the buffer stays as it is, it takes more to fill, and that is all.
            let _stays_large = self.shrink_send_buffer(who);
        }
    }

    /// Makes the server's send buffer for a client small.
    fn shrink_send_buffer(&self, who: ClientId) -> io::Result<()> {
        let port = self.port_of(who)?;
        match self.server_side(port)? {
            Some(connection) => supervisor::shrink(self.process_id(), connection.inode, port),
            None => Ok(()),
        }
    }

    /// From here on, this client reads again, beginning with what has come in the meantime.
    pub fn read_again(&mut self, who: ClientId) {
        if let Some(client) = self.client(who) {
            client.lazy = false;
            self.unread.push(who.0);
        }
    }

    /// Whether everything that has reached a client has been read.
    #[must_use]
    pub fn has_read_all(&self, who: ClientId) -> bool {
        let client = self.clients.get(who.0).and_then(Option::as_ref);
        client.is_none_or(|client| client.over || !client.may_read)
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

    /// The client whose own end has, or had, this port.
    #[must_use]
    pub fn client_at(&self, port: u16) -> Option<ClientId> {
        self.ports.get(&port).copied()
    }

    /// Whoever judges the server's system calls; nobody where none is watched.
    pub fn policy(&mut self) -> Option<&mut P> {
        self.supervisor.as_mut().map(Supervisor::policy)
    }

    /// From here on, the server gets no more memory.
    ///
    /// # Errors
    /// The machine does not allow it.
    pub fn exhaust_memory(&self) -> io::Result<()> {
        self.process.exhaust_memory()
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

    fn client(&mut self, who: ClientId) -> Option<&mut Client> {
        self.clients.get_mut(who.0).and_then(Option::as_mut)
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
