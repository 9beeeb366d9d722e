//! How long a server may keep everybody waiting in one wait.

use std::time::{Duration, Instant};

/// How many glances follow each other at once before there is a pause between them.
const EAGER_GLANCES: u32 = 64;

/// The shortest pause between glances at what no event tells, the shortest that the event loop
/// knows.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);

/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Which part of what has been waited already is waited until the next glance.
const PART_OF_THE_WAIT: u32 = 16;

/// What tells that a wait is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// An event of the loop.
    Event,
    /// The kernel, when it is asked.
    Answer,
}

/// How long is still waited.
#[derive(Debug)]
pub(super) struct Patience {
    length: Duration,
    ends: Instant,
    glances: u32,
    /// How long the server had run when this first came to its end.
    ran: Option<Duration>,
}

impl Patience {
    pub(super) fn new(length: Duration) -> Self {
        Self {
            length,
            ends: Instant::now() + length,
            glances: 0,
            ran: None,
        }
    }

    /// Something came: the server is not hanging.
    pub(super) fn renew(&mut self) {
        *self = Self::new(self.length);
    }

    /// How long to wait until `sign` is looked for again; `None` when patience is at its end.
    pub(super) fn pause(&mut self, sign: Sign) -> Option<Duration> {
        match sign {
            Sign::Event => self.left(),
            Sign::Answer => self.glance(),
        }
    }

    /// How long it was when it began.
    pub(super) const fn length(&self) -> Duration {
        self.length
    }

    /// How long a server that had run for `ran` has run since this was first asked.
    pub(super) fn ran_since(&mut self, ran: Duration) -> Duration {
        ran.saturating_sub(*self.ran.get_or_insert(ran))
    }

    /// Goes on for so long from now, as long as it was at first at most.
    pub(super) fn extend(&mut self, by: Duration) {
        self.ends = Instant::now() + by.min(self.length);
    }

    /// How long to wait for an event; `None` when patience is at its end.
    fn left(&self) -> Option<Duration> {
        let left = self.ends.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// How long to wait before looking again at what no event tells: not at all at first, since
    /// the server is usually about to do it, and the longer the longer nothing has come.
    pub(super) fn glance(&mut self) -> Option<Duration> {
        let waited = self.length.saturating_sub(self.left()?);
        self.glances += 1;
        if self.glances > EAGER_GLANCES {
            let pause = waited / PART_OF_THE_WAIT;
            return Some(pause.clamp(SHORTEST_PAUSE, LONGEST_PAUSE));
        }
        // The server may be waiting for this very processor.
        std::thread::yield_now();
        Some(Duration::ZERO)
    }
}
