//! Turns what was seen into failures that people can act on.

use std::io;
use std::net::Ipv4Addr;

use super::play::Play;
use super::transcript::Transcript;
use crate::harness::{Captured, Exit};
use crate::oracle::matcher::Mismatch;
use crate::scenario::ClientId;
use crate::verdict::diagnosis::{self, Diagnosis, Situation};
use crate::verdict::{Comparison, Death, Failure};

/// How many lines of a server's last words are told.
const LAST_WORDS: usize = 4;

/// How many bytes of a difference are shown.
const SHOWN: usize = 4096;

/// A client received a byte that is wrong.
pub(super) fn wrong_bytes(play: &Play<'_>, who: ClientId, mismatch: &Mismatch) -> Failure {
    differs(play, who, mismatch, diagnosis::Stop::Contradiction)
}

/// Nothing more came for a client that must still receive something.
pub(super) fn nothing_came(play: &Play<'_>, who: ClientId) -> Failure {
    let stop = diagnosis::Stop::Silence(play.circumstances.patience);
    differs(play, who, &missing(play, who), stop)
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
    let Diagnosis { here, reason } = diagnosis::diagnose(&Situation {
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
        line: play.line,
        reason,
        comparison: Some(Comparison {
            who: name,
            matched: mismatch.matched.clone(),
            matched_length: usize::try_from(mismatch.matched_length).unwrap_or(usize::MAX),
            expected_length: expected.len(),
            expected: expected.into_iter().take(SHOWN).collect(),
            received_length: mismatch.received.len(),
            received: mismatch.received.iter().copied().take(SHOWN).collect(),
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

/// The server ended while it should serve.
pub(super) fn died(play: &Play<'_>, exit: Exit) -> Failure {
    Failure {
        line: play.line,
        reason: format!("the server {exit}"),
        hint: Some(
            "Something before the loop around select ends it: start it by hand with a port; it \
             must go on running."
                .into(),
        ),
        ..Failure::default()
    }
}

/// The server closed a connection that should stand.
pub(super) fn closed(play: &Play<'_>, who: ClientId) -> Failure {
    Failure {
        hint: Some(
            "The descriptor that accept returned is closed although its client is still there: \
             close it only when recv has returned 0 or -1."
                .into(),
        ),
        ..failure(
            play,
            format!(
                "the server closed the connection of {}",
                play.transcript.name(who)
            ),
        )
    }
}

/// A connection was refused.
pub(super) fn refused(play: &Play<'_>, who: ClientId, error: &io::Error) -> Failure {
    failure(
        play,
        format!(
            "the connection of {} was refused: {error}",
            play.transcript.name(who)
        ),
    )
}

/// A connection is neither accepted nor refused.
pub(super) fn connection_hangs(play: &Play<'_>, who: ClientId) -> Failure {
    failure(
        play,
        format!(
            "{} could not connect within {}",
            play.transcript.name(who),
            patience(play)
        ),
    )
}

/// Nothing ever listened on the port.
pub(super) fn never_listens(play: &Play<'_>) -> Failure {
    failure(
        play,
        format!(
            "nothing listens on 127.0.0.1, port {}, {} after the server was started with that port",
            play.port.number(),
            seconds(play.circumstances.starting_patience())
        ),
    )
}

/// The port listens, and nobody is accepted.
pub(super) fn never_accepts(play: &Play<'_>) -> Failure {
    let patience = if play.serves {
        play.circumstances.patience
    } else {
        play.circumstances.starting_patience()
    };
    Failure {
        hint: Some(
            "The listening descriptor is missing from the set that select watches for reading, or \
             accept does not follow when select reports it."
                .into(),
        ),
        ..failure(
            play,
            format!(
                "the server listens and has not accepted a connection for {}",
                seconds(patience)
            ),
        )
    }
}

/// The server does not read what a client sent.
pub(super) fn never_reads(play: &Play<'_>, who: ClientId) -> Failure {
    failure(
        play,
        format!(
            "the server has not read what came from {} within {}",
            play.transcript.name(who),
            patience(play)
        ),
    )
}

/// The server takes nothing more from its clients.
pub(super) fn takes_nothing(play: &Play<'_>) -> Failure {
    failure(
        play,
        format!(
            "the server has read nothing for {} while a client had more to say",
            patience(play)
        ),
    )
}

/// What was on its way to a client does not reach it.
pub(super) fn never_drains(play: &Play<'_>, who: ClientId) -> Failure {
    failure(
        play,
        format!(
            "what the server had sent to {} did not reach it within {}",
            play.transcript.name(who),
            patience(play)
        ),
    )
}

/// The server accepted a connection on an address that is not its own.
pub(super) fn accepted_elsewhere(play: &Play<'_>, address: Ipv4Addr) -> Failure {
    failure(
        play,
        format!("the server accepted a connection on {address}; it must listen on 127.0.0.1 only"),
    )
}

/// The server wrote something where it must be silent.
pub(super) fn unwanted_output(
    line: usize,
    name: &str,
    output: &Captured,
    transcript: &Transcript,
) -> Failure {
    let received = output.head();
    Failure {
        line,
        reason: format!(
            "the server wrote {} bytes to its {name}; it must write nothing there",
            output.total()
        ),
        transcript: transcript.clone().rows(),
        comparison: Some(Comparison {
            who: name.into(),
            matched: Vec::new(),
            matched_length: 0,
            expected: Vec::new(),
            expected_length: 0,
            received: received[..received.len().min(SHOWN)].to_vec(),
            received_length: usize::try_from(output.total()).unwrap_or(usize::MAX),
            here: "nothing must be written".into(),
        }),
        ..Failure::default()
    }
}

/// The server wrote something else than it must before it ended.
pub(super) fn wrong_output(
    line: usize,
    called: &str,
    name: &str,
    wanted: &[u8],
    came: &[u8],
) -> Failure {
    let same = wanted
        .iter()
        .zip(came)
        .take_while(|(wanted, came)| wanted == came)
        .count();
    Failure {
        line,
        reason: format!(
            "started {called}, the server wrote something else to its {name} than it must"
        ),
        comparison: Some(Comparison {
            who: name.into(),
            matched: wanted[..same].to_vec(),
            matched_length: same,
            expected: wanted[same..].to_vec(),
            expected_length: wanted.len() - same,
            received: came[same..].iter().copied().take(SHOWN).collect(),
            received_length: came.len() - same,
            here: match (wanted.len() > same, came.len() > same) {
                (true, false) if same == 0 => "nothing was written".into(),
                (true, false) => "the rest is missing".into(),
                (false, true) => "nothing more must be written".into(),
                _ => "it differs from here on".into(),
            },
        }),
        ..Failure::default()
    }
}

/// The server ended with another status than it must.
pub(super) fn wrong_status(line: usize, called: &str, wanted: i32, came: i32) -> Failure {
    Failure {
        line,
        reason: format!(
            "started {called}, the server exited with status {came}; it must exit with status {wanted}"
        ),
        ..Failure::default()
    }
}

/// The server was killed by a signal when it was started.
pub(super) fn died_at_start(
    line: usize,
    called: &str,
    exit: Exit,
    stdout: &Captured,
    stderr: &Captured,
) -> Failure {
    Failure {
        line,
        reason: format!("started {called}, the server {exit}"),
        death: Some(death(exit, stdout, stderr)),
        ..Failure::default()
    }
}

/// The server should have ended.
pub(super) fn still_runs(line: usize, called: &str) -> Failure {
    Failure {
        line,
        reason: format!("started {called}, the server goes on running; it must end"),
        ..Failure::default()
    }
}

/// How the server ended, and what it wrote last.
pub(super) fn death(exit: Exit, stdout: &Captured, stderr: &Captured) -> Death {
    let words = [stdout.last_words(LAST_WORDS), stderr.last_words(LAST_WORDS)];
    Death {
        how: exit.to_string(),
        last_words: words
            .into_iter()
            .filter(|words| !words.is_empty())
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

fn failure(play: &Play<'_>, reason: String) -> Failure {
    Failure {
        line: play.line,
        reason,
        ..Failure::default()
    }
}

fn missing(play: &Play<'_>, who: ClientId) -> Mismatch {
    match play.streams.get(who.0) {
        Some(Some(stream)) => stream.missing(&play.oracle),
        _ => Mismatch {
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

fn patience(play: &Play<'_>) -> String {
    seconds(play.circumstances.patience)
}

fn seconds(duration: std::time::Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}
