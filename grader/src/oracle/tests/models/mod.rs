//! Whatever servers do that obey the subject is accepted, and what surely breaks it is not.

use proptest::prelude::*;

use super::{ClientId, Departure, Judge, Oracle, Stream, scenario};
use program::{Deed, Program, programs};
use server::{Sent, Server, Style, Unfinished};

mod edits;
mod mutations;
mod program;
mod server;

fn styles() -> impl Strategy<Value = Style> {
    let unfinished = prop_oneof![
        Just(Unfinished::Dropped),
        Just(Unfinished::AsItIs),
        Just(Unfinished::WithNewline)
    ];
    (any::<bool>(), unfinished, any::<bool>()).prop_map(|(at_once, unfinished, loses)| Style {
        at_once,
        unfinished,
        loses,
    })
}

/// A client under way.
struct Receiver {
    stream: Stream,
    /// How many bytes of what it was sent it has read.
    read: usize,
    reads: bool,
    arrived: usize,
    /// It has read all the time and is still there.
    is_steady: bool,
}

/// A program played against a server.
struct Run {
    oracle: Oracle,
    server: Server,
    receivers: Vec<Receiver>,
    random: fastrand::Rng,
}

impl Run {
    fn play(program: &Program, style: Style, seed: u64) -> Self {
        let mut run = Self {
            oracle: Oracle::new(&scenario(&[])),
            server: Server::new(style, seed),
            receivers: Vec::new(),
            random: fastrand::Rng::with_seed(!seed),
        };
        for (instant, deeds) in program.iter().enumerate() {
            run.server.deal_with(deeds);
            for (place, deed) in deeds.iter().enumerate() {
                run.tell_the_oracle(deed, instant);
                for who in 0..run.receivers.len() {
                    run.read_some(who, instant, place);
                }
            }
            for who in 0..run.receivers.len() {
                run.settle(who, instant);
            }
            run.oracle.settle();
        }
        for who in 0..run.receivers.len() {
            run.read_all(who);
        }
        run
    }

    fn tell_the_oracle(&mut self, deed: &Deed, instant: usize) {
        let who = ClientId(deed.actor());
        match deed {
            Deed::Arrive(_) => {
                self.oracle.arrives(who);
                self.receivers.push(Receiver {
                    stream: Stream::new(Judge::EveryByte, &self.oracle, who),
                    read: 0,
                    reads: true,
                    arrived: instant,
                    is_steady: true,
                });
            }
            Deed::Say(_, text) => self.oracle.says(who, text.as_bytes()),
            Deed::Leave(_, how) => {
                self.oracle.leaves(who, *how);
                self.receivers[who.0].is_steady = false;
                if *how != Departure::HalfClose {
                    self.receivers[who.0].reads = false;
                }
            }
            Deed::StopReading(_) => {
                self.oracle.stops_reading(who);
                self.receivers[who.0].reads = false;
                self.receivers[who.0].is_steady = false;
            }
            Deed::Wake(_) => {
                self.receivers[who.0].reads = true;
                // What the server itself holds back comes later than what was on the way.
                self.read_some(who.0, instant, 0);
                self.oracle.has_caught_up(who);
            }
        }
    }

    /// All bytes that can have been sent to a client once so much has happened.
    fn on_its_way(&self, who: usize, instant: usize, place: usize) -> Vec<u8> {
        self.server.sent[who]
            .iter()
            .take_while(|sent| (sent.instant, sent.cause) <= (instant, place))
            .flat_map(|sent| sent.bytes.iter().copied())
            .collect()
    }

    fn read_some(&mut self, who: usize, instant: usize, place: usize) {
        let bytes = self.on_its_way(who, instant, place);
        let left = bytes.len().saturating_sub(self.receivers[who].read);
        if self.receivers[who].reads && left > 0 && self.random.bool() {
            let length = self.random.usize(..=left);
            self.feed(who, &bytes, length);
        }
    }

    fn read_all(&mut self, who: usize) {
        if self.receivers[who].reads {
            let bytes = self.on_its_way(who, usize::MAX, usize::MAX);
            self.feed(who, &bytes, bytes.len() - self.receivers[who].read);
            assert!(self.is_satisfied(who), "complete at the end");
        }
    }

    fn feed(&mut self, who: usize, bytes: &[u8], length: usize) {
        let receiver = &mut self.receivers[who];
        let chunk = &bytes[receiver.read..receiver.read + length];
        receiver.read += length;
        if let Err(mismatch) = receiver.stream.feed(&self.oracle, chunk) {
            let all = String::from_utf8_lossy(bytes);
            panic!("client {who} was sent {all:?}, but: {mismatch:?}");
        }
    }

    fn is_satisfied(&mut self, who: usize) -> bool {
        !self.oracle.is_here(ClientId(who)) || self.receivers[who].stream.is_complete(&self.oracle)
    }

    /// Reads until nothing is missing, as the driver does.
    fn settle(&mut self, who: usize, instant: usize) {
        let bytes = self.on_its_way(who, instant, usize::MAX);
        while self.receivers[who].reads && !self.is_satisfied(who) {
            let left = bytes.len() - self.receivers[who].read;
            assert!(
                left > 0,
                "client {who} was sent {:?}, and still: {:?}",
                String::from_utf8_lossy(&bytes),
                self.receivers[who].stream.missing(&self.oracle)
            );
            let length = self.random.usize(1..=left);
            self.feed(who, &bytes, length);
        }
    }

    /// What came to the clients that read all the time and stayed.
    fn steady(&self) -> impl Iterator<Item = (usize, usize, &[Sent])> {
        self.receivers
            .iter()
            .enumerate()
            .filter(|(_, receiver)| receiver.is_steady)
            .map(|(who, receiver)| (who, receiver.arrived, self.server.sent[who].as_slice()))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(250) })]

    #[test]
    fn whatever_a_right_server_sends_is_accepted(
        program in programs(),
        style in styles(),
        seed in any::<u64>(),
    ) {
        Run::play(&program, style, seed);
    }

    #[test]
    fn what_is_surely_wrong_is_never_accepted(
        program in programs(),
        style in styles(),
        seed in any::<u64>(),
    ) {
        let run = Run::play(&program, style, seed);
        for (who, arrived, sent) in run.steady() {
            mutations::check(&run.oracle, who, arrived, sent);
        }
    }

    #[test]
    fn sorted_lines_come_in_any_order_and_in_exact_number(
        program in programs(),
        seed in any::<u64>(),
    ) {
        let style = Style { at_once: false, unfinished: Unfinished::WithNewline, loses: false };
        let run = Run::play(&program, style, seed);
        for (who, arrived, sent) in run.steady() {
            mutations::check_sorted(&run.oracle, who, arrived, sent, seed);
        }
    }
}
