//! What is wrong, in the shape in which every report shows it.

use super::{Finding, Kind};

/// Why a check failed.
#[derive(Clone, Debug, Default)]
pub struct Failure {
    /// What is wrong, as far as one mistake is told from another.
    pub kind: Kind,
    /// The line of the scenario file whose step failed, from 1.
    pub line: usize,
    /// What is wrong, in one sentence that can stand alone.
    pub reason: String,
    /// What had happened until then, shortened in the middle where it is long.
    pub transcript: Vec<TranscriptRow>,
    /// The server's last system calls, where they are what is wrong: the last row is the call that
    /// must not have been made.
    pub calls: Vec<TranscriptRow>,
    /// What a client must have received beside what it did receive, where that is what differs.
    pub comparison: Option<Comparison>,
    /// How the server died, where it did.
    pub death: Option<Death>,
    /// The rule that is broken where it is not the one that the scenario is about: a scenario
    /// that looks at system calls must not hold a line that is lost against them.
    pub beside: Option<&'static str>,
    /// Why the check was not played, where it was not.
    pub not_played: Option<NotPlayed>,
    /// What is wrong in the source, in the order of the file, where that is known.
    pub findings: Vec<Finding>,
    /// What it usually comes from when nobody is served at all, where that is not the port. A
    /// server that serves fails by what the check is about.
    pub hint: Option<String>,
}

impl Failure {
    /// The same with so many rows of what happened: the first and the last of them.
    #[must_use]
    pub fn with_at_most(&self, rows: usize) -> Self {
        let mut short = self.clone();
        let count = short.transcript.len();
        if count > rows {
            let first = rows / 2;
            let left_out = count - rows + 1;
            let mark = TranscriptRow {
                who: "…".into(),
                did: format!("{left_out} more"),
                with: Vec::new(),
            };
            short.transcript.splice(first..first + left_out, [mark]);
        }
        short
    }
}

/// Why a check failed without being played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPlayed {
    /// The server never served in the first place.
    NeverServed,
    /// There is none: the source does not compile.
    NotCompiled,
    /// The server had used up the time that a run may take.
    TooSlow,
}

/// One thing that happened: who, did what, with which text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptRow {
    /// A client's name, or `the server`.
    pub who: String,
    /// What it did: `connects`, `says`, `leaves`.
    pub did: String,
    /// What goes with it: `id 0`, or the text that was said, raw.
    pub with: Vec<u8>,
}

/// What a client must have received, and what it did receive, from the end of the step before.
///
/// Both texts begin with `matched`. Long texts were cut already: `matched` keeps its end, the
/// two rests their beginning, and the full lengths are given beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Who received it: a client's name, or `standard output` or `standard error`.
    pub who: String,
    /// The last bytes that were right.
    pub matched: Vec<u8>,
    /// How many bytes were right since the step began.
    pub matched_length: usize,
    /// The bytes that must come next; empty: nothing more.
    pub expected: Vec<u8>,
    /// How many bytes must come next.
    pub expected_length: usize,
    /// The bytes that came instead; empty: nothing came, or the connection was closed.
    pub received: Vec<u8>,
    /// How many bytes came instead.
    pub received_length: usize,
    /// What is wrong at the first wrong byte, fit to follow "here: ".
    pub here: String,
}

/// How a server that should have gone on serving ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Death {
    /// `exited with status 3` or `was killed by signal 11 (SIGSEGV, …)`.
    pub how: String,
    /// The last lines that it wrote to standard output and error, shortened.
    pub last_words: String,
}
