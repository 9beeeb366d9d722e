//! The situations that random scenarios bring a server into.

use std::collections::BTreeSet;
use std::fmt;

use super::life::Means;
use crate::tier::Tier;

/// A situation worth being brought about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Situation {
    /// Two events follow each other on one client.
    Pair(Happening, Happening),
    /// A newcomer gets the descriptor of somebody who left in this way.
    Reused(Leaving),
    /// Something is as long as a buffer that people like, or one byte more or less.
    Boundary(Extent, usize, i8),
    /// Where a newline stands in a piece that goes on with a line.
    Newline(Place),
    /// Two clients do this at the same instant.
    Together(Kind, Kind),
    /// Three clients or more have done something at the same instant.
    Crowd,
    /// As many clients have begun lines.
    Begun(usize),
    /// Somebody leaves with an unfinished line.
    Unfinished(Meanwhile),
    /// Somebody does not read.
    Lazy(Laziness),
    /// More clients than this are there.
    Present(usize),
    /// Somebody speaks whose id is beyond this.
    Id(usize),
    /// Everybody has left, and somebody comes.
    EmptyRoom,
    /// A call fails.
    Fault(Call),
}

macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $kind:ident: $words:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum $name { $($(#[$of])* $kind),* }

        impl $name {
            pub(super) const ALL: &[Self] = &[$(Self::$kind),*];
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(match self { $(Self::$kind => $words),* })
            }
        }
    };
}

kinds! {
    /// An event on one client.
    Happening {
        Arrives: "arrives",
        Empty: "says an empty line",
        Line: "says a line",
        Lines: "says several lines",
        Begins: "begins a line",
        LinesAndBegins: "says lines and begins one",
        GoesOn: "goes on with its line",
        Ends: "ends its line",
        EndsAndBegins: "ends its line and begins another",
        StopsReading: "stops reading",
        ReadsAgain: "reads again",
        Closes: "closes",
        Resets: "resets",
        HalfCloses: "half-closes",
    }
}

kinds! {
    /// How somebody left whose descriptor is used again.
    Leaving {
        Closed: "closed",
        Reset: "reset",
        HalfClosed: "half-closed",
        Unfinished: "left with half a line",
        Lazy: "left without reading",
        AtThatInstant: "left at the same instant",
    }
}

kinds! {
    /// What has a length.
    Extent { Line: "a line", Sent: "a piece sent", Relayed: "a relayed line" }
}

kinds! {
    /// Where a newline stands in a piece.
    Place { First: "first", Last: "last", Alone: "alone" }
}

kinds! {
    /// What a client does at the same instant as another.
    Kind {
        Arrives: "arrives",
        Speaks: "speaks",
        Begins: "says half a line",
        Leaves: "leaves",
        Wakes: "reads again",
    }
}

kinds! {
    /// What others do when somebody leaves with an unfinished line.
    Meanwhile { Alone: "nobody else does anything", OthersSpeak: "others speak", OthersBegan: "others have begun lines" }
}

kinds! {
    /// What happens around somebody who does not read.
    Laziness {
        Speaks: "it speaks",
        Leaves: "it leaves",
        LeavesFull: "it leaves, its path full",
        WakesFull: "it reads again, its path full",
        Two: "another does not read either",
        Newcomer: "somebody arrives",
        SpeaksFull: "it speaks, its path full",
        TwoFull: "another's path is full as well",
        Owed: "it is owed more than 100,000 bytes",
    }
}

kinds! {
    /// A call that fails.
    Call { Accept: "accept", Select: "select", Send: "send" }
}

/// Sizes of buffers that people like.
pub(super) const BUFFERS: [usize; 3] = [1024, 4096, 65_536];

/// Numbers of lines that are begun at the same time.
const BEGUN: [usize; 2] = [3, 5];

/// Numbers of clients for which people make room.
const CROWDS: [usize; 3] = [16, 100, 512];

/// Ids that are the last to have a place, where people keep clients by their ids.
const IDS: [usize; 3] = [127, 255, 1023];

/// What so many lines that are begun are.
pub(super) fn begun(count: usize) -> impl Iterator<Item = Situation> {
    let reached = BEGUN.into_iter().filter(move |least| count >= *least);
    reached.map(Situation::Begun)
}

/// The bounds that a number is beyond.
pub(super) fn crowds(count: usize) -> impl Iterator<Item = Situation> {
    let beyond = CROWDS.into_iter().filter(move |bound| count > *bound);
    beyond.map(Situation::Present)
}

/// The bounds that an id is beyond.
pub(super) fn ids(id: usize) -> impl Iterator<Item = Situation> {
    let beyond = IDS.into_iter().filter(move |bound| id > *bound);
    beyond.map(Situation::Id)
}

impl Situation {
    /// Every one that can be brought about with these means.
    pub(super) fn all(means: &Means) -> BTreeSet<Self> {
        let robust = means.require == Tier::Robust;
        let mut all = BTreeSet::new();
        for first in Happening::ALL {
            let next = Happening::ALL
                .iter()
                .filter(|next| first.can_precede(**next));
            all.extend(next.map(|next| Self::Pair(*first, *next)));
        }
        all.extend(Leaving::ALL.iter().map(|leaving| Self::Reused(*leaving)));
        for extent in Extent::ALL {
            for size in BUFFERS {
                all.extend((-1..=1).map(|more| Self::Boundary(*extent, size, more)));
            }
        }
        all.extend(Place::ALL.iter().map(|place| Self::Newline(*place)));
        for (turn, kind) in Kind::ALL.iter().enumerate() {
            let others = Kind::ALL[turn..].iter();
            all.extend(others.map(|other| Self::Together(*kind, *other)));
        }
        // Who relays pieces at once may give a newcomer the rest of what was begun before it came.
        all.remove(&Self::Together(Kind::Arrives, Kind::Begins));
        // Two who do not read at the same time are rare.
        all.remove(&Self::Together(Kind::Wakes, Kind::Wakes));
        all.extend(Meanwhile::ALL.iter().map(|it| Self::Unfinished(*it)));
        all.extend(Laziness::ALL.iter().map(|it| Self::Lazy(*it)));
        all.extend([Self::Crowd, Self::EmptyRoom]);
        all.extend(begun(usize::MAX));
        all.extend(crowds(means.most_at_once()));
        all.extend(ids(usize::MAX));
        if robust && means.supervised {
            all.extend(Call::ALL.iter().map(|call| Self::Fault(*call)));
        }
        if !robust {
            all.remove(&Self::Lazy(Laziness::LeavesFull));
            all.remove(&Self::Together(Kind::Arrives, Kind::Arrives));
        }
        all
    }
}

impl Happening {
    /// Whether a line may be begun and not ended afterwards.
    const fn may_leave_open(self) -> bool {
        matches!(
            self,
            Self::Begins
                | Self::LinesAndBegins
                | Self::GoesOn
                | Self::EndsAndBegins
                | Self::StopsReading
                | Self::ReadsAgain
        )
    }

    const fn may_leave_nothing_open(self) -> bool {
        matches!(
            self,
            Self::Arrives
                | Self::Empty
                | Self::Line
                | Self::Lines
                | Self::Ends
                | Self::StopsReading
                | Self::ReadsAgain
        )
    }

    const fn can_precede(self, next: Self) -> bool {
        match (self, next) {
            (Self::Closes | Self::Resets | Self::HalfCloses, _)
            | (_, Self::Arrives)
            | (Self::StopsReading, Self::StopsReading)
            | (Self::Arrives | Self::ReadsAgain, Self::ReadsAgain) => false,
            (_, Self::GoesOn | Self::Ends | Self::EndsAndBegins) => self.may_leave_open(),
            (_, Self::Empty | Self::Line | Self::Lines | Self::Begins | Self::LinesAndBegins) => {
                self.may_leave_nothing_open()
            }
            _ => true,
        }
    }
}

impl fmt::Display for Situation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pair(first, next) => write!(out, "a client {first}, then {next}"),
            Self::Reused(leaving) => {
                write!(out, "a newcomer on the descriptor of one who {leaving}")
            }
            Self::Boundary(extent, size, more) => {
                write!(
                    out,
                    "{extent} of {} bytes",
                    size.saturating_add_signed((*more).into())
                )
            }
            Self::Newline(place) => write!(out, "a newline {place} in a later piece of a line"),
            Self::Together(one, other) => {
                write!(out, "one {one} and one {other} at the same instant")
            }
            Self::Crowd => write!(out, "three do something at the same instant"),
            Self::Begun(count) => write!(out, "{count} have begun lines"),
            Self::Unfinished(it) => write!(out, "one leaves with half a line: {it}"),
            Self::Lazy(it) => write!(out, "one does not read: {it}"),
            Self::Present(count) => write!(out, "more than {count} clients are there"),
            Self::Id(id) => write!(out, "one with an id beyond {id} speaks"),
            Self::EmptyRoom => write!(out, "one arrives after everybody has left"),
            Self::Fault(call) => write!(out, "{call} fails"),
        }
    }
}
