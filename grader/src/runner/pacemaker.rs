//! The built-in reference, which relays one line after the other beside a server: what is late is
//! told by that, and by no clock.

use std::io;
use std::time::Duration;

use super::circumstances::Circumstances;
use super::clock::{Asleep, Clock};
use super::patience::{Patience, Sign};
use super::stop::{Stop, blind};
use machine::ports::Port;
use machine::{Happening, StartError, Supervision};

use crate::conduct::{Conduct, Session};
use crate::scenario::ClientId;

const SPEAKER: ClientId = ClientId(0);
const LISTENER: ClientId = ClientId(1);

/// What the speaker says, and what the listener must receive.
const SAID: &[u8] = b"tick\n";
const HEARD: &[u8] = b"client 0: tick\n";

/// The running reference with two clients.
pub(super) struct Pacemaker {
    session: Session,
    _port: Port,
    /// What the listener has received.
    heard: u64,
    patience: Duration,
    clock: Clock,
}

impl Pacemaker {
    /// Starts it, and lets its clients in.
    pub(super) fn start(circumstances: &Circumstances<'_>) -> Result<Self, Stop> {
        let Some(program) = circumstances.reference else {
            return Err(Stop::NotHere(
                "there is no reference here to compare the server with".into(),
            ));
        };
        let port = circumstances.ports.free()?;
        let supervision = Supervision {
            descriptors: circumstances.server_descriptors,
            ..Supervision::default()
        };
        let session = Session::start(
            circumstances.host,
            program,
            &[port.number().to_string()],
            port.number(),
            &supervision,
            Conduct::default(),
        )
        .map_err(StartError::into_reason)?;
        let patience = circumstances.starting_patience();
        let mut pacemaker = Self {
            clock: Clock::new(&session, patience),
            session,
            _port: port,
            heard: 0,
            patience,
        };
        pacemaker.wait(|pacemaker| {
            let backlog = pacemaker.session.backlog();
            Ok(backlog.map_err(|error| blind(&error))?.is_some())
        })?;
        for who in [SPEAKER, LISTENER] {
            pacemaker.session.connect(who, false)?;
            pacemaker.wait(|pacemaker| Ok(pacemaker.session.is_connected(who)?))?;
        }
        // Nobody says a line before the listener is in.
        pacemaker.wait(|pacemaker| {
            let port = pacemaker.session.port_of(LISTENER)?;
            let connection = pacemaker.session.server_side(port)?;
            Ok(connection.is_some_and(|connection| connection.accepted))
        })?;
        pacemaker.beat()?;
        Ok(pacemaker)
    }

    /// Lets it relay one line, and returns when that has arrived, with how long it slept until
    /// then.
    pub(super) fn beat(&mut self) -> Result<Duration, Stop> {
        let due = self.heard + HEARD.len() as u64;
        let asleep = Asleep::begin(&self.session)?;
        self.session.send(SPEAKER, SAID);
        self.wait_for(Sign::Event, |pacemaker| Ok(pacemaker.heard >= due))?;
        Ok(asleep.end(&self.session)?)
    }

    /// The reference neither hangs nor ends; if it does, that is the grader's trouble.
    fn wait(&mut self, over: impl Fn(&mut Self) -> Result<bool, Stop>) -> Result<(), Stop> {
        self.wait_for(Sign::Answer, over)
    }

    fn wait_for(
        &mut self,
        sign: Sign,
        over: impl Fn(&mut Self) -> Result<bool, Stop>,
    ) -> Result<(), Stop> {
        let mut patience = Patience::new(self.patience);
        while !over(self)? {
            let pause = self.clock.pause(&self.session, &mut patience, sign)?;
            let Some(pause) = pause.filter(|_| self.session.exit().is_none()) else {
                return Err(Stop::Trouble(
                    "the built-in reference, with which the server is compared, does not relay"
                        .into(),
                ));
            };
            let heard = &mut self.heard;
            self.session.pump(pause, |happening| {
                if let Happening::Received(LISTENER, bytes) = happening {
                    *heard += bytes.len() as u64;
                }
                Ok::<(), io::Error>(())
            })?;
        }
        Ok(())
    }
}
