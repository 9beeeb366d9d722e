//! A running contestant with its clients.

use std::io;
use std::time::{Duration, Instant};

use super::Stop;
use super::contestant::Contestant;
use super::crowd::Crowd;
use machine::ports::{Port, Ports};
use machine::supervisor::LookAway;
use machine::{Host, Session, StartError, Supervision};

/// How many clients connect before the server has accepted them, at most.
const AT_ONCE: usize = 128;

/// How long the event loop sleeps where no event tells what is waited for.
const GLANCE: Duration = Duration::from_millis(5);

/// How often in a row a server must be seen to sleep, with nothing left to read, before what it
/// has not sent counts as lost.
pub(super) const LOOKS: u32 = 3;

/// A server and its clients. They are numbered as the server numbers them.
pub(super) struct Arena<'run> {
    pub(super) contestant: &'run Contestant,
    pub(super) crowd: Crowd,
    session: Session<LookAway>,
    port: Port,
    patience: Duration,
}

impl<'run> Arena<'run> {
    /// Starts the server and waits until it listens.
    pub(super) fn open(
        host: &Host,
        contestant: &'run Contestant,
        ports: &Ports,
        patience: Duration,
    ) -> Result<Self, Stop> {
        let port = ports.free()?;
        let supervision = Supervision {
            descriptors: contestant.descriptors,
            ..Supervision::default()
        };
        let session = Session::start(
            host,
            &contestant.program,
            &[port.number().to_string()],
            port.number(),
            &supervision,
            LookAway,
        )
        .map_err(StartError::into_reason)?;
        let mut arena = Self {
            contestant,
            crowd: Crowd::new()?,
            session,
            port,
            patience,
        };
        let begun = Instant::now();
        while arena.session.backlog()?.is_none() {
            if begun.elapsed() > patience * 5 {
                return Err(Stop::Server("does not listen".into()));
            }
            arena.let_server_be_heard(GLANCE)?;
        }
        Ok(arena)
    }

    /// More clients connect, and are accepted.
    pub(super) fn join(&mut self, count: usize, reads: bool) -> Result<(), Stop> {
        let at_once = self.window(AT_ONCE)?;
        let mut left = count;
        while left > 0 {
            let now = left.min(at_once);
            for _ in 0..now {
                let id = self.crowd.len();
                self.crowd.connect(self.port.number(), reads)?;
                self.crowd.is_due(0..id, self.contestant.arrival(id));
            }
            left -= now;
            self.wait_for_accepts()?;
        }
        self.settle()?;
        match self.crowd.missing() {
            0 => Ok(()),
            _ => Err(Stop::Server(format!(
                "did not announce to everybody that {} clients have arrived",
                self.crowd.len()
            ))),
        }
    }

    /// How many may connect before the server has accepted them: as many as its queue holds, but
    /// not more than `most`.
    pub(super) fn window(&self, most: usize) -> Result<usize, Stop> {
        let room = self.session.backlog()?.map_or(1, |backlog| backlog.room);
        Ok((room as usize).clamp(1, most))
    }

    fn wait_for_accepts(&mut self) -> Result<(), Stop> {
        let mut since = Instant::now();
        let mut patience = Duration::ZERO;
        while self
            .session
            .backlog()?
            .is_some_and(|backlog| backlog.waiting > 0)
        {
            if self.crowd.read(patience)? {
                since = Instant::now();
                patience = Duration::ZERO;
            } else {
                // First at once and again, then with pauses.
                patience = (patience * 2).clamp(Duration::from_micros(50), GLANCE);
                self.let_server_be_heard(Duration::ZERO)?;
            }
            if since.elapsed() > self.patience {
                return Err(Stop::Server(format!(
                    "does not accept more than {} clients",
                    self.crowd.len()
                )));
            }
        }
        Ok(())
    }

    /// Waits until everybody who reads has what is due, or nothing more will come.
    pub(super) fn settle(&mut self) -> Result<(), Stop> {
        let mut since = Instant::now();
        let mut asleep = 0;
        while self.crowd.missing() > 0 {
            if self.crowd.read(GLANCE)? {
                (since, asleep) = (Instant::now(), 0);
                continue;
            }
            self.let_server_be_heard(Duration::ZERO)?;
            asleep = if self.has_nothing_to_do()? {
                asleep + 1
            } else {
                0
            };
            if asleep == LOOKS || since.elapsed() > self.patience {
                break;
            }
        }
        Ok(())
    }

    /// Waits until the server has read all that the speaker has said.
    pub(super) fn wait_until_heard(&mut self) -> Result<(), Stop> {
        let mut unread = u64::MAX;
        let mut since = Instant::now();
        loop {
            let left = self.unread()?;
            if left == 0 && self.session.activity()?.asleep {
                return Ok(());
            }
            if left != unread {
                (unread, since) = (left, Instant::now());
            }
            if since.elapsed() > self.patience {
                return Err(self.stuck());
            }
            self.crowd.read(GLANCE)?;
            self.let_server_be_heard(Duration::ZERO)?;
        }
    }

    /// The server reads no more.
    pub(super) fn stuck(&self) -> Stop {
        Stop::Server("reads nothing more while others do not read".into())
    }

    /// How long it has waited in vain that is too long, in a loop that makes no progress.
    pub(super) const fn patience(&self) -> Duration {
        self.patience
    }

    pub(super) const fn port(&self) -> u16 {
        self.port.number()
    }

    /// How long the server has run on a processor.
    pub(super) fn cpu(&self) -> io::Result<Duration> {
        self.session.cpu()
    }

    /// How much memory of its own the server uses, in bytes.
    pub(super) fn resident_memory(&self) -> io::Result<u64> {
        self.session.resident_memory()
    }

    /// What the speaker has said and the server has not read, in bytes. Some of it may still be on
    /// its way, even on loopback: where the server had no room, the kernel lets it wait.
    fn unread(&self) -> io::Result<u64> {
        let connection = self.session.server_side(self.crowd.port(0)?)?;
        Ok(connection.map_or(0, |connection| {
            let on_its_way = self.crowd.said().saturating_sub(connection.arrived);
            on_its_way + u64::from(connection.unread)
        }))
    }

    /// Whether the server sleeps, nothing that was said waits for it, and nothing that it has sent
    /// is on its way: the kernel may put off for a while what makes room for more.
    pub(super) fn has_nothing_to_do(&self) -> io::Result<bool> {
        if !self.session.activity()?.asleep || self.unread()? > 0 {
            return Ok(false);
        }
        for who in self.crowd.readers() {
            let connection = self.session.server_side(self.crowd.port(who)?)?;
            if connection.is_some_and(|connection| connection.undelivered > 0) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes what the server prints, and notices its end.
    pub(super) fn let_server_be_heard(&mut self, patience: Duration) -> Result<(), Stop> {
        self.session.pump(patience, |_| Ok::<(), io::Error>(()))?;
        match self.session.exit() {
            Some(exit) => Err(Stop::Server(exit.to_string())),
            None => Ok(()),
        }
    }
}
