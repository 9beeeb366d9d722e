//! Servers that all obey the subject, each in its own way.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::program::Deed;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unfinished {
    Dropped,
    AsItIs,
    WithNewline,
}

/// Where the subject leaves a choice, what a server does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) at_once: bool,
    pub(super) unfinished: Unfinished,
    /// Lines to clients that do not read get lost now and then.
    pub(super) loses: bool,
}

/// Something that was sent to a client.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) bytes: Vec<u8>,
    /// The deed of its instant before which it cannot have been sent.
    pub(super) cause: usize,
    pub(super) instant: usize,
    /// It is a line from its prefix to its newline, all of which was said at that instant.
    pub(super) is_line: bool,
}

pub(super) struct Server {
    style: Style,
    random: fastrand::Rng,
    instant: usize,
    cause: usize,
    members: Vec<usize>,
    asleep: BTreeSet<usize>,
    losing: BTreeSet<usize>,
    open: BTreeMap<usize, Open>,
    /// What each client was sent, by its id.
    pub(super) sent: Vec<Vec<Sent>>,
}

/// A line whose newline has not come.
#[derive(Default)]
struct Open {
    text: String,
    /// Who has lost its beginning and so loses all of it.
    lost_to: BTreeSet<usize>,
    since: usize,
}

impl Server {
    pub(super) fn new(style: Style, seed: u64) -> Self {
        Self {
            style,
            random: fastrand::Rng::with_seed(seed),
            instant: 0,
            cause: 0,
            members: Vec::new(),
            asleep: BTreeSet::new(),
            losing: BTreeSet::new(),
            open: BTreeMap::new(),
            sent: Vec::new(),
        }
    }

    /// Deals with all that happens at one instant, in an order of its own that keeps each
    /// client's and that of the arrivals.
    pub(super) fn deal_with(&mut self, deeds: &[Deed]) {
        self.cause = 0;
        let mut queues: BTreeMap<usize, VecDeque<(usize, Deed)>> = BTreeMap::new();
        for (place, deed) in deeds.iter().enumerate() {
            match deed {
                Deed::StopReading(who) => {
                    self.asleep.insert(*who);
                }
                Deed::Wake(who) => {
                    self.asleep.remove(who);
                    self.losing.remove(who);
                }
                _ => {}
            }
            let queue = queues.entry(deed.actor()).or_default();
            // What a client said at one instant is read in one go.
            if let (Some((before, Deed::Say(_, said))), Deed::Say(_, more)) =
                (queue.back_mut(), deed)
            {
                said.push_str(more);
                *before = place;
            } else {
                queue.push_back((place, deed.clone()));
            }
        }
        while !queues.is_empty() {
            let arrives = |queue: &VecDeque<(usize, Deed)>| {
                matches!(queue.front(), Some((_, Deed::Arrive(_))))
            };
            let first_to_arrive = queues.iter().find(|(_, queue)| arrives(queue));
            let first_to_arrive = first_to_arrive.map(|(who, _)| *who);
            let ready: Vec<usize> = queues
                .iter()
                .filter(|(who, queue)| !arrives(queue) || first_to_arrive == Some(**who))
                .map(|(who, _)| *who)
                .collect();
            let who = ready[self.random.usize(..ready.len())];
            let queue = queues.get_mut(&who).unwrap();
            let (place, deed) = queue.pop_front().unwrap();
            if queue.is_empty() {
                queues.remove(&who);
            }
            self.cause = self.cause.max(place);
            self.do_one(deed);
        }
        self.instant += 1;
    }

    fn do_one(&mut self, deed: Deed) {
        match deed {
            Deed::Arrive(who) => {
                self.announce(who, "arrived");
                self.members.push(who);
                self.sent.resize(self.sent.len().max(who + 1), Vec::new());
            }
            Deed::Say(who, text) => {
                for part in text.split_inclusive('\n') {
                    self.says(who, part);
                }
            }
            Deed::Leave(who, _) => {
                self.members.retain(|member| *member != who);
                if let Some(open) = self.open.remove(&who) {
                    self.gives_up(who, &open);
                }
                self.announce(who, "left");
            }
            Deed::StopReading(_) | Deed::Wake(_) => {}
        }
    }

    fn announce(&mut self, who: usize, what: &str) {
        let lost_to = self.losers(who);
        let line = format!("server: client {who} just {what}\n");
        self.send(who, &lost_to, &line, true);
    }

    fn says(&mut self, who: usize, part: &str) {
        let begins = !self.open.contains_key(&who);
        let mut open = self.open.remove(&who).unwrap_or_default();
        if begins {
            open.since = self.instant;
            if self.style.at_once {
                open.lost_to = self.losers(who);
            }
        }
        open.text.push_str(part);
        let is_line = part.ends_with('\n') && open.since == self.instant;
        if self.style.at_once {
            let prefix = if begins {
                format!("client {who}: ")
            } else {
                String::new()
            };
            self.send(who, &open.lost_to, &format!("{prefix}{part}"), is_line);
        } else if part.ends_with('\n') {
            let lost_to = self.losers(who);
            let line = format!("client {who}: {}", open.text);
            self.send(who, &lost_to, &line, is_line);
        }
        if !part.ends_with('\n') {
            self.open.insert(who, open);
        }
    }

    fn gives_up(&mut self, who: usize, open: &Open) {
        let newline = match self.style.unfinished {
            Unfinished::Dropped => return,
            Unfinished::AsItIs => "",
            Unfinished::WithNewline => "\n",
        };
        if self.style.at_once {
            if !newline.is_empty() {
                self.send(who, &open.lost_to, newline, false);
            }
        } else {
            let lost_to = self.losers(who);
            self.send(
                who,
                &lost_to,
                &format!("client {who}: {}{newline}", open.text),
                false,
            );
        }
    }

    /// The sleepers to whom the next line is lost: it is lost to them for a while each time.
    fn losers(&mut self, sender: usize) -> BTreeSet<usize> {
        for who in self.asleep.clone() {
            if self.style.loses
                && who != sender
                && self.random.u8(..3) == 0
                && !self.losing.remove(&who)
            {
                self.losing.insert(who);
            }
        }
        self.losing.intersection(&self.asleep).copied().collect()
    }

    fn send(&mut self, sender: usize, lost_to: &BTreeSet<usize>, text: &str, is_line: bool) {
        for who in self.members.clone() {
            if who != sender && !lost_to.contains(&who) {
                self.sent[who].push(Sent {
                    bytes: text.as_bytes().to_vec(),
                    cause: self.cause,
                    instant: self.instant,
                    is_line,
                });
            }
        }
    }
}
