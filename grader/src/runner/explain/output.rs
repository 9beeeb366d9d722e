//! The server writes or exits otherwise than it must.

use super::SHOWN;
use crate::runner::transcript::Transcript;
use crate::verdict::kind::{Kind, Moment};
use crate::verdict::{Comparison, Death, Failure};
use machine::{Captured, Exit};

/// How many lines of a server's last words are told.
const LAST_WORDS: usize = 4;

/// The server wrote something where it must be silent.
pub(in crate::runner) fn unwanted_output(
    line: usize,
    name: &str,
    output: &Captured,
    transcript: &Transcript,
) -> Failure {
    let received = output.head();
    Failure {
        kind: Kind::Prints,
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
pub(in crate::runner) fn wrong_output(
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
        kind: Kind::WrongOutput,
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
pub(in crate::runner) fn wrong_status(
    line: usize,
    called: &str,
    wanted: i32,
    came: i32,
) -> Failure {
    Failure {
        kind: Kind::WrongStatus,
        line,
        reason: format!(
            "started {called}, the server exited with status {came}; it must exit with status {wanted}"
        ),
        ..Failure::default()
    }
}

/// The server was killed by a signal when it was started.
pub(in crate::runner) fn died_at_start(
    line: usize,
    called: &str,
    exit: Exit,
    stdout: &Captured,
    stderr: &Captured,
) -> Failure {
    Failure {
        kind: Kind::Died {
            exit,
            moment: Moment::Start,
        },
        line,
        reason: format!("started {called}, the server {exit}"),
        death: Some(death(exit, stdout, stderr)),
        ..Failure::default()
    }
}

/// The server should have ended.
pub(in crate::runner) fn still_runs(line: usize, called: &str) -> Failure {
    Failure {
        kind: Kind::GoesOn,
        line,
        reason: format!("started {called}, the server goes on running; it must end"),
        ..Failure::default()
    }
}

/// How the server ended, and what it wrote last.
pub(in crate::runner) fn death(exit: Exit, stdout: &Captured, stderr: &Captured) -> Death {
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
