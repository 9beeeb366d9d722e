//! Whether a server asks select before it reads, writes or accepts: a second reading of its calls,
//! which knows nothing of processes and memory.
//!
//! Who has asked may read once (or accept once), and may write as often as he likes until he asks
//! anew. What select answered is not looked at, since a server keeps it where it likes; a call
//! that is not ready at its moment had a no for an answer, or none.

use std::collections::{BTreeSet, HashMap};

use machine::supervisor::Direction;

use super::misconduct::Instead;

/// Names a descriptor: the process that has it, and its number there.
pub(super) type Descriptor = (u32, i32);

/// What every process has asked about its descriptors.
#[derive(Debug, Default)]
pub(super) struct Discipline {
    sockets: HashMap<Descriptor, Asked>,
    /// How often select was called.
    selects: u64,
    /// The call that was made in its place, since select was last called.
    instead: Option<&'static str>,
}

/// What has been asked about one descriptor.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    reading: bool,
    writing: bool,
    /// Whether something was written since it was asked whether that may be.
    written: bool,
    /// Whether something was taken from it.
    read: bool,
    /// How often select had been called when it was there first, or last taken from.
    since: u64,
}

/// What there is to say about one use of a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Judgement {
    /// What was done where select should have been asked; `None` where it was.
    pub(super) not_asked: Option<Instead>,
    /// Whether it is not ready although nobody else can have changed that.
    pub(super) would_wait: bool,
}

impl Discipline {
    /// A process calls select with these descriptors in its two sets.
    pub(super) fn asks(&mut self, process: u32, read: &BTreeSet<i32>, write: &BTreeSet<i32>) {
        for number in read.union(write) {
            let since = self.selects;
            self.sockets.entry((process, *number)).or_insert(Asked {
                since,
                ..Asked::default()
            });
        }
        self.selects += 1;
        self.instead = None;
        for ((owner, number), asked) in &mut self.sockets {
            if *owner != process {
                continue;
            }
            asked.reading |= read.contains(number);
            if write.contains(number) {
                asked.writing = true;
                asked.written = false;
            } else if asked.written {
                // What was known before it wrote is no longer so.
                asked.writing = false;
            }
        }
    }

    /// A process calls something that tells of readiness and is not select.
    pub(super) fn asks_otherwise(&mut self, call: &'static str) {
        self.instead = Some(call);
    }

    /// A process closes a descriptor, whose number may come to mean another.
    pub(super) fn closes(&mut self, descriptor: Descriptor) {
        self.sockets.remove(&descriptor);
    }

    /// What there is to say about a process that is about to use a socket, which is ready for
    /// that or not.
    pub(super) fn judges(
        &self,
        descriptor: Descriptor,
        direction: Direction,
        ready: bool,
    ) -> Judgement {
        let asked = self.asked(descriptor);
        let was_asked = match direction {
            Direction::Read => asked.reading,
            Direction::Write => asked.writing,
        };
        let goes_on_writing = direction == Direction::Write && was_asked && asked.written;
        let not_asked = (!was_asked).then_some(match self.instead {
            Some(call) => Instead::Asked(call),
            None if self.selects > asked.since => Instead::AskedForOthers,
            None if asked.read => Instead::NothingSince,
            None => Instead::NothingYet,
        });
        Judgement {
            not_asked,
            would_wait: !ready && !goes_on_writing,
        }
    }

    /// A process uses a socket. `takes` says whether something will have been taken from it then,
    /// so that it must be asked for anew.
    pub(super) fn uses(&mut self, descriptor: Descriptor, direction: Direction, takes: bool) {
        let mut asked = self.asked(descriptor);
        match direction {
            Direction::Read if takes => {
                asked.reading = false;
                asked.read = true;
                asked.since = self.selects;
            }
            Direction::Read => {}
            Direction::Write => asked.written = true,
        }
        self.sockets.insert(descriptor, asked);
    }

    fn asked(&self, descriptor: Descriptor) -> Asked {
        let known = self.sockets.get(&descriptor).copied();
        known.unwrap_or(Asked {
            since: self.selects,
            ..Asked::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Judgement = Judgement {
        not_asked: None,
        would_wait: false,
    };

    fn set(numbers: &[i32]) -> BTreeSet<i32> {
        numbers.iter().copied().collect()
    }

    fn not_asked(instead: Instead) -> Judgement {
        Judgement {
            not_asked: Some(instead),
            would_wait: false,
        }
    }

    impl Discipline {
        /// Judges a use and lets it happen.
        fn judges_and_uses(
            &mut self,
            descriptor: Descriptor,
            direction: Direction,
            ready: bool,
            takes: bool,
        ) -> Judgement {
            let judgement = self.judges(descriptor, direction, ready);
            self.uses(descriptor, direction, takes);
            judgement
        }
    }

    #[test]
    fn who_asks_may_read_once() {
        let mut discipline = Discipline::default();
        discipline.asks(1, &set(&[4]), &set(&[]));
        assert_eq!(
            discipline.judges_and_uses((1, 4), Direction::Read, true, true),
            WELL
        );
        assert_eq!(
            discipline.judges_and_uses((1, 4), Direction::Read, true, true),
            not_asked(Instead::NothingSince)
        );
        discipline.asks(1, &set(&[4]), &set(&[]));
        assert_eq!(
            discipline.judges_and_uses((1, 4), Direction::Read, true, true),
            WELL
        );
    }

    #[test]
    fn who_only_looks_may_still_read() {
        let mut discipline = Discipline::default();
        discipline.asks(1, &set(&[4]), &set(&[]));
        assert_eq!(
            discipline.judges_and_uses((1, 4), Direction::Read, true, false),
            WELL
        );
        assert_eq!(
            discipline.judges_and_uses((1, 4), Direction::Read, true, true),
            WELL
        );
    }

    #[test]
    fn who_asks_for_reading_may_not_write() {
        let mut discipline = Discipline::default();
        discipline.asks(1, &set(&[4, 5]), &set(&[]));
        assert_eq!(
            discipline.judges_and_uses((1, 5), Direction::Write, true, false),
            not_asked(Instead::AskedForOthers)
        );
    }

    #[test]
    fn who_asks_may_write_until_it_is_full() {
        let mut discipline = Discipline::default();
        discipline.asks(1, &set(&[4]), &set(&[4]));
        assert_eq!(
            discipline.judges_and_uses((1, 4), Direction::Write, true, false),
            WELL
        );
        assert_eq!(
            discipline.judges_and_uses((1, 4), Direction::Write, false, false),
            WELL
        );
    }

    #[test]
    fn who_was_told_no_may_not_write() {
        let mut discipline = Discipline::default();
        discipline.asks(1, &set(&[4]), &set(&[4]));
        let judgement = discipline.judges_and_uses((1, 4), Direction::Write, false, false);
        assert!(judgement.would_wait && judgement.not_asked.is_none());
    }

    #[test]
    fn who_never_asked_waits_each_time() {
        let mut discipline = Discipline::default();
        for _ in 0..2 {
            let judgement = discipline.judges_and_uses((1, 4), Direction::Write, false, false);
            assert!(judgement.would_wait && judgement.not_asked.is_some());
        }
    }

    #[test]
    fn what_was_known_before_writing_does_not_outlast_the_next_select() {
        let mut discipline = Discipline::default();
        discipline.asks(1, &set(&[4]), &set(&[4]));
        // Somebody may ask for reading and for writing in two calls.
        discipline.asks(1, &set(&[4]), &set(&[]));
        assert_eq!(
            discipline.judges_and_uses((1, 4), Direction::Write, true, false),
            WELL
        );
        discipline.asks(1, &set(&[4]), &set(&[]));
        assert_eq!(
            discipline.judges_and_uses((1, 4), Direction::Write, true, false),
            not_asked(Instead::AskedForOthers)
        );
    }

    #[test]
    fn a_newcomer_on_an_old_number_must_be_asked_for() {
        let mut discipline = Discipline::default();
        discipline.asks(1, &set(&[3, 4]), &set(&[]));
        assert_eq!(
            discipline.judges_and_uses((1, 4), Direction::Read, true, true),
            WELL
        );
        discipline.closes((1, 4));
        assert_eq!(
            discipline.judges_and_uses((1, 3), Direction::Read, true, true),
            WELL
        );
        assert_eq!(
            discipline.judges_and_uses((1, 4), Direction::Read, true, true),
            not_asked(Instead::NothingYet)
        );
    }

    #[test]
    fn poll_is_not_select() {
        let mut discipline = Discipline::default();
        discipline.asks_otherwise("poll");
        assert_eq!(
            discipline.judges_and_uses((1, 4), Direction::Read, true, true),
            not_asked(Instead::Asked("poll"))
        );
    }

    #[test]
    fn processes_ask_for_themselves() {
        let mut discipline = Discipline::default();
        discipline.asks(1, &set(&[4]), &set(&[]));
        let judgement = discipline.judges_and_uses((2, 4), Direction::Read, true, true);
        assert!(judgement.not_asked.is_some());
    }
}
