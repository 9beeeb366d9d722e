//! A scenario taken apart into single moves, with every random choice made.
//!
//! The same moves feed the oracle, which says what must come of them, and the driver, which
//! carries them out: neither can read a step differently from the other.

use std::net::Ipv4Addr;
use std::sync::Arc;

use crate::scenario::{Action, ClientId, Delivery, Fault, Judge, Measured, Scenario, Send, Visit};

/// How many relayed bytes a reading client may be owed before the driver waits for it.
///
/// A client whose buffers are full is lazy at that moment, whatever it means to do, so the
/// driver speaks in batches that fit them: the smallest default on Linux is the receive buffer
/// of 128 KiB plus the sender's, which loopback opens at some 2.5 MB (tcp(7), `tcp_rmem`,
/// `tcp_wmem`).
pub const BATCH: usize = 256 * 1024;

/// How many arrivals of a crowd are under way at once.
const BURST: usize = 32;

/// A list of clients longer than this connects in bursts instead of one by one.
const ONE_BY_ONE: usize = 8;

/// One move, and the line of the scenario file that asked for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The place of its step among the scenario's steps.
    pub step: usize,
    /// Line number in the scenario file, from 1.
    pub line: usize,
    /// What is done.
    pub action: Move,
}

/// A single thing that is done to the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// A client connects.
    Arrive(ClientId),
    /// A client sends these bytes in one go.
    Say {
        /// Who speaks.
        from: ClientId,
        /// What it sends.
        bytes: Arc<[u8]>,
    },
    /// A client leaves.
    Leave {
        /// Who leaves.
        who: ClientId,
        /// In which way.
        how: Departure,
    },
    /// A client stops reading.
    StopReading(ClientId),
    /// A client that did not read begins to, while the server is stopped: what that has sent goes
    /// through, so that there is room again for more.
    Wake(ClientId),
    /// A client reads again, and has read all that there is.
    ReadAgain(ClientId),
    /// A client speaks until these clients' paths are full.
    Flood {
        /// Who speaks.
        from: ClientId,
        /// Whose paths must be full.
        until_full: Vec<ClientId>,
    },
    /// The server is stopped.
    Freeze,
    /// The server goes on.
    Thaw,
    /// A connection to this address must be refused.
    Refuse(Ipv4Addr),
    /// The next call of this kind fails.
    Fail(Fault),
    /// The server gets no more memory.
    NoMemory,
    /// So many time-outs of select pass at once.
    PassTime(usize),
    /// Something of the server's is measured.
    Measure(Measured),
    /// These clients must have received this last; already compared with the oracle.
    Expect {
        /// Who must have received it.
        by: Vec<ClientId>,
        /// The end of what they must have received.
        text: Vec<u8>,
    },
    /// Nothing more is said until the server has read what came before, or does no more without
    /// what follows: whatever must come of it is not waited for.
    LetRead,
    /// Nothing more is done until the server has dealt with all that came before.
    Settle,
}

/// How a client leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// It closes its connection.
    Close,
    /// It resets its connection.
    Reset,
    /// It shuts down its sending side and keeps listening.
    HalfClose,
}

/// The moves of a scenario after its start, the same for the same seed; its own goes before that
/// of the run.
#[must_use]
pub fn moves(scenario: &Scenario, seed: u64) -> Vec<Planned> {
    let mut writer = Writer {
        moves: Vec::new(),
        step: 0,
        line: 0,
        frozen: false,
        waking: Vec::new(),
        speech: (scenario.judge == Judge::SortedLines).then(Speech::default),
        random: fastrand::Rng::with_seed(scenario.seed.unwrap_or(seed)),
    };
    for (place, step) in scenario.steps.iter().enumerate() {
        writer.step = place;
        writer.line = step.line;
        writer.play(&step.action);
    }
    writer.end_speech(None);
    writer.moves
}

struct Writer {
    moves: Vec<Planned>,
    step: usize,
    line: usize,
    frozen: bool,
    /// Who has begun to read again since the server was stopped.
    waking: Vec<ClientId>,
    /// In a test of the exam, what has been said without waiting for what must come of it.
    speech: Option<Speech>,
    random: fastrand::Rng,
}

impl Writer {
    fn put(&mut self, action: Move) {
        self.end_speech(Some(&action));
        let (step, line) = (self.step, self.line);
        self.moves.push(Planned { step, line, action });
    }

    /// Before anything but more speech, what must come of it is waited for, at the place of what
    /// was said last.
    fn end_speech(&mut self, next: Option<&Move>) {
        let Some(speech) = &mut self.speech else {
            return;
        };
        let Some((step, line)) = speech.last.take() else {
            return;
        };
        let action = match next {
            Some(Move::Say { from, bytes }) if speech.goes_on(*from, bytes) => Move::LetRead,
            _ => {
                speech.owed = 0;
                Move::Settle
            }
        };
        self.moves.push(Planned { step, line, action });
    }

    /// Lets the server deal with what came before, unless it is stopped.
    fn settle(&mut self) {
        if !self.frozen {
            self.put(Move::Settle);
        }
    }

    fn play(&mut self, action: &Action) {
        match action {
            Action::Start(_) => {}
            Action::Connect(clients) => self.connect(clients),
            Action::Visit(visit) => self.visit(visit),
            Action::Send(send) => self.send(send),
            Action::Expect(expect) => {
                let by = expect.by.clone();
                let text = expect.text.render(0, &mut self.random);
                self.put(Move::Expect { by, text });
            }
            Action::Leave(clients) => self.leave(clients, Departure::Close),
            Action::Reset(clients) => self.leave(clients, Departure::Reset),
            Action::HalfClose(clients) => self.leave(clients, Departure::HalfClose),
            Action::StopReading(clients) => {
                for &who in clients {
                    self.put(Move::StopReading(who));
                }
            }
            Action::ReadAgain(clients) => {
                for &who in clients {
                    if self.frozen {
                        self.put(Move::Wake(who));
                        self.waking.push(who);
                    } else {
                        self.read_again(who);
                    }
                }
            }
            Action::Flood(flood) => {
                self.put(Move::Flood {
                    from: flood.from,
                    until_full: flood.until_full.clone(),
                });
                self.settle();
            }
            Action::Freeze => {
                self.frozen = true;
                self.put(Move::Freeze);
            }
            Action::Thaw => {
                self.frozen = false;
                self.put(Move::Thaw);
                self.settle();
                for who in std::mem::take(&mut self.waking) {
                    self.read_again(who);
                }
            }
            Action::Refuse(address) => self.put(Move::Refuse(*address)),
            Action::Fail(fault) => self.put(Move::Fail(*fault)),
            Action::NoMemory => self.put(Move::NoMemory),
            Action::PassTime(count) => self.put(Move::PassTime(*count)),
            Action::Measure(measured) => self.put(Move::Measure(*measured)),
        }
    }

    fn read_again(&mut self, who: ClientId) {
        self.put(Move::ReadAgain(who));
        self.settle();
    }

    fn connect(&mut self, clients: &[ClientId]) {
        let together = if clients.len() > ONE_BY_ONE { BURST } else { 1 };
        for burst in clients.chunks(together) {
            for &who in burst {
                self.put(Move::Arrive(who));
            }
            self.settle();
        }
    }

    fn visit(&mut self, visit: &Visit) {
        for (counter, &who) in visit.clients.iter().enumerate() {
            self.put(Move::Arrive(who));
            self.settle();
            if let Some(text) = &visit.says {
                let text = text.render(counter, &mut self.random);
                for batch in batches(&text, prefix_length(who)) {
                    self.say(who, batch);
                }
            }
            self.leave(&[who], Departure::Close);
        }
    }

    fn leave(&mut self, clients: &[ClientId], how: Departure) {
        for &who in clients {
            self.waking.retain(|waking| *waking != who);
            self.put(Move::Leave { who, how });
            self.settle();
        }
    }

    fn send(&mut self, send: &Send) {
        let from = send.from;
        match send.delivery {
            Delivery::Whole => {
                let mut text = Vec::new();
                for counter in 0..send.times {
                    text.extend(send.text.render(counter, &mut self.random));
                }
                for batch in batches(&text, prefix_length(from)) {
                    self.say(from, batch);
                }
            }
            Delivery::Pieces(size) => {
                for counter in 0..send.times {
                    let text = send.text.render(counter, &mut self.random);
                    for piece in text.chunks(size) {
                        self.say(from, piece);
                    }
                }
            }
            Delivery::CutEverywhere => {
                for counter in 0..send.times {
                    let text = send.text.render(counter, &mut self.random);
                    for cut in 1..text.len() {
                        self.say(from, &text[..cut]);
                        self.say(from, &text[cut..]);
                    }
                }
            }
        }
    }

    fn say(&mut self, from: ClientId, bytes: &[u8]) {
        self.put(Move::Say {
            from,
            bytes: bytes.into(),
        });
        match &mut self.speech {
            Some(_) if self.frozen => {}
            Some(speech) => speech.is_said(from, bytes, (self.step, self.line)),
            None => self.settle(),
        }
    }
}

/// What clients say in a row. The examiner sends it without waiting for anybody, and compares what
/// has come at the end (docs/exam.md).
#[derive(Default)]
struct Speech {
    /// The step and the line of what was said last, if nothing else has been done since.
    last: Option<(usize, usize)>,
    /// How many relayed bytes a client may be owed by now.
    owed: usize,
    /// Whether all that was said last has come to the end of a line.
    is_whole: bool,
}

impl Speech {
    fn is_said(&mut self, from: ClientId, bytes: &[u8], place: (usize, usize)) {
        self.last = Some(place);
        self.owed += relayed_length(from, bytes);
        self.is_whole = bytes.ends_with(b"\n");
    }

    /// Whether this may follow without a wait: in the middle of a line, or if there is room for it
    /// on the way to a client that reads nothing meanwhile.
    fn goes_on(&self, from: ClientId, bytes: &[u8]) -> bool {
        !self.is_whole || self.owed + relayed_length(from, bytes) <= BATCH
    }
}

/// How many bytes this may become when it is relayed.
fn relayed_length(from: ClientId, bytes: &[u8]) -> usize {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').count();
    bytes.len() + lines * prefix_length(from)
}

/// The length of the prefix that the subject puts before each line of this client.
fn prefix_length(from: ClientId) -> usize {
    "client : ".len() + from.0.to_string().len()
}

/// Cuts a text into batches of whole lines that, once relayed, fit the buffers on the way; a
/// longer line is a batch of its own.
fn batches(text: &[u8], prefix: usize) -> Vec<&[u8]> {
    let mut batches = Vec::new();
    let mut begin = 0;
    let mut end = 0;
    let mut relayed = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if relayed > 0 && relayed + prefix + line.len() > BATCH {
            batches.push(&text[begin..end]);
            begin = end;
            relayed = 0;
        }
        relayed += prefix + line.len();
        end += line.len();
    }
    if begin < end {
        batches.push(&text[begin..end]);
    }
    batches
}

#[cfg(test)]
mod tests;
