//! Why a program was not started.

use std::fmt;
use std::io;

/// Why a program was not started.
#[derive(Debug)]
pub enum StartError {
    /// The kernel does not execute the program, for this reason.
    Refused(io::Error),
    /// The machine, or a limit, lacks or forbids something that is needed to run any program so:
    /// that says nothing about this one.
    Machine(io::Error),
}

impl StartError {
    /// The reason, whose fault it may be.
    #[must_use]
    pub fn into_reason(self) -> io::Error {
        match self {
            Self::Refused(reason) | Self::Machine(reason) => reason,
        }
    }

    /// What can be told to another process: the kernel's number of the reason, and whether it was
    /// the program that was refused.
    pub(crate) fn told(&self) -> (i32, bool) {
        let (Self::Refused(reason) | Self::Machine(reason)) = self;
        let errno = reason.raw_os_error().unwrap_or(libc::EIO);
        (errno, matches!(self, Self::Refused(_)))
    }

    /// What another process has told.
    pub(crate) fn heard((errno, is_refused): (i32, bool)) -> Self {
        let reason = io::Error::from_raw_os_error(errno);
        if is_refused {
            Self::Refused(reason)
        } else {
            Self::Machine(reason)
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(reason) => write!(out, "the program is not executed: {reason}"),
            Self::Machine(reason) => write!(out, "this machine runs no program so: {reason}"),
        }
    }
}

impl std::error::Error for StartError {}

impl From<io::Error> for StartError {
    fn from(reason: io::Error) -> Self {
        Self::Machine(reason)
    }
}

impl From<rustix::io::Errno> for StartError {
    fn from(reason: rustix::io::Errno) -> Self {
        Self::Machine(reason.into())
    }
}

impl From<StartError> for io::Error {
    fn from(error: StartError) -> Self {
        error.into_reason()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_fault_it_is_can_be_told_to_another_process() {
        let reason = || io::Error::from_raw_os_error(libc::ENOEXEC);
        for error in [StartError::Refused(reason()), StartError::Machine(reason())] {
            let heard = StartError::heard(error.told());
            assert_eq!(heard.to_string(), error.to_string());
            assert_eq!(heard.into_reason().raw_os_error(), Some(libc::ENOEXEC));
        }
    }
}
