//! What this machine allows, found out before anything is played.

use std::io;

use machine::socket_state::SocketStates;
use machine::supervisor::LookAway;
use machine::{Descriptors, Host, Supervision, interruption, shortage, supervisor};

use super::CommandError;
use crate::conduct::{self, Need, Unseen};

/// Prepares for being interrupted, and says in sentences what this machine does not offer.
pub(super) fn limitations(farewell: impl FnOnce() + Send + 'static) -> Vec<String> {
    let mut limitations = Vec::new();
    if let Err(error) = interruption::watch(farewell) {
        limitations.push(format!(
            "A grader that is interrupted may leave files behind here: {error}."
        ));
    }
    if let Err(error) = SocketStates::open() {
        limitations.push(format!(
            "What a server has read cannot be seen here, so that scenarios that need to know \
             cannot be judged: {error}."
        ));
    }
    limitations
}

/// The descriptors that can be had here, and why they are not those asked for, where they are not;
/// a sentence is added about that.
///
/// # Errors
/// Not even the question can be asked here.
pub(super) fn descriptors(
    host: &Host,
    wanted: Descriptors,
    limitations: &mut Vec<String>,
) -> Result<(Descriptors, Option<String>), CommandError> {
    let supervision = Supervision {
        descriptors: wanted,
        ..Supervision::default()
    };
    let Err(error) = supervisor::probe(host, &supervision, LookAway) else {
        return Ok((wanted, None));
    };
    enough(&error)?;
    let those = match wanted {
        Descriptors::Exam | Descriptors::Blocking => "those of the exam",
        Descriptors::Nonblocking => "non-blocking ones",
    };
    let why = with_advice(&error);
    limitations.push(format!(
        "The server's descriptors are plain blocking ones, since {those} cannot be had here: \
         {why}."
    ));
    Ok((Descriptors::Blocking, Some(why)))
}

/// The other kind of descriptors on which a test of the exam may pass, beside those that are had;
/// `None` where there is one kind only, or another was asked for.
///
/// # Errors
/// Not even the question can be asked here.
pub(super) fn other_kind(
    host: &Host,
    had: Descriptors,
) -> Result<Option<Descriptors>, CommandError> {
    if had != Descriptors::Exam {
        return Ok(None);
    }
    let other = Descriptors::Nonblocking;
    let supervision = Supervision {
        descriptors: other,
        ..Supervision::default()
    };
    match supervisor::probe(host, &supervision, LookAway) {
        Ok(()) => Ok(Some(other)),
        Err(error) => enough(&error).map(|()| None),
    }
}

/// Whether an error says something else than that there was not enough for the question.
fn enough(error: &io::Error) -> Result<(), CommandError> {
    match shortage::advice(error) {
        Some(_) => Err(CommandError::Short(shortage::told(error))),
        None => Ok(()),
    }
}

/// What of a server's system calls cannot be seen here, and a sentence about it.
///
/// # Errors
/// Not even the question can be asked here.
pub(super) fn unseen(host: &Host, limitations: &mut Vec<String>) -> Result<Unseen, CommandError> {
    let ask = |need| match conduct::probe(host, &Supervision::default(), need) {
        Ok(()) => Ok(None),
        Err(error) => enough(&error).map(|()| Some(with_advice(&error))),
    };
    let unseen = Unseen {
        calls: ask(Need::Calls)?,
        sockets: ask(Need::Sockets)?,
    };
    let what = match &unseen {
        Unseen { calls: Some(_), .. } => "be watched or made to fail",
        _ => "be looked into",
    };
    limitations.extend(unseen.why(Need::Sockets).map(|why| {
        format!(
            "The server's system calls cannot {what} here, so that scenarios that need it \
             cannot be judged: {why}."
        )
    }));
    Ok(unseen)
}

/// Why a server cannot be supervised, and what helps.
fn with_advice(error: &io::Error) -> String {
    match supervisor::advice(error) {
        Some(advice) => format!("{error}; {advice}"),
        None => error.to_string(),
    }
}
