//! Waiting for the server, for as long as the bytes may still come and no longer.
//!
//! Every wait ends by an event. The patience is there for servers that hang: no check that
//! passes ever uses it up.

use std::ops::Bound;
use std::time::Duration;

use super::explain;
use super::patience::{Patience, Sign};
use super::play::{Deed, Play};
use super::stop::{Stop, blind};
use crate::scenario::{ClientId, Keep};
use crate::script::Departure;
use crate::verdict::Failure;
use machine::socket_state::Connection;

/// After how many further settlements a reset that nobody saw counts as dealt with. The kernel
/// forgets a connection that was reset, so that nothing tells when the server has heard of it;
/// but a server that has since dealt with one thing after another has asked select in between.
const ROUNDS: usize = 2;

impl Play<'_> {
    /// Waits until the server has dealt with all that was done, and everybody who reads has
    /// what that must bring.
    pub(super) fn settle(&mut self) -> Result<(), Stop> {
        let mut patience = Patience::new(self.circumstances.patience);
        let mut unread = None;
        let mut first = ClientId(0);
        while let Some(who) = self.somebody_incomplete(first) {
            // With hundreds of clients, those before it need not be asked again each time.
            first = who;
            self.fail_if_dead()?;
            let pause = self
                .clock
                .pause(&self.session, &mut patience, Sign::Event)?;
            match pause {
                Some(pause) => {
                    if self.pump(pause)? {
                        patience.renew();
                    }
                }
                // One that reads byte by byte has nothing to show for a while, and is not hanging.
                None if self.server_still_reads(&mut unread) => patience.renew(),
                None => return Err(explain::nothing_came(self, who).into()),
            }
        }
        self.wait_until_sent()?;
        self.fail_if_dead()?;
        let mut all_settled = true;
        let mut newest_settled = false;
        let deeds = std::mem::take(&mut self.unsettled);
        for (place, deed) in deeds.iter().enumerate() {
            let again = deeds[place + 1..]
                .iter()
                .any(|later| later.actor() == deed.actor());
            if !again {
                newest_settled =
                    self.is_witnessed(deed.actor()) || self.wait_until_dealt_with(*deed, &deeds)?;
                all_settled &= newest_settled;
            }
        }
        // A round counts when the server has dealt with something new in it.
        if !all_settled && newest_settled {
            self.settlements_since_a_reset += 1;
        }
        if all_settled || self.settlements_since_a_reset > ROUNDS {
            self.settlements_since_a_reset = 0;
            self.oracle.settle();
        } else {
            self.unsettled = deeds;
        }
        Ok(())
    }

    /// Whether the server has read more of what clients sent since `before` was written down;
    /// the first time, whether there is anything left for it to read.
    fn server_still_reads(&self, before: &mut Option<u64>) -> bool {
        let mut now = self.session.unsent();
        for deed in &self.unsettled {
            if let Deed::Spoke(_, port) = deed
                && let Ok(Some(connection)) = self.session.server_side(*port)
            {
                now += u64::from(connection.unread);
            }
        }
        let goes_on = before.map_or(now > 0, |before| now < before);
        *before = Some(now);
        goes_on
    }

    /// A reading client that has not received all that it must; `first` is asked first.
    pub(super) fn somebody_incomplete(&mut self, first: ClientId) -> Option<ClientId> {
        let (oracle, lazy) = (&self.oracle, &self.lazy);
        let mut incomplete = |range: (Bound<ClientId>, Bound<ClientId>)| {
            let streams = self.streams.range_mut(range);
            let mut awake = streams.filter(|(who, _)| oracle.is_here(**who) && !lazy.contains(who));
            awake.find_map(|(who, stream)| (!stream.is_complete(oracle)).then_some(*who))
        };
        incomplete((Bound::Included(first), Bound::Unbounded))
            .or_else(|| incomplete((Bound::Unbounded, Bound::Excluded(first))))
    }

    /// Whether somebody has received what only a server sends that has dealt with all that this
    /// client did.
    fn is_witnessed(&self, actor: ClientId) -> bool {
        self.streams.keys().any(|witness| {
            *witness != actor
                && !self.lazy.contains(witness)
                && self.oracle.witnesses(*witness, actor)
        })
    }

    /// Asks the kernel where no client can tell; `false` where the kernel cannot tell either.
    ///
    /// A connection that its client has closed is gone for the kernel when the server has closed
    /// it as well, but also when something has come for the client since, which the kernel
    /// answers with a reset: then nothing tells whether the server has heard of the departure.
    /// Where it is still there, the end counts as read when the last bytes before it are, so that
    /// the server has heard of it only if there were none.
    fn wait_until_dealt_with(&mut self, deed: Deed, all: &[Deed]) -> Result<bool, Stop> {
        match deed {
            Deed::Arrived(who) => {
                if self.session.sees_socket_states() {
                    let patience = Patience::new(self.circumstances.patience);
                    self.wait_until_accepted(who, patience)?;
                }
                Ok(self.session.sees_socket_states())
            }
            Deed::Spoke(who, port) => {
                let sent = self.session.sent_by(who);
                self.wait_until_read(who, port, |connection| connection.arrived >= sent)?;
                Ok(true)
            }
            Deed::Left(who, port, Departure::Reset) => {
                self.wait_until_gone(who, port)?;
                // It is likely to have heard of it then, which makes the next moment certain.
                // What another process started, such as a script, may rest and never have heard.
                self.wait_until_quiet()?;
                Ok(false)
            }
            Deed::Left(who, port, how) => {
                self.wait_until_read(who, port, |connection| connection.ended)?;
                if self.server_side(port)?.is_some() {
                    let spoke = |deed: &Deed| matches!(deed, Deed::Spoke(from, _) if *from == who);
                    return Ok(!all.iter().any(spoke));
                }
                let alone = all.iter().all(|other| other.actor() == who);
                let read_all = !self.lazy.contains(&who);
                Ok(how == Departure::HalfClose || alone && read_all)
            }
        }
    }

    /// Waits until the server has accepted a client's connection. That the server's queue is
    /// empty would not tell: the last step of the handshake may still be on its way.
    pub(super) fn wait_until_accepted(
        &mut self,
        who: ClientId,
        patience: Patience,
    ) -> Result<(), Stop> {
        let port = self.session.port_of(who)?;
        self.wait(
            Sign::Answer,
            patience,
            |play| {
                let connection = play.session.server_side(port)?;
                // One that has ended was accepted before, or its client will see that it was not.
                Ok(connection.is_none_or(|connection| connection.accepted))
            },
            |play| explain::never_accepts(play),
        )
    }

    /// Waits until all that a client sent `has_arrived` at the server's end and the server has
    /// read it.
    fn wait_until_read(
        &mut self,
        who: ClientId,
        port: u16,
        has_arrived: impl Fn(&Connection) -> bool,
    ) -> Result<(), Stop> {
        let patience = Patience::new(self.circumstances.patience);
        self.wait(
            Sign::Answer,
            patience,
            |play| {
                let connection = play.server_side(port)?;
                Ok(connection
                    .is_none_or(|connection| has_arrived(&connection) && connection.unread == 0))
            },
            |play| explain::never_reads(play, who),
        )
    }

    /// Waits until the server has read all that a client has said.
    pub(super) fn wait_until_all_is_read(&mut self, who: ClientId) -> Result<(), Stop> {
        self.wait_until_sent()?;
        let port = self.session.port_of(who)?;
        let sent = self.session.sent_by(who);
        self.wait_until_read(who, port, |connection| connection.arrived >= sent)
    }

    /// Waits until a reset has reached the server's end, which ends the connection for the kernel.
    /// When the server itself hears of it, nothing tells.
    fn wait_until_gone(&mut self, who: ClientId, port: u16) -> Result<(), Stop> {
        let patience = Patience::new(self.circumstances.patience);
        self.wait(
            Sign::Answer,
            patience,
            |play| Ok(play.server_side(port)?.is_none()),
            |play| explain::never_reads(play, who),
        )
    }

    /// Waits until all that clients said has gone into the network.
    pub(super) fn wait_until_sent(&mut self) -> Result<(), Stop> {
        let patience = Patience::new(self.circumstances.patience);
        self.wait(
            Sign::Event,
            patience,
            |play| Ok(play.session.unsent() == 0),
            |play| explain::takes_nothing(play),
        )
    }

    /// Waits until a client that reads again has taken in all that was on its way to it, so that
    /// its path is free and what comes next is due to it. Where it must find everything anyway,
    /// the next settlement waits for that.
    pub(super) fn wait_until_caught_up(&mut self, who: ClientId) -> Result<(), Stop> {
        if self.scenario.must_keep.contains(&Keep::Unread) {
            return Ok(());
        }
        self.wait_until_drained(who)
    }

    /// Waits until a client has read all that the server has sent to it.
    pub(super) fn wait_until_drained(&mut self, who: ClientId) -> Result<(), Stop> {
        let port = self.session.port_of(who)?;
        let patience = Patience::new(self.circumstances.patience);
        self.wait(
            Sign::Answer,
            patience,
            |play| {
                let connection = play.server_side(port)?;
                let delivered = connection.is_none_or(|connection| connection.undelivered == 0);
                Ok(delivered && play.session.has_read_all(who))
            },
            |play| explain::never_drains(play, who),
        )
    }

    /// The server's side of a client's connection, which a play that asks cannot do without.
    pub(super) fn server_side(&self, port: u16) -> Result<Option<Connection>, Stop> {
        self.session
            .server_side(port)
            .map_err(|error| blind(&error))
    }

    /// Lets the event loop run until it is `over`. A server that dies meanwhile is wrong, and so
    /// is one that uses up the patience, unless something came from it.
    pub(super) fn wait(
        &mut self,
        sign: Sign,
        mut patience: Patience,
        mut over: impl FnMut(&mut Self) -> Result<bool, Stop>,
        hangs: impl FnOnce(&Self) -> Failure,
    ) -> Result<(), Stop> {
        while !over(self)? {
            self.fail_if_dead()?;
            let pause = self.clock.pause(&self.session, &mut patience, sign)?;
            let Some(pause) = pause else {
                return Err(hangs(self).into());
            };
            if self.pump(pause)? {
                patience.renew();
            }
        }
        Ok(())
    }

    /// A server that has ended while it should serve is wrong, whatever its clients received.
    pub(super) fn fail_if_dead(&mut self) -> Result<(), Stop> {
        let Some(exit) = self.session.exit() else {
            return Ok(());
        };
        // What it sent before it died may be wrong already, and says more.
        self.pump(Duration::ZERO)?;
        Err(explain::died(self, exit).into())
    }
}
