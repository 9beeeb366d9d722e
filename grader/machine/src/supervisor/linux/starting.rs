//! Serving a server's calls while it is being started: its execution may be watched already.

use std::io;
use std::os::fd::AsFd;

use mio::{Registry, Token};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::retry_on_intr;

use super::{InGrader, Supervisor};
use crate::supervisor::{Policy, Supervision};

/// Begins to decide about the calls of a server that is being started, and returns when `started` can
/// be read, or the server has ended; `registry` and `token` are as those of
/// [`Supervisor::attach`].
///
/// # Errors
/// As those of [`Supervisor::attach`] and [`Supervisor::serve`].
pub(crate) fn attach_until<P: Policy>(
    started: &impl AsFd,
    in_grader: InGrader,
    supervision: &Supervision,
    policy: P,
    registry: &Registry,
    token: Token,
) -> io::Result<Supervisor<P>> {
    let mut supervisor = Supervisor::attach(in_grader, supervision, policy, registry, token)?;
    loop {
        let mut there = [
            PollFd::new(supervisor.listener(), PollFlags::IN),
            PollFd::new(started, PollFlags::IN),
        ];
        retry_on_intr(|| poll(&mut there, None))?;
        let has_ended = there[0].revents().contains(PollFlags::HUP);
        let is_over = has_ended || !there[1].revents().is_empty();
        // What is left over has this loop come round again.
        let _more = supervisor.serve(registry)?;
        if is_over {
            return Ok(supervisor);
        }
    }
}
