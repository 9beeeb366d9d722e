//! What the kinds are called in reports for programs.

use machine::Exit;

use super::{Due, Kind, Mistake};

/// Defines the name of each kind and the list of all names, so that neither lacks what the other
/// has.
macro_rules! names {
    ($($kind:pat => $name:literal,)*) => {
        impl Kind {
            /// Every name that a kind can have.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// Its name in reports for programs.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $($kind => $name,)*
                }
            }
        }
    };
}

names! {
    Kind::NotCompiled => "not-compiled",
    Kind::InSource => "in-source",
    Kind::MemoryMisused => "memory-misused",
    Kind::NeverListens => "never-listens",
    Kind::NeverAccepts => "never-accepts",
    Kind::Refuses => "refuses",
    Kind::Died { exit: Exit::Status(_), .. } => "exited",
    Kind::Died { exit: Exit::Signal(_), .. } => "killed-by-signal",
    Kind::Died { exit: Exit::TooMuchMemory(_), .. } => "too-much-memory",
    Kind::Died { exit: Exit::TooMuchRoom(_), .. } => "too-much-room",
    Kind::Closes { .. } => "closes-connection",
    Kind::HangsIn { .. } => "hangs-in-call",
    Kind::NeverReads => "never-reads",
    Kind::NeverDelivers => "never-delivers",
    Kind::Text(Mistake::Announcement(Due::Departure)) => "departure-misspelt",
    Kind::Text(Mistake::Announcement(_)) => "arrival-misspelt",
    Kind::Text(Mistake::WrongVerb) => "arrival-for-departure",
    Kind::Text(Mistake::IdAgain) => "id-given-again",
    Kind::Text(Mistake::IdWrong) => "id-out-of-order",
    Kind::Text(Mistake::IdOfAnother) => "id-of-another",
    Kind::Text(Mistake::OwnArrival) => "own-arrival-told",
    Kind::Text(Mistake::OwnLine) => "own-line-relayed",
    Kind::Text(Mistake::NoPrefix) => "prefix-missing",
    Kind::Text(Mistake::Prefix) => "prefix-misspelt",
    Kind::Text(Mistake::PrefixInside) => "prefix-inside-line",
    Kind::Text(Mistake::LineInside) => "line-inside-line",
    Kind::Text(Mistake::Nul) => "nul-sent",
    Kind::Text(Mistake::NoNewline) => "newline-missing",
    Kind::Text(Mistake::BlankLine) => "newline-added",
    Kind::Text(Mistake::LineEnd) => "line-end-changed",
    Kind::Text(Mistake::Format) => "percent-taken-as-format",
    Kind::Text(Mistake::CutShort) => "line-cut-short",
    Kind::Text(Mistake::Lost) => "bytes-lost",
    Kind::Text(Mistake::Foreign) => "bytes-added",
    Kind::Text(Mistake::Twice) => "line-twice",
    Kind::Text(Mistake::Missing(Due::Arrival)) => "arrival-left-out",
    Kind::Text(Mistake::Missing(Due::Departure)) => "departure-left-out",
    Kind::Text(Mistake::Missing(Due::Line)) => "line-left-out",
    Kind::Text(Mistake::NeverCame(Due::Arrival)) => "arrival-never-came",
    Kind::Text(Mistake::NeverCame(Due::Departure)) => "departure-never-came",
    Kind::Text(Mistake::NeverCame(Due::Line)) => "line-never-came",
    Kind::Text(Mistake::Uninvited) => "uninvited",
    Kind::Text(Mistake::Other) => "text-differs",
    Kind::Prints => "prints",
    Kind::WrongOutput => "wrong-output",
    Kind::WrongStatus => "wrong-status",
    Kind::GoesOn => "goes-on",
    Kind::Forbidden { .. } => "forbidden-call",
    Kind::NotAsked { .. } => "select-not-asked",
    Kind::WouldWait { .. } => "would-wait",
    Kind::AfterFailure { .. } => "goes-on-after-failure",
    Kind::ListensElsewhere => "listens-elsewhere",
    Kind::KeepsDescriptors => "keeps-descriptors",
    Kind::KeepsMemory => "keeps-memory",
    Kind::NeverSleeps => "never-sleeps",
    Kind::ComesLate => "comes-late",
    Kind::TooSlow => "too-slow",
}
