//! A second, independent reading of the subject.
//!
//! From the moves alone, the [`Oracle`] knows what every client must have received by then. It
//! writes down each line that the subject makes a server send, once, in a log that all clients
//! share, and says of each line what it is to each client: due, allowed, or nothing to it. A
//! [`Matcher`](matcher::Matcher) reads a client's bytes against that.
//!
//! Time is counted in instants: all moves between two settlements happen at the same instant, in
//! an order that only the server knows.

use std::ops::Range;

use crate::scenario::{ClientId, Keep, Scenario};
use crate::script::{Departure, Move};

mod line;
pub mod matcher;
pub mod sorted_lines;
mod stream;

#[cfg(test)]
pub(crate) mod tests;

pub use line::{Line, LineState};
pub use stream::Stream;

/// What is known of a run: who is there, and every line that the subject asks for.
#[derive(Clone, Debug)]
pub struct Oracle {
    log: Vec<Line>,
    people: Vec<Person>,
    instant: u32,
    /// Where in the log the current instant begins.
    instant_begins: usize,
    /// Lines that were begun and not finished when the current instant began.
    open_before: Vec<usize>,
    keep_unfinished: bool,
    keep_unread: bool,
}

/// What a line is to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// It must not come.
    Never,
    /// It may come whole, or not at all.
    May,
    /// It must come, once it is complete.
    Must,
}

#[derive(Clone, Debug)]
struct Person {
    presence: Presence,
    /// The instant of the arrival.
    arrived: u32,
    /// Where in the log the arrival stands.
    arrival_line: usize,
    /// Where in the log the instant of the arrival begins.
    first_line: usize,
    /// Lines that others had begun and not finished when the instant of the arrival began.
    carried: Vec<usize>,
    /// The instant of the departure.
    left: u32,
    /// The line that this client has begun and not finished.
    open_line: Option<usize>,
    /// Spells of laziness, as instants; the last may still be going on.
    lazy: Vec<Range<u32>>,
}

impl Person {
    const fn has_left(&self) -> bool {
        matches!(self.presence, Presence::Listening | Presence::Gone)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Elsewhere,
    Here,
    /// It has shut down its sending side and can still receive.
    Listening,
    Gone,
}

impl Oracle {
    /// Knows nothing yet but how many clients there will be and what a server must keep.
    #[must_use]
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            log: Vec::new(),
            people: vec![Person::elsewhere(); scenario.clients.len()],
            instant: 0,
            instant_begins: 0,
            open_before: Vec::new(),
            keep_unfinished: scenario.must_keep.contains(&Keep::UnfinishedLine),
            keep_unread: scenario.must_keep.contains(&Keep::Unread),
        }
    }

    /// A move has been made with which nothing went wrong. What a flood says depends on the server,
    /// and is told apart from it by [`Oracle::says`].
    pub fn follows(&mut self, made: &Move) {
        match made {
            Move::Arrive(who) => self.arrives(*who),
            Move::Say { from, bytes } => self.says(*from, bytes),
            Move::Leave { who, how } => self.leaves(*who, *how),
            Move::StopReading(who) => self.stops_reading(*who),
            Move::ReadAgain(who) => self.has_caught_up(*who),
            Move::Settle => self.settle(),
            Move::Flood { .. }
            | Move::Wake(_)
            | Move::Freeze
            | Move::Thaw
            | Move::Refuse(_)
            | Move::Fail(_)
            | Move::NoMemory
            | Move::PassTime(_)
            | Move::Measure(_)
            | Move::Expect { .. }
            | Move::LetRead => {}
        }
    }

    /// A client has connected: everybody else who is there must be told.
    ///
    /// Connections are accepted in the order in which they were made, so clients must arrive in
    /// the order of their ids; a client beyond those of the scenario may come as well.
    pub fn arrives(&mut self, who: ClientId) {
        if who.0 >= self.people.len() {
            self.people.resize(who.0 + 1, Person::elsewhere());
        }
        self.people[who.0] = Person {
            presence: Presence::Here,
            arrived: self.instant,
            arrival_line: self.log.len(),
            first_line: self.instant_begins,
            carried: self.open_before.clone(),
            ..Person::elsewhere()
        };
        self.log
            .push(Line::announcement(who, "arrived", self.instant));
    }

    /// A client has sent these bytes: each of its lines must reach everybody else who is there.
    pub fn says(&mut self, who: ClientId, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            match self.people[who.0].open_line {
                Some(open) => self.log[open].extend(part, self.instant),
                None => {
                    self.people[who.0].open_line = Some(self.log.len());
                    self.log.push(Line::speech(who, part, self.instant));
                }
            }
            if part.ends_with(b"\n") {
                self.people[who.0].open_line = None;
            }
        }
    }

    /// A client has left: everybody else who is there must be told.
    pub fn leaves(&mut self, who: ClientId, how: Departure) {
        let person = &mut self.people[who.0];
        person.left = self.instant;
        person.presence = match how {
            Departure::Close | Departure::Reset => Presence::Gone,
            Departure::HalfClose => Presence::Listening,
        };
        if let Some(open) = person.open_line.take() {
            self.log[open].state = LineState::Abandoned { at: self.instant };
        }
        self.log.push(Line::announcement(who, "left", self.instant));
    }

    /// A client reads nothing from here on.
    pub fn stops_reading(&mut self, who: ClientId) {
        self.people[who.0].lazy.push(self.instant..u32::MAX);
    }

    /// A client that did not read has drained what was on its way: its path is free again, and
    /// what comes after this instant is due as before.
    pub fn has_caught_up(&mut self, who: ClientId) {
        if let Some(spell) = self.people[who.0].lazy.last_mut() {
            spell.end = self.instant + 1;
        }
    }

    /// The server has dealt with all that came before: a new instant begins.
    pub fn settle(&mut self) {
        let log = &self.log;
        let begun = self.instant_begins..log.len();
        self.open_before.extend(begun);
        self.open_before
            .retain(|index| log[*index].state == LineState::Open);
        self.instant += 1;
        self.instant_begins = log.len();
    }

    /// Whether the client is connected and expects to receive.
    #[must_use]
    pub fn is_here(&self, who: ClientId) -> bool {
        self.people
            .get(who.0)
            .is_some_and(|person| person.presence == Presence::Here)
    }

    /// Whether some of the bytes that the client sent still wait for their newline.
    #[must_use]
    pub fn has_open_line(&self, who: ClientId) -> bool {
        self.people[who.0].open_line.is_some()
    }

    /// Whether `witness` must receive, at the current instant, something that only a server can
    /// send that has dealt with everything `actor` did in it.
    #[must_use]
    pub fn witnesses(&self, witness: ClientId, actor: ClientId) -> bool {
        self.is_here(witness)
            && self
                .last_complete_line_of(actor)
                .is_some_and(|index| self.duty(witness, index) == Duty::Must)
    }

    /// The last line of the current instant by `actor`, if nothing of its text is open after it.
    fn last_complete_line_of(&self, actor: ClientId) -> Option<usize> {
        if self.people[actor.0].open_line.is_some() {
            return None;
        }
        // A line that was begun in an earlier instant and ended in this one stands further up;
        // it is found because nothing of the same client stands after it.
        (0..self.log.len())
            .rev()
            .find(|index| self.log[*index].source == actor)
            .filter(|index| self.log[*index].last_instant() == self.instant)
    }

    /// The current instant.
    #[must_use]
    pub const fn instant(&self) -> u32 {
        self.instant
    }

    /// Every line so far.
    #[must_use]
    pub fn log(&self) -> &[Line] {
        &self.log
    }

    /// Where in the log the first line stands that can be anything to the client.
    #[must_use]
    pub fn first_line_for(&self, who: ClientId) -> usize {
        let person = &self.people[who.0];
        person
            .carried
            .iter()
            .copied()
            .min()
            .unwrap_or(person.first_line)
    }

    /// What a line is to a client.
    #[must_use]
    pub fn duty(&self, who: ClientId, index: usize) -> Duty {
        let line = &self.log[index];
        let person = &self.people[who.0];
        if line.source == who || person.presence == Presence::Elsewhere {
            return Duty::Never;
        }
        if index < person.first_line && !person.carried.contains(&index) {
            return Duty::Never;
        }
        if person.has_left() && line.first_instant > person.left {
            return Duty::Never;
        }
        if self.may_have_been_away(who, index) || self.may_have_lost(who, index) {
            Duty::May
        } else {
            Duty::Must
        }
    }

    /// Whether a line came at the instant at which the client arrived or left, so that the server
    /// may have dealt with it before or after that.
    fn may_have_been_away(&self, who: ClientId, index: usize) -> bool {
        let (line, person) = (&self.log[index], &self.people[who.0]);
        let was_leaving = person.has_left() && line.last_instant() >= person.left;
        let was_arriving = line.last_instant() <= person.arrived && !self.comes_after(who, index);
        was_leaving || was_arriving
    }

    /// Whether some of a line came while the client was there and lazy, so that it may have lost it.
    #[must_use]
    pub fn may_have_lost(&self, who: ClientId, index: usize) -> bool {
        let (line, person) = (&self.log[index], &self.people[who.0]);
        !self.keep_unread
            && !self.may_have_been_away(who, index)
            && person.lazy.iter().any(|spell| line.came_during(spell))
    }

    /// Whether a line of the instant at which the client arrived is by somebody who arrived at
    /// that instant too, and later: connections are accepted in order.
    fn comes_after(&self, who: ClientId, index: usize) -> bool {
        let arrival = self.people[who.0].arrival_line;
        index > arrival && self.people[self.log[index].source.0].arrival_line > arrival
    }

    /// Whether the same client says the same once more after the line, and that is due: not as
    /// long as the receiver sleeps, so that only what came after it woke is looked at.
    #[must_use]
    pub fn is_due_again(&self, who: ClientId, index: usize) -> bool {
        let line = &self.log[index];
        let spells = &self.people[who.0].lazy;
        let spell = spells
            .iter()
            .find(|spell| spell.contains(&line.first_instant));
        let awake = spell.map_or(index + 1, |spell| {
            self.log
                .partition_point(|line| line.first_instant < spell.end)
        });
        self.log[awake..]
            .iter()
            .any(|later| later.source == line.source && later.bytes == line.bytes)
    }

    /// Whether the text of a line whose sender left before ending it must be relayed.
    #[must_use]
    pub const fn keeps_unfinished(&self) -> bool {
        self.keep_unfinished
    }

    /// Whether the line may be relayed to the client from a later piece on, without its prefix:
    /// the server may have relayed its beginning before the client came.
    #[must_use]
    pub fn is_carried(&self, who: ClientId, index: usize) -> bool {
        let person = &self.people[who.0];
        let line = &self.log[index];
        if index < person.first_line {
            return person.carried.contains(&index);
        }
        let goes_on = line.last_instant() > person.arrived || line.is_abandoned();
        line.first_instant == person.arrived && goes_on && !self.comes_after(who, index)
    }

    /// Where a carried line may go on for the client that came in the middle of it: where it did
    /// at the instant of the arrival, and where it did first after that.
    pub fn carried_on(&self, who: ClientId, index: usize) -> impl Iterator<Item = usize> {
        let line = &self.log[index];
        let arrived = self.people[who.0].arrived;
        let then = line.first_offset_since(arrived);
        let later = line.first_offset_since(arrived + 1);
        let end = line.bytes.len();
        std::iter::once(then)
            .chain((later != then).then_some(later))
            .filter(move |offset| *offset < end)
    }

    /// The instant at which the client arrived.
    #[must_use]
    pub fn arrival_instant(&self, who: ClientId) -> u32 {
        self.people[who.0].arrived
    }
}

impl Person {
    const fn elsewhere() -> Self {
        Self {
            presence: Presence::Elsewhere,
            arrived: 0,
            arrival_line: 0,
            first_line: 0,
            carried: Vec::new(),
            left: 0,
            open_line: None,
            lazy: Vec::new(),
        }
    }
}
