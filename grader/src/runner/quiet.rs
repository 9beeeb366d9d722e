//! What makes the moment of a move certain: the same server is then in the same state at the same
//! move, however busy the machine is.
//!
//! Before each step the server has done all that the one before makes it do, also what no client
//! can see or is waiting for. When a server that was frozen goes on, all that was done meanwhile
//! has reached it. And what a client says at once is there as a whole when the server reads. None
//! of it decides anything: a server that never gets there is played with as it is.

use std::time::Duration;

use super::explain;
use super::patience::{Patience, Sign};
use super::play::{Deed, Play};
use super::stop::{Stop, blind};
use crate::conduct;
use crate::scenario::{ClientId, Judge};
use crate::script::Departure;
use crate::visible::grouped;

/// After how much time on a processor a server that never sleeps has gone round its loop: a
/// hundred times, where nothing is to be done.
const SPELL: Duration = Duration::from_millis(1);

/// How often the server is let come to rest within one step, and not only after it: some steps
/// bring thousands of clients.
const RESTS: usize = 24;

/// How many bytes certainly reach the server's end together: the kernel cuts what is longer into
/// segments, and a server may read the first before the second is there.
const SEGMENT: usize = 16 * 1024;

/// How many bytes of what is longer are there at once. More would fit only if the server read
/// meanwhile.
const PORTION: usize = 64 * 1024;

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
    /// for a spell; not at all where the machine does not tell what is on its way to whom.
    pub(super) fn wait_until_quiet(&mut self) -> Result<(), Stop> {
        if !self.session.sees_socket_states() {
            return Ok(());
        }
        if self.serves {
            self.wait_until_it_rests()?;
        }
        Ok(())
    }

    /// The same for a server that nobody has come to yet as well.
    fn wait_until_it_rests(&mut self) -> Result<(), Stop> {
        let mut patience = Patience::new(self.circumstances.patience);
        let mut begun = None;
        while !self.frozen && !self.session.is_quiet() {
            self.fail_if_dead()?;
            let Ok(ran) = self.session.cpu() else { break };
            if ran >= *begun.get_or_insert(ran + SPELL) {
                self.never_sleeps = true;
                self.circumstances.never_sleeps();
                break;
            }
            match patience.glance() {
                Some(glance) => self.pump(glance)?,
                None => break,
            };
        }
        Ok(())
    }

    /// Lets the server read what was said, and do what it does with it, so that the next piece
    /// reaches it by itself each time. It does not have to: one that has to hear something else
    /// first sleeps, and nobody is waited for.
    pub(super) fn let_it_be_read(&mut self) -> Result<(), Stop> {
        if self.session.sees_socket_states() {
            self.wait_until_it_has_reached_the_server()?;
            return self.wait_until_quiet();
        }
        // Who has received a line tells that it was read. Of half a line only the kernel does.
        for who in (0..self.scenario.clients.len()).map(ClientId) {
            if self.oracle.has_open_line(who) {
                self.server_side(self.session.port_of(who)?)?;
            }
        }
        self.settle()
    }

    /// Waits until the server listens, to which nobody has come yet.
    fn wait_until_it_listens(&mut self) -> Result<(), Stop> {
        let patience = Patience::new(self.circumstances.starting_patience());
        self.wait(
            Sign::Answer,
            patience,
            |play| {
                let backlog = play.session.backlog().map_err(|error| blind(&error))?;
                Ok(backlog.is_some())
            },
            |play| explain::never_listens(play),
        )
    }

    /// A client says something that is there as a whole when the server reads, or, if it is longer
    /// than the way holds, in portions that are.
    pub(super) fn hand_over_as_a_whole(
        &mut self,
        from: ClientId,
        bytes: &[u8],
    ) -> Result<(), Stop> {
        if self.frozen || bytes.len() <= SEGMENT || !self.session.sees_socket_states() {
            return self.hand_over(from, bytes);
        }
        let mut portions = bytes.chunks(PORTION);
        if let Some(first) = portions.next() {
            self.hand_over_while_frozen(from, first)?;
        }
        for portion in portions {
            self.wait_until_all_is_read(from)?;
            self.hand_over_while_frozen(from, portion)?;
        }
        Ok(())
    }

    fn hand_over_while_frozen(&mut self, from: ClientId, bytes: &[u8]) -> Result<(), Stop> {
        // One that is stopped in the middle of a call that is watched would make it twice.
        self.wait_until_quiet()?;
        if !self.session.is_quiet() {
            return self.hand_over(from, bytes);
        }
        self.freeze()?;
        self.hand_over(from, bytes)?;
        self.thaw()
    }

    /// Whether the machine lets time pass. Before anybody has come, only the kernel tells when the
    /// server is ready for it.
    pub(super) fn can_let_time_pass(&self) -> bool {
        let knows_when = self.serves || self.session.sees_socket_states();
        self.circumstances.lets_time_pass(self.scenario)
            && (knows_when || self.scenario.judge == Judge::EveryByte)
    }

    /// Lets time-outs of select pass, one after the other, until there were so many, or the server
    /// waits for something to happen for as long as it takes.
    pub(super) fn pass_time(&mut self, time_outs: usize) -> Result<(), Stop> {
        self.transcript.server(&format!(
            "sees nothing happen for {} of its time-outs",
            grouped(time_outs)
        ));
        if self.serves {
            self.settle_and_be_quiet()?;
        } else {
            self.wait_until_it_listens()?;
            self.wait_until_it_rests()?;
        }
        // It asks select anew when it goes on: the time-out that it was waiting for passes, too.
        self.freeze()?;
        conduct::let_time_pass(&mut self.session, time_outs);
        self.thaw()?;
        let waited = self.wait_until_time_has_passed(time_outs);
        conduct::let_time_pass(&mut self.session, 0);
        waited
    }

    fn wait_until_time_has_passed(&mut self, time_outs: usize) -> Result<(), Stop> {
        let mut patience = Patience::new(self.circumstances.patience);
        let mut left = time_outs;
        let mut enough = None;
        while left > 0 && !self.session.is_quiet() {
            self.fail_if_dead()?;
            let now = conduct::time_outs_left(&mut self.session);
            if now < left {
                left = now;
                enough = None;
                patience.renew();
            }
            // One that never sleeps and never asks select with a time-out has none.
            let Ok(ran) = self.session.cpu() else { break };
            if ran >= *enough.get_or_insert(ran + SPELL) {
                break;
            }
            let Some(pause) = patience.pause(Sign::Answer) else {
                break;
            };
            self.pump(pause)?;
        }
        self.fail_if_dead()
    }

    /// Stops the server.
    pub(super) fn freeze(&mut self) -> Result<(), Stop> {
        self.session.freeze();
        self.frozen = true;
        let mut patience = Patience::new(self.circumstances.patience);
        while !self.session.is_frozen()? {
            match patience.glance() {
                Some(glance) => self.pump(glance)?,
                None => break,
            };
        }
        Ok(())
    }

    /// Lets the server go on, to which all that was done meanwhile happens at the same instant.
    pub(super) fn thaw(&mut self) -> Result<(), Stop> {
        self.wait_until_it_has_reached_the_server()?;
        self.frozen = false;
        self.session.thaw();
        Ok(())
    }

    /// Waits until all that clients did while the server was frozen has reached its end.
    fn wait_until_it_has_reached_the_server(&mut self) -> Result<(), Stop> {
        let mut patience = Patience::new(self.circumstances.patience);
        while !self.unsettled.iter().all(|deed| self.has_reached(*deed)) {
            match patience.glance() {
                Some(glance) => self.pump(glance)?,
                None => break,
            };
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
            Deed::Spoke(who, port) => side(port).is_none_or(|side| {
                let held_back = self.session.held_back_from_the_server(port);
                side.arrived + held_back >= self.session.sent_by(who)
            }),
            Deed::Left(_, port, Departure::Reset) => side(port).is_none(),
            Deed::Left(_, port, _) => side(port).is_none_or(|side| side.ended),
        }
    }
}
