//! What is waited for when something is wrong already, so that it is told in full.
//!
//! The verdict stands by then. What is shown of it must not depend on how quick the machine is, so
//! these waits, too, end by what the kernel tells, and the clock is there for servers that hang.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use super::explain;
use super::patience::{Patience, Sign};
use super::play::Play;
use super::stop::Stop;
use crate::oracle::matcher::Mismatch;
use crate::scenario::ClientId;
use crate::verdict::Failure;
use machine::{Exit, Happening, ports};

/// How much more is taken in at most when something is wrong, in bytes: some servers flood.
const ENOUGH: usize = 1 << 20;

/// How long a server that never sleeps may run before nothing more is waited for, in time on a
/// processor.
const SPELL: Duration = Duration::from_millis(20);

impl Play<'_> {
    /// Something wrong has come to a client. Takes in what else the server sends until it rests:
    /// the whole of a line explains more. Returns whose stream is wrong, and how: of several, the
    /// first client's, whoever was read first.
    pub(super) fn whole_mismatch(
        &mut self,
        who: ClientId,
        mismatch: Box<Mismatch>,
    ) -> Result<(ClientId, Box<Mismatch>), Stop> {
        if self.frozen {
            self.session.thaw();
            self.frozen = false;
        }
        let mut known = (who, mismatch);
        let mut others: BTreeMap<ClientId, Box<Mismatch>> = BTreeMap::new();
        let mut patience = Patience::new(self.circumstances.patience);
        let begun = self.session.cpu().ok();
        let mut taken_in = 0;
        while taken_in < ENOUGH {
            // Asked before the last look at what has come: nothing comes after that.
            let rests = self.session.is_quiet() || self.ran_for(SPELL, begun);
            let pause = if rests {
                Some(Duration::ZERO)
            } else {
                self.clock
                    .pause(&self.session, &mut patience, Sign::Answer)?
            };
            let Some(pause) = pause else { break };
            let before = taken_in;
            let (oracle, streams) = (&self.oracle, &mut self.streams);
            self.session.pump(pause, |happening| {
                if let Happening::Received(reader, bytes) = happening {
                    taken_in += bytes.len();
                    let stream = streams.get_mut(&reader);
                    if reader == known.0 {
                        known.1.received.extend_from_slice(bytes);
                    } else if let Some(other) = others.get_mut(&reader) {
                        other.received.extend_from_slice(bytes);
                    } else if let Some(Err(mismatch)) = stream.map(|it| it.feed(oracle, bytes)) {
                        others.insert(reader, mismatch);
                    }
                }
                Ok::<(), io::Error>(())
            })?;
            if taken_in == before && (rests || self.session.exit().is_some()) {
                break;
            }
        }
        let earlier = others.pop_first().filter(|(other, _)| *other < known.0);
        Ok(earlier.unwrap_or(known))
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
            let pause = self
                .clock
                .pause(&self.session, &mut patience, Sign::Answer)?;
            let Some(pause) = pause else { break };
            self.session.pump(pause, |_| Ok::<(), io::Error>(()))?;
        }
        Ok(self.session.exit())
    }
}
