//! The time-outs of select, which can be let pass at once: time is made, not waited for.

use std::io;

use rustix::io::Errno;

use super::listener::{Call, Listener};

/// The place of the time-out among select's arguments: an address, or nothing where it waits for as
/// long as it takes (select(2), pselect6 in select_tut(2)).
const PLACE: usize = 4;

/// Two words: seconds, and a part of one.
const NONE_LEFT: [u8; 16] = [0; 16];

/// Whether a call of select has a time-out.
pub(super) const fn has_one(call: &Call) -> bool {
    call.arguments[PLACE] != 0
}

/// Has the time-out of a call of select passed. The kernel leaves there what is left of one, so
/// that nobody can tell it from one that was waited for.
///
/// # Errors
/// The kernel does not let the grader write into the caller.
pub(super) fn end(listener: &Listener, call: &Call) -> io::Result<()> {
    if !has_one(call) || !listener.waits(call) {
        return Ok(());
    }
    match call.write(call.arguments[PLACE], &NONE_LEFT) {
        // Where nothing can be written, the kernel does not write either; it is then waited for.
        Ok(()) | Err(Errno::FAULT | Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
