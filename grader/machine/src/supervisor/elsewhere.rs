//! Systems that do not let anybody decide about a process's system calls.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsFd, OwnedFd};

use mio::{Registry, Token};
use serde::{Deserialize, Serialize};

use super::{Connected, Descriptors, Direction, Kind, Policy, Socket, Supervision};
use crate::keeper::Host;

/// There is none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Filter {}

/// Nothing is rehearsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Rehearsal {}

/// There is none.
#[derive(Debug)]
pub(crate) enum InServer {}

/// There is none.
#[derive(Debug)]
pub(crate) enum InGrader {}

/// There is none.
#[derive(Debug)]
pub(crate) struct Supervisor<P>(Infallible, PhantomData<P>);

/// No call is seen.
#[derive(Debug)]
pub struct SeenCall<'call>(Infallible, PhantomData<&'call ()>);

/// No call is seen.
#[derive(Debug)]
pub struct SeenSocket {
    /// Whose it is.
    pub whose: Socket,
    nothing: Infallible,
}

/// The descriptors that select is asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sets {
    /// Those for reading.
    pub read: BTreeSet<i32>,
    /// Those for writing.
    pub write: BTreeSet<i32>,
}

/// Tries whether servers can be supervised here.
///
/// # Errors
/// They can only be left alone.
pub fn probe(_host: &Host, supervision: &Supervision, policy: impl Policy) -> io::Result<()> {
    prepare(supervision, &policy).map(|_| ())
}

pub(crate) fn prepare(
    supervision: &Supervision,
    policy: &impl Policy,
) -> io::Result<Option<(InServer, InGrader)>> {
    let kinds = [
        Kind::Socket,
        Kind::Bind,
        Kind::Listen,
        Kind::Accept,
        Kind::Select,
        Kind::Transfer(Direction::Read),
        Kind::Transfer(Direction::Write),
    ];
    let plain = supervision.descriptors == Descriptors::Blocking && !supervision.no_memory_at_start;
    if plain && policy.expects().is_none() && !kinds.into_iter().any(|kind| policy.watches(kind)) {
        return Ok(None);
    }
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "only Linux can do it",
    ))
}

pub(crate) fn attach_until<P: Policy>(
    _started: &impl AsFd,
    in_grader: InGrader,
    _supervision: &Supervision,
    _policy: P,
    _registry: &Registry,
    _token: Token,
) -> io::Result<Supervisor<P>> {
    match in_grader {}
}

pub(crate) fn hand_over(filter: &Filter, _channel: &OwnedFd) -> io::Result<()> {
    match *filter {}
}

impl Rehearsal {
    pub(crate) fn rehearse(self) -> io::Error {
        match self {}
    }
}

pub(crate) const fn waits_in(_process: u32) -> Option<&'static str> {
    None
}

pub(crate) fn shrink(_connection: Connected) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn refuse_at_once(_connection: Connected, _at_once: bool) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

impl InServer {
    pub(crate) fn into_parts(self) -> (Filter, OwnedFd) {
        match self {}
    }
}

impl<P: Policy> Supervisor<P> {
    pub(crate) fn serve(&mut self, _registry: &Registry) -> io::Result<bool> {
        match self.0 {}
    }

    pub(crate) fn resume(&mut self, _token: Token, _registry: &Registry) -> io::Result<()> {
        match self.0 {}
    }

    pub(crate) fn has_calls(&self) -> bool {
        match self.0 {}
    }

    pub(crate) fn between(&self) -> usize {
        match self.0 {}
    }

    pub(crate) const fn policy(&mut self) -> &mut P {
        match self.0 {}
    }
}

impl SeenCall<'_> {
    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.0 {}
    }

    /// What people call it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.0 {}
    }

    /// What the kernel calls it.
    #[must_use]
    pub const fn system_call(&self) -> &'static str {
        match self.0 {}
    }

    /// The process that makes it.
    #[must_use]
    pub const fn process(&self) -> u32 {
        match self.0 {}
    }

    /// Its arguments.
    #[must_use]
    pub const fn arguments(&self) -> [u64; 6] {
        match self.0 {}
    }

    /// Its first argument.
    #[must_use]
    pub const fn descriptor(&self) -> i32 {
        match self.0 {}
    }

    /// Whether it asks for a socket of the internet.
    #[must_use]
    pub const fn is_for_the_internet(&self) -> bool {
        match self.0 {}
    }

    /// Whether it is one of select that waits no longer than it is told.
    #[must_use]
    pub const fn has_time_out(&self) -> bool {
        match self.0 {}
    }

    /// Whether it asks for memory of the process's own.
    #[must_use]
    pub const fn asks_for_memory(&self) -> bool {
        match self.0 {}
    }

    /// Whether it leaves in the socket what it finds there.
    #[must_use]
    pub const fn only_looks(&self) -> bool {
        match self.0 {}
    }

    /// What select is asked about.
    ///
    /// # Errors
    /// None.
    pub const fn sets(&self) -> io::Result<Option<Sets>> {
        match self.0 {}
    }

    /// The socket that is its first argument.
    ///
    /// # Errors
    /// None.
    pub const fn socket(&self) -> io::Result<Option<SeenSocket>> {
        match self.0 {}
    }
}

impl SeenSocket {
    /// Whether a use of it would not wait at this moment.
    ///
    /// # Errors
    /// None.
    pub const fn is_ready(&self, _direction: Direction) -> io::Result<bool> {
        match self.nothing {}
    }
}
