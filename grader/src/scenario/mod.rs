//! What the clients of one check do and must receive.
//!
//! A scenario is read from a TOML file ([`mod@file`]) into the types of this module, in which every
//! name has been resolved: nothing downstream looks at a file again.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use crate::tier::Tier;

/// A client of a scenario: its place in the order of arrival, which is also its id on the wire.
pub use machine::ClientId;

mod error;
pub mod file;
pub mod schema;
mod source;
mod text;
mod told;

pub use error::ScenarioError;
pub use source::SourceFile;
pub use text::Text;

/// One scenario: a script for a fresh server and its clients.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The file's name without its folder and `.toml`; what `--only` and reports call it.
    pub name: String,
    /// The file's path as a report shows it, such as `scenarios/arrival.toml`.
    pub path: String,
    /// One sentence that says what a server does that passes.
    pub title: String,
    /// The rules that it tests, the one it is mainly about first; never empty.
    pub rules: Vec<String>,
    /// Who asks for it.
    pub tier: Tier,
    /// What a failure usually comes from, where the rule's own hint is too general.
    pub hint: Option<String>,
    /// How the received bytes are compared.
    pub judge: Judge,
    /// What `{random:N}` is drawn from, where that is not the seed of the run.
    pub seed: Option<u64>,
    /// What the subject lets a server drop and this scenario does not.
    pub must_keep: Vec<Keep>,
    /// Whether the server must write nothing at all to its standard output and error.
    pub silent: bool,
    /// What is judged about the server's system calls.
    pub watch: BTreeSet<Watch>,
    /// Whether candidates are not shown that it is there.
    pub hidden: bool,
    /// The names of all clients in the order in which they connect, so that a client's place
    /// here is the id that the subject gives it.
    pub clients: Vec<String>,
    /// The clients that stop reading at some point; they get small buffers from the start.
    pub lazy: Vec<ClientId>,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

impl Scenario {
    /// A scenario of the subject's tier in which nothing happens yet, and of which nothing more is
    /// asked than that every byte is right.
    #[must_use]
    pub fn empty(name: &str) -> Self {
        Self {
            name: name.into(),
            path: String::new(),
            title: String::new(),
            rules: Vec::new(),
            tier: Tier::Subject,
            hint: None,
            judge: Judge::EveryByte,
            seed: None,
            must_keep: Vec::new(),
            silent: false,
            watch: BTreeSet::new(),
            hidden: false,
            clients: Vec::new(),
            lazy: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// How many of its clients are connected at the same time at most.
    #[must_use]
    pub fn clients_at_once(&self) -> usize {
        let mut now = 0;
        let mut most = 0;
        for step in &self.steps {
            match &step.action {
                Action::Connect(clients) => now += clients.len(),
                Action::Visit(_) => most = most.max(now + 1),
                Action::Leave(clients) | Action::Reset(clients) => now -= clients.len(),
                _ => {}
            }
            most = most.max(now);
        }
        most
    }

    /// Whether the server may end with "Fatal error" at some point, since it can have no memory.
    #[must_use]
    pub fn exhausts_memory(&self) -> bool {
        self.steps.iter().any(|step| match &step.action {
            Action::NoMemory => true,
            Action::Start(start) => start.no_memory,
            _ => false,
        })
    }

    /// Whether the server can have no memory from its first socket on.
    #[must_use]
    pub fn starts_without_memory(&self) -> bool {
        let is_it = |step: &Step| matches!(&step.action, Action::Start(start) if start.no_memory);
        self.steps.iter().any(is_it)
    }

    /// Whether time is let pass.
    #[must_use]
    pub fn passes_time(&self) -> bool {
        let is_it = |step: &Step| matches!(step.action, Action::PassTime(_));
        self.steps.iter().any(is_it)
    }
}

/// How the bytes that a client received are compared with what it must have received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Judge {
    /// Every byte in its place, with every reading that the subject leaves open.
    #[default]
    EveryByte,
    /// Each client's lines, sorted, as the real examiner does.
    SortedLines,
}

/// Something that the subject lets a server drop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keep {
    /// The text of a line that its sender did not finish before leaving.
    UnfinishedLine,
    /// Whole lines that were sent while a client did not read.
    Unread,
}

/// What can be judged about a server's system calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Watch {
    /// Nothing is read, written or accepted before select was asked whether it may.
    SelectFirst,
    /// Nothing is read, written or accepted that would have to wait.
    NeverEagain,
    /// Only calls are made that the allowed functions make.
    AllowedFunctions,
}

/// A call that can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailingCall {
    /// socket(2), for one of the internet.
    Socket,
    /// bind(2).
    Bind,
    /// listen(2).
    Listen,
    /// accept(2).
    Accept,
    /// select(2).
    Select,
    /// recv(2) and whatever else reads.
    Recv,
    /// send(2) and whatever else writes.
    Send,
}

impl FailingCall {
    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Socket => "socket",
            Self::Bind => "bind",
            Self::Listen => "listen",
            Self::Accept => "accept",
            Self::Select => "select",
            Self::Recv => "recv",
            Self::Send => "send",
        }
    }

    /// Whether a server cannot go on without it.
    #[must_use]
    pub const fn is_fatal(self) -> bool {
        matches!(self, Self::Socket | Self::Bind | Self::Listen)
    }

    /// Whether every later one on the same connection fails as well, since the connection is gone.
    /// (After a reset, recv tells the end of the stream: it fails once.)
    #[must_use]
    pub const fn fails_for_good(self, error: FailingWith) -> bool {
        matches!(self, Self::Send) && matches!(error, FailingWith::Reset | FailingWith::BrokenPipe)
    }

    /// The error that it fails with where nothing else is said: one that happens.
    #[must_use]
    pub const fn usual_error(self) -> FailingWith {
        match self {
            Self::Socket | Self::Accept => FailingWith::TooManyDescriptors,
            Self::Bind | Self::Listen => FailingWith::AddressInUse,
            Self::Select => FailingWith::Interrupted,
            Self::Recv | Self::Send => FailingWith::Reset,
        }
    }
}

/// An error that a call can be made to fail with (errno(3)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailingWith {
    /// `ECONNABORTED`.
    Aborted,
    /// `EMFILE`.
    TooManyDescriptors,
    /// `EINTR`.
    Interrupted,
    /// `ECONNRESET`.
    Reset,
    /// `EPIPE`, without the signal.
    BrokenPipe,
    /// `EADDRINUSE`.
    AddressInUse,
    /// `ENOBUFS`.
    NoBuffers,
}

impl FailingWith {
    /// What it is called in C and in scenario files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aborted => "ECONNABORTED",
            Self::TooManyDescriptors => "EMFILE",
            Self::Interrupted => "EINTR",
            Self::Reset => "ECONNRESET",
            Self::BrokenPipe => "EPIPE",
            Self::AddressInUse => "EADDRINUSE",
            Self::NoBuffers => "ENOBUFS",
        }
    }
}

/// Something of the server's that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measured {
    /// The addresses on which it listens: 127.0.0.1 and no other.
    Addresses,
    /// How many descriptors it has open: as many as the first time.
    Descriptors,
    /// How much memory it has: not more each time than the time before.
    Memory,
    /// Its CPU time while nothing happens: none.
    Idleness,
    /// How many lines come late, compared with the reference: hardly any.
    Promptness,
}

/// One step and the line of the file on which it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Line number in the scenario file, from 1.
    pub line: usize,
    /// What happens.
    pub action: Action,
}

/// What happens in a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The server is started; always the first step (one that serves is put there where the
    /// file has none).
    Start(Start),
    /// Clients connect, one after another.
    Connect(Vec<ClientId>),
    /// Clients arrive and leave at once, one after another, each seen by those who stay.
    Visit(Visit),
    /// A client speaks.
    Send(Send),
    /// What clients must have received; compared with the oracle when the file is read.
    Expect(Expect),
    /// Clients close their connections.
    Leave(Vec<ClientId>),
    /// Clients reset their connections.
    Reset(Vec<ClientId>),
    /// Clients shut down their sending side only.
    HalfClose(Vec<ClientId>),
    /// Clients turn lazy: they stay connected and read nothing.
    StopReading(Vec<ClientId>),
    /// Lazy clients read again.
    ReadAgain(Vec<ClientId>),
    /// A client speaks until the paths to lazy clients are full.
    Flood(Flood),
    /// The server is stopped, so that what follows happens at the same instant for it.
    Freeze,
    /// The server goes on.
    Thaw,
    /// A connection to this address, at the server's port, must be refused.
    Refuse(Ipv4Addr),
    /// The next call of this kind fails, and a send to a client that has gone for good.
    Fail(Fault),
    /// No more memory can be had from here on.
    NoMemory,
    /// So many time-outs of select pass at once.
    PassTime(usize),
    /// Something of the server's is measured, which must be as it should.
    Measure(Measured),
}

/// A call that fails when the server makes it next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which one.
    pub call: FailingCall,
    /// Only on the connection to this client.
    pub to: Option<ClientId>,
    /// With which error.
    pub error: FailingWith,
}

/// How the server is started and what must come of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// The arguments.
    pub arguments: Vec<Argument>,
    /// What must come of it.
    pub outcome: StartOutcome,
    /// The call that fails when the server first makes it.
    pub fails: Option<FailingCall>,
    /// Whether no memory can be had from the first call of socket on.
    pub no_memory: bool,
}

/// An argument of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Passed as it stands.
    Literal(String),
    /// `{port}`: a free port.
    Port,
    /// `{busy_port}`: a port on which the grader itself listens.
    BusyPort,
    /// `{privileged_port}`: 22 where binding it fails, else like `{busy_port}`.
    PrivilegedPort,
}

/// What must come of starting the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartOutcome {
    /// It serves.
    Serves,
    /// It serves, or refuses its arguments: `Wrong number of arguments`, exit status 1.
    ServesOrRefuses,
    /// It serves, listens somewhere, or exits in whatever way; only a signal must not end it.
    Survives,
    /// It exits by itself.
    Exits {
        /// The exit status, where it matters.
        status: Option<i32>,
        /// Exactly this on standard output, where it matters.
        stdout: Option<String>,
        /// Exactly this on standard error, where it matters.
        stderr: Option<String>,
        /// These lines, sorted, on both together, where they matter.
        output: Option<String>,
    },
}

/// Clients arrive and leave at once, one after another.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// Who comes and goes, in this order.
    pub clients: Vec<ClientId>,
    /// What each of them says in between, `{n}` counting from 0.
    pub says: Option<Text>,
}

/// A client speaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Send {
    /// Who speaks.
    pub from: ClientId,
    /// What it says.
    pub text: Text,
    /// How many times in a row, `{n}` counting from 0.
    pub times: usize,
    /// How it is handed to the network.
    pub delivery: Delivery,
}

/// How a text is handed to the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// In one send (as far as it fits the buffers on the way; then in several of whole lines).
    Whole,
    /// So many bytes at a time, the next when the server has read the one before.
    Pieces(usize),
    /// Once for each place at which it can be cut in two, each time in two pieces.
    CutEverywhere,
}

/// What clients must have received by now.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// Who must have received it.
    pub by: Vec<ClientId>,
    /// The last of what they must have received, from the start of a line; empty: nothing came
    /// of the step before.
    pub text: Text,
}

/// A client speaks until the paths to lazy clients are full.
#[derive(Clone, Debug, PartialEq)]
pub struct Flood {
    /// Who speaks.
    pub from: ClientId,
    /// Whose paths must be full.
    pub until_full: Vec<ClientId>,
}
