//! How each move is made.

use std::io;

use super::clock::Clock;
use super::explain;
use super::patience::{Patience, Sign};
use super::play::{Deed, Play};
use super::stop::{Stop, blind};
use crate::conduct;
use crate::oracle::Stream;
use crate::scenario::{ClientId, Judge};
use crate::script::{Departure, Move, Planned};

/// How many bytes are said in one round of a flood.
const ROUND: usize = 16 * 1024;

/// How many rounds of a flood there are at most: more than any kernel buffers.
const ROUNDS: usize = 4096;

impl Play<'_> {
    /// Makes a move, and tells the oracle and the transcript.
    pub(super) fn make(&mut self, planned: Planned) -> Result<(), Stop> {
        if self.frozen && self.must_wait_for_the_thaw(&planned.action)? {
            self.deferred.push_back(planned);
            return Ok(());
        }
        self.history.note(&planned.action);
        match planned.action {
            Move::Arrive(who) => self.arrive(who),
            Move::Say { from, bytes } => self.say(from, &bytes),
            Move::Leave { who, how } => self.leave(who, how),
            Move::StopReading(who) => {
                self.transcript.add(who, "stops reading", b"");
                self.lazy.insert(who);
                self.oracle.stops_reading(who);
                self.session.stop_reading(who);
                self.session.refuse_at_once(who, true);
                Ok(())
            }
            Move::Wake(who) => {
                self.transcript.add(who, "reads again", b"");
                self.wake(who)
            }
            Move::ReadAgain(who) => self.read_again(who),
            Move::Flood { from, until_full } => self.flood(from, &until_full),
            Move::Freeze => {
                self.freeze()?;
                self.transcript.server("is stopped for a moment");
                Ok(())
            }
            Move::Thaw => {
                self.thaw()?;
                self.transcript.server("goes on");
                while let Some(planned) = self.deferred.pop_front() {
                    self.make(planned)?;
                }
                Ok(())
            }
            Move::Refuse(address) => {
                self.transcript.server(&format!("is tried on {address}"));
                let patience = self.circumstances.patience;
                match self.session.accepts_on(address, patience) {
                    Ok(false) => Ok(()),
                    Ok(true) => Err(explain::accepted_elsewhere(self, address).into()),
                    Err(error) => Err(Stop::NotHere(format!(
                        "this machine cannot reach {address}: {error}"
                    ))),
                }
            }
            Move::Fail(fault) => {
                self.transcript.server(&format!(
                    "will see {} fail {}",
                    explain::fault_in_words(&fault, &self.transcript),
                    if fault.to.is_some() && fault.call.fails_for_good(fault.error) {
                        "from now on"
                    } else {
                        "once"
                    }
                ));
                self.adversity = true;
                Ok(conduct::fail_next(&mut self.session, &fault)?)
            }
            Move::NoMemory => {
                self.transcript.server("gets no more memory");
                self.adversity = true;
                self.no_memory = true;
                self.complaints = self.session.stderr().total();
                conduct::exhaust_memory(&mut self.session).map_err(|error| {
                    Stop::NotHere(format!("this machine does not let memory run out: {error}"))
                })?;
                Ok(())
            }
            Move::PassTime(time_outs) if self.can_let_time_pass() => self.pass_time(time_outs),
            Move::PassTime(_) => Ok(()),
            Move::Measure(what) => self.measure(what),
            // It was compared with the oracle when the scenario was read, and the oracle judges
            // every byte; what is expected has come, or the step before would have failed.
            Move::Expect { .. } => Ok(()),
            Move::LetRead => self.let_it_be_read(),
            Move::Settle => self.settle_and_be_quiet(),
        }
    }

    /// Whether a move cannot be made while the server is frozen: its queue takes no more
    /// connections, so that this one cannot be "at the same instant" for it, or the client who
    /// would make it is such a one.
    fn must_wait_for_the_thaw(&self, action: &Move) -> Result<bool, Stop> {
        match action {
            Move::Arrive(_) if !self.deferred.is_empty() => Ok(true),
            Move::Arrive(_) => {
                let backlog = self.session.backlog().map_err(|error| blind(&error))?;
                Ok(backlog.is_some_and(|backlog| backlog.room == 0))
            }
            Move::Say { from: who, .. } | Move::Leave { who, .. } => Ok(!self.oracle.is_here(*who)),
            _ => Ok(false),
        }
    }

    /// A client connects.
    pub(super) fn arrive(&mut self, who: ClientId) -> Result<(), Stop> {
        self.make_room_in_the_backlog()?;
        self.transcript
            .add(who, "connects", format!("id {}", who.0).as_bytes());
        self.oracle.arrives(who);
        self.arrived += 1;
        let is_fence = who.0 >= self.scenario.clients.len();
        // The real examiner sends nobody to prove a silence, so whatever such a newcomer may hear
        // cannot decide an exam.
        if !is_fence || self.scenario.judge == Judge::EveryByte {
            let stream = Stream::new(self.scenario.judge, &self.oracle, who);
            self.streams.insert(who, stream);
        }
        self.unsettled.push(Deed::Arrived(who));
        if self.serves {
            self.connect(who)
        } else {
            self.connect_first(who)
        }
    }

    /// Where several connect before the server has accepted the first of them, its queue must
    /// have room: the kernel would drop the rest, and their next try is a second away (tcp(7)).
    fn make_room_in_the_backlog(&mut self) -> Result<(), Stop> {
        let last = self.unsettled.iter().rev().find_map(|deed| match deed {
            Deed::Arrived(who) => Some(*who),
            _ => None,
        });
        let Some(last) = last.filter(|_| !self.frozen && self.session.sees_socket_states()) else {
            return Ok(());
        };
        let backlog = self.session.backlog()?;
        if backlog.is_some_and(|backlog| backlog.room == 0) {
            let patience = Patience::new(self.circumstances.patience);
            self.wait_until_accepted(last, patience)?;
        }
        Ok(())
    }

    fn connect(&mut self, who: ClientId) -> Result<(), Stop> {
        let will_be_lazy = self.scenario.lazy.contains(&who);
        match self.session.connect(who, will_be_lazy) {
            Ok(()) => {}
            Err(error) if is_refusal(&error) => return Err(self.refused(who, &error)),
            Err(error) => return Err(error.into()),
        }
        let patience = Patience::new(self.circumstances.patience);
        self.wait(
            Sign::Event,
            patience,
            |play| match play.session.is_connected(who) {
                Ok(connected) => Ok(connected),
                Err(error) => Err(play.refused(who, &error)),
            },
            |play| explain::connection_hangs(play, who),
        )
    }

    fn refused(&mut self, who: ClientId, error: &io::Error) -> Stop {
        match self.await_death() {
            Ok(Some(exit)) => explain::died(self, exit).into(),
            Ok(None) => explain::refused(self, who, error).into(),
            Err(stop) => stop,
        }
    }

    /// The first client of all: the server may not be listening yet.
    fn connect_first(&mut self, who: ClientId) -> Result<(), Stop> {
        let will_be_lazy = self.scenario.lazy.contains(&who);
        let mut under_way = false;
        self.wait(
            Sign::Answer,
            Patience::new(self.circumstances.starting_patience()),
            |play| {
                if !under_way {
                    match play.session.connect(who, will_be_lazy) {
                        Ok(()) => under_way = true,
                        Err(error) if is_refusal(&error) => return Ok(false),
                        Err(error) => return Err(error.into()),
                    }
                }
                // Refused: it does not listen yet, and the client tries again.
                play.session.is_connected(who).or_else(|_| {
                    under_way = false;
                    Ok(false)
                })
            },
            |play| explain::never_listens(play),
        )?;
        self.history.reach();
        if self.session.sees_socket_states() {
            let patience = Patience::new(self.circumstances.starting_patience());
            self.wait_until_accepted(who, patience)?;
        }
        self.serves = true;
        self.clock = Clock::new(&self.session, self.circumstances.patience);
        Ok(())
    }

    fn say(&mut self, from: ClientId, bytes: &[u8]) -> Result<(), Stop> {
        self.transcript.says(from, bytes);
        self.hand_over_as_a_whole(from, bytes)
    }

    /// What a client says goes into the network, and the oracle hears of it.
    pub(super) fn hand_over(&mut self, from: ClientId, bytes: &[u8]) -> Result<(), Stop> {
        let port = self.session.port_of(from)?;
        self.oracle.says(from, bytes);
        // A line in a thousand pieces is one deed.
        let deed = Deed::Spoke(from, port);
        if self.unsettled.last() != Some(&deed) {
            self.unsettled.push(deed);
        }
        self.session.send(from, bytes);
        Ok(())
    }

    fn leave(&mut self, who: ClientId, how: Departure) -> Result<(), Stop> {
        self.send_all_first()?;
        let port = self.session.port_of(who)?;
        self.oracle.leaves(who, how);
        self.unsettled.push(Deed::Left(who, port, how));
        match how {
            Departure::Close => {
                self.transcript.add(who, "leaves", b"");
                self.session.close(who);
                self.streams.remove(&who);
            }
            Departure::Reset => {
                self.transcript.add(who, "resets its connection", b"");
                self.session.reset(who)?;
                self.streams.remove(&who);
            }
            Departure::HalfClose => {
                self.transcript.add(who, "shuts down its sending side", b"");
                self.session.half_close(who)?;
            }
        }
        Ok(())
    }

    /// A client that leaves must have sent all that it said.
    fn send_all_first(&mut self) -> Result<(), Stop> {
        if self.frozen && self.session.unsent() > 0 {
            return Err(Stop::Trouble(
                "more was said to a frozen server than the buffers on the way hold".into(),
            ));
        }
        self.wait_until_sent()
    }

    /// A client begins to read again, and has read all that the server has sent by now. What the
    /// server still keeps for it is another matter: to the server, the client is as lazy as before.
    fn wake(&mut self, who: ClientId) -> Result<(), Stop> {
        self.session.refuse_at_once(who, false);
        self.session.read_again(who);
        self.awake.insert(who);
        self.wait_until_drained(who)
    }

    fn read_again(&mut self, who: ClientId) -> Result<(), Stop> {
        if !self.awake.remove(&who) {
            self.transcript.add(who, "reads again", b"");
            self.session.refuse_at_once(who, false);
            self.session.read_again(who);
        }
        self.lazy.remove(&who);
        self.wait_until_caught_up(who)?;
        self.oracle.has_caught_up(who);
        Ok(())
    }

    /// A client speaks in rounds until no more of it goes into the paths of lazy clients.
    fn flood(&mut self, from: ClientId, until_full: &[ClientId]) -> Result<(), Stop> {
        let ports = until_full
            .iter()
            .map(|who| self.session.port_of(*who))
            .collect::<io::Result<Vec<_>>>()?;
        let mut before = Vec::new();
        let mut rounds_without_change = 0;
        let mut said = 0;
        self.transcript.add(from, "says line after line", b"");
        for _ in 0..ROUNDS {
            // Another number in each round of each flood: where lines may be lost, those that are
            // alike could not be told apart, and the matcher would have to follow every guess.
            let round = self.oracle.log().len();
            let mut text = String::new();
            while text.len() < ROUND {
                text.push_str(&format!(
                    "flood {round} {} {}\n",
                    text.len(),
                    "~".repeat(64)
                ));
            }
            self.hand_over(from, text.as_bytes())?;
            said += text.len();
            self.settle()?;
            let mut now = Vec::new();
            for port in &ports {
                now.push(self.server_side(*port)?);
            }
            rounds_without_change = if now == before {
                rounds_without_change + 1
            } else {
                0
            };
            if rounds_without_change == 2 {
                self.transcript
                    .add(from, "has said enough", format!("{said} bytes").as_bytes());
                return Ok(());
            }
            before = now;
        }
        Err(Stop::Trouble(format!(
            "{said} bytes did not fill the path to a client that does not read"
        )))
    }
}

fn is_refusal(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset
    )
}
