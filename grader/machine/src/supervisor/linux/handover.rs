//! How the listener comes from the server's process, where it is made, to the grader.
//!
//! The server's process sends it through a socket before it executes the server.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};

use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};

use super::filter::{Filter, HANDOVER, close_unwatched};
use super::listener::Listener;
use super::{refused, watching};
use crate::supervisor::{Policy, Supervision};

/// What the server's process needs before it executes the server.
#[derive(Debug)]
pub(crate) struct InServer {
    filter: Filter,
    channel: OwnedFd,
}

/// What the grader does while the server is being started.
#[derive(Debug)]
pub(crate) struct InGrader {
    channel: OwnedFd,
}

/// Prepares to watch what must be watched for these; `None` where nothing must.
///
/// # Errors
/// The machine lacks something.
pub(crate) fn prepare(
    supervision: &Supervision,
    policy: &impl Policy,
) -> io::Result<Option<(InServer, InGrader)>> {
    let Some(watched) = watching::watched(supervision, policy) else {
        return Ok(None);
    };
    let refused = refused::numbers(supervision.is_instrumented);
    let filter = Filter::new(&watched, &refused)?;
    let (ours, theirs) = socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )?;
    let in_server = InServer {
        filter,
        channel: theirs,
    };
    Ok(Some((in_server, InGrader { channel: ours })))
}

impl InServer {
    /// The filter, and the channel through which its listener goes: what [`hand_over`] is given.
    pub(crate) fn into_parts(self) -> (Filter, OwnedFd) {
        (self.filter, self.channel)
    }
}

/// Puts the filter on the calling process and sends its listener to the grader, or why there is
/// none.
///
/// # Errors
/// The listener could not be sent: nobody would decide about the process's calls, which all fail
/// then.
pub(crate) fn hand_over(filter: &Filter, channel: &OwnedFd) -> io::Result<()> {
    let installed = filter.install();
    let errno = installed.as_ref().err().map_or(0, |e| e.raw_os_error());
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let listener = installed.as_ref().ok().map(|listener| [listener.as_fd()]);
    if let Some(listener) = &listener {
        control.push(SendAncillaryMessage::ScmRights(listener));
    }
    let errno = errno.to_ne_bytes();
    let sent = sendmsg(channel, &[IoSlice::new(&errno)], &mut control, HANDOVER);
    // The grader's copy must be the only one: where it is closed, the calls that wait end.
    if let Ok(listener) = installed {
        close_unwatched(listener);
    }
    sent?;
    Ok(())
}

impl InGrader {
    /// Waits for the listener and takes it over.
    ///
    /// # Errors
    /// The filter could not be installed, for the reason that the kernel gave.
    pub(super) fn listener(self) -> io::Result<Listener> {
        let mut errno = [0; size_of::<i32>()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        recvmsg(
            &self.channel,
            &mut [IoSliceMut::new(&mut errno)],
            &mut control,
            RecvFlags::CMSG_CLOEXEC,
        )?;
        let listener = control.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
            _ => None,
        });
        match (listener, i32::from_ne_bytes(errno)) {
            (Some(listener), _) => Listener::new(listener),
            (None, 0) => Err(io::Error::other("its listener did not arrive")),
            (None, errno) => Err(io::Error::from_raw_os_error(errno)),
        }
    }
}
