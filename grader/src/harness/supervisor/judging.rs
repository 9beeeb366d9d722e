//! What the calls of a server say about the order in which it goes about things.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;

use rustix::io::Errno;
use rustix::process::Pid;

use super::calls::Kind;
use super::discipline::{Discipline, Judgement};
use super::listener::Call;
use super::misconduct::{Direction, ObservedCall, Offence, Socket};
use super::sockets;
use crate::scenario::Watch;

/// How many calls before an offence are told.
const RECENT: usize = 24;

/// As many descriptors as any select is looked at for.
const MOST_DESCRIPTORS: i32 = 1 << 20;

/// The calls of one server, judged one after another.
#[derive(Debug, Default)]
pub(super) struct Judging {
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
    Asks {
        read: BTreeSet<i32>,
        write: BTreeSet<i32>,
    },
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

impl Judging {
    /// Looks at a call that waits; `None` where it says nothing about the order.
    ///
    /// # Errors
    /// The kernel does not let the grader look.
    pub(super) fn look(
        &mut self,
        call: &Call,
        process: Pid,
        kind: Kind,
        name: &'static str,
    ) -> io::Result<Option<Seen>> {
        let process = process.as_raw_pid().unsigned_abs();
        let number = call.number_of_descriptor();
        let mut about = Vec::new();
        let what = match kind {
            Kind::Select => {
                let [_, read, write, ..] = call.arguments;
                let read = match set(call, number, read) {
                    Ok(set) => set,
                    // The kernel will say so, and select will have told nothing.
                    Err(Errno::FAULT | Errno::SRCH) => return Ok(None),
                    Err(error) => return Err(error.into()),
                };
                let write = match set(call, number, write) {
                    Ok(set) => set,
                    Err(Errno::FAULT | Errno::SRCH) => return Ok(None),
                    Err(error) => return Err(error.into()),
                };
                for (direction, numbers) in [(Direction::Read, &read), (Direction::Write, &write)] {
                    let sockets = numbers
                        .iter()
                        .filter_map(|number| self.known.get(&(process, *number)));
                    about.extend(sockets.map(|socket| (direction, *socket)));
                }
                What::Asks { read, write }
            }
            Kind::OtherMultiplexer => What::AsksOtherwise(name),
            Kind::Close => What::Closes(number),
            Kind::Accept | Kind::Transfer(_) => {
                let direction = match kind {
                    Kind::Transfer(direction) => direction,
                    _ => Direction::Read,
                };
                let Some((descriptor, socket)) = sockets::of(call)? else {
                    return Ok(None);
                };
                self.known.insert((process, number), socket);
                about.push((direction, socket));
                let ready = sockets::is_ready(&descriptor, direction)?;
                let takes = direction == Direction::Read && !only_looks(call, name);
                let judgement = self.discipline.judges((process, number), direction, ready);
                What::Uses {
                    number,
                    socket,
                    direction,
                    takes,
                    judgement,
                }
            }
            Kind::Socket | Kind::Bind | Kind::Listen | Kind::Fork | Kind::Other => {
                return Ok(None);
            }
        };
        let observed = ObservedCall {
            call: name,
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
            What::Asks { read, write } => self.discipline.asks(process, &read, &write),
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
    pub(super) fn failed(&mut self, call: &'static str, error: Errno) {
        self.remember(ObservedCall {
            call,
            about: Vec::new(),
            failed_with: Some(io::Error::from(error).to_string()),
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

/// The descriptors in a set of select's, of which there are `count` at most (select(2): the bits
/// are those of longs).
fn set(call: &Call, count: i32, address: u64) -> Result<BTreeSet<i32>, Errno> {
    const WORD: i32 = i64::BITS as i32;
    if address == 0 || count <= 0 {
        return Ok(BTreeSet::new());
    }
    let count = count.min(MOST_DESCRIPTORS);
    let words = (count - 1) / WORD + 1;
    let mut bytes = vec![0; words.unsigned_abs() as usize * size_of::<u64>()];
    call.read(address, &mut bytes)?;
    let words = bytes
        .chunks_exact(size_of::<u64>())
        .map(|word| u64::from_ne_bytes(word.try_into().unwrap_or_default()));
    let mut set = BTreeSet::new();
    for (first, word) in (0..).step_by(u64::BITS as usize).zip(words) {
        let bits = (0..WORD).filter(|bit| word & (1 << bit) != 0);
        set.extend(bits.map(|bit| first + bit).filter(|number| *number < count));
    }
    Ok(set)
}

/// Whether the call leaves in the socket what it finds there (recv(2), `MSG_PEEK`).
fn only_looks(call: &Call, name: &str) -> bool {
    name == "recv" && call.arguments[3] & libc::MSG_PEEK.unsigned_abs() as u64 != 0
}
