//! The server makes system calls that it must not make.

use machine::supervisor::{Direction, Socket};

use crate::conduct::{Instead, Misconduct, ObservedCall, Offence};
use crate::runner::play::Play;
use crate::runner::transcript::Transcript;
use crate::scenario::Fault;
use crate::verdict::{Failure, Kind, TranscriptRow};

/// What the socket is called that nobody is connected to.
const LISTENER: &str = "the listening socket";

/// A call that must not have been made.
pub(in crate::runner) fn misconduct(play: &Play<'_>, misconduct: &Misconduct) -> Failure {
    let name = |socket| match socket {
        Socket::Listener => LISTENER.to_owned(),
        Socket::Client(port) => match play.session.client_at(port) {
            Some(who) => play.transcript.name(who),
            None => "a stranger".to_owned(),
        },
    };
    Failure {
        kind: kind(&misconduct.offence),
        line: play.line,
        reason: in_words(&misconduct.offence, name),
        calls: misconduct
            .calls
            .iter()
            .map(|call| row(call, name))
            .collect(),
        ..Failure::default()
    }
}

/// A call that must not have been made while the server was started so.
pub(in crate::runner) fn misconduct_at_start(
    line: usize,
    called: &str,
    misconduct: &Misconduct,
) -> Failure {
    let words = in_words(&misconduct.offence, |_| LISTENER.to_owned());
    Failure {
        kind: kind(&misconduct.offence),
        line,
        reason: format!("started {called}: {words}"),
        ..Failure::default()
    }
}

/// A call that is made to fail, in words.
pub(in crate::runner) fn fault_in_words(fault: &Fault, transcript: &Transcript) -> String {
    let error = fault.error.name();
    let call = fault.call.name();
    match fault.to {
        Some(who) => format!("{call} for {} ({error})", transcript.name(who)),
        None => format!("{call} ({error})"),
    }
}

const fn kind(offence: &Offence) -> Kind {
    match *offence {
        Offence::NotAsked { call, .. } => Kind::NotAsked { call },
        Offence::WouldWait { call, .. } => Kind::WouldWait { call },
        Offence::NotAllowed { call } => Kind::Forbidden { call },
        Offence::AfterFailure { failed, .. } => Kind::AfterFailure { failed },
    }
}

fn in_words(offence: &Offence, name: impl Fn(Socket) -> String) -> String {
    match *offence {
        Offence::NotAsked {
            call,
            socket,
            direction,
            instead,
        } => {
            let what = used(call, socket, direction, &name);
            match (instead, direction, socket) {
                (Instead::Asked(other), ..) => format!(
                    "{what} after {other}, where select must be asked: {other} is not allowed"
                ),
                (Instead::NothingYet, _, Socket::Listener) => {
                    format!("{what} without select having been called")
                }
                (Instead::NothingYet, _, Socket::Client(_)) => format!(
                    "{what} without select having been called since {} connected",
                    name(socket)
                ),
                (Instead::NothingSince, _, Socket::Listener) => {
                    format!("{what} without select having been called since the last accept")
                }
                (Instead::NothingSince, ..) => format!(
                    "{what} without select having been called since {}'s last bytes were read",
                    name(socket)
                ),
                (Instead::AskedForOthers, Direction::Read, Socket::Listener) => format!(
                    "{what} without select having been asked whether a connection waits: the \
                     listening descriptor was not in the set for reading"
                ),
                (Instead::AskedForOthers, Direction::Read, _) => format!(
                    "{what} without select having been asked whether something has come from \
                     {0}: {0}'s descriptor was not in the set for reading",
                    name(socket)
                ),
                (Instead::AskedForOthers, Direction::Write, _) => format!(
                    "{what} without select having been asked whether {0} has room: {0}'s \
                     descriptor was not in the set for writing",
                    name(socket)
                ),
            }
        }
        Offence::WouldWait {
            call,
            socket,
            direction,
            asked,
        } => {
            let what = used(call, socket, direction, &name);
            let why = match (direction, socket) {
                (_, Socket::Listener) => "no connection waited".to_owned(),
                (Direction::Read, _) => "nothing had come".to_owned(),
                (Direction::Write, _) => format!("{} had no room", name(socket)),
            };
            if asked {
                format!(
                    "{what} although select had not reported it as ready: {why}, so that the call \
                     could only wait or fail"
                )
            } else {
                format!("{what} when {why}, so that the call could only wait or fail")
            }
        }
        Offence::NotAllowed { call } => format!(
            "the server made the system call {call}, which none of the allowed functions makes"
        ),
        Offence::AfterFailure { call, failed } => {
            format!("the server went on and called {call} although {failed} had failed")
        }
    }
}

/// A call and whom it is about: `recv from bob`.
fn used(
    call: &str,
    socket: Socket,
    direction: Direction,
    name: impl Fn(Socket) -> String,
) -> String {
    match (socket, direction) {
        (Socket::Listener, _) => call.to_owned(),
        (Socket::Client(_), Direction::Read) => format!("{call} from {}", name(socket)),
        (Socket::Client(_), Direction::Write) => format!("{call} to {}", name(socket)),
    }
}

/// A call as a row of a transcript.
fn row(call: &ObservedCall, name: impl Fn(Socket) -> String) -> TranscriptRow {
    let about = |wanted: Direction| {
        let sockets = call
            .about
            .iter()
            .filter(|(direction, _)| *direction == wanted);
        let names: Vec<String> = sockets.map(|(_, socket)| name(*socket)).collect();
        names.join(", ")
    };
    let with = match (call.call, &call.failed_with) {
        (_, Some(error)) => format!("fails: {error}"),
        ("select", None) => {
            let (read, write) = (about(Direction::Read), about(Direction::Write));
            match (read.is_empty(), write.is_empty()) {
                (_, true) => format!("for reading: {read}"),
                (true, false) => format!("for writing: {write}"),
                (false, false) => format!("for reading: {read}; for writing: {write}"),
            }
        }
        _ => [about(Direction::Read), about(Direction::Write)].concat(),
    };
    TranscriptRow {
        who: "the server".into(),
        did: format!("calls {}", call.call),
        with: with.into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(offence: &Offence) -> String {
        in_words(offence, |socket| match socket {
            Socket::Listener => LISTENER.to_owned(),
            Socket::Client(_) => "bob".to_owned(),
        })
    }

    const BOB: Socket = Socket::Client(1);

    #[test]
    fn an_offence_names_the_call_the_client_and_what_was_missing() {
        let not_asked = |call, socket, direction, instead| {
            words(&Offence::NotAsked {
                call,
                socket,
                direction,
                instead,
            })
        };
        assert_eq!(
            not_asked("recv", BOB, Direction::Read, Instead::NothingSince),
            "recv from bob without select having been called since bob's last bytes were read"
        );
        assert_eq!(
            not_asked("send", BOB, Direction::Write, Instead::AskedForOthers),
            "send to bob without select having been asked whether bob has room: bob's descriptor \
             was not in the set for writing"
        );
        assert_eq!(
            not_asked(
                "accept",
                Socket::Listener,
                Direction::Read,
                Instead::NothingSince
            ),
            "accept without select having been called since the last accept"
        );
        assert_eq!(
            not_asked("read", BOB, Direction::Read, Instead::Asked("poll")),
            "read from bob after poll, where select must be asked: poll is not allowed"
        );
    }

    #[test]
    fn a_call_that_would_wait_says_for_what() {
        let waits = |socket, direction, asked| {
            words(&Offence::WouldWait {
                call: "recv",
                socket,
                direction,
                asked,
            })
        };
        assert_eq!(
            waits(BOB, Direction::Read, false),
            "recv from bob when nothing had come, so that the call could only wait or fail"
        );
        assert_eq!(
            waits(BOB, Direction::Write, true),
            "recv to bob although select had not reported it as ready: bob had no room, so that \
             the call could only wait or fail"
        );
    }

    #[test]
    fn rows_tell_what_was_asked_of_whom() {
        let select = ObservedCall {
            call: "select",
            about: vec![
                (Direction::Read, Socket::Listener),
                (Direction::Read, BOB),
                (Direction::Write, BOB),
            ],
            failed_with: None,
        };
        let shown = row(&select, |socket| match socket {
            Socket::Listener => "it".into(),
            Socket::Client(_) => "bob".into(),
        });
        assert_eq!(
            String::from_utf8_lossy(&shown.with),
            "for reading: it, bob; for writing: bob"
        );
    }
}
