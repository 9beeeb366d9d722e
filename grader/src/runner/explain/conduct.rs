//! The server does not treat its clients as it must.

use std::io;
use std::net::Ipv4Addr;

use crate::runner::play::Play;
use crate::scenario::ClientId;
use crate::verdict::{Failure, Kind};
use machine::Exit;

/// The server ended while it should serve.
pub(in crate::runner) fn died(play: &Play<'_>, exit: Exit) -> Failure {
    let kind = Kind::Died {
        exit,
        moment: play.history.moment(),
    };
    failure(play, kind, format!("the server {exit}"))
}

/// The server closed a connection that should stand.
pub(in crate::runner) fn closed(play: &Play<'_>, who: ClientId) -> Failure {
    failure(
        play,
        Kind::Closes {
            moment: play.history.moment(),
        },
        format!(
            "the server closed the connection of {}",
            play.transcript.name(who)
        ),
    )
}

/// A connection was refused.
pub(in crate::runner) fn refused(play: &Play<'_>, who: ClientId, error: &io::Error) -> Failure {
    failure(
        play,
        Kind::Refuses,
        format!(
            "the connection of {} was refused: {error}",
            play.transcript.name(who)
        ),
    )
}

/// A connection is neither accepted nor refused.
pub(in crate::runner) fn connection_hangs(play: &Play<'_>, who: ClientId) -> Failure {
    failure(
        play,
        or_hangs(play, Kind::NeverAccepts),
        format!(
            "{} could not connect within {}",
            play.transcript.name(who),
            patience(play)
        ),
    )
}

/// Nothing ever listened on the port.
pub(in crate::runner) fn never_listens(play: &Play<'_>) -> Failure {
    failure(
        play,
        Kind::NeverListens,
        format!(
            "nothing listens on 127.0.0.1, port {}, {} after the server was started with that port",
            play.port.number(),
            seconds(play.circumstances.starting_patience())
        ),
    )
}

/// The port listens, and nobody is accepted.
pub(in crate::runner) fn never_accepts(play: &Play<'_>) -> Failure {
    let patience = if play.serves {
        play.circumstances.patience
    } else {
        play.circumstances.starting_patience()
    };
    failure(
        play,
        or_hangs(play, Kind::NeverAccepts),
        format!(
            "the server listens and has not accepted a connection for {}",
            seconds(patience)
        ),
    )
}

/// The server does not read what a client sent.
pub(in crate::runner) fn never_reads(play: &Play<'_>, who: ClientId) -> Failure {
    failure(
        play,
        or_hangs(play, Kind::NeverReads),
        format!(
            "the server has not read what came from {} within {}",
            play.transcript.name(who),
            patience(play)
        ),
    )
}

/// The server takes nothing more from its clients.
pub(in crate::runner) fn takes_nothing(play: &Play<'_>) -> Failure {
    failure(
        play,
        or_hangs(play, Kind::NeverReads),
        format!(
            "the server has read nothing for {} while a client had more to say",
            patience(play)
        ),
    )
}

/// What was on its way to a client does not reach it.
pub(in crate::runner) fn never_drains(play: &Play<'_>, who: ClientId) -> Failure {
    failure(
        play,
        or_hangs(play, Kind::NeverDelivers),
        format!(
            "what the server had sent to {} did not reach it within {}",
            play.transcript.name(who),
            patience(play)
        ),
    )
}

/// The server accepted a connection on an address that is not its own.
pub(in crate::runner) fn accepted_elsewhere(play: &Play<'_>, address: Ipv4Addr) -> Failure {
    failure(
        play,
        Kind::ListensElsewhere,
        format!("the server accepted a connection on {address}; it must listen on 127.0.0.1 only"),
    )
}

pub(super) fn failure(play: &Play<'_>, kind: Kind, reason: String) -> Failure {
    Failure {
        kind,
        line: play.line,
        reason,
        ..Failure::default()
    }
}

fn patience(play: &Play<'_>) -> String {
    seconds(play.circumstances.patience)
}

fn seconds(duration: std::time::Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

/// What is wrong with a server that does nothing: where it waits in a call that is not select, that
/// is why.
pub(super) fn or_hangs(play: &Play<'_>, otherwise: Kind) -> Kind {
    match play.session.waits_in() {
        Some(call) => Kind::HangsIn { call },
        None => otherwise,
    }
}
