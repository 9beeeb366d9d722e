//! Clients that come and go.

use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use super::Stop;
use super::arena::Arena;
use super::results::Sample;

/// How many come at once: few enough for the shortest queue that a server asks for.
const AT_ONCE: usize = 8;

/// Lets clients connect and leave for `time`, a few at once, while the first client watches.
pub(super) fn measure(arena: &mut Arena<'_>, time: Duration) -> Result<Sample, Stop> {
    let at_once = arena.window(AT_ONCE)?;
    let cpu = arena.cpu()?;
    let own = super::own_cpu();
    let begun = Instant::now();
    let mut visits = 0;
    let mut id = arena.crowd.len();
    while begun.elapsed() < time {
        let visitors = (0..at_once)
            .map(|_| TcpStream::connect((Ipv4Addr::LOCALHOST, arena.port())))
            .collect::<Result<Vec<_>, _>>()?;
        for _ in &visitors {
            let told = arena.contestant.arrival(id) + arena.contestant.departure(id);
            arena.crowd.is_due(0..1, told);
            id += 1;
        }
        visits += visitors.len();
        drop(visitors);
        arena.settle()?;
        if arena.crowd.missing() > 0 {
            return Err(Stop::Server(format!(
                "did not announce each of {visits} clients that came and left"
            )));
        }
    }
    let wall = begun.elapsed().as_secs_f64();
    Ok(Sample {
        figures: vec![visits as f64 / wall],
        lost: 0,
        due: 0,
        generator: (super::own_cpu() - own).as_secs_f64() / wall,
        server: (arena.cpu()? - cpu).as_secs_f64() / wall,
    })
}
