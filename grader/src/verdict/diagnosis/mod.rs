//! What is wrong at the first wrong byte, in words.
//!
//! The matcher knows that a byte is wrong; this module guesses the mistake from what stands
//! around it. It is pure: whatever it needs to know is in the [`Situation`]. A guess that does
//! not fit falls through to the next, and the last of them says what is certain.

use std::time::Duration;

use super::kind::{Due, Mistake};
use crate::visible::{byte_count, quoted};

mod contradiction;
mod ending;
mod line;

/// All that is known at the first wrong byte of what a client received.
#[derive(Clone, Debug)]
pub struct Situation<'a> {
    /// The name of the client that receives.
    pub receiver: &'a str,
    /// Its id.
    pub receiver_id: usize,
    /// The whole line that must come, from its start and with its newline; empty: nothing more.
    pub expected: &'a [u8],
    /// The line as it came, from its start; without a newline where none came yet.
    pub received: &'a [u8],
    /// How many bytes of the line are right: the place of the first wrong byte in `received`,
    /// or the length of `received` where too little came.
    pub offset: usize,
    /// The lines that must come after `expected`, in order.
    pub owed: &'a [Vec<u8>],
    /// The lines that came before, in order; the last few are enough.
    pub before: &'a [Vec<u8>],
    /// The lines that the receiver said itself, without prefix; the last few are enough.
    pub own: &'a [Vec<u8>],
    /// The names of the clients, by id.
    pub names: &'a [String],
    /// Why the matcher stopped here.
    pub stop: Stop,
}

/// Why the matcher stopped at the first wrong byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The byte contradicts what must come, or came where nothing must.
    Contradiction,
    /// Everything was right, and then nothing came for this long.
    Silence(Duration),
    /// Everything was right, and then the server closed the connection.
    Closed,
    /// Everything was right, and then the server reset the connection.
    Reset,
}

/// What is wrong, twice: at the byte and on the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// Which mistake it is.
    pub mistake: Mistake,
    /// A few words, fit to follow "here: ".
    pub here: String,
    /// One sentence that can stand alone.
    pub reason: String,
}

/// Says what is wrong.
#[must_use]
pub fn diagnose(situation: &Situation<'_>) -> Diagnosis {
    match situation.stop {
        Stop::Contradiction => contradiction::diagnose(situation),
        Stop::Silence(patience) => ending::silence(situation, patience),
        Stop::Closed => ending::closed(situation, "closed"),
        Stop::Reset => ending::closed(situation, "reset"),
    }
}

impl Situation<'_> {
    /// A client in words: `client 1 (bob)`, or `client 7` where nobody has that id.
    fn client(&self, id: usize) -> String {
        match self.names.get(id) {
            Some(name) => format!("client {id} ({name})"),
            None => format!("client {id}"),
        }
    }

    /// What kind of line must come.
    fn due_kind(&self) -> Due {
        use line::Line;
        match Line::parse(self.expected) {
            Line::Arrival(_) => Due::Arrival,
            Line::Departure(_) => Due::Departure,
            Line::Message { .. } | Line::Other => Due::Line,
        }
    }

    /// The mistake, where it stands in the part of the line that is the server's own; else
    /// `in_text`.
    fn mistake_by_place(&self, in_text: Mistake) -> Mistake {
        if self.due_kind() != Due::Line {
            return Mistake::Announcement(self.due_kind());
        }
        if self.offset < line::prefix_length(self.expected) {
            return Mistake::Prefix;
        }
        in_text
    }

    /// The line that must come, in words: `the announcement that client 2 (carol) arrived`.
    fn due(&self) -> String {
        use line::Line;
        match Line::parse(self.expected) {
            Line::Arrival(id) => format!("the announcement that {} arrived", self.client(id)),
            Line::Departure(id) => format!("the announcement that {} left", self.client(id)),
            Line::Message { id, .. } => {
                format!("the line {} of {}", quoted(self.expected), self.client(id))
            }
            Line::Other => format!("the line {}", quoted(self.expected)),
        }
    }
}

/// The words, fit to begin a sentence.
fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// So many bytes, and the verb that goes with them: `1 byte is`, `2 bytes are`.
fn bytes_are(count: usize) -> String {
    format!(
        "{} {}",
        byte_count(count),
        if count == 1 { "is" } else { "are" }
    )
}

fn diagnosis(mistake: Mistake, here: impl Into<String>, reason: impl Into<String>) -> Diagnosis {
    Diagnosis {
        mistake,
        here: here.into(),
        reason: reason.into(),
    }
}

/// Which buffer ends at one of these lengths, fit to go on a sentence; empty where none of a usual
/// size does.
fn buffer_size(lengths: &[usize]) -> String {
    // Below this, an exact fit is chance. A buffer that keeps a place for its NUL holds one less.
    const SMALLEST: usize = 64;
    lengths
        .iter()
        .flat_map(|length| [*length, length + 1])
        .find(|size| *size >= SMALLEST && (size.is_power_of_two() || size % 1000 == 0))
        .map_or(String::new(), |size| {
            format!(", which is where a buffer of {} ends", byte_count(size))
        })
}
