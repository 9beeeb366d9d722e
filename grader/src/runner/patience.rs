//! How long a server may keep everybody waiting.

use std::time::{Duration, Instant};

/// How many glances follow each other at once before there is a pause between them.
const EAGER_GLANCES: u32 = 64;

/// The pause between glances at what no event tells, the shortest that the event loop knows.
const PAUSE: Duration = Duration::from_millis(1);

/// How long is still waited.
#[derive(Debug)]
pub(super) struct Patience {
    length: Duration,
    ends: Instant,
    glances: u32,
}

impl Patience {
    pub(super) fn new(length: Duration) -> Self {
        Self {
            length,
            ends: Instant::now() + length,
            glances: 0,
        }
    }

    /// Something came: the server is not hanging.
    pub(super) fn renew(&mut self) {
        self.ends = Instant::now() + self.length;
        self.glances = 0;
    }

    /// How long to wait for an event; `None` when patience is at its end.
    pub(super) fn left(&self) -> Option<Duration> {
        let left = self.ends.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// How long to wait before looking again at what no event tells: not at all at first, since
    /// the server is usually about to do it, and a little later on.
    pub(super) fn glance(&mut self) -> Option<Duration> {
        self.left()?;
        self.glances += 1;
        if self.glances > EAGER_GLANCES {
            return Some(PAUSE);
        }
        // The server may be waiting for this very processor.
        std::thread::yield_now();
        Some(Duration::ZERO)
    }
}
