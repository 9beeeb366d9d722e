//! How long one line takes.

use std::time::{Duration, Instant};

use super::Stop;
use super::arena::Arena;
use super::results::Sample;
use super::statistics::quantile;

/// What is said, again and again.
const LINE: &[u8] = b"as fast as you can\n";

/// Lets the first of two clients say one line after the other for `time`, each when the one before
/// it has arrived.
pub(super) fn measure(arena: &mut Arena<'_>, time: Duration) -> Result<Sample, Stop> {
    let heard = [arena.contestant.prefix(0).as_bytes(), LINE].concat();
    arena.crowd.begin(1, &heard);
    let cpu = arena.cpu()?;
    let own = super::own_cpu();
    let begun = Instant::now();
    let (mut taken, mut due, mut lost) = (Vec::new(), 0, 0);
    while begun.elapsed() < time {
        let said = Instant::now();
        arena.crowd.say(LINE)?;
        due += 1;
        arena.crowd.is_due(1..2, heard.len() as u64);
        while arena.crowd.missing() > 0 {
            if !arena.crowd.read(arena.patience())? {
                break;
            }
        }
        if arena.crowd.missing() > 0 {
            arena.let_server_be_heard(Duration::ZERO)?;
            lost += 1;
            break;
        }
        taken.push(said.elapsed().as_secs_f64() * 1e6);
    }
    let wall = begun.elapsed().as_secs_f64();
    taken.sort_by(f64::total_cmp);
    let none = || Stop::Server("relayed not even one line".into());
    Ok(Sample {
        figures: vec![
            quantile(&taken, 0.5).ok_or_else(none)?,
            quantile(&taken, 0.99).ok_or_else(none)?,
        ],
        lost,
        due,
        generator: (super::own_cpu() - own).as_secs_f64() / wall,
        server: (arena.cpu()? - cpu).as_secs_f64() / wall,
    })
}
