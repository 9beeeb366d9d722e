//! Waiting for the server, for as long as the bytes may still come and no longer.
//!
//! Every wait ends by an event. The patience is there for servers that hang: no check that
//! passes ever uses it up.

use std::time::{Duration, Instant};

use super::explain;
use super::moves::blind;
use super::play::{Deed, Play, Stop};
use crate::scenario::{ClientId, Keep};
use crate::script::Departure;

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
    fn renew(&mut self) {
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

impl Play<'_> {
    /// Waits until the server has dealt with all that was done, and everybody who reads has
    /// what that must bring.
    pub(super) fn settle(&mut self) -> Result<(), Stop> {
        let mut patience = Patience::new(self.circumstances.patience);
        let mut unread = None;
        let mut first = 0;
        while let Some(who) = self.somebody_incomplete(first) {
            // With hundreds of clients, those before it need not be asked again each time.
            first = who.0;
            self.fail_if_dead()?;
            match patience.left() {
                Some(left) => {
                    if self.pump(left)? {
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
        let deeds = std::mem::take(&mut self.unsettled);
        for (place, deed) in deeds.iter().enumerate() {
            let again = deeds[place + 1..]
                .iter()
                .any(|later| later.actor() == deed.actor());
            if !again && !self.is_witnessed(deed.actor()) {
                all_settled &= self.wait_until_dealt_with(*deed)?;
            }
        }
        if all_settled {
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
    fn somebody_incomplete(&mut self, first: usize) -> Option<ClientId> {
        let clients = self.streams.len();
        (0..clients)
            .map(|turn| ClientId((first + turn) % clients))
            .find(|who| {
                let reads = self.oracle.is_here(*who) && !self.lazy.contains(who);
                let stream = self.streams[who.0].as_mut().filter(|_| reads);
                stream.is_some_and(|stream| !stream.is_complete(&self.oracle))
            })
    }

    /// Whether somebody has received what only a server sends that has dealt with all that this
    /// client did.
    fn is_witnessed(&self, actor: ClientId) -> bool {
        (0..self.streams.len()).map(ClientId).any(|witness| {
            witness != actor
                && !self.lazy.contains(&witness)
                && self.oracle.witnesses(witness, actor)
        })
    }

    /// Asks the kernel where no client can tell; `false` where the kernel cannot tell either.
    fn wait_until_dealt_with(&mut self, deed: Deed) -> Result<bool, Stop> {
        match deed {
            Deed::Arrived(_) => {
                if self.session.sees_socket_states() {
                    self.wait_until_accepted()?;
                }
                Ok(self.session.sees_socket_states())
            }
            Deed::Spoke(who, port) => {
                self.wait_until_read(who, port)?;
                Ok(true)
            }
            Deed::Left(_, _, Departure::Reset) => Ok(false),
            Deed::Left(who, port, Departure::Close | Departure::HalfClose) => {
                self.wait_until_read(who, port)?;
                Ok(true)
            }
        }
    }

    /// Waits until the server has accepted every connection.
    pub(super) fn wait_until_accepted(&mut self) -> Result<(), Stop> {
        let mut patience = Patience::new(self.circumstances.patience);
        while self
            .session
            .backlog()?
            .is_some_and(|backlog| backlog.waiting > 0)
        {
            self.fail_if_dead()?;
            match patience.glance() {
                Some(glance) => {
                    if self.pump(glance)? {
                        patience.renew();
                    }
                }
                None => return Err(explain::never_accepts(self).into()),
            }
        }
        Ok(())
    }

    /// Waits until the server has read all that a client sent.
    fn wait_until_read(&mut self, who: ClientId, port: u16) -> Result<(), Stop> {
        let mut patience = Patience::new(self.circumstances.patience);
        loop {
            let connection = self
                .session
                .server_side(port)
                .map_err(|error| blind(&error))?;
            if connection.is_none_or(|connection| connection.unread == 0) {
                return Ok(());
            }
            self.fail_if_dead()?;
            match patience.glance() {
                Some(glance) => {
                    if self.pump(glance)? {
                        patience.renew();
                    }
                }
                None => return Err(explain::never_reads(self, who).into()),
            }
        }
    }

    /// Waits until all that clients said has gone into the network.
    pub(super) fn wait_until_sent(&mut self) -> Result<(), Stop> {
        let mut patience = Patience::new(self.circumstances.patience);
        while self.session.unsent() > 0 {
            self.fail_if_dead()?;
            match patience.left() {
                Some(left) => {
                    if self.pump(left)? {
                        patience.renew();
                    }
                }
                None => return Err(explain::takes_nothing(self).into()),
            }
        }
        Ok(())
    }

    /// Waits until a client that reads again has taken in all that was on its way to it, so that
    /// its path is free and what comes next is due to it. Where it must find everything anyway,
    /// the next settlement waits for that.
    pub(super) fn wait_until_caught_up(&mut self, who: ClientId) -> Result<(), Stop> {
        if self.scenario.must_keep.contains(&Keep::Unread) {
            return Ok(());
        }
        let port = self.session.port_of(who)?;
        let mut patience = Patience::new(self.circumstances.patience);
        loop {
            let connection = self
                .session
                .server_side(port)
                .map_err(|error| blind(&error))?;
            if connection.is_none_or(|connection| connection.undelivered == 0)
                && self.session.has_read_all(who)
            {
                return Ok(());
            }
            self.fail_if_dead()?;
            match patience.glance() {
                Some(glance) => {
                    if self.pump(glance)? {
                        patience.renew();
                    }
                }
                None => return Err(explain::never_drains(self, who).into()),
            }
        }
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
