//! What the calls of a server say about the order in which it goes about things.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;

use machine::supervisor::{Direction, Kind, SeenCall, Sets, Socket};

use super::discipline::{Discipline, Judgement};
use super::misconduct::{ObservedCall, Offence};
use crate::scenario::Watch;

/// How many calls before an offence are told.
const RECENT: usize = 24;

/// The calls of one server, judged one after another.
#[derive(Debug, Default)]
pub(super) struct Order {
    discipline: Discipline,
    /// Which socket a process has under which number, as far as calls have shown.
    known: BTreeMap<(u32, i32), Socket>,
    recent: VecDeque<ObservedCall>,
}

/// A call that was looked at and has not been let go yet.
#[derive(Debug)]
pub(super) struct Seen {
    process: u32,
    observed: ObservedCall,
    what: What,
}

#[derive(Debug)]
enum What {
    Asks(Sets),
    AsksOtherwise(&'static str),
    Uses {
        number: i32,
        socket: Socket,
        direction: Direction,
        takes: bool,
        judgement: Judgement,
    },
    Closes(i32),
}

impl Order {
    /// Looks at a call that waits; `None` where it says nothing about the order.
    ///
    /// # Errors
    /// The kernel does not let the grader look.
    pub(super) fn look(&mut self, call: &SeenCall<'_>) -> io::Result<Option<Seen>> {
        let (process, number) = super::descriptor(call);
        let mut about = Vec::new();
        let what = match call.kind() {
            Kind::Select => {
                // Where its sets are not there, it fails, and will have told nothing.
                let Some(sets) = call.sets()? else {
                    return Ok(None);
                };
                let both = [
                    (Direction::Read, &sets.read),
                    (Direction::Write, &sets.write),
                ];
                for (direction, numbers) in both {
                    let sockets = numbers
                        .iter()
                        .filter_map(|number| self.known.get(&(process, *number)));
                    about.extend(sockets.map(|socket| (direction, *socket)));
                }
                What::Asks(sets)
            }
            Kind::OtherMultiplexer => What::AsksOtherwise(call.name()),
            Kind::Close => What::Closes(number),
            kind @ (Kind::Accept | Kind::Transfer(_)) => {
                let direction = match kind {
                    Kind::Transfer(direction) => direction,
                    _ => Direction::Read,
                };
                let Some(socket) = call.socket()? else {
                    return Ok(None);
                };
                let whose = socket.whose;
                self.known.insert((process, number), whose);
                about.push((direction, whose));
                let ready = socket.is_ready(direction)?;
                let takes = direction == Direction::Read && !call.only_looks();
                let judgement = self.discipline.judges((process, number), direction, ready);
                What::Uses {
                    number,
                    socket: whose,
                    direction,
                    takes,
                    judgement,
                }
            }
            Kind::Socket
            | Kind::Bind
            | Kind::Listen
            | Kind::Fork
            | Kind::Memory
            | Kind::Exit
            | Kind::Other => {
                return Ok(None);
            }
        };
        let observed = ObservedCall {
            call: call.name(),
            about,
            failed_with: None,
        };
        Ok(Some(Seen {
            process,
            observed,
            what,
        }))
    }

    /// A call that was looked at goes on.
    pub(super) fn note(&mut self, seen: Seen) {
        let Seen {
            process,
            observed,
            what,
        } = seen;
        match what {
            What::Asks(sets) => self.discipline.asks(process, &sets.read, &sets.write),
            What::AsksOtherwise(call) => self.discipline.asks_otherwise(call),
            What::Uses {
                number,
                direction,
                takes,
                ..
            } => self.discipline.uses((process, number), direction, takes),
            What::Closes(number) => {
                self.discipline.closes((process, number));
                if self.known.remove(&(process, number)).is_none() {
                    return;
                }
            }
        }
        self.remember(observed);
    }

    /// A call was made to fail.
    pub(super) fn failed(&mut self, call: &'static str, error: &io::Error) {
        self.remember(ObservedCall {
            call,
            about: Vec::new(),
            failed_with: Some(error.to_string()),
        });
    }

    /// The last calls, the earliest first.
    pub(super) fn recent(&self) -> Vec<ObservedCall> {
        self.recent.iter().cloned().collect()
    }

    fn remember(&mut self, call: ObservedCall) {
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(call);
    }
}

impl Seen {
    /// What is wrong with the call for somebody who watches this.
    pub(super) fn offence(&self, watch: &BTreeSet<Watch>) -> Option<Offence> {
        let What::Uses {
            socket,
            direction,
            judgement,
            ..
        } = self.what
        else {
            return None;
        };
        let call = self.observed.call;
        match judgement.not_asked {
            Some(instead) if watch.contains(&Watch::SelectFirst) => Some(Offence::NotAsked {
                call,
                socket,
                direction,
                instead,
            }),
            not_asked if judgement.would_wait => Some(Offence::WouldWait {
                call,
                socket,
                direction,
                asked: not_asked.is_none(),
            }),
            _ => None,
        }
    }
}
