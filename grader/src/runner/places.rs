//! How many plays go on side by side.
//!
//! A play takes a place. One that merely waits for a server that does nothing lends its place to
//! another, so that a server that hangs in every scenario is not waited for in one scenario after
//! another. One whose server never sleeps takes several: more of those than there are processors
//! would only keep each other waiting.

use std::cell::Cell;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::conduct::Session;

/// How long nothing must happen before the server is looked at, and how long it is looked at.
const QUIET: Duration = Duration::from_millis(150);

/// A server that takes less than this part of the time is idle.
const IDLE: u32 = 20;

/// A server that has more memory than this, in bytes, keeps its place while it waits.
const SMALL: u64 = 128 << 20;

/// So many plays as may be busy at once.
#[derive(Debug)]
pub(super) struct Places {
    /// How many are free; below 0 while more are busy than should be.
    free: Mutex<isize>,
    freed: Condvar,
    /// How many a play takes whose server never sleeps.
    of_the_restless: isize,
    /// How many a play takes: as many as the last ones turned out to need.
    usual: AtomicIsize,
}

impl Places {
    pub(super) fn new(count: usize) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self::on(count.max(1), processors)
    }

    fn on(count: usize, processors: usize) -> Self {
        // One more than there are processors: a server and its play take turns.
        let of_the_restless = count.div_ceil(processors.saturating_add(1));
        Self {
            free: Mutex::new(isize::try_from(count).unwrap_or(isize::MAX)),
            freed: Condvar::new(),
            of_the_restless: isize::try_from(of_the_restless).unwrap_or(isize::MAX),
            usual: AtomicIsize::new(1),
        }
    }

    /// Waits for a free place and takes it.
    pub(super) fn take(&self) -> Place<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self
            .freed
            .wait_while(free, |free| *free <= 0)
            .unwrap_or_else(PoisonError::into_inner);
        let count = self.usual.load(Ordering::Relaxed);
        *free -= count;
        Place {
            places: self,
            count: Cell::new(count),
            state: Cell::new(State::Busy(Instant::now())),
        }
    }

    fn change(&self, by: isize) {
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) += by;
        self.freed.notify_all();
    }
}

/// The place that a play has taken, or several; free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place<'places> {
    places: &'places Places,
    count: Cell<isize>,
    state: Cell<State>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Something happened at that moment.
    Busy(Instant),
    /// Nothing has happened since, and the server has been looked at from that moment on, when it
    /// had run or wanted to run for so long.
    LookedAt(Instant, Duration),
    /// The place is another's meanwhile.
    Lent,
}

impl Place<'_> {
    /// How much of a wait to wait at once, so that its length is noticed.
    pub(super) fn part_of(&self, wait: Duration) -> Duration {
        match self.state.get() {
            State::Lent => wait,
            State::Busy(_) | State::LookedAt(..) => wait.min(QUIET),
        }
    }

    /// Something has happened: the place is needed, even if there is none.
    pub(super) fn is_needed(&self) {
        if matches!(self.state.get(), State::Lent) {
            self.places.change(-self.count.get());
        }
        self.state.set(State::Busy(Instant::now()));
    }

    /// The server was seen to run on when there was nothing to do; so will those of other plays.
    pub(super) fn is_restless(&self) {
        let count = self.places.of_the_restless;
        self.places.usual.store(count, Ordering::Relaxed);
        let before = self.count.replace(count);
        if !matches!(self.state.get(), State::Lent) {
            self.places.change(before - count);
        }
    }

    /// Nothing has happened; if that is so for a while, and the server does nothing either,
    /// another may have the place.
    pub(super) fn is_idle(&self, session: &Session) {
        let (State::Busy(since) | State::LookedAt(since, _)) = self.state.get() else {
            return;
        };
        if since.elapsed() < QUIET {
            return;
        }
        let (Ok(turns), Ok(memory)) = (session.turns(), session.data_size()) else {
            return;
        };
        let now = turns.ran + turns.starved;
        match self.state.get() {
            State::LookedAt(_, before)
                if now.saturating_sub(before) < QUIET / IDLE && memory <= SMALL =>
            {
                self.state.set(State::Lent);
                self.places.change(self.count.get());
            }
            _ => self.state.set(State::LookedAt(Instant::now(), now)),
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if !matches!(self.state.get(), State::Lent) {
            self.places.change(self.count.get());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Places {
        fn free(&self) -> isize {
            *self.free.lock().expect("no thread panics with it")
        }
    }

    #[test]
    fn a_place_is_free_again_when_its_play_is_over() {
        let places = Places::new(2);
        let one = places.take();
        let other = places.take();
        assert_eq!(places.free(), 0);
        drop(one);
        assert_eq!(places.free(), 1);
        drop(other);
        assert_eq!(places.free(), 2);
    }

    #[test]
    fn a_lent_place_counts_as_free_until_it_is_needed() {
        let places = Places::new(1);
        let one = places.take();
        one.state.set(State::Lent);
        places.change(1);
        let other = places.take();
        one.is_needed();
        assert_eq!(places.free(), -1);
        drop(other);
        assert_eq!(places.free(), 0);
        drop(one);
        assert_eq!(places.free(), 1);
    }

    #[test]
    fn the_restless_take_so_many_that_few_go_on_at_once() {
        let places = Places::on(8, 2);
        let one = places.take();
        assert_eq!(places.free(), 7);
        one.is_restless();
        assert_eq!(places.free(), 5);
        let other = places.take();
        assert_eq!(places.free(), 2);
        other.is_restless();
        assert_eq!(places.free(), 2);
        drop(one);
        drop(other);
        assert_eq!(places.free(), 8);
        for jobs in 1..4 {
            let places = Places::on(jobs, 2);
            places.take().is_restless();
            assert_eq!(places.of_the_restless, 1);
        }
    }

    #[test]
    fn only_who_has_a_place_looks_up_in_between() {
        let places = Places::new(1);
        let place = places.take();
        let wait = Duration::from_secs(2);
        assert_eq!(place.part_of(wait), QUIET);
        place.state.set(State::Lent);
        assert_eq!(place.part_of(wait), wait);
        places.change(1);
    }
}
