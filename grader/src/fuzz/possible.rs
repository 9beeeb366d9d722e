//! Which deeds can happen after which others.

use std::collections::{BTreeMap, BTreeSet};

use super::deed::{Deed, Demand, Somebody, Speech, Style};
use crate::script::Departure;
use crate::tier::Tier;

/// How many bytes one client says at most while the server is frozen. Who relays pieces at once cuts
/// a line where its recv ends, and what others do at the same instant may come in between.
const MOST_WHILE_FROZEN: usize = 1000;

/// How many bytes are said at most, beside a single line, to those who may turn lazy: their
/// connections have small buffers from the start, and who reads must not be lazy by accident.
const MOST_TO_THE_LAZY: usize = 4000;

/// How many bytes somebody has said at most who vanishes while the server is frozen. Once something
/// has come for it since, the kernel does not tell how much of that is unread, and a server that
/// takes a byte at a time may take newcomers first.
const MOST_BEFORE_VANISHING: usize = 20;

/// How many lines are said at most to somebody who has been lazy, whose connection has small buffers
/// on both sides since: the kernel counts more for a line than its bytes.
const MOST_LINES_TO_THE_LAZY: usize = 4;

/// How long a line is at most for which every server that the subject passes has room.
const LONGEST_LINE: usize = 100_002;

/// How many bytes a crowd receives at most of what one client says.
const MOST_TO_A_CROWD: usize = 1_000_000;

/// How many clients are there at most where not only robust servers must have room for them.
pub(super) const MOST_AT_ONCE: usize = 200;

/// Whether a client may turn lazy.
pub(super) const fn may_turn_lazy(who: Somebody) -> bool {
    who % 3 == 2
}

/// Who is there, and how.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    /// Those who are there.
    pub(super) people: BTreeMap<Somebody, Person>,
    /// How many others are there, who do nothing.
    pub(super) crowd: usize,
    pub(super) frozen: Option<Spell>,
    demands: Vec<Demand>,
    visited: bool,
    /// For how many more deeds a server may not have heard of a reset.
    unheard: usize,
    /// What nobody but a robust server need do has been done.
    robust: bool,
}

/// After how many deeds a server has heard of a reset (see the runner's waiting).
const UNHEARD: usize = 4;

/// Somebody who is there.
#[derive(Clone, Debug, Default)]
pub(super) struct Person {
    /// It does not read.
    pub(super) lazy: bool,
    /// What was for it has filled its path.
    pub(super) full: bool,
    /// It has begun a line and not finished it.
    pub(super) open: bool,
    /// How much of that it has said.
    begun: usize,
    /// It has been lazy.
    narrow: bool,
}

/// What has happened since the server was frozen.
#[derive(Clone, Debug, Default)]
pub(super) struct Spell {
    said: BTreeMap<Somebody, usize>,
    lines: usize,
    arrivals: usize,
    /// Somebody has begun a line.
    begun: bool,
    left: usize,
    vanished: usize,
    /// Who reads again since then.
    woken: BTreeSet<Somebody>,
}

impl Room {
    /// Lets the deed happen, if it can.
    pub(super) fn take(&mut self, deed: &Deed) -> bool {
        if !self.allows(deed) {
            return false;
        }
        self.unheard = self.unheard.saturating_sub(1);
        match deed {
            Deed::Demand(demand) => {
                self.robust |= matches!(demand, Demand::Unread | Demand::Unfinished);
                self.demands.push(*demand);
            }
            Deed::Crowd(count) => {
                self.robust |= self.unheard > 0;
                self.crowd = *count;
            }
            Deed::Visits(_) => {
                self.robust |= self.unheard > 0;
                self.visited = true;
            }
            Deed::Arrive(who) => {
                self.people.insert(*who, Person::default());
                if let Some(spell) = &mut self.frozen {
                    spell.arrivals += 1;
                }
            }
            Deed::Say(who, speech) => {
                if let Some(person) = self.people.get_mut(who) {
                    let (longest, begun) = speech.longest_and_open(person.begun);
                    self.robust |= longest > LONGEST_LINE;
                    person.open = speech.unfinished;
                    person.begun = begun;
                }
                self.robust |= speech.length() > 200_000 || speech.line_count() > 500;
                self.robust |= speech.style == Style::Controls;
                // The second write to a client that is gone raises SIGPIPE.
                self.robust |= self.unheard > 0 && speech.line_count() > 1;
                if let Some(spell) = &mut self.frozen {
                    *spell.said.entry(*who).or_default() += speech.length();
                    spell.lines += speech.line_count();
                    spell.begun |= speech.unfinished;
                }
            }
            Deed::Leave(who, how) => {
                let person = self.people.remove(who).unwrap_or_default();
                self.robust |= person.full;
                // What a lazy client has not read makes its end a reset.
                if *how == Departure::Reset || person.lazy {
                    self.unheard = UNHEARD;
                }
                if let Some(spell) = &mut self.frozen {
                    spell.left += 1;
                    // What it began is one more line that may be sent to those who leave.
                    spell.lines += usize::from(person.open);
                    spell.vanished += usize::from(*how != Departure::HalfClose);
                }
            }
            Deed::StopReading(who) | Deed::ReadAgain(who) => {
                if let Some(spell) = &mut self.frozen {
                    spell.woken.insert(*who);
                }
                if let Some(person) = self.people.get_mut(who) {
                    person.lazy = matches!(deed, Deed::StopReading(_));
                    person.narrow = true;
                    person.full = false;
                }
            }
            Deed::Flood(_, full) => {
                // Whoever else does not read may be full as well.
                for (who, person) in &mut self.people {
                    person.full |= person.lazy || who == full;
                }
            }
            Deed::Freeze => {
                self.robust |= self.unheard > 0;
                self.frozen = Some(Spell::default());
            }
            Deed::Thaw => self.frozen = None,
            Deed::AcceptFails(_) | Deed::SelectIsInterrupted => self.robust = true,
            Deed::SendFails {
                to, from, speech, ..
            } => {
                self.robust = true;
                self.people.remove(to);
                if let Some(person) = self.people.get_mut(from) {
                    person.open = speech.unfinished;
                    person.begun = speech.longest_and_open(person.begun).1;
                }
            }
        }
        self.robust |= self.people.len() + self.crowd > MOST_AT_ONCE;
        if let Some(spell) = &self.frozen {
            // As docs/scenarios.md says of what SIGPIPE and a short backlog decide.
            self.robust |= spell.arrivals > 1
                || spell.vanished > 2
                || spell.vanished > 0 && spell.lines + spell.left + spell.arrivals > 2;
        }
        true
    }

    fn allows(&self, deed: &Deed) -> bool {
        let here = |who: &Somebody| self.people.contains_key(who);
        let lazy = |who: &Somebody| self.people.get(who).is_some_and(|person| person.lazy);
        let thawed = self.frozen.is_none();
        let all_read = self.people.values().all(|person| !person.lazy);
        match deed {
            Deed::Demand(demand) => !self.demands.contains(demand),
            Deed::Crowd(count) => thawed && all_read && self.crowd == 0 && *count > 0,
            Deed::Visits(count) => thawed && all_read && !self.visited && *count > 0,
            Deed::Arrive(who) => {
                // Who relays pieces at once may give a newcomer the rest of what was begun.
                let whole = self.frozen.as_ref().is_none_or(|spell| !spell.begun);
                !here(who) && whole
            }
            Deed::Say(who, speech) => {
                let fits = self.frozen.as_ref().is_none_or(|spell| {
                    let said = spell.said.get(who).copied().unwrap_or(0);
                    let whole = spell.arrivals == 0 || !speech.unfinished;
                    let short = said + speech.length() <= MOST_WHILE_FROZEN;
                    speech.pieces.is_none() && whole && short
                });
                here(who) && fits && speech.length() > 0 && self.is_no_burden(*who, speech)
            }
            Deed::Leave(who, how) => {
                let said = self.frozen.as_ref().and_then(|spell| spell.said.get(who));
                let told = said.is_none_or(|said| *said <= MOST_BEFORE_VANISHING);
                // What it began is relayed, and its departure is told right behind that.
                let begun = self.people.get(who).map_or(0, |person| person.begun);
                let mut others = self.people.keys().filter(|other| *other != who);
                let light = begun <= MOST_TO_THE_LAZY || !others.any(|it| may_turn_lazy(*it));
                // To the server, it is as lazy as before, and what waits for it is sent to nobody.
                let spell = self.frozen.as_ref();
                let woke = spell.is_some_and(|spell| spell.woken.contains(who));
                here(who) && light && !woke && (told || *how == Departure::HalfClose)
            }
            Deed::StopReading(who) => here(who) && may_turn_lazy(*who) && !lazy(who) && thawed,
            Deed::ReadAgain(who) => lazy(who),
            Deed::Flood(from, full) => {
                let open = self.people.get(from).is_some_and(|person| person.open);
                // Who reads, by a small buffer, must not be flooded as well.
                let mut others = self.people.iter().filter(|(who, _)| *who != from);
                let reads = others.any(|(who, person)| may_turn_lazy(*who) && !person.lazy);
                let bearable = !open && !reads && self.crowd == 0;
                here(from) && bearable && lazy(full) && from != full && thawed
            }
            Deed::Freeze => thawed && !self.people.is_empty(),
            Deed::Thaw => !thawed,
            Deed::AcceptFails(_) | Deed::SelectIsInterrupted => thawed,
            Deed::SendFails {
                to, from, speech, ..
            } => {
                let fits = (1..=MOST_WHILE_FROZEN).contains(&speech.length());
                let ready = !lazy(to) && speech.pieces.is_none() && fits;
                let light = self.is_no_burden(*from, speech);
                here(to) && here(from) && to != from && ready && light && thawed
            }
        }
    }

    /// Whether what is said fits the smallest path to anybody who may turn lazy, and is not too much
    /// for a crowd.
    fn is_no_burden(&self, from: Somebody, speech: &Speech) -> bool {
        if self.crowd * speech.length() > MOST_TO_A_CROWD {
            return false;
        }
        let others = || self.people.iter().filter(|(who, _)| **who != from);
        if !others().any(|(who, _)| may_turn_lazy(*who)) {
            return true;
        }
        if others().any(|(_, person)| person.narrow) && speech.line_count() > MOST_LINES_TO_THE_LAZY
        {
            return false;
        }
        let said: usize = (self.frozen.iter())
            .flat_map(|spell| spell.said.values())
            .sum();
        let begun = self.people.get(&from).is_some_and(|person| person.open);
        let lone = speech.line_count() == 1 && !begun && self.frozen.is_none();
        said + speech.length() <= MOST_TO_THE_LAZY || lone && !speech.unfinished
    }

    /// Who asks for all that has happened.
    pub(super) const fn tier(&self) -> Tier {
        if self.robust {
            Tier::Robust
        } else {
            Tier::Subject
        }
    }
}

/// The deeds that can happen when those that cannot are left out, and who asks for that.
pub(super) fn possible(deeds: impl IntoIterator<Item = Deed>) -> (Vec<Deed>, Tier) {
    let mut room = Room::default();
    let mut kept: Vec<Deed> = deeds.into_iter().filter(|deed| room.take(deed)).collect();
    if room.frozen.is_some() {
        kept.push(Deed::Thaw);
    }
    // A spell in which nothing happens is none.
    while let Some(place) = kept
        .windows(2)
        .position(|pair| pair == [Deed::Freeze, Deed::Thaw])
    {
        kept.drain(place..place + 2);
    }
    (kept, room.tier())
}
