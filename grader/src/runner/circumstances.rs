//! Under what circumstances a scenario is played.

use std::time::Duration;

use super::budget::Budget;
use super::clock::Limits;
use super::places::Place;
use machine::ports::Ports;
use machine::{Descriptors, Host, Program};

use crate::conduct::{Need, Session, Unseen};
use crate::scenario::{Judge, Scenario};

/// What every play of a run has in common, and the place that this one has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circumstances<'run> {
    /// The machine on which it is played.
    pub(super) host: &'run Host,
    /// What is executed.
    pub(super) program: &'run Program,
    /// The built-in reference, with which it can be compared.
    pub(super) reference: Option<&'run Program>,
    /// What kind of descriptors it has of its clients.
    pub(super) server_descriptors: Descriptors,
    /// The other kind on which a test of the exam may pass; `None` where there is one kind only.
    pub(super) other_kind: Option<Descriptors>,
    /// Why these are not those that are wanted, where they are not.
    pub(super) other_descriptors: Option<&'run str>,
    /// What of the server's system calls cannot be seen here.
    pub(super) unseen: &'run Unseen,
    /// In what it is plainly written, where that is not C: `Rust`.
    pub(super) other_language: Option<&'static str>,
    /// The tool that was built into it and has memory of its own.
    pub(super) memory_tool: Option<&'static str>,
    /// The place of this play among those that go on side by side; `None` for one that has no
    /// others beside it.
    pub(super) place: Option<&'run Place<'run>>,
    /// Where ports come from.
    pub(super) ports: &'run Ports,
    /// How long a server may do nothing before it counts as hanging.
    pub(super) patience: Duration,
    /// How long all plays may take.
    pub(super) budget: &'run Budget,
    /// The seed of everything random.
    pub(super) seed: u64,
}

impl Circumstances<'_> {
    /// How long a server may take from its start until it accepts a first connection. Starting
    /// is not what the exam is about: some clear 200 MB first, some are built with sanitizers.
    pub(super) fn starting_patience(&self) -> Duration {
        self.patience * 5
    }

    /// How long this play may take.
    pub(super) fn limits(&self) -> Limits {
        self.budget.of_a_play(self.patience)
    }

    /// Whether time can be let pass in this scenario. A test of the exam is played without where
    /// it cannot: it must not stay undecided for something that the examiner does not do either.
    pub(super) fn lets_time_pass(&self, scenario: &Scenario) -> bool {
        let is_of_the_exam = scenario.judge == Judge::SortedLines;
        scenario.passes_time() && !(is_of_the_exam && self.unseen.why(Need::Sockets).is_some())
    }

    /// Whether it is noted where the server makes calls that no allowed function makes. What a
    /// tool that watches the program makes for it cannot be told from that.
    pub(super) fn notes_calls(&self) -> bool {
        self.unseen.why(Need::Calls).is_none()
            && self.memory_tool.is_none()
            && self.program.farewell.is_none()
    }

    /// How much of a wait to wait at once.
    pub(super) fn part_of(&self, wait: Duration) -> Duration {
        self.place.map_or(wait, |place| place.part_of(wait))
    }

    /// Says that the server runs on when there is nothing to do.
    pub(super) fn never_sleeps(&self) {
        if let Some(place) = self.place {
            place.is_restless();
        }
    }

    /// Says what came of waiting: whether anything has happened.
    pub(super) fn waited(&self, session: &Session, something_happened: bool) {
        match self.place {
            Some(place) if something_happened => place.is_needed(),
            Some(place) => place.is_idle(session),
            None => {}
        }
    }
}
