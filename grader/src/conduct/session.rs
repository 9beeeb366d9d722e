//! What a play asks of the judge of its server's calls, and has it do.

use std::collections::BTreeSet;
use std::io;

use machine::{ClientId, Host, Supervision};

use super::{Conduct, Misconduct, Need};
use crate::scenario::{Fault, Watch};

/// A server whose calls are judged, and its clients.
pub type Session = machine::Session<Conduct>;

/// Makes a call fail when the server makes it next, and for good where a connection is gone.
///
/// # Errors
/// The client that it is about is not connected.
pub fn fail_next(session: &mut Session, fault: &Fault) -> io::Result<()> {
    let client: Option<ClientId> = fault.to;
    let client = client.map(|who| session.port_of(who)).transpose()?;
    if let Some(conduct) = session.policy() {
        conduct.faults.arm(fault.call, client, fault.error);
    }
    Ok(())
}

/// Takes from the server the possibility to get more memory.
///
/// # Errors
/// The machine does not allow it.
pub fn exhaust_memory(session: &mut Session) -> io::Result<()> {
    let server = session
        .policy()
        .and_then(|conduct| conduct.memory.has_run_out(None));
    session.exhaust_memory(server)
}

/// Whether the server has asked for memory since it can have none.
pub fn was_refused_memory(session: &mut Session) -> bool {
    session
        .policy()
        .is_some_and(|conduct| conduct.memory.was_refused())
}

/// The status with which the server itself has ended, whoever has started it.
pub fn status_without_memory(session: &mut Session) -> Option<i32> {
    session.policy().and_then(|conduct| conduct.memory.status())
}

/// Lets so many time-outs of select pass at once, from the next call on.
pub fn let_time_pass(session: &mut Session, time_outs: usize) {
    if let Some(conduct) = session.policy() {
        conduct.time_outs = time_outs;
    }
}

/// How many of these time-outs have not passed yet.
pub fn time_outs_left(session: &mut Session) -> usize {
    session.policy().map_or(0, |conduct| conduct.time_outs)
}

/// The first call that the server must not have made, told once.
pub fn misconduct(session: &mut Session) -> Option<Misconduct> {
    session.policy().and_then(Conduct::misconduct)
}

/// The first call that no allowed function makes, where these are noted; told once.
pub fn noted(session: &mut Session) -> Option<Misconduct> {
    session.policy().and_then(|conduct| conduct.noted.take())
}

/// Tries whether so much can be seen of calls on this machine.
///
/// # Errors
/// The first thing that the kernel, or a container around the grader, does not allow.
pub fn probe(host: &Host, supervision: &Supervision, need: Need) -> io::Result<()> {
    let watch: BTreeSet<Watch> = match need {
        Need::Nothing => BTreeSet::new(),
        Need::Calls => [Watch::AllowedFunctions].into(),
        Need::Sockets => [Watch::SelectFirst].into(),
    };
    let conduct = Conduct::new(watch, None, BTreeSet::new());
    debug_assert_eq!(conduct.need(), need);
    machine::supervisor::probe(host, supervision, conduct)
}
