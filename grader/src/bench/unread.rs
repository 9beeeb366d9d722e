//! What is kept for those who do not read.

use std::time::{Duration, Instant};

use super::Stop;
use super::arena::Arena;
use super::results::Sample;

/// How long a line is, in bytes.
const LENGTH: usize = 1000;

/// How many read in the end, and must have missed nothing.
const READERS: usize = 10;

/// How long the event loop waits for room before it looks at the clock.
const PAUSE: Duration = Duration::from_millis(100);

/// Lets the first client say so many megabytes while all others do not read.
pub(super) fn measure(arena: &mut Arena<'_>, megabytes: usize) -> Result<Sample, Stop> {
    let mut line = vec![b'x'; LENGTH];
    line[LENGTH - 1] = b'\n';
    let text = line.repeat(1000);
    let total = megabytes * 1_000_000;
    let cpu = arena.cpu()?;
    let own = super::own_cpu();
    let begun = Instant::now();

    let mut said = 0;
    let mut since = begun;
    while said < total {
        let piece = &text[said % LENGTH..];
        let count = arena.crowd.say(&piece[..piece.len().min(total - said)])?;
        said += count;
        if count > 0 {
            since = Instant::now();
            continue;
        }
        arena.crowd.read(PAUSE)?;
        arena.let_server_be_heard(Duration::ZERO)?;
        if since.elapsed() > arena.patience() {
            return Err(arena.stuck());
        }
    }
    arena.wait_until_heard()?;
    let memory = arena.resident_memory()? as f64 / 1e6;
    let wall = begun.elapsed().as_secs_f64();
    let server = (arena.cpu()? - cpu).as_secs_f64() / wall;
    let generator = (super::own_cpu() - own).as_secs_f64() / wall;

    let lines = (total / LENGTH) as u64;
    let heard = (arena.contestant.prefix(0).len() + LENGTH) as u64;
    let all = arena.crowd.len();
    arena.crowd.is_due(1..all, lines * heard);
    let readers = 1..all.min(1 + READERS);
    for who in readers.clone() {
        arena.crowd.read_again(who)?;
    }
    arena.settle()?;
    Ok(Sample {
        figures: vec![memory],
        lost: arena.crowd.missing().div_ceil(heard),
        due: lines * readers.len() as u64,
        generator,
        server,
    })
}
