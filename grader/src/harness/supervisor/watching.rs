//! Which calls are watched, and who decides about each.

use std::io;
use std::os::fd::{AsFd, AsRawFd};

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};

use super::accepting::Accepting;
use super::listener::Listener;
use super::listening;
use super::{Descriptors, InGrader};

/// The calls that must be watched so that a server has these descriptors, by number.
pub(super) const fn calls(descriptors: Descriptors) -> &'static [libc::c_long] {
    match descriptors {
        Descriptors::Exam => &[libc::SYS_listen],
        Descriptors::Blocking => &[],
        Descriptors::Nonblocking => &[libc::SYS_accept, libc::SYS_accept4],
    }
}

/// Decides about the watched calls of one server and all that it forks or executes.
#[derive(Debug)]
pub(crate) struct Supervisor {
    listener: Listener,
    accepting: Accepting,
}

impl Supervisor {
    /// Begins to watch a server that has been started; `token` is told when a call waits for
    /// [`Supervisor::serve`].
    ///
    /// # Errors
    /// The filter could not be installed in the server, or the machine lacks something.
    pub(crate) fn attach(
        in_grader: InGrader,
        registry: &Registry,
        token: Token,
    ) -> io::Result<Self> {
        let listener = in_grader.listener()?;
        let descriptor = listener.as_fd().as_raw_fd();
        registry.register(&mut SourceFd(&descriptor), token, Interest::READABLE)?;
        Ok(Self {
            listener,
            accepting: Accepting::default(),
        })
    }

    /// Decides about every call that waits.
    ///
    /// # Errors
    /// The kernel does not let the grader do what it must. The server is not to blame, and the
    /// play cannot go on.
    pub(crate) fn serve(&mut self, registry: &Registry) -> io::Result<()> {
        while let Some(call) = self.listener.next()? {
            match call.number {
                libc::SYS_listen => listening::listen(&self.listener, &call)?,
                libc::SYS_accept | libc::SYS_accept4 => {
                    self.accepting.accept(&self.listener, call, registry)?;
                }
                _ => self.listener.go_on(&call)?,
            }
        }
        self.accepting.forget_ended(&self.listener, registry)
    }

    /// Goes on with a call that had to wait, since its token has been told.
    ///
    /// # Errors
    /// As those of [`Supervisor::serve`].
    pub(crate) fn resume(&mut self, token: Token, registry: &Registry) -> io::Result<()> {
        self.accepting.resume(&self.listener, token, registry)
    }

    /// How many connections have left the server's queue without having reached the server.
    pub(crate) fn between(&self) -> usize {
        self.accepting.between()
    }
}
