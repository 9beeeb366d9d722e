//! Systems that do not let anybody decide about a process's system calls.

use std::io;

use mio::{Registry, Token};

use super::{Misconduct, Supervision};
use crate::scenario::{FailingCall, FailingWith};

/// There is none.
#[derive(Debug)]
pub(crate) enum InServer {}

/// There is none.
#[derive(Debug)]
pub(crate) enum InGrader {}

/// There is none.
#[derive(Debug)]
pub(crate) enum Supervisor {}

/// Tries whether servers can be supervised here.
///
/// # Errors
/// They can only be left alone.
pub fn probe(supervision: &Supervision) -> io::Result<()> {
    prepare(supervision).map(|_| ())
}

pub(crate) fn prepare(supervision: &Supervision) -> io::Result<Option<(InServer, InGrader)>> {
    let nothing = Supervision {
        descriptors: super::Descriptors::Blocking,
        ..Supervision::default()
    };
    if *supervision == nothing {
        return Ok(None);
    }
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "only Linux can do it",
    ))
}

pub(crate) fn start_supervised<T>(
    in_grader: InGrader,
    _supervision: &Supervision,
    _registry: &Registry,
    _token: Token,
    _start: impl FnOnce() -> io::Result<T>,
) -> io::Result<(T, io::Result<Supervisor>)> {
    match in_grader {}
}

pub(crate) fn shrink(_server: u32, _inode: u32, _client_port: u16) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

impl InServer {
    pub(crate) fn install(&self) {
        match *self {}
    }
}

impl Supervisor {
    pub(crate) fn serve(&mut self, _registry: &Registry) -> io::Result<bool> {
        match *self {}
    }

    pub(crate) fn resume(&mut self, _token: Token, _registry: &Registry) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn has_calls(&self) -> bool {
        match *self {}
    }

    pub(crate) fn between(&self) -> usize {
        match *self {}
    }

    pub(crate) fn fail_next(
        &mut self,
        _call: FailingCall,
        _client: Option<u16>,
        _with: FailingWith,
    ) {
        match *self {}
    }

    pub(crate) fn misconduct(&mut self) -> Option<Misconduct> {
        match *self {}
    }
}
