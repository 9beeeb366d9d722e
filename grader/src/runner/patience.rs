//! How long a server may keep everybody waiting.

use std::time::{Duration, Instant};

use crate::conduct::Session;
use machine::resources::Turns;

/// How many glances follow each other at once before there is a pause between them.
const EAGER_GLANCES: u32 = 64;

/// The shortest pause between glances at what no event tells, the shortest that the event loop
/// knows.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);

/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Which part of what has been waited already is waited until the next glance.
const PART_OF_THE_WAIT: u32 = 16;

/// How long is still waited.
#[derive(Debug)]
pub(super) struct Patience {
    length: Duration,
    ends: Instant,
    glances: u32,
    /// How often it was extended since the grader itself had not been let run.
    looked_again: u32,
}

impl Patience {
    pub(super) fn new(length: Duration) -> Self {
        Self {
            length,
            ends: Instant::now() + length,
            glances: 0,
            looked_again: 0,
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

/// How often a play can be excused: a machine that is busier than this is none to grade on.
const EXCUSES: u32 = 20;

/// How often one wait can be excused since the grader itself was not let run.
const LOOKS: u32 = 5;

/// Which part of the patience it takes to have had a turn, or to have missed one.
const PART: u32 = 10;

/// What a busy machine, and not the server, is to blame for.
#[derive(Debug, Default)]
pub(super) struct Excuses {
    /// How things stood when they were last looked at.
    turns: Turns,
    given: u32,
}

impl Excuses {
    /// Whether the patience came to its end since the server had no processor to run on, or the
    /// grader none to look; the wait goes on as long again. Nobody hangs who was not let run.
    pub(super) fn excuse(&mut self, session: &Session, patience: &mut Patience) -> bool {
        let Ok(now) = session.turns() else {
            return false;
        };
        let before = std::mem::replace(&mut self.turns, now);
        let share = patience.length / PART;
        let ran = now.ran.saturating_sub(before.ran);
        let starved = now.starved.saturating_sub(before.starved);
        let blind = now.grader_starved.saturating_sub(before.grader_starved);
        let missed_its_turn = starved >= share && ran < share;
        // Whatever came while the grader did not look is there at the next look; but each call of a
        // server that is watched waits for a look.
        let did_not_look = blind >= share && patience.looked_again < LOOKS;
        if self.given == EXCUSES || !(missed_its_turn || did_not_look) {
            return false;
        }
        patience.looked_again += u32::from(did_not_look);
        self.given += 1;
        patience.ends = Instant::now() + patience.length;
        true
    }
}
