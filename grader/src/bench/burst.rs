//! Lines as fast as they go.
//!
//! The speaker is never far ahead of its listeners, on the whole: no further than a window, which
//! grows at first while the server is quick. So a fast server is kept busy, and a slow one has not
//! swallowed lines for minutes when the time is over.

use std::io;
use std::time::{Duration, Instant};

use super::Stop;
use super::arena::{Arena, LOOKS};
use super::results::Sample;

/// The largest window, in bytes that are said.
const LARGEST_WINDOW: u64 = 256 * 1024;

/// Which part of the time a server may be on a processor for a window that is to be doubled.
const QUICK: u32 = 2;

/// How many times the time the window may grow at most, before anything is counted.
const GROWS_FOR: u32 = 10;

/// How long the event loop waits for something to happen before it looks at the clock.
const PAUSE: Duration = Duration::from_millis(10);

/// Lets the first client say lines of `length` bytes to all others for `time`, and somewhat longer,
/// since it does not begin with haste.
pub(super) fn measure(
    arena: &mut Arena<'_>,
    length: usize,
    time: Duration,
) -> Result<Sample, Stop> {
    let listeners = arena.crowd.len() as u64 - 1;
    let line = line(length);
    let heard = [arena.contestant.prefix(0).as_bytes(), &line].concat();
    arena.crowd.begin(1, &heard);
    let mut burst = Burst {
        length: line.len() as u64,
        heard: heard.len() as u64,
        listeners,
        // Whole lines, so that a piece can begin at any place of a line.
        text: line.repeat(LARGEST_WINDOW as usize / line.len() + 2),
        said: 0,
        window: line.len() as u64,
        lost: 0,
    };
    burst.grow(arena, time * GROWS_FOR, time / QUICK)?;
    let before = Moment::now(arena)?;
    let end = before.at + time;
    burst.speak(arena, end, |_, _, _| Ok(true))?;
    let after = Moment::now(arena)?;
    burst.finish(arena)?;

    let due = burst.said / burst.length * listeners;
    let lost = arena.crowd.missing().div_ceil(burst.heard).min(due);
    let delivered = (after.received - before.received) as f64 / burst.heard as f64;
    let wall = (after.at - before.at).as_secs_f64();
    let cpu = (after.cpu - before.cpu).as_secs_f64();
    let per_cpu = delivered / cpu.max(1e-9);
    Ok(Sample {
        figures: vec![
            delivered / wall,
            per_cpu,
            per_cpu * burst.heard as f64 / 1e6,
        ],
        lost,
        due,
        generator: (after.own - before.own).as_secs_f64() / wall,
        server: cpu / wall,
    })
}

/// How things stand at a moment.
struct Moment {
    at: Instant,
    received: u64,
    cpu: Duration,
    own: Duration,
}

impl Moment {
    fn now(arena: &Arena<'_>) -> io::Result<Self> {
        Ok(Self {
            cpu: arena.cpu()?,
            own: super::own_cpu(),
            received: arena.crowd.received(),
            at: Instant::now(),
        })
    }
}

/// Lines that are being said.
struct Burst {
    /// How many bytes a line has when it is said, and when it is heard.
    length: u64,
    heard: u64,
    listeners: u64,
    text: Vec<u8>,
    /// How many bytes have been said.
    said: u64,
    /// How many bytes the speaker may be ahead.
    window: u64,
    /// How many of those that were said are lost: they must not hold up what can still be said.
    lost: u64,
}

impl Burst {
    /// What has gone through, in bytes that were said. What the slowest has is not known without
    /// asking everybody; the average is.
    fn through(&self, arena: &Arena<'_>) -> u64 {
        arena.crowd.received() / self.listeners * self.length / self.heard + self.lost
    }

    /// Speaks, and doubles the window until it costs the server as much as `quick` to bring one
    /// through, but for no longer than `time`. The server's own time counts, so that a busy machine
    /// leaves the window as it would be otherwise.
    fn grow(&mut self, arena: &mut Arena<'_>, time: Duration, quick: Duration) -> Result<(), Stop> {
        let largest = LARGEST_WINDOW.max(self.length);
        let end = Instant::now() + time;
        let (mut mark, mut cpu) = (self.window, arena.cpu()?);
        self.speak(arena, end, |burst, arena, through| {
            if through < mark {
                return Ok(true);
            }
            let now = arena.cpu()?;
            if now - cpu >= quick || burst.window >= largest {
                return Ok(false);
            }
            burst.window = (burst.window * 2).min(largest);
            (mark, cpu) = (burst.said + burst.window, now);
            Ok(true)
        })
    }

    /// Speaks until `end`, or until `go_on` says no, which is told each time how much has gone
    /// through.
    fn speak(
        &mut self,
        arena: &mut Arena<'_>,
        end: Instant,
        mut go_on: impl FnMut(&mut Self, &Arena<'_>, u64) -> io::Result<bool>,
    ) -> Result<(), Stop> {
        let mut quiet = 0;
        while Instant::now() < end {
            let through = self.through(arena);
            if !go_on(self, arena, through)? {
                break;
            }
            let may_say = (through + self.window).saturating_sub(self.said);
            if self.say(arena, may_say)? {
                quiet = 0;
                continue;
            }
            arena.let_server_be_heard(Duration::ZERO)?;
            quiet = if arena.has_nothing_to_do()? {
                quiet + 1
            } else {
                0
            };
            if quiet == LOOKS {
                self.lost += self.said.saturating_sub(self.through(arena));
            }
        }
        Ok(())
    }

    /// Says so many bytes, or as many as the path takes, reads what has come, and says whether
    /// anything happened.
    fn say(&mut self, arena: &mut Arena<'_>, count: u64) -> Result<bool, Stop> {
        let piece = count.min(LARGEST_WINDOW) as usize;
        let from = (self.said % self.length) as usize;
        let said = match piece {
            0 => 0,
            _ => arena.crowd.say(&self.text[from..][..piece])?,
        };
        self.said += said as u64;
        // Where the path took a part, it may take more at once; otherwise something must happen
        // first.
        let patience = if said > 0 && said < piece {
            Duration::ZERO
        } else {
            PAUSE
        };
        Ok(arena.crowd.read(patience)? || said > 0)
    }

    /// Ends the line and waits until everybody has everything.
    fn finish(&mut self, arena: &mut Arena<'_>) -> Result<(), Stop> {
        let mut since = Instant::now();
        while !self.said.is_multiple_of(self.length) {
            if self.say(arena, self.length - self.said % self.length)? {
                since = Instant::now();
            }
            arena.let_server_be_heard(Duration::ZERO)?;
            if since.elapsed() > arena.patience() {
                return Err(Stop::Server("reads nothing more".into()));
            }
        }
        let all = arena.crowd.len();
        let lines = self.said / self.length;
        arena.crowd.is_due(1..all, lines * self.heard);
        arena.settle()
    }
}

/// A line of so many bytes with its newline.
fn line(length: usize) -> Vec<u8> {
    let mut line = vec![b'x'; length.max(1)];
    if let Some(last) = line.last_mut() {
        *last = b'\n';
    }
    line
}
