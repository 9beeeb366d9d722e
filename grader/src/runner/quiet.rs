//! What makes the moment of a move certain: the same server is then in the same state at the same
//! move, however busy the machine is.
//!
//! Before each step the server has done all that the one before makes it do, also what no client
//! can see or is waiting for. And when a server that was frozen goes on, all that was done
//! meanwhile has reached it. Neither decides anything: a server that never gets there is played
//! with as it is.

use std::io;
use std::time::Duration;

use super::patience::Patience;
use super::play::{Deed, Play};
use super::stop::Stop;
use crate::script::Departure;

/// After how much time on a processor a server that never sleeps has gone round its loop: a
/// hundred times, where nothing is to be done.
const SPELL: Duration = Duration::from_millis(1);

/// How often the server is let come to rest within one step, and not only after it: some steps
/// bring thousands of clients.
const RESTS: usize = 24;

impl Play<'_> {
    /// Waits until the server has dealt with all that was done, and has come to rest unless it
    /// never does.
    pub(super) fn settle_and_be_quiet(&mut self) -> Result<(), Stop> {
        self.settle()?;
        if self.rests < RESTS && !self.never_sleeps {
            self.rests += 1;
            self.wait_until_quiet()?;
        }
        Ok(())
    }

    /// Waits until nothing more comes from the server until something is done, or until it has run
    /// for a spell.
    pub(super) fn wait_until_quiet(&mut self) -> Result<(), Stop> {
        let mut patience = Patience::new(self.circumstances.patience);
        let mut begun = None;
        while !self.frozen && self.serves && !self.session.is_quiet() {
            self.fail_if_dead()?;
            let Ok(ran) = self.session.cpu() else { break };
            if ran >= *begun.get_or_insert(ran + SPELL) {
                self.never_sleeps = true;
                break;
            }
            match patience.glance() {
                Some(glance) => self.pump(glance)?,
                None => break,
            };
        }
        Ok(())
    }

    /// Waits until all that clients did while the server was frozen has reached its end.
    pub(super) fn wait_until_it_has_reached_the_server(&mut self) -> Result<(), Stop> {
        let mut patience = Patience::new(self.circumstances.patience);
        while !self.unsettled.iter().all(|deed| self.has_reached(*deed)) {
            match patience.glance() {
                Some(glance) => self.session.pump(glance, |_| Ok::<(), io::Error>(()))?,
                None => break,
            }
        }
        Ok(())
    }

    /// Whether the kernel has told the server's end of it, or does not say.
    fn has_reached(&self, deed: Deed) -> bool {
        let side = |port| self.session.server_side(port).ok().flatten();
        match deed {
            Deed::Arrived(who) => {
                let port = self.session.port_of(who).ok();
                port.and_then(side).is_none_or(|side| side.established)
            }
            // What there is no room for reaches it later.
            Deed::Spoke(who, port) => {
                side(port).is_none_or(|side| side.arrived >= self.session.sent_by(who))
            }
            Deed::Left(_, port, Departure::Reset) => side(port).is_none(),
            Deed::Left(_, port, _) => side(port).is_none_or(|side| side.ended),
        }
    }
}
