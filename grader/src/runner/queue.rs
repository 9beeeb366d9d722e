//! What is yet to be played, and the workers that take from it.
//!
//! Where a play cannot have what it needs, such as another process, its worker makes room: it
//! leaves, and the task waits for one that stays. So there come to be as many plays at once as the
//! machine has room for, and only what does not even fit alone is given up.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What is yet to be played.
#[derive(Debug)]
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    /// How long the last worker tries: of those that have left, something may be there yet.
    patience: Duration,
}

#[derive(Debug)]
struct State<T> {
    /// To be taken from the end.
    tasks: Vec<T>,
    workers: usize,
    /// When the last worker first could not have what it needs.
    short_since: Option<Instant>,
}

/// What is to be done about a task that could not be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Returned {
    /// Another worker takes it; this one has left.
    Leave,
    /// It is to be tried again.
    Again,
    /// It cannot be carried out, and the worker goes on with the next.
    Hopeless,
}

impl<T> Queue<T> {
    pub(super) const fn new(tasks: Vec<T>, patience: Duration) -> Self {
        Self {
            state: Mutex::new(State {
                tasks,
                workers: 0,
                short_since: None,
            }),
            patience,
        }
    }

    /// One more worker.
    pub(super) fn join(&self) -> Worker<'_, T> {
        self.state().workers += 1;
        Worker {
            queue: self,
            has_left: false,
        }
    }

    /// Nothing more is to be played.
    pub(super) fn clear(&self) {
        self.state().tasks.clear();
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who takes from the queue.
#[derive(Debug)]
pub(super) struct Worker<'queue, T> {
    queue: &'queue Queue<T>,
    has_left: bool,
}

impl<T> Worker<'_, T> {
    /// The next task; `None` where there is nothing to do any more.
    pub(super) fn next(&mut self) -> Option<T> {
        let mut state = self.queue.state();
        let task = state.tasks.pop();
        if task.is_none() {
            // In the same moment: nobody may count on a worker that has found nothing.
            self.has_left = true;
            state.workers -= 1;
        }
        task
    }

    /// Gives a task back for which there was not enough.
    pub(super) fn give_back(&mut self, task: T) -> Returned {
        let mut state = self.queue.state();
        if state.workers > 1 {
            state.tasks.push(task);
            state.workers -= 1;
            self.has_left = true;
            return Returned::Leave;
        }
        let since = *state.short_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= self.queue.patience {
            return Returned::Hopeless;
        }
        state.tasks.push(task);
        Returned::Again
    }
}

impl<T> Drop for Worker<'_, T> {
    fn drop(&mut self) {
        if !self.has_left {
            self.queue.state().workers -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_make_room_and_the_last_one_gives_up() {
        let queue = Queue::new(vec!['c', 'b', 'a'], Duration::ZERO);
        let (mut one, mut other) = (queue.join(), queue.join());
        assert_eq!(one.next(), Some('a'));
        assert_eq!(one.give_back('a'), Returned::Leave);
        drop(one);
        assert_eq!(other.next(), Some('a'));
        assert_eq!(other.give_back('a'), Returned::Hopeless);
        assert_eq!((other.next(), other.next()), (Some('b'), Some('c')));
        assert_eq!(other.next(), None);
        drop(other);
        assert_eq!(queue.state().workers, 0);
    }

    #[test]
    fn the_last_worker_tries_again_before_it_gives_up() {
        let queue = Queue::new(vec!['a'], Duration::MAX);
        let mut last = queue.join();
        assert_eq!(last.next(), Some('a'));
        assert_eq!(last.give_back('a'), Returned::Again);
        assert_eq!(last.next(), Some('a'));
    }

    #[test]
    fn nobody_counts_on_a_worker_that_found_nothing() {
        let queue = Queue::new(vec!['a'], Duration::ZERO);
        let (mut one, mut other) = (queue.join(), queue.join());
        assert_eq!((one.next(), other.next()), (Some('a'), None));
        assert_eq!(one.give_back('a'), Returned::Hopeless);
    }
}
