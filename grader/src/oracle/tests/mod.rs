//! Proves, sentence by sentence, that right streams pass and wrong ones do not.

use super::Oracle;
use super::matcher::Mismatch;
use super::stream::Stream;
use crate::scenario::{ClientId, Judge, Keep, Scenario};
use crate::script::Departure;

mod first_wrong_byte;
mod lazy;
mod models;
mod newcomers;
mod pieces;
mod questions;
mod same_instant;
mod sorted_lines;
mod unfinished;
mod wrong_lines;

/// A scenario of which only that matters what the oracle asks of it.
pub(crate) fn scenario(keep: &[Keep]) -> Scenario {
    Scenario {
        must_keep: keep.to_vec(),
        ..Scenario::empty("test")
    }
}

/// Moves, and the judgement of streams after them.
struct Stage {
    oracle: Oracle,
    judge: Judge,
}

impl Stage {
    /// Nobody is there yet.
    fn empty(keep: &[Keep]) -> Self {
        Self {
            oracle: Oracle::new(&scenario(keep)),
            judge: Judge::EveryByte,
        }
    }

    /// So many clients have arrived, one after another; the last of them has received nothing.
    fn with(clients: usize) -> Self {
        Self::keeping(&[], clients)
    }

    fn keeping(keep: &[Keep], clients: usize) -> Self {
        let mut stage = Self::empty(keep);
        for who in 0..clients {
            stage.arrive(who).then();
        }
        stage
    }

    /// The same, judged as the real examiner does.
    fn sorted(clients: usize) -> Self {
        Self {
            judge: Judge::SortedLines,
            ..Self::with(clients)
        }
    }

    /// The server has dealt with all that came before.
    fn then(&mut self) -> &mut Self {
        self.oracle.settle();
        self
    }

    fn arrive(&mut self, who: usize) -> &mut Self {
        self.oracle.arrives(ClientId(who));
        self
    }

    fn say(&mut self, who: usize, text: &str) -> &mut Self {
        self.oracle.says(ClientId(who), text.as_bytes());
        self
    }

    fn leave(&mut self, who: usize) -> &mut Self {
        self.oracle.leaves(ClientId(who), Departure::Close);
        self
    }

    fn half_close(&mut self, who: usize) -> &mut Self {
        self.oracle.leaves(ClientId(who), Departure::HalfClose);
        self
    }

    fn stop_reading(&mut self, who: usize) -> &mut Self {
        self.oracle.stops_reading(ClientId(who));
        self
    }

    fn caught_up(&mut self, who: usize) -> &mut Self {
        self.oracle.has_caught_up(ClientId(who));
        self
    }

    fn stream(&self, who: usize) -> Stream {
        Stream::new(self.judge, &self.oracle, ClientId(who))
    }

    /// Feeds a whole stream at once and byte by byte, which must not make a difference.
    fn feed(&self, who: usize, text: &str) -> (Stream, Result<(), Box<Mismatch>>) {
        let mut whole = self.stream(who);
        let at_once = whole.feed(&self.oracle, text.as_bytes());
        let mut bytewise = self.stream(who);
        let mut one_by_one = Ok(());
        for byte in text.as_bytes().chunks(1) {
            one_by_one = bytewise.feed(&self.oracle, byte);
            if one_by_one.is_err() {
                break;
            }
        }
        match (&at_once, &one_by_one) {
            (Ok(()), Ok(())) => {
                assert_eq!(
                    whole.is_complete(&self.oracle),
                    bytewise.is_complete(&self.oracle),
                    "complete at once and byte by byte"
                );
                let missing = whole.missing(&self.oracle);
                assert_eq!(missing, bytewise.missing(&self.oracle));
                assert_eq!(
                    whole.observed(&self.oracle),
                    bytewise.observed(&self.oracle)
                );
            }
            (Err(once), Err(bytes)) if self.judge == Judge::EveryByte => {
                assert_eq!(once.matched, bytes.matched);
                assert_eq!(once.matched_length, bytes.matched_length);
                assert_eq!(once.line_begins, bytes.line_begins);
                assert_eq!(once.expected, bytes.expected);
                assert_eq!(once.received.first(), bytes.received.first());
            }
            (Err(_), Err(_)) => {}
            _ => panic!("at once {at_once:?}, byte by byte {one_by_one:?}"),
        }
        (whole, at_once)
    }

    /// The stream is right, and nothing is missing.
    #[track_caller]
    fn accepts(&self, who: usize, text: &str) -> Stream {
        let (mut stream, result) = self.feed(who, text);
        if let Err(mismatch) = result {
            panic!("{text:?} is right, but: {mismatch:?}");
        }
        assert!(
            stream.is_complete(&self.oracle),
            "{text:?} is complete, but awaited: {:?}",
            stream.missing(&self.oracle)
        );
        stream
    }

    /// The stream may still become right.
    #[track_caller]
    fn awaits_more(&self, who: usize, text: &str) -> Mismatch {
        let (mut stream, result) = self.feed(who, text);
        if let Err(mismatch) = result {
            panic!("{text:?} may become right, but: {mismatch:?}");
        }
        assert!(
            !stream.is_complete(&self.oracle),
            "{text:?} is not complete"
        );
        stream.missing(&self.oracle)
    }

    /// The stream is wrong, whatever comes after it.
    #[track_caller]
    fn rejects(&self, who: usize, text: &str) -> Mismatch {
        match self.feed(who, text).1 {
            Ok(()) => panic!("{text:?} is wrong"),
            Err(mismatch) => *mismatch,
        }
    }
}
