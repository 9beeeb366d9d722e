//! How long a play may take, and how long its server was kept from running.
//!
//! Only the server's own time counts: what the machine took, since it let the server or the grader
//! wait for a processor, is nobody's fault.

use std::io;
use std::time::{Duration, Instant};

use super::patience::{Patience, Sign};
use super::stop::Stop;
use crate::conduct::Session;
use machine::resources::Turns;

/// The least that the machine must have taken for a wait to go on. It always takes a little.
const LEAST: Duration = Duration::from_millis(10);

/// Which part of its patience a server must have run to have had its turn. None is that busy for so
/// long and has nothing to show for it.
const TURN: u32 = 4;

/// How many times its patience the machine may take from one play: one that is busier than this
/// is none to grade on.
const MOST: u32 = 30;

/// How long a server sleeps while the grader does so as well and waits for it.
#[derive(Debug)]
pub(super) struct Asleep {
    begun: Instant,
    before: Turns,
}

impl Asleep {
    /// From now on.
    ///
    /// # Errors
    /// The machine does not tell.
    pub(super) fn begin(session: &Session) -> io::Result<Self> {
        let before = session.turns()?;
        let begun = Instant::now();
        Ok(Self { begun, before })
    }

    /// Until now. What one of them ran, or had to wait for a processor, is no sleep.
    ///
    /// # Errors
    /// The machine does not tell.
    pub(super) fn end(self, session: &Session) -> io::Result<Duration> {
        let elapsed = self.begun.elapsed();
        let turns = session.turns()?.since(self.before);
        let server = turns.ran + turns.starved;
        let grader = turns.grader_ran + turns.grader_starved;
        Ok(elapsed.saturating_sub(server + grader))
    }
}

/// How long a play may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// How long the server may sleep in it.
    pub(super) asleep: Duration,
    /// How long all may take, without what the machine takes.
    pub(super) own: Duration,
}

/// In what way a play has taken too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exceeded {
    /// The server slept for longer than this, while others waited for it.
    Asleep(Duration),
    /// Everything took longer than this.
    Own(Duration),
    /// The whole run took longer than this.
    Run(Duration),
}

/// The time of one play, without what the machine took of it.
#[derive(Debug)]
pub(super) struct Clock {
    patience: Duration,
    begun: Instant,
    /// When it was last looked how much the machine has taken.
    looked: Instant,
    /// How things stood then.
    turns: Turns,
    /// How much the machine had taken until then.
    taken: Duration,
    /// How long the server had run until then.
    ran: Duration,
    /// How long the grader had.
    grader_ran: Duration,
    /// How much of what was taken has been given back to a wait.
    given_back: Duration,
    /// How long the play must last before it is looked again whether it takes too long.
    look_again: Duration,
}

impl Clock {
    /// One that begins now, for a play with this patience.
    pub(super) fn new(session: &Session, patience: Duration) -> Self {
        let now = Instant::now();
        Self {
            patience,
            begun: now,
            looked: now,
            // Where the machine does not tell, it never takes anything.
            turns: session.turns().unwrap_or_default(),
            taken: Duration::ZERO,
            ran: Duration::ZERO,
            grader_ran: Duration::ZERO,
            given_back: Duration::ZERO,
            look_again: Duration::ZERO,
        }
    }

    /// How long to wait until `sign` is looked for again; `None` when patience is at its end, and
    /// nobody else than the server is to blame for it.
    ///
    /// # Errors
    /// As those of [`Clock::excuses`].
    pub(super) fn pause(
        &mut self,
        session: &Session,
        patience: &mut Patience,
        sign: Sign,
    ) -> Result<Option<Duration>, Stop> {
        loop {
            let pause = patience.pause(sign);
            if pause.is_some() || !self.excuses(session, patience)? {
                return Ok(pause);
            }
        }
    }

    /// Whether a wait whose patience is at its end goes on, for as long as the machine did not let
    /// the server run, or the grader look: nobody hangs who was not let run. A server that has run
    /// for a while has had its turn, even if it wanted more.
    ///
    /// # Errors
    /// The machine takes nearly all of the time, so that nothing can be said of the server.
    fn excuses(&mut self, session: &Session, patience: &mut Patience) -> Result<bool, Stop> {
        self.look(session);
        let owed = self.taken.saturating_sub(self.given_back);
        if owed < LEAST || patience.ran_since(self.ran) >= patience.length() / TURN {
            return Ok(false);
        }
        if self.taken > self.patience * MOST {
            return Err(Stop::Trouble(format!(
                "this machine is too busy to grade on: of {:.0} s, it let the server run, or the \
                 grader look, for {:.0} s",
                self.begun.elapsed().as_secs_f64(),
                self.own_time().as_secs_f64()
            )));
        }
        self.given_back = self.taken;
        patience.extend(owed);
        Ok(true)
    }

    /// In what way the play has taken too long, if it has.
    pub(super) fn exceeds(&mut self, limits: Limits, session: &Session) -> Option<Exceeded> {
        if self.begun.elapsed() < limits.asleep.max(self.look_again) {
            return None;
        }
        self.look(session);
        let own = self.own_time();
        let asleep = own.saturating_sub(self.ran + self.grader_ran);
        let sleep = limits.asleep.saturating_sub(asleep);
        let left = limits.own.saturating_sub(own);
        self.look_again = self.begun.elapsed() + sleep.min(left);
        if sleep.is_zero() {
            Some(Exceeded::Asleep(limits.asleep))
        } else {
            left.is_zero().then_some(Exceeded::Own(limits.own))
        }
    }

    /// How long the play has taken, and how much of that the machine has not.
    pub(super) fn taken(&mut self, session: &Session) -> (Duration, Duration) {
        self.look(session);
        (self.begun.elapsed(), self.own_time())
    }

    fn own_time(&self) -> Duration {
        self.begun.elapsed().saturating_sub(self.taken)
    }

    /// Looks how much the machine has taken.
    fn look(&mut self, session: &Session) {
        let Ok(now) = session.turns() else { return };
        let turns = now.since(std::mem::replace(&mut self.turns, now));
        let time = self.looked.elapsed();
        self.looked += time;
        self.taken += taken(turns, time, processors());
        self.ran += turns.ran;
        self.grader_ran += turns.grader_ran;
    }
}

/// How much the machine has taken of a time in which these were the turns.
fn taken(turns: Turns, time: Duration, processors: u32) -> Duration {
    // Where a server has started so much that it gets all processors, it keeps itself waiting.
    let ran = turns.ran / processors;
    // Both may have waited at the same time.
    (turns.starved + turns.grader_starved).min(time.saturating_sub(ran))
}

fn processors() -> u32 {
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(ran: u64, starved: u64, grader_starved: u64) -> Turns {
        let [ran, starved, grader_starved] =
            [ran, starved, grader_starved].map(Duration::from_millis);
        Turns {
            ran,
            starved,
            grader_starved,
            ..Turns::default()
        }
    }

    #[track_caller]
    fn assert_taken(turns: Turns, of: u64, expected: u64) {
        let came = taken(turns, Duration::from_millis(of), 2);
        assert_eq!(came, Duration::from_millis(expected));
    }

    #[test]
    fn the_machine_has_taken_what_somebody_had_to_wait() {
        assert_taken(turns(0, 0, 0), 1000, 0);
        assert_taken(turns(20, 900, 0), 1000, 900);
        assert_taken(turns(20, 0, 300), 1000, 300);
        assert_taken(turns(20, 900, 900), 1000, 990);
    }

    #[test]
    fn who_fills_the_machine_is_kept_waiting_by_nobody_else() {
        assert_taken(turns(2000, 250_000, 900), 1000, 0);
        assert_taken(turns(1000, 0, 0), 1000, 0);
    }
}
