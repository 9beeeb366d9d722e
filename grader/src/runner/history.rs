//! What has been done to a server until now, as far as it says what an end of it comes from.

use std::collections::BTreeSet;

use crate::scenario::{ClientId, Scenario};
use crate::script::{Departure, Move};
use crate::verdict::kind::Moment;

/// A line that is longer than this may be too long for a buffer.
const LONG: usize = 1000;

/// More clients than this are a crowd.
const CROWD: usize = 32;

/// What has been done until now.
#[derive(Debug, Default)]
pub(super) struct History {
    /// What has been made to fail, after which all that happens may come from that.
    adversity: Option<Moment>,
    /// Whether anybody was ever connected.
    reached: bool,
    moment: Option<Moment>,
    /// Who has arrived.
    arrivals: usize,
    /// How many have left.
    departures: usize,
    /// Whose last line has not ended.
    unfinished: BTreeSet<ClientId>,
    /// Whether anything was done that not every client does.
    special: bool,
}

impl History {
    /// Of a server to which nothing has been done, but that it may get no memory.
    pub(super) fn new(scenario: &Scenario) -> Self {
        let mut history = Self::default();
        if scenario.starts_without_memory() {
            history.note(&Move::NoMemory);
        }
        history
    }

    /// A move is made.
    pub(super) fn note(&mut self, action: &Move) {
        match action {
            Move::Arrive(_) => {
                self.arrivals += 1;
                self.special |= self.arrivals > CROWD;
                self.moment = Some(Moment::Arrival);
            }
            Move::Say { from, bytes } => {
                let ended = bytes.ends_with(b"\n");
                let longest = bytes.split(|byte| *byte == b'\n').map(<[u8]>::len).max();
                let is_long = longest.is_some_and(|length| length > LONG);
                self.special |= is_long || !ended || !self.unfinished.is_empty();
                self.special |= !bytes.iter().copied().all(is_plain);
                if ended {
                    self.unfinished.remove(from);
                } else {
                    self.unfinished.insert(*from);
                }
                self.moment = Some(if is_long {
                    Moment::LongLine
                } else if ended {
                    Moment::Line
                } else {
                    Moment::Piece
                });
            }
            Move::Leave { who, how } => {
                self.departures += 1;
                self.special |= *how != Departure::Close
                    || self.departures > 1
                    || self.unfinished.contains(who);
                self.moment = Some(Moment::Departure);
            }
            Move::StopReading(_) | Move::Flood { .. } => {
                self.special = true;
                self.moment = Some(Moment::Laziness);
            }
            Move::Fail(_) => {
                self.special = true;
                self.adversity = Some(Moment::Failure);
            }
            Move::NoMemory => {
                self.special = true;
                self.adversity = Some(Moment::NoMemory);
            }
            Move::Freeze | Move::PassTime(_) => {
                self.special = true;
                self.moment = Some(Moment::Nothing);
            }
            Move::ReadAgain(_)
            | Move::Wake(_)
            | Move::Thaw
            | Move::Refuse(_)
            | Move::Measure(_)
            | Move::Expect { .. }
            | Move::LetRead
            | Move::Settle => {}
        }
    }

    /// A client was connected: whatever the server does now is no longer its start.
    pub(super) const fn reach(&mut self) {
        self.reached = true;
    }

    /// What was done last.
    pub(super) fn moment(&self) -> Moment {
        let moment = self.adversity.or(self.moment);
        moment.filter(|_| self.reached).unwrap_or_default()
    }

    /// The rule that a server breaks which ends now, where nothing was done until now but what
    /// that rule is about.
    pub(super) fn plain_rule(&self) -> Option<&'static str> {
        if self.special {
            return None;
        }
        match self.moment() {
            Moment::Arrival if self.departures == 0 => Some("arrival"),
            Moment::Line if self.departures == 0 => Some("relay"),
            Moment::Departure => Some("departure"),
            _ => None,
        }
    }
}

/// Whether a byte is one of which most texts are made.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'\n' | b',' | b'.' | b'?' | b'!')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(moves: &[Move]) -> (Moment, Option<&'static str>) {
        let mut history = History::default();
        history.reach();
        for action in moves {
            history.note(action);
        }
        (history.moment(), history.plain_rule())
    }

    fn says(who: usize, text: &str) -> Move {
        Move::Say {
            from: ClientId(who),
            bytes: text.as_bytes().into(),
        }
    }

    fn leaves(who: usize, how: Departure) -> Move {
        Move::Leave {
            who: ClientId(who),
            how,
        }
    }

    #[test]
    fn what_everybody_does_has_a_rule() {
        let arrive = |who| Move::Arrive(ClientId(who));
        assert_eq!(after(&[]), (Moment::Start, None));
        let two = [arrive(0), arrive(1)];
        assert_eq!(after(&two), (Moment::Arrival, Some("arrival")));
        let spoke = [&two[..], &[says(0, "hello you\n")]].concat();
        assert_eq!(after(&spoke), (Moment::Line, Some("relay")));
        let left = [&spoke[..], &[leaves(0, Departure::Close)]].concat();
        assert_eq!(after(&left), (Moment::Departure, Some("departure")));
        let again = [&left[..], &[arrive(2)]].concat();
        assert_eq!(after(&again), (Moment::Arrival, None));
    }

    #[test]
    fn what_is_special_once_may_be_the_reason_later() {
        for special in [
            says(0, "100 %\n"),
            says(0, "half"),
            says(0, &format!("{}\n", "a".repeat(LONG + 1))),
            Move::Freeze,
            Move::NoMemory,
            Move::StopReading(ClientId(0)),
            leaves(0, Departure::Reset),
        ] {
            let moves = [special.clone(), Move::Arrive(ClientId(1))];
            let (moment, rule) = after(&moves);
            let adverse = matches!(special, Move::NoMemory);
            assert_eq!((moment == Moment::Arrival, rule), (!adverse, None));
        }
    }

    #[test]
    fn whoever_reaches_nobody_has_done_nothing() {
        let mut history = History::default();
        history.note(&Move::Arrive(ClientId(0)));
        assert_eq!(
            (history.moment(), history.plain_rule()),
            (Moment::Start, None)
        );
    }

    #[test]
    fn a_departure_in_the_middle_of_a_line_is_special() {
        let moves = [says(0, "half"), leaves(0, Departure::Close)];
        assert_eq!(after(&moves), (Moment::Departure, None));
    }
}
