//! Which situations deeds bring about.

use std::collections::{BTreeMap, BTreeSet};

use super::deed::{Deed, Somebody, Speech};
use super::situation::{
    BUFFERS, Call, Extent, Happening, Kind, Laziness, Leaving, Meanwhile, Place, Situation, begun,
    crowds, ids,
};
use crate::script::Departure;

/// Follows deeds and says which situations they bring about.
#[derive(Clone, Debug, Default)]
pub(super) struct Observer {
    clients: BTreeMap<Somebody, Client>,
    /// Descriptors of those who have left, and how, the lowest first, as the kernel gives them.
    free: BTreeMap<usize, BTreeSet<Leaving>>,
    arrivals: usize,
    /// How many are there who do nothing.
    crowd: usize,
    frozen: bool,
    /// What was done since the server was frozen.
    spell: Vec<(Somebody, Kind)>,
}

#[derive(Clone, Debug)]
struct Client {
    id: usize,
    descriptor: usize,
    last: Happening,
    /// How long the line is that it has begun.
    open: Option<usize>,
    lazy: bool,
    full: bool,
    /// How many bytes were said to it since its path was full.
    owed: usize,
}

impl Observer {
    /// What the deed brings about.
    pub(super) fn see(&mut self, deed: &Deed) -> BTreeSet<Situation> {
        let mut reached = BTreeSet::new();
        match deed {
            Deed::Demand(_) => {}
            Deed::Crowd(count) => {
                for _ in 0..*count {
                    self.next_descriptor(&mut reached);
                }
                self.crowd += count;
                self.arrivals += count;
                reached.extend(crowds(self.clients.len() + self.crowd));
            }
            Deed::Visits(count) => {
                let descriptor = self.next_descriptor(&mut reached);
                let left = BTreeSet::from([Leaving::Closed]);
                self.free.insert(descriptor, left);
                self.arrivals += count;
            }
            Deed::Arrive(who) => self.arrive(*who, &mut reached),
            Deed::Say(who, speech) => self.say(*who, speech, &mut reached),
            Deed::Leave(who, how) => self.leave(*who, *how, &mut reached),
            Deed::StopReading(who) => {
                if self.clients.values().any(|client| client.lazy) {
                    reached.insert(Situation::Lazy(Laziness::Two));
                }
                self.follow(*who, Happening::StopsReading, &mut reached);
                self.change(*who, |client| client.lazy = true);
            }
            Deed::ReadAgain(who) => {
                if self.clients.get(who).is_some_and(|client| client.full) {
                    reached.insert(Situation::Lazy(Laziness::WakesFull));
                }
                self.follow(*who, Happening::ReadsAgain, &mut reached);
                self.at_the_same_instant(*who, Kind::Wakes, &mut reached);
                self.change(*who, |client| {
                    client.lazy = false;
                    client.full = false;
                    client.owed = 0;
                });
            }
            Deed::Flood(from, _) => {
                self.follow(*from, Happening::Lines, &mut reached);
                for client in self.clients.values_mut() {
                    client.full |= client.lazy;
                }
                if self.clients.values().filter(|client| client.full).count() > 1 {
                    reached.insert(Situation::Lazy(Laziness::TwoFull));
                }
            }
            Deed::Freeze => {
                self.frozen = true;
                self.spell.clear();
            }
            Deed::Thaw => self.frozen = false,
            Deed::AcceptFails(_) => {
                reached.insert(Situation::Fault(Call::Accept));
            }
            Deed::SelectIsInterrupted => {
                reached.insert(Situation::Fault(Call::Select));
            }
            Deed::SendFails {
                to, from, speech, ..
            } => {
                reached.insert(Situation::Fault(Call::Send));
                self.say(*from, speech, &mut reached);
                self.leave(*to, Departure::HalfClose, &mut reached);
            }
        }
        reached
    }

    fn change(&mut self, who: Somebody, change: impl FnOnce(&mut Client)) {
        if let Some(client) = self.clients.get_mut(&who) {
            change(client);
        }
    }

    fn follow(&mut self, who: Somebody, next: Happening, reached: &mut BTreeSet<Situation>) {
        self.change(who, |client| {
            reached.insert(Situation::Pair(client.last, next));
            client.last = next;
        });
    }

    /// Somebody does something while the server is frozen.
    fn at_the_same_instant(
        &mut self,
        who: Somebody,
        kind: Kind,
        reached: &mut BTreeSet<Situation>,
    ) {
        if !self.frozen {
            return;
        }
        let mut others = BTreeSet::new();
        for (other, did) in &self.spell {
            if *other != who {
                others.insert(*other);
                reached.insert(Situation::Together(kind.min(*did), kind.max(*did)));
            }
        }
        if others.len() > 1 {
            reached.insert(Situation::Crowd);
        }
        self.spell.push((who, kind));
    }

    fn arrive(&mut self, who: Somebody, reached: &mut BTreeSet<Situation>) {
        if self.clients.is_empty() && self.crowd == 0 && self.arrivals > 0 {
            reached.insert(Situation::EmptyRoom);
        }
        if self.clients.values().any(|client| client.lazy) {
            reached.insert(Situation::Lazy(Laziness::Newcomer));
        }
        let descriptor = self.next_descriptor(reached);
        let client = Client {
            id: self.arrivals,
            descriptor,
            last: Happening::Arrives,
            open: None,
            lazy: false,
            full: false,
            owed: 0,
        };
        self.arrivals += 1;
        self.clients.insert(who, client);
        reached.extend(crowds(self.clients.len() + self.crowd));
        self.at_the_same_instant(who, Kind::Arrives, reached);
        if self.frozen && self.spell.iter().any(|(_, kind)| *kind == Kind::Leaves) {
            reached.insert(Situation::Reused(Leaving::AtThatInstant));
        }
    }

    /// The descriptor of the next who comes, as the kernel gives them.
    fn next_descriptor(&mut self, reached: &mut BTreeSet<Situation>) -> usize {
        match self.free.pop_first() {
            Some((descriptor, before)) => {
                reached.extend(before.into_iter().map(Situation::Reused));
                descriptor
            }
            None => self.clients.len() + self.crowd,
        }
    }

    fn say(&mut self, who: Somebody, speech: &Speech, reached: &mut BTreeSet<Situation>) {
        let kind = if speech.unfinished {
            Kind::Begins
        } else {
            Kind::Speaks
        };
        self.at_the_same_instant(who, kind, reached);
        for (other, client) in &mut self.clients {
            if *other != who && client.full {
                client.owed += speech.length();
                if client.owed > 100_000 {
                    reached.insert(Situation::Lazy(Laziness::Owed));
                }
            }
        }
        for piece in speech.pieces() {
            let Some(client) = self.clients.get_mut(&who) else {
                return;
            };
            if client.lazy {
                reached.insert(Situation::Lazy(Laziness::Speaks));
            }
            if client.full {
                reached.insert(Situation::Lazy(Laziness::SpeaksFull));
            }
            reached.extend(ids(client.id));
            boundary(Extent::Sent, piece.len(), reached);
            if client.open.is_some() {
                let places = [
                    (piece.as_slice() == [false], Place::Alone),
                    (
                        piece.len() > 1 && piece.first() == Some(&false),
                        Place::First,
                    ),
                    (piece.len() > 1 && piece.last() == Some(&false), Place::Last),
                ];
                let places = places.into_iter().filter(|(stands, _)| *stands);
                reached.extend(places.map(|(_, place)| Situation::Newline(place)));
            }
            let was_open = client.open.is_some();
            let mut ended = 0;
            for part in piece.split_inclusive(|is_text| !is_text) {
                let length = client.open.unwrap_or(0) + part.len();
                if part.last() == Some(&false) {
                    ended += 1;
                    client.open = None;
                    boundary(Extent::Line, length, reached);
                    let prefix = "client : ".len() + client.id.to_string().len();
                    boundary(Extent::Relayed, prefix + length, reached);
                } else {
                    client.open = Some(length);
                }
            }
            let next = match (was_open, ended, client.open.is_some()) {
                (false, 0, _) => Happening::Begins,
                (false, 1, false) if piece.len() == 1 => Happening::Empty,
                (false, 1, false) => Happening::Line,
                (false, _, false) => Happening::Lines,
                (false, _, true) => Happening::LinesAndBegins,
                (true, 0, _) => Happening::GoesOn,
                (true, _, false) => Happening::Ends,
                (true, _, true) => Happening::EndsAndBegins,
            };
            self.follow(who, next, reached);
        }
        let open = self.clients.values().filter(|client| client.open.is_some());
        reached.extend(begun(open.count()));
    }

    fn leave(&mut self, who: Somebody, how: Departure, reached: &mut BTreeSet<Situation>) {
        let next = match how {
            Departure::Close => Happening::Closes,
            Departure::Reset => Happening::Resets,
            Departure::HalfClose => Happening::HalfCloses,
        };
        self.follow(who, next, reached);
        let Some(client) = self.clients.remove(&who) else {
            return;
        };
        if client.lazy {
            reached.insert(Situation::Lazy(Laziness::Leaves));
        }
        if client.full {
            reached.insert(Situation::Lazy(Laziness::LeavesFull));
        }
        if client.open.is_some() {
            let speak = |(other, kind): &(Somebody, Kind)| {
                *other != who && !matches!(kind, Kind::Arrives | Kind::Wakes)
            };
            let others = if self.frozen && self.spell.iter().any(speak) {
                Meanwhile::OthersSpeak
            } else if self.clients.values().any(|other| other.open.is_some()) {
                Meanwhile::OthersBegan
            } else {
                Meanwhile::Alone
            };
            reached.insert(Situation::Unfinished(others));
        }
        self.at_the_same_instant(who, Kind::Leaves, reached);
        let mut ways = BTreeSet::from([match how {
            Departure::Close => Leaving::Closed,
            Departure::Reset => Leaving::Reset,
            Departure::HalfClose => Leaving::HalfClosed,
        }]);
        ways.extend(client.open.map(|_| Leaving::Unfinished));
        ways.extend(client.lazy.then_some(Leaving::Lazy));
        self.free.insert(client.descriptor, ways);
    }
}

fn boundary(extent: Extent, length: usize, reached: &mut BTreeSet<Situation>) {
    for size in BUFFERS {
        for more in -1..=1_i8 {
            if size.checked_add_signed(more.into()) == Some(length) {
                reached.insert(Situation::Boundary(extent, size, more));
            }
        }
    }
}
