//! The server takes more of the machine than it should.

use std::net::SocketAddr;
use std::time::Duration;

use super::conduct::failure;
use crate::runner::clock::Exceeded;
use crate::runner::play::Play;
use crate::verdict::{Failure, Kind};

/// The server listens on another address than 127.0.0.1.
pub(in crate::runner) fn listens_elsewhere(play: &Play<'_>, address: SocketAddr) -> Failure {
    failure(
        play,
        Kind::ListensElsewhere,
        format!("the server listens on {address}; it must listen on 127.0.0.1 only"),
    )
}

/// The server has not as many descriptors open as before.
pub(in crate::runner) fn descriptors_differ(play: &Play<'_>, before: usize, now: usize) -> Failure {
    failure(
        play,
        Kind::KeepsDescriptors,
        format!(
            "the server has {now} descriptors open, and had {before} when as many clients were \
             there before"
        ),
    )
}

/// The server's memory grows and grows.
pub(in crate::runner) fn leaks_memory(play: &Play<'_>, growth: &[u64]) -> Failure {
    let growth: Vec<String> = growth.iter().map(u64::to_string).collect();
    failure(
        play,
        Kind::KeepsMemory,
        format!(
            "the server's memory grows as clients come and go, with as many there as before: by \
             {} bytes from one measurement to the next",
            growth.join(", then ")
        ),
    )
}

/// The server runs although nothing happens.
pub(in crate::runner) fn never_sleeps(play: &Play<'_>, ran: Duration, looked: Duration) -> Failure {
    failure(
        play,
        Kind::NeverSleeps,
        format!(
            "while nobody did anything for {} ms, the server ran for {} ms of them",
            looked.as_millis(),
            ran.as_millis()
        ),
    )
}

/// Lines come later than they could: the server sleeps for so long before each, and the reference
/// for as long as is usual.
pub(in crate::runner) fn comes_late(play: &Play<'_>, slept: Duration, usual: Duration) -> Failure {
    failure(
        play,
        Kind::ComesLate,
        format!(
            "the server sleeps for {} ms before it relays a line, and the reference beside it for \
             {:.1} ms",
            slept.as_millis(),
            usual.as_secs_f64() * 1000.0
        ),
    )
}

/// The play does not come to its end.
pub(in crate::runner) fn takes_too_long(play: &Play<'_>, exceeded: Exceeded) -> Failure {
    let reason = match exceeded {
        Exceeded::Asleep(limit) => format!(
            "the server is too slow: it has slept for {} s while others waited for it",
            limit.as_secs()
        ),
        Exceeded::Own(limit) => format!(
            "the server is too slow: {} s were not enough for this, not counting the time in which \
             the machine did not let it run",
            limit.as_secs()
        ),
        Exceeded::Run(limit) => format!(
            "the server is too slow: the {} s that a run may take were used up while this was \
             played",
            limit.as_secs()
        ),
    };
    failure(play, Kind::TooSlow, reason)
}
