//! The same for many servers or sources, several at a time: a server that hangs, and a compiler,
//! make a test wait.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;

/// Does the same with everything, so many at a time; the results come in the same order.
pub(crate) fn each_at_once<T: Send, R: Send>(
    at_once: usize,
    all: Vec<T>,
    act: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let workers = at_once.min(all.len());
    let queue = Mutex::new(all.into_iter().enumerate());
    let results = Mutex::new(BTreeMap::new());
    let next = || queue.lock().expect("nobody panics with it").next();
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((place, one)) = next() {
                    let result = act(one);
                    let mut results = results.lock().expect("as above");
                    results.insert(place, result);
                }
            });
        }
    });
    let results = results.into_inner().expect("as above");
    results.into_values().collect()
}
