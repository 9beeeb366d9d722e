//! A client received something else than it must.

use super::SHOWN;
use super::conduct::or_hangs;
use crate::oracle::matcher::Mismatch;
use crate::runner::play::Play;
use crate::scenario::ClientId;
use crate::verdict::diagnosis::{self, Diagnosis, Situation};
use crate::verdict::{Comparison, Failure, Kind};

/// A client received a byte that is wrong.
pub(in crate::runner) fn wrong_bytes(
    play: &Play<'_>,
    who: ClientId,
    mismatch: &Mismatch,
) -> Failure {
    differs(play, who, mismatch, diagnosis::Stop::Contradiction)
}

/// Nothing more came for a client that must still receive something.
pub(in crate::runner) fn nothing_came(play: &Play<'_>, who: ClientId) -> Failure {
    let stop = diagnosis::Stop::Silence(play.circumstances.patience);
    let failure = differs(play, who, &missing(play, who), stop);
    Failure {
        kind: or_hangs(play, failure.kind),
        ..failure
    }
}

/// What a client received differs from what it must receive.
fn differs(play: &Play<'_>, who: ClientId, mismatch: &Mismatch, stop: diagnosis::Stop) -> Failure {
    let offset = mismatch.line_offset;
    let right_so_far = mismatch.line.get(..offset).unwrap_or_default();
    let rest_of_line = lines(&mismatch.received).next().unwrap_or_default();
    let received = [right_so_far, rest_of_line].concat();
    let names = play.transcript.names();
    let before: Vec<Vec<u8>> = lines(&mismatch.before).map(Vec::from).collect();
    let name = play.transcript.name(who);
    let Diagnosis {
        mistake,
        here,
        reason,
    } = diagnosis::diagnose(&Situation {
        receiver: &name,
        receiver_id: who.0,
        expected: &mismatch.line,
        received: &received,
        offset,
        owed: mismatch.expected.get(1..).unwrap_or_default(),
        before: &before,
        own: &own_lines(play, who),
        names: &names,
        stop,
    });
    let expected = mismatch.expected.concat();
    Failure {
        kind: Kind::Text(mistake),
        line: play.line,
        reason,
        comparison: Some(Comparison {
            who: name,
            matched: mismatch.matched.clone(),
            matched_length: usize::try_from(mismatch.matched_length).unwrap_or(usize::MAX),
            expected_length: expected.len(),
            expected: expected.into_iter().take(SHOWN).collect(),
            // How much came after the line is up to chance, and explains nothing.
            received_length: rest_of_line.len(),
            received: rest_of_line.iter().copied().take(SHOWN).collect(),
            here,
        }),
        ..Failure::default()
    }
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n')
}

/// What the client itself said in this step and the one before.
fn own_lines(play: &Play<'_>, who: ClientId) -> Vec<Vec<u8>> {
    /// More than a person would look at.
    const ENOUGH: usize = 64;
    let prefix = format!("client {}: ", who.0).len();
    let recent = play.oracle.instant().saturating_sub(2);
    let log = play.oracle.log().iter().rev();
    let own = log.filter(|line| line.source == who && line.is_speech());
    own.take_while(|line| line.last_instant() >= recent)
        .take(ENOUGH)
        .map(|line| line.bytes[prefix..].to_vec())
        .collect()
}

fn missing(play: &Play<'_>, who: ClientId) -> Mismatch {
    match play.streams.get(&who) {
        Some(stream) => stream.missing(&play.oracle),
        None => Mismatch {
            matched: Vec::new(),
            line_begins: None,
            matched_length: 0,
            expected: Vec::new(),
            received: Vec::new(),
            before: Vec::new(),
            line: Vec::new(),
            line_offset: 0,
        },
    }
}
