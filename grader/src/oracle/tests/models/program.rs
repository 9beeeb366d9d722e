//! Random moves that make sense.

use proptest::prelude::*;

use crate::script::Departure;

/// What a client does.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Deed {
    Arrive(usize),
    Say(usize, String),
    Leave(usize, Departure),
    StopReading(usize),
    Wake(usize),
}

impl Deed {
    pub(super) const fn actor(&self) -> usize {
        match self {
            Self::Arrive(who)
            | Self::Say(who, _)
            | Self::Leave(who, _)
            | Self::StopReading(who)
            | Self::Wake(who) => *who,
        }
    }
}

/// Deeds, those of one instant together.
pub(super) type Program = Vec<Vec<Deed>>;

/// How many clients are there at once at most.
const CROWD: usize = 5;

pub(super) fn programs() -> impl Strategy<Value = Program> {
    let code = (0..14_u8, 0..8_usize, 0..8_u8, prop::bool::weighted(0.3));
    prop::collection::vec(code, 1..40).prop_map(|codes| {
        let mut author = Author::default();
        author.put(Deed::Arrive(0), false);
        author.put(Deed::Arrive(1), false);
        author.clients = 2;
        author.here = vec![0, 1];
        for (kind, who, shape, joins) in codes {
            author.write(kind, who, shape, joins);
        }
        let fence = author.clients;
        author.put(Deed::Arrive(fence), false);
        author.program
    })
}

#[derive(Default)]
struct Author {
    program: Program,
    clients: usize,
    here: Vec<usize>,
    asleep: Vec<usize>,
    texts: usize,
}

impl Author {
    /// Nothing joins the instant of a client that wakes: the driver lets the server settle first.
    fn put(&mut self, deed: Deed, joins: bool) {
        let wakes = |deed: &Deed| matches!(deed, Deed::Wake(_));
        match self.program.last_mut() {
            Some(last) if joins && !wakes(&deed) && !last.iter().any(wakes) => last.push(deed),
            _ => self.program.push(vec![deed]),
        }
    }

    fn write(&mut self, kind: u8, who: usize, shape: u8, joins: bool) {
        if kind < 2 {
            if self.here.len() < CROWD {
                self.put(Deed::Arrive(self.clients), joins);
                self.here.push(self.clients);
                self.clients += 1;
            }
            return;
        }
        if self.here.is_empty() {
            return;
        }
        let place = who % self.here.len();
        let who = self.here[place];
        let sleeps = self.asleep.contains(&who);
        match kind {
            2..=8 => {
                let text = self.text(shape);
                self.put(Deed::Say(who, text), joins);
            }
            9 => {
                let how = [Departure::Close, Departure::Reset, Departure::HalfClose];
                self.put(Deed::Leave(who, how[usize::from(shape) % 3]), joins);
                self.here.remove(place);
                self.asleep.retain(|other| *other != who);
            }
            10 | 11 if !sleeps => {
                self.put(Deed::StopReading(who), false);
                self.asleep.push(who);
            }
            _ if sleeps => {
                self.put(Deed::Wake(who), false);
                self.asleep.retain(|other| *other != who);
            }
            _ => {}
        }
    }

    fn text(&mut self, shape: u8) -> String {
        self.texts += 1;
        let number = self.texts;
        match shape {
            0 | 1 => format!("t{number}\n"),
            2 => format!("t{number}"),
            3 => format!("t{number}a\nt{number}b\n"),
            4 => format!("t{number}a\nt{number}b"),
            5 => "same\n".to_owned(),
            6 => "same".to_owned(),
            _ => "\n".to_owned(),
        }
    }
}
