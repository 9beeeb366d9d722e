//! What a server does when there is nothing to do.

use std::time::{Duration, Instant};

use super::Stop;
use super::arena::Arena;
use super::results::Sample;

/// Lets `time` pass in which nothing happens.
pub(super) fn measure(arena: &mut Arena<'_>, time: Duration) -> Result<Sample, Stop> {
    let cpu = arena.cpu()?;
    let begun = Instant::now();
    while let Some(left) = time
        .checked_sub(begun.elapsed())
        .filter(|left| !left.is_zero())
    {
        // Looking once more may round the rest of the time up.
        arena.crowd.read(left)?;
    }
    let wall = begun.elapsed().as_secs_f64();
    arena.let_server_be_heard(Duration::ZERO)?;
    let server = (arena.cpu()? - cpu).as_secs_f64() / wall;
    Ok(Sample {
        figures: vec![server * 1e3],
        lost: 0,
        due: 0,
        generator: 0.0,
        server,
    })
}
