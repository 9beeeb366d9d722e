//! What happens in a random scenario, one deed after another.

use crate::scenario::FailingWith;
use crate::script::Departure;

/// A client, by its place among all that the generator has made up.
pub(super) type Somebody = usize;

/// Something that is done, most of it by a client.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Deed {
    /// From the start on, more is asked of the server than what its clients must receive.
    Demand(Demand),
    /// A client connects.
    Arrive(Somebody),
    /// So many connect and stay, and do nothing else.
    Crowd(usize),
    /// So many connect and leave again, one after another.
    Visits(usize),
    /// A client speaks.
    Say(Somebody, Speech),
    /// A client leaves.
    Leave(Somebody, Departure),
    /// A client stops reading.
    StopReading(Somebody),
    /// A client reads again.
    ReadAgain(Somebody),
    /// The first speaks until the path to the second is full.
    Flood(Somebody, Somebody),
    /// The server is stopped.
    Freeze,
    /// The server goes on.
    Thaw,
    /// The next accept fails.
    AcceptFails(FailingWith),
    /// The next select is interrupted.
    SelectIsInterrupted,
    /// A send to a client fails that leaves at the same instant as another one speaks.
    SendFails {
        /// Who leaves.
        to: Somebody,
        /// Who speaks.
        from: Somebody,
        /// What.
        speech: Speech,
        /// How the send fails.
        error: FailingWith,
    },
}

/// What can be asked of a server besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// It writes nothing to its own outputs.
    Silence,
    /// Lines sent to who does not read are kept.
    Unread,
    /// Text without a newline is kept when its sender leaves.
    Unfinished,
    /// It asks select first.
    SelectFirst,
    /// It tries nothing that would have to wait.
    NeverEagain,
    /// It makes no call that the allowed functions do not make.
    AllowedFunctions,
}

impl Demand {
    /// The rule that a server breaks that does not do it.
    pub(super) const fn rule(self) -> &'static str {
        match self {
            Self::Silence => "silent",
            Self::Unread => "lazy-catches-up",
            Self::Unfinished => "unfinished-line",
            Self::SelectFirst => "select-first",
            Self::NeverEagain => "never-eagain",
            Self::AllowedFunctions => "allowed-functions",
        }
    }
}

/// What a client says in one go, or in pieces.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Speech {
    /// Told apart by this number, so that no two speeches are alike by accident.
    pub(super) number: usize,
    /// How long each line is, without its newline.
    pub(super) lines: Vec<usize>,
    /// What the lines are made of.
    pub(super) style: Style,
    /// Whether the last line lacks its newline.
    pub(super) unfinished: bool,
    /// How many times in a row it is said.
    pub(super) times: usize,
    /// How many bytes are sent at a time; none: all at once.
    pub(super) pieces: Option<usize>,
}

/// What lines are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Words.
    Plain,
    /// What printf would take for more than text.
    Percent,
    /// Spaces at both ends.
    Spaces,
    /// What the server itself says.
    Announcement,
    /// Every character that can be printed.
    Printable,
    /// What other programs take for a command.
    Command,
    /// Carriage returns, tabs and other characters that nobody types on purpose.
    Controls,
}

/// Above this length, a line goes on with random characters.
pub(super) const LITERAL: usize = 60;

impl Deed {
    /// How many steps of a scenario file it is.
    pub(super) const fn steps(&self) -> usize {
        match self {
            Self::SendFails { .. } => 5,
            // It stands above the steps.
            Self::Demand(_) => 0,
            _ => 1,
        }
    }
}

impl Speech {
    /// The characters with which a line begins, `LITERAL` at most; the rest is random.
    pub(super) fn literal(&self, line: usize) -> String {
        let length = self.lines[line].min(LITERAL);
        let number = self.number;
        let filler = match self.style {
            Style::Plain => format!("{number} and so on "),
            Style::Percent => format!("{number}%s%n%d%% "),
            Style::Spaces => format!("  {number} "),
            Style::Announcement => format!("server: client {} just left ", number % 10),
            Style::Printable => (b' '..=b'~').map(char::from).rev().collect(),
            Style::Command => format!("/quit {number} -h # "),
            Style::Controls => format!("\r\t{number}\u{1b}\u{7f}\u{1}\r"),
        };
        let mut text: String = filler.chars().cycle().take(length).collect();
        let last = match self.style {
            Style::Spaces => ' ',
            Style::Controls => '\r',
            _ => return text,
        };
        if text.pop().is_some() {
            text.push(last);
        }
        text
    }

    /// The pieces that are sent, each as what it is to a server: `false` for a newline.
    pub(super) fn pieces(&self) -> Vec<Vec<bool>> {
        let mut once = Vec::new();
        for (place, length) in self.lines.iter().enumerate() {
            once.extend(std::iter::repeat_n(true, *length));
            if !(self.unfinished && place + 1 == self.lines.len()) {
                once.push(false);
            }
        }
        match self.pieces {
            Some(size) => (0..self.times)
                .flat_map(|_| once.chunks(size).map(<[bool]>::to_vec))
                .collect(),
            None => vec![once.repeat(self.times)],
        }
    }

    /// How many bytes it has in all.
    pub(super) fn length(&self) -> usize {
        let newlines = self.lines.len() - usize::from(self.unfinished);
        (self.lines.iter().sum::<usize>() + newlines) * self.times
    }

    /// How long its longest line is, and how long the one that it leaves unfinished, where so much of
    /// the first was said before.
    pub(super) fn longest_and_open(&self, before: usize) -> (usize, usize) {
        let mut longest = 0;
        let mut open = before;
        for _ in 0..self.times {
            for (place, length) in self.lines.iter().enumerate() {
                open += length;
                longest = longest.max(open);
                if !(self.unfinished && place + 1 == self.lines.len()) {
                    open = 0;
                }
            }
        }
        (longest, open)
    }

    /// How many lines it has in all, begun ones included.
    pub(super) fn line_count(&self) -> usize {
        self.lines.len() * self.times
    }
}
