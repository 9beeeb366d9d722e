//! Makes cases up: at random, and of several the one that brings about what is rare.

use std::collections::BTreeSet;

use super::coverage::Coverage;
use super::deed::{Deed, Somebody, Speech, Style};
use super::life::{Case, Life, Means, Special};
use super::observer::Observer;
use super::possible::{Room, may_turn_lazy};
use super::situation::Situation;
use crate::scenario::FailingWith;
use crate::script::Departure;
use crate::tier::Tier;

/// Of so many cases, the one is taken that brings about what is rare.
const CANDIDATES: usize = 6;

/// How many clients are there at once at most.
const CROWD: usize = 6;

/// Makes lives up, the same for the same seed.
#[derive(Debug)]
pub(super) struct Generator {
    random: fastrand::Rng,
    means: Means,
    /// Whether some lives are special.
    specials: bool,
    lives: usize,
    pub(super) coverage: Coverage,
}

impl Generator {
    pub(super) fn new(seed: u64, means: Means) -> Self {
        Self {
            random: fastrand::Rng::with_seed(seed),
            means,
            specials: true,
            lives: 0,
            coverage: Coverage::new(Situation::all(&means)),
        }
    }

    /// One that makes up lives of which none is special.
    pub(super) fn plain(seed: u64, means: Means) -> Self {
        Self {
            specials: false,
            ..Self::new(seed, means)
        }
    }

    /// The next life, of so many cases.
    pub(super) fn life(&mut self, cases: usize) -> Life {
        let special = if self.specials {
            Special::of(self.lives, &self.means)
        } else {
            Special::Nothing
        };
        let mut life = Life::default();
        self.lives += 1;
        let mut state = State::default();
        for number in 0..cases {
            let last = number + 1 == cases;
            let mut before = Vec::new();
            if number == 0 {
                let demands = special.demands(&self.means);
                before.extend(demands.into_iter().map(Deed::Demand));
            }
            match special {
                Special::Crowd if last => {
                    // Nobody can come in crowds while somebody does not read.
                    let people = state.room.people.iter();
                    let lazy = people.filter(|(_, person)| person.lazy);
                    before.extend(lazy.map(|(who, _)| Deed::ReadAgain(*who)));
                    before.push(Deed::Crowd(special.count(&mut self.random, &self.means)));
                }
                Special::Visitors if number == 0 => {
                    // Somebody must be there to see them.
                    before.push(Deed::Arrive(0));
                    before.push(Deed::Visits(special.count(&mut self.random, &self.means)));
                }
                _ => {}
            }
            let mut begun = Candidate::new(state.clone());
            for deed in before {
                begun.put(deed, self.means.require);
            }
            let mut best: Option<(f64, Candidate)> = None;
            for _ in 0..CANDIDATES {
                let candidate = self.candidate(begun.clone(), special == Special::Adversity);
                let worth = self.coverage.worth(&candidate.reached);
                if best.as_ref().is_none_or(|(most, _)| worth > *most) {
                    best = Some((worth, candidate));
                }
            }
            if let Some((_, candidate)) = best {
                self.coverage.add(&candidate.reached);
                state = candidate.state;
                life.cases.push(Case {
                    deeds: candidate.deeds,
                    reached: candidate.reached,
                });
            }
        }
        life
    }

    fn candidate(&mut self, begun: Candidate, adversity: bool) -> Candidate {
        let mut candidate = begun;
        let deeds = candidate.deeds.len() + self.random.usize(2..=10);
        while candidate.deeds.len() < deeds {
            let deed = self.deed(&mut candidate.state, adversity);
            candidate.put(deed, self.means.require);
        }
        if candidate.state.room.frozen.is_some() {
            candidate.put(Deed::Thaw, self.means.require);
        }
        candidate
    }

    fn deed(&mut self, state: &mut State, adversity: bool) -> Deed {
        let people: Vec<Somebody> = state.room.people.keys().copied().collect();
        let somebody = |random: &mut fastrand::Rng| random.choice(people.iter().copied());
        let newcomer = match &state.room.frozen {
            // A server that is stopped need not take more than one.
            Some(_) if people.is_empty() => Deed::Thaw,
            _ => Deed::Arrive(state.clients),
        };
        let (Some(who), Some(other)) = (somebody(&mut self.random), somebody(&mut self.random))
        else {
            return newcomer;
        };
        let person = &state.room.people[&who];
        if people.len() < 2 && self.random.u8(..10) < 7 {
            return newcomer;
        }
        let sleepy = (people.iter().copied())
            .find(|who| may_turn_lazy(*who) && !state.room.people[who].lazy);
        match self.random.u8(..100) {
            0..10 if people.len() < CROWD => newcomer,
            10..20 => {
                let ways = [
                    Departure::Close,
                    Departure::Close,
                    Departure::Reset,
                    Departure::HalfClose,
                ];
                Deed::Leave(who, ways[self.random.usize(..ways.len())])
            }
            20..26 if person.lazy => Deed::ReadAgain(who),
            20..26 => Deed::StopReading(sleepy.unwrap_or(who)),
            26..29 => {
                let lazy = people.iter().find(|who| state.room.people[who].lazy);
                lazy.map_or(Deed::StopReading(sleepy.unwrap_or(who)), |lazy| {
                    Deed::Flood(who, *lazy)
                })
            }
            29..42 if state.room.frozen.is_some() => Deed::Thaw,
            29..38 => Deed::Freeze,
            38..44 if adversity => self.fault(state, who, other),
            _ => Deed::Say(who, self.speech(state)),
        }
    }

    fn fault(&mut self, state: &mut State, who: Somebody, other: Somebody) -> Deed {
        match self.random.u8(..3) {
            // For want of descriptors a server may well let newcomers wait until somebody leaves.
            0 => Deed::AcceptFails(FailingWith::Aborted),
            1 => Deed::SelectIsInterrupted,
            _ => Deed::SendFails {
                to: who,
                from: other,
                speech: Speech {
                    pieces: None,
                    ..self.speech(state)
                },
                error: if self.random.bool() {
                    FailingWith::Reset
                } else {
                    FailingWith::BrokenPipe
                },
            },
        }
    }

    fn speech(&mut self, state: &mut State) -> Speech {
        state.speeches += 1;
        let random = &mut self.random;
        let frozen = state.room.frozen.is_some();
        let style = match random.u8(..24) {
            0 => Style::Percent,
            1 => Style::Spaces,
            2 => Style::Announcement,
            3 => Style::Printable,
            4 => Style::Controls,
            5 => Style::Command,
            _ => Style::Plain,
        };
        let mut speech = Speech {
            number: state.speeches,
            lines: Vec::new(),
            style,
            unfinished: random.u8(..10) < 3,
            times: 1,
            pieces: None,
        };
        let lines = match random.u8(..10) {
            0..6 => 1,
            6..9 => random.usize(2..=3),
            _ => random.usize(3..=6),
        };
        speech.lines = (0..lines).map(|_| length(random)).collect();
        match random.u8(..20) {
            0 => speech.times = random.usize(2..=40),
            1 => speech.times = random.usize(40..=200),
            2 if random.u8(..20) == 0 => {
                // More lines than people expect from one recv.
                speech.lines = vec![random.usize(0..=6)];
                speech.unfinished = false;
                speech.times = random.usize(1000..=1100);
            }
            _ => {}
        }
        let somebody_is_lazy = state.room.people.values().any(|person| person.lazy);
        if speech.length() > 150_000 || somebody_is_lazy {
            // Of many equal lines that may be lost, nobody can tell which was: the matcher would
            // have to follow every guess.
            speech.times = 1;
        }
        if !frozen && random.u8(..10) < 2 {
            // So that there are at most some thirty of them.
            let least = speech.length() / 30;
            let size = match random.u8(..3) {
                0 => 1,
                1 => random.usize(2..=16),
                _ => [512, 1023, 1024, 1025, 4095, 4096, 4097][random.usize(..7)],
            };
            speech.pieces = Some(size.max(least));
        }
        speech
    }
}

/// A line's length, often one at which buffers end.
fn length(random: &mut fastrand::Rng) -> usize {
    match random.u8(..100) {
        0..12 => 0,
        12..20 => 1,
        20..70 => random.usize(2..=20),
        70..80 => random.usize(20..=200),
        80..96 => {
            let buffer = [1024, 1024, 4096, 4096, 65_536][random.usize(..5)];
            // From a relayed line that just fits to one character too many.
            buffer - random.usize(0..=16) + 2
        }
        96..99 => random.usize(200..=5000),
        _ => [87_000, 100_002, 200_002][random.usize(..3)],
    }
}

#[derive(Clone, Debug, Default)]
struct State {
    room: Room,
    observer: Observer,
    clients: usize,
    speeches: usize,
}

/// A case that may be taken.
#[derive(Clone)]
struct Candidate {
    deeds: Vec<Deed>,
    reached: BTreeSet<Situation>,
    state: State,
}

impl Candidate {
    fn new(state: State) -> Self {
        Self {
            deeds: Vec::new(),
            reached: BTreeSet::new(),
            state,
        }
    }

    /// Lets the deed happen if it can, and if who is asked for asks for that.
    fn put(&mut self, deed: Deed, require: Tier) {
        let mut room = self.state.room.clone();
        if !room.take(&deed) || room.tier() > require {
            return;
        }
        self.state.room = room;
        if let Deed::Arrive(who) = &deed {
            self.state.clients = who + 1;
        }
        self.reached.extend(self.state.observer.see(&deed));
        self.deeds.push(deed);
    }
}
