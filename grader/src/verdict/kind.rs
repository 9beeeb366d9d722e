//! What can be wrong with a server, one kind for each cure.

use machine::Exit;

use crate::tier::Tier;

mod names;

/// What is wrong, as far as one mistake is told from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The source does not compile, so that there is no server.
    NotCompiled,
    /// Something stands in the source that must not.
    InSource,
    /// The sanitizers, or valgrind, complained.
    MemoryMisused,
    /// Nothing listens on the port that it was given.
    NeverListens,
    /// It listens and accepts nobody.
    NeverAccepts,
    /// It refuses a connection while it should serve.
    Refuses,
    /// It ended while it should serve.
    Died {
        /// How it ended.
        exit: Exit,
        /// What had been done last.
        moment: Moment,
    },
    /// It closed a connection that should stand.
    Closes {
        /// What had been done last.
        moment: Moment,
    },
    /// It waits in a call other than select, and serves nobody meanwhile.
    HangsIn {
        /// The call's name: `recv`.
        call: &'static str,
    },
    /// It does not read what a client sent.
    NeverReads,
    /// What it sent does not reach its client.
    NeverDelivers,
    /// A client received something else than it must.
    Text(Mistake),
    /// It wrote something while it served.
    Prints,
    /// It wrote something else than it must when it was started.
    WrongOutput,
    /// It ended with another status than it must.
    WrongStatus,
    /// It goes on where it must end.
    GoesOn,
    /// It made a system call that no allowed function makes.
    Forbidden {
        /// The call's name: `setsockopt`.
        call: &'static str,
    },
    /// It reads, writes or accepts without having asked select.
    NotAsked {
        /// The call's name: `recv`.
        call: &'static str,
    },
    /// It made a call that could only wait or fail.
    WouldWait {
        /// The call's name: `send`.
        call: &'static str,
    },
    /// It went on with a socket that it could not have.
    AfterFailure {
        /// The call that had failed: `bind`.
        failed: &'static str,
    },
    /// It listens on another address than 127.0.0.1.
    ListensElsewhere,
    /// It keeps descriptors open.
    KeepsDescriptors,
    /// It keeps memory.
    KeepsMemory,
    /// It uses processor time while nothing happens.
    NeverSleeps,
    /// It sends later than it could.
    ComesLate,
    /// It takes too long for it all.
    TooSlow,
}

/// What had been done when a server ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Moment {
    /// It was started.
    #[default]
    Start,
    /// A client arrived.
    Arrival,
    /// A client left, in whatever way.
    Departure,
    /// A client said lines.
    Line,
    /// A client said a line that is longer than most buffers.
    LongLine,
    /// A client said a part of a line.
    Piece,
    /// A client did not read what was sent to it.
    Laziness,
    /// A call of its own was made to fail.
    Failure,
    /// It could get no more memory.
    NoMemory,
    /// Nothing was done.
    Nothing,
}

/// What is wrong with what a client received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// An announcement of this kind has other words.
    Announcement(Due),
    /// An arrival was told as a departure, or the other way round.
    WrongVerb,
    /// A client was announced with an id that was given before.
    IdAgain,
    /// A client was announced with another id than the next.
    IdWrong,
    /// A client's line, or its departure, came under another's id.
    IdOfAnother,
    /// A newcomer was told of its own arrival.
    OwnArrival,
    /// A client received its own line.
    OwnLine,
    /// The prefix of a line is missing.
    NoPrefix,
    /// The prefix of a line is changed.
    Prefix,
    /// The prefix came again inside of the line.
    PrefixInside,
    /// Another line begins inside of the line.
    LineInside,
    /// NUL bytes were sent.
    Nul,
    /// A newline is missing.
    NoNewline,
    /// There is a newline too many.
    BlankLine,
    /// Something was added to the end of the line, or a carriage return was added or dropped.
    LineEnd,
    /// A percent sign was not taken as text.
    Format,
    /// The end of a line is missing.
    CutShort,
    /// Bytes inside of a line are missing.
    Lost,
    /// Bytes stand inside of a line that do not belong there.
    Foreign,
    /// A line came twice.
    Twice,
    /// Something of this kind is missing, and the next came in its place.
    Missing(Due),
    /// Something of this kind never came.
    NeverCame(Due),
    /// Something came where nothing must.
    Uninvited,
    /// It differs in a way that no usual mistake explains.
    Other,
}

/// What a client must receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// The announcement of an arrival.
    Arrival,
    /// The announcement of a departure.
    Departure,
    /// Somebody's line.
    Line,
}

impl Default for Kind {
    fn default() -> Self {
        Self::Text(Mistake::Other)
    }
}

/// What a kind of finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matter {
    /// How the server starts, and what clients see of it.
    Conduct,
    /// The system calls that the server makes.
    Calls,
    /// What the server has of the machine.
    Resources,
    /// How long the server takes for it all.
    Pace,
}

impl Kind {
    /// What it is about.
    #[must_use]
    pub const fn matter(self) -> Matter {
        match self {
            Self::Forbidden { .. } | Self::NotAsked { .. } | Self::WouldWait { .. } => {
                Matter::Calls
            }
            Self::ListensElsewhere
            | Self::KeepsDescriptors
            | Self::KeepsMemory
            | Self::NeverSleeps
            | Self::ComesLate => Matter::Resources,
            Self::TooSlow => Matter::Pace,
            _ => Matter::Conduct,
        }
    }

    /// Whether it has one cause and one cure wherever it turns up. What merely does not come, or is
    /// not read, may be so for many reasons, which the rule tells apart.
    #[must_use]
    pub const fn has_one_cause(self) -> bool {
        match self {
            Self::InSource
            | Self::NeverReads
            | Self::NeverDelivers
            | Self::WrongOutput
            | Self::WrongStatus
            | Self::GoesOn
            | Self::Refuses => false,
            Self::Text(mistake) => match mistake {
                Mistake::Missing(due) | Mistake::NeverCame(due) => !matches!(due, Due::Line),
                Mistake::Lost
                | Mistake::Foreign
                | Mistake::CutShort
                | Mistake::Twice
                | Mistake::Other => false,
                _ => true,
            },
            Self::Died { moment, .. } => matches!(
                moment,
                Moment::Start | Moment::Arrival | Moment::Departure | Moment::Line
            ),
            Self::Closes { moment } => matches!(moment, Moment::Start | Moment::Arrival),
            _ => true,
        }
    }

    /// The rule that is broken by it, where that does not depend on what a scenario is about.
    #[must_use]
    pub const fn rule(self) -> Option<&'static str> {
        Some(match self {
            Self::NotCompiled => "compiles",
            Self::MemoryMisused => "memory-safe",
            Self::Prints => "silent",
            Self::ListensElsewhere => "loopback-only",
            Self::Forbidden { .. } => "allowed-functions",
            Self::HangsIn { .. } => "select-first",
            Self::TooSlow => "prompt",
            Self::KeepsDescriptors => "no-fd-leak",
            Self::KeepsMemory => "no-memory-leak",
            Self::NeverSleeps => "sleeps-when-idle",
            Self::Text(mistake) => match mistake {
                Mistake::Announcement(Due::Departure) => "departure",
                Mistake::Announcement(_) | Mistake::OwnArrival => "arrival",
                Mistake::IdAgain | Mistake::IdWrong => "ids-count-up",
                Mistake::Prefix => "prefix-every-line",
                Mistake::OwnLine => "relay",
                _ => return None,
            },
            _ => return None,
        })
    }

    /// The rule that shows it best: its own, or the first in which it can be seen.
    #[must_use]
    pub const fn plainest_rule(self) -> Option<&'static str> {
        match self {
            Self::Died { moment, .. } | Self::Closes { moment } => match moment {
                Moment::Arrival => Some("arrival"),
                Moment::Departure => Some("departure"),
                Moment::Line => Some("relay"),
                _ => None,
            },
            other => other.rule(),
        }
    }

    /// Its tier where that is its own and not that of the rule which it breaks.
    #[must_use]
    pub fn tier(self) -> Option<Tier> {
        let by_sigpipe = Exit::Signal(rustix::process::Signal::PIPE.as_raw());
        match self {
            // signal() is not allowed, and nearly all who passed die of it.
            Self::Died { exit, .. } if exit == by_sigpipe => Some(Tier::Robust),
            _ => None,
        }
    }

    /// Its place among the likeliest roots of all that is wrong, from 0: what fails before is the
    /// reason for what fails after.
    #[must_use]
    pub const fn depth(self) -> u8 {
        match self {
            Self::NotCompiled => 0,
            Self::NeverListens => 1,
            Self::Died { .. } => 2,
            Self::NeverAccepts | Self::HangsIn { .. } => 3,
            Self::Text(mistake) => match mistake {
                Mistake::Announcement(_) | Mistake::WrongVerb | Mistake::Uninvited => 4,
                Mistake::NoPrefix | Mistake::Prefix => 5,
                Mistake::IdAgain | Mistake::IdWrong | Mistake::IdOfAnother => 6,
                Mistake::NeverCame(_) | Mistake::Missing(_) => 8,
                _ => 7,
            },
            Self::Forbidden { .. } => 7,
            Self::Prints | Self::ListensElsewhere => 7,
            Self::KeepsDescriptors => 7,
            Self::Closes { .. } | Self::Refuses => 8,
            Self::TooSlow => 10,
            _ => 9,
        }
    }
}
