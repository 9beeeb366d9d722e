//! The shapes of a scenario file's TOML: what its keys are and what each of them takes.
//!
//! The doc comments of this module are what the JSON Schema says about each key: they are
//! written for authors of scenarios.

use std::borrow::Cow;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use toml::Spanned;

use super::limits::{LARGEST_PIECE, MOST_CROWD, MOST_TIME_OUTS, MOST_TIMES, MOST_VISITS};
use crate::tier::Tier;

/// A value and where it stands in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent, bound = "T: serde::de::DeserializeOwned")]
pub(super) struct At<T>(Spanned<T>);

impl<T> At<T> {
    pub(super) fn span(&self) -> Range<usize> {
        self.0.span()
    }

    pub(super) fn get(&self) -> &T {
        self.0.get_ref()
    }
}

/// Where a value stands is no part of the schema.
impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// What the clients of one check do, and what they must receive.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "mini_serv scenario")]
pub(in crate::scenario) struct FileShape {
    /// One sentence that says what a server does that passes.
    #[schemars(length(min = 1))]
    pub(super) title: At<String>,
    /// The rules that the scenario tests, the one it is mainly about first; `grader rules` lists
    /// them all.
    #[schemars(length(min = 1))]
    pub(super) rules: At<Vec<At<String>>>,
    /// Who asks for what the scenario tests.
    pub(super) tier: Tier,
    /// What a failure usually comes from, where the hint of the first rule is too general.
    #[schemars(length(min = 1))]
    pub(super) hint: Option<At<String>>,
    /// How received bytes are compared with what must be received; every byte in its place
    /// where absent.
    pub(super) judge: Option<JudgeShape>,
    /// What the random characters of `{random:100}` are drawn from, so that they are the same in
    /// every run; the seed of the run where absent.
    pub(super) seed: Option<u64>,
    /// What the subject lets a server drop and this scenario does not.
    #[serde(default)]
    pub(super) must_keep: Option<Vec<At<KeepShape>>>,
    /// Whether the server must write nothing at all to its standard output and error.
    pub(super) silent: Option<At<bool>>,
    /// What is judged about the server's system calls besides.
    #[serde(default)]
    pub(super) watch: Option<Vec<At<WatchShape>>>,
    /// Who is shown that the scenario is there, and how it ended; everybody where absent.
    pub(super) visibility: Option<VisibilityShape>,
    /// What happens, in order: a step is one `[[step]]` with one verb.
    #[schemars(length(min = 1))]
    pub(super) step: Vec<VerbShape>,
}

/// How received bytes are compared with what must be received.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "judge")]
pub(super) enum JudgeShape {
    /// Every byte in its place, with every reading that the subject leaves open.
    EveryByte,
    /// Each client's lines, sorted, as the real examiner does.
    SortedLines,
}

/// Something that the subject lets a server drop.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "keep")]
pub(super) enum KeepShape {
    /// The text of a line that its sender did not finish before leaving.
    UnfinishedLine,
    /// Whole lines that were sent while a client did not read.
    Unread,
}

/// What is judged about the server's system calls.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "watch")]
pub(super) enum WatchShape {
    /// Nothing is read, written or accepted before select was asked whether it may.
    SelectFirst,
    /// Nothing is read, written or accepted that would have to wait.
    NeverEagain,
    /// Only calls are made that the allowed functions make.
    AllowedFunctions,
}

/// Who is shown a scenario.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "visibility")]
pub(super) enum VisibilityShape {
    /// Candidates find it on their pages.
    Everyone,
    /// It counts, and candidates' pages do not show it.
    Instructor,
}

/// A call without which no server can start.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "starting_call")]
pub(super) enum StartingCallShape {
    /// socket(2).
    Socket,
    /// bind(2).
    Bind,
    /// listen(2).
    Listen,
}

/// A call that a server that serves makes.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "serving_call")]
pub(super) enum ServingCallShape {
    /// accept(2).
    Accept,
    /// select(2).
    Select,
    /// recv(2), or whatever else the server reads with.
    Recv,
    /// send(2), or whatever else the server writes with.
    Send,
}

/// An error of the kernel's (errno(3)).
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "error")]
pub(super) enum ErrorShape {
    /// A connection has been aborted.
    #[serde(rename = "ECONNABORTED")]
    Aborted,
    /// Too many descriptors are open.
    #[serde(rename = "EMFILE")]
    TooManyDescriptors,
    /// A signal has interrupted the call.
    #[serde(rename = "EINTR")]
    Interrupted,
    /// The other side has reset the connection.
    #[serde(rename = "ECONNRESET")]
    Reset,
    /// The other side has closed the connection. No signal comes with it.
    #[serde(rename = "EPIPE")]
    BrokenPipe,
    /// The kernel has no buffers left.
    #[serde(rename = "ENOBUFS")]
    NoBuffers,
}

/// Something of the server's that is measured.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "measured")]
pub(super) enum MeasuredShape {
    /// The addresses on which it listens: 127.0.0.1 and no other.
    Addresses,
    /// How many descriptors it has open: as many as the first time.
    Descriptors,
    /// How much memory it has: it must not grow from each time to the next.
    Memory,
    /// Its CPU time while nothing happens: none.
    Idleness,
    /// How many lines come late, compared with the reference beside it: hardly any. The first
    /// two clients of the scenario must be there, and read.
    Promptness,
}

/// One step: exactly one verb.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "step")]
pub(super) enum VerbShape {
    /// How the server is started and what must come of it; the first step, where it is not
    /// simply started on a free port.
    Start(StartShape),
    /// These clients connect, one after another. The first client ever gets the id 0, the next
    /// one 1, and so on.
    Connect(NewNames),
    /// Many clients connect, one after another: `guest-1`, `guest-2`…
    Crowd(CrowdShape),
    /// Many clients arrive and leave again, one after another, each seen by those who stay.
    Visit(VisitShape),
    /// A client speaks.
    Send(SendShape),
    /// What clients must have received by now.
    Expect(ExpectShape),
    /// These clients close their connections.
    Leave(Names),
    /// These clients reset their connections.
    Reset(Names),
    /// These clients shut down their sending side only, which is a departure too.
    HalfClose(Names),
    /// These clients turn lazy: they stay connected and read nothing.
    StopReading(Names),
    /// These lazy clients read again.
    ReadAgain(Names),
    /// A client speaks until the server can send no more to the lazy clients.
    Flood(FloodShape),
    /// The server is stopped: what follows, until `thaw`, happens at the same instant for it.
    Freeze(Only),
    /// The server goes on.
    Thaw(Only),
    /// A connection to this address of the machine itself, at the server's port, must be refused.
    Refuse(#[schemars(extend("format" = "ipv4"))] At<String>),
    /// A call fails when the server makes it next, once; a send to a client with `ECONNRESET` or
    /// `EPIPE` goes on failing.
    Fail(FailShape),
    /// No more memory can be had from here on: the server says `Fatal error` and exits with
    /// status 1 when it needs some, or goes on without.
    NoMemory(Only),
    /// So many time-outs of select pass at once, if the server calls it with one: it is as if
    /// nothing had happened for as long. Servers that wait until something happens notice nothing.
    PassTime(#[schemars(range(min = 1, max = MOST_TIME_OUTS))] At<i64>),
    /// Something of the server's is measured.
    Measure(At<MeasuredShape>),
}

/// Names of connected clients; `guest-*` means all whose names begin with `guest-`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(rename = "names")]
pub(super) struct Names(#[schemars(length(min = 1))] pub(super) At<Vec<At<String>>>);

/// Names of clients that have not been there before: letters, digits, `-` and `_`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(rename = "new_names")]
pub(super) struct NewNames(#[schemars(length(min = 1))] pub(super) At<Vec<At<String>>>);

/// Only `true`: the key takes nothing else.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(rename = "only_true")]
pub(super) struct Only(#[schemars(extend("const" = true))] pub(super) At<bool>);

/// How the server is started and what must come of it: it serves, unless another key than
/// `args` says otherwise.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "start")]
pub(super) struct StartShape {
    /// The arguments: `{port}` (a free port), `{busy_port}` (a port on which another program
    /// listens), `{privileged_port}` (a port that only root may use) or a literal text.
    pub(super) args: At<Vec<At<String>>>,
    /// It serves, or refuses its arguments with `Wrong number of arguments` and exit status 1.
    pub(super) may_refuse: Option<Only>,
    /// It may do whatever it likes with its arguments, but no signal ends it.
    pub(super) must_not_crash: Option<Only>,
    /// The call that fails when the server first makes it.
    pub(super) fail: Option<At<StartingCallShape>>,
    /// From the server's first call of socket on, no memory can be had: it says `Fatal error` and
    /// exits with status 1 when it needs some, or serves without.
    pub(super) no_memory: Option<Only>,
    /// It exits by itself, with this status.
    #[schemars(range(min = 0, max = 255))]
    pub(super) exit: Option<At<i64>>,
    /// It exits by itself, with exactly this on its standard output.
    pub(super) stdout: Option<At<String>>,
    /// It exits by itself, with exactly this on its standard error.
    pub(super) stderr: Option<At<String>>,
    /// It exits by itself, with these lines on standard output and error together, sorted.
    pub(super) output: Option<At<String>>,
}

/// Many clients connect, one after another.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "crowd")]
pub(super) struct CrowdShape {
    /// What their names begin with: `guest` gives `guest-1`, `guest-2`…
    pub(super) name: At<String>,
    /// How many connect.
    #[schemars(range(min = 1, max = MOST_CROWD))]
    pub(super) count: At<i64>,
}

/// Many clients arrive and leave again, one after another.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "visit")]
pub(super) struct VisitShape {
    /// What their names begin with: `visitor` gives `visitor-1`, `visitor-2`…
    pub(super) name: At<String>,
    /// How many come and go.
    #[schemars(range(min = 1, max = MOST_VISITS))]
    pub(super) count: At<i64>,
    /// What each of them says before it leaves, with `{n}` and `{random:100}` as in `send`.
    #[schemars(length(min = 1))]
    pub(super) says: Option<At<String>>,
}

/// A client speaks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "send")]
pub(super) struct SendShape {
    /// Who speaks.
    pub(super) from: At<String>,
    /// What it says. `{bob}` is bob's id, `{n}` counts from 0 with `times`, `{random:100}` gives
    /// 100 characters of a-z and 0-9; `{{` and `}}` are braces.
    #[schemars(length(min = 1))]
    pub(super) text: At<String>,
    /// How many times in a row; once where absent.
    #[schemars(range(min = 1, max = MOST_TIMES))]
    pub(super) times: Option<At<i64>>,
    /// So many bytes at a time, the next when the server has read the ones before.
    #[schemars(range(min = 1, max = LARGEST_PIECE))]
    pub(super) pieces: Option<At<i64>>,
    /// Once for each place at which the text can be cut in two, each time in two pieces.
    pub(super) cut: Option<At<CutShape>>,
}

/// Where a text is cut.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "cut")]
pub(super) enum CutShape {
    /// At every place, once at each.
    Everywhere,
}

/// What clients must have received by now.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "expect")]
pub(super) struct ExpectShape {
    /// Who must have received it; `guest-*` means all whose names begin with `guest-`.
    #[schemars(length(min = 1))]
    pub(super) by: At<Vec<At<String>>>,
    /// The last of what they must have received, from the start of a line; empty where nothing
    /// came of the step before. `{bob}` is bob's id; `{{` and `}}` are braces.
    pub(super) text: At<String>,
}

/// A client speaks until the server can send no more to the lazy clients.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "flood")]
pub(super) struct FloodShape {
    /// Who speaks.
    pub(super) from: At<String>,
    /// The clients that do not read, until nothing more can be sent to them.
    #[schemars(length(min = 1))]
    pub(super) until_full: At<Vec<At<String>>>,
}

/// A call fails when the server makes it next, once; a send to a client with `ECONNRESET` or
/// `EPIPE` goes on failing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "fail")]
pub(super) struct FailShape {
    /// Which one.
    pub(super) call: At<ServingCallShape>,
    /// Only on the connection to this client; only for `recv` and `send`.
    pub(super) to: Option<At<String>>,
    /// With which error.
    pub(super) error: At<ErrorShape>,
}
