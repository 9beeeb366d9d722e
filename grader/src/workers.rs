//! Threads that share out work, as many of them as the machine lets start.

use std::io;
use std::thread::{Builder, Scope};

/// How much stack a worker has, in bytes. What it does goes no deeper than a main program, and
/// every stack counts against a limit of memory, whether it is used or not.
const STACK: usize = 1 << 20;

/// Has `work` done by so many threads at once, or by fewer where the machine does not let more be
/// started. Returns how many were started, which may be none: whoever asks then has to work alone.
pub(crate) fn start<'scope, 'env: 'scope>(
    scope: &'scope Scope<'scope, 'env>,
    wanted: usize,
    work: impl Fn() + Clone + Send + 'scope,
) -> usize {
    as_many_as_start(wanted, || {
        let work = work.clone();
        let worker = Builder::new().stack_size(STACK);
        worker.spawn_scoped(scope, work).map(drop)
    })
}

/// Starts one after the other, until one cannot be.
fn as_many_as_start(wanted: usize, mut start: impl FnMut() -> io::Result<()>) -> usize {
    (0..wanted).take_while(|_| start().is_ok()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn those_that_can_be_started_are_enough() {
        let mut left = 3;
        let started = as_many_as_start(8, || {
            left -= 1;
            if left < 0 {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            Ok(())
        });
        assert_eq!((started, left), (3, -1));
        assert_eq!(as_many_as_start(2, || Ok(())), 2);
    }

    #[test]
    fn each_of_them_does_the_work() {
        let done = AtomicUsize::new(0);
        let started = std::thread::scope(|scope| {
            start(scope, 3, || {
                done.fetch_add(1, Ordering::Relaxed);
            })
        });
        assert_eq!((started, done.into_inner()), (3, 3));
    }
}
