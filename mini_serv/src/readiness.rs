//! Asks select who can be heard, who can be told, and whether somebody is at the door.

use std::os::fd::{AsRawFd, BorrowedFd};

use rustix::event::select;
use rustix::io::{Errno, Result};

use crate::clients::Clients;
use crate::descriptor_set::DescriptorSet;

/// select's last answer. It is kept from round to round only for its space.
#[derive(Default)]
pub(crate) struct Readiness {
    /// recv on these will not block (nor will accept, if the listener is among them).
    pub(crate) readable: DescriptorSet,
    /// send on these will take something.
    pub(crate) writable: DescriptorSet,
}

impl Readiness {
    /// Sleeps until a client speaks or leaves, until one with something to read has room for it,
    /// or until somebody arrives at the `listener`, if one is given.
    ///
    /// Clients with nothing to read must not be asked about: they have room, select would return
    /// at once, for ever, and the server would never sleep.
    pub(crate) fn wait(&mut self, clients: &Clients, listener: Option<BorrowedFd>) -> Result<()> {
        retry_when_interrupted(|| {
            self.readable.copy_from(clients.connected());
            self.writable.copy_from(clients.behind());
            if let Some(listener) = listener {
                self.readable.insert(listener.as_raw_fd());
            }
            // SAFETY: the listener is borrowed for longer than the call, and `clients`, which is
            // borrowed too, owns the sockets of all the descriptors in its sets.
            unsafe { self.ask() }
        })
    }

    /// Whether yet another connection is waiting behind the `newcomer` just accepted, without
    /// sleeping when there is none.
    ///
    /// select without a time-out returns as soon as there is anything to say. There is: a newcomer,
    /// to whom nothing has been sent yet, has room for sure. So it is a question about the
    /// listener that is always answered at once, and among ten thousand clients it is far cheaper
    /// than one about all of them.
    pub(crate) fn another_waits(
        &mut self,
        listener: BorrowedFd,
        newcomer: BorrowedFd,
    ) -> Result<bool> {
        retry_when_interrupted(|| {
            self.readable.clear();
            self.writable.clear();
            self.readable.insert(listener.as_raw_fd());
            self.writable.insert(newcomer.as_raw_fd());
            // SAFETY: both are borrowed for longer than the call.
            unsafe { self.ask() }
        })?;
        Ok(self.readable.iter().next().is_some())
    }

    /// Replaces the two sets by those of their descriptors that are ready.
    ///
    /// # Safety
    ///
    /// All descriptors in the sets must be open.
    unsafe fn ask(&mut self) -> Result<()> {
        let bound = self.readable.bound().max(self.writable.bound());
        let readable = self.readable.elements_below(bound);
        let writable = self.writable.elements_below(bound);
        // SAFETY: both sets have room for `bound` descriptors; the caller knows that they are open.
        unsafe { select(bound, Some(readable), Some(writable), None, None) }?;
        Ok(())
    }
}

/// A signal is no reason to stop, only to ask again; and since select may have left anything in the
/// sets then, `attempt` has to fill them again.
fn retry_when_interrupted(mut attempt: impl FnMut() -> Result<()>) -> Result<()> {
    loop {
        match attempt() {
            Err(Errno::INTR) => {}
            result => return result,
        }
    }
}
