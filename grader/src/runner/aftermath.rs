//! What is waited for when something is wrong already, so that it is told in full.
//!
//! The verdict stands by then. What is shown of it must not depend on how quick the machine is, so
//! these waits, too, end by what the kernel tells, and the clock is there for servers that hang.

use std::io;
use std::time::Duration;

use super::explain;
use super::patience::Patience;
use super::play::Play;
use super::stop::Stop;
use crate::harness::{Exit, Happening, ports};
use crate::scenario::ClientId;
use crate::verdict::Failure;

/// How much of a line is shown at most, in bytes.
const ENOUGH: usize = 64 * 1024;

/// How long a server that never sleeps may run without sending the rest of a line, in time on a
/// processor.
const SPELL: Duration = Duration::from_millis(20);

impl Play<'_> {
    /// Lets the server send the rest of a line that is wrong already, as long as it has something
    /// left to send: the whole of the line explains more.
    pub(super) fn let_the_line_end(
        &mut self,
        who: ClientId,
        received: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let mut patience = Patience::new(self.circumstances.patience);
        let begun = self.session.cpu().ok();
        let mut ended = false;
        while !ended && !received.contains(&b'\n') && received.len() < ENOUGH {
            // Asked before the last look at what has come: nothing comes after that.
            let said_all = self.session.is_quiet() || self.ran_for(SPELL, begun);
            let pause = if said_all {
                Some(Duration::ZERO)
            } else {
                patience.glance()
            };
            let Some(pause) = pause else {
                if self.excuses.excuse(&self.session, &mut patience) {
                    continue;
                }
                break;
            };
            let before = received.len();
            self.session.pump(pause, |happening| {
                match happening {
                    Happening::Received(reader, bytes) if reader == who => {
                        received.extend_from_slice(bytes);
                    }
                    Happening::Closed(reader) | Happening::Reset(reader) if reader == who => {
                        ended = true;
                    }
                    _ => {}
                }
                Ok::<(), io::Error>(())
            })?;
            if said_all && received.len() == before {
                break;
            }
        }
        Ok(())
    }

    /// Whether the server has run for so long since its processor time was `begun`.
    fn ran_for(&self, spell: Duration, begun: Option<Duration>) -> bool {
        let now = self.session.cpu().ok();
        now.zip(begun)
            .is_some_and(|(now, begun)| now.saturating_sub(begun) >= spell)
    }

    /// The server closed a connection that should stand; if that is because it has died, its
    /// death explains more.
    pub(super) fn closed_by_the_server(&mut self, who: ClientId) -> Result<Failure, Stop> {
        Ok(match self.await_death()? {
            Some(exit) => explain::died(self, exit),
            None => explain::closed(self, who),
        })
    }

    /// How the server ended, if the end of a connection or of its listener was a sign of that: a
    /// process closes its descriptors before its death is told. One that is started by something
    /// else, such as a script, is known to have ended by its listener, and the script ends, too.
    pub(super) fn await_death(&mut self) -> Result<Option<Exit>, Stop> {
        let mut patience = Patience::new(self.circumstances.patience);
        while self.session.exit().is_none()
            && (self.session.is_ending() || !ports::has_listener(self.port.number()))
        {
            match patience.glance() {
                Some(glance) => self.session.pump(glance, |_| Ok::<(), io::Error>(()))?,
                None if self.excuses.excuse(&self.session, &mut patience) => {}
                None => break,
            }
        }
        Ok(self.session.exit())
    }
}
