//! Serving a server's calls while it is being started.
//!
//! Whoever starts a program is told when the kernel executes it, and waits until then. But what
//! happens in the new process before that may be watched already: the execution itself, or what
//! tells that it has failed. So another thread answers meanwhile.

use std::io::{self, PipeReader};
use std::thread;

use mio::{Registry, Token};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use super::{InGrader, Supervisor};
use crate::supervisor::{Policy, Supervision};

/// How much stack the thread that answers has, in bytes: it is there whenever a server is started.
const STACK: usize = 512 << 10;

/// Starts something, whose calls are decided about from the first on; `registry` and `token` are
/// as those of [`Supervisor::attach`].
///
/// # Errors
/// What starting it says. Why it cannot be supervised comes beside it.
pub(crate) fn start_supervised<T, P: Policy>(
    in_grader: InGrader,
    supervision: &Supervision,
    policy: P,
    registry: &Registry,
    token: Token,
    start: impl FnOnce() -> io::Result<T>,
) -> io::Result<(T, io::Result<Supervisor<P>>)> {
    let (over, started) = io::pipe()?;
    thread::scope(|scope| {
        let serving = thread::Builder::new().stack_size(STACK);
        let serving = serving.spawn_scoped(scope, move || {
            let mut supervisor =
                Supervisor::attach(in_grader, supervision, policy, registry, token)?;
            serve_until(&mut supervisor, registry, &over)?;
            Ok(supervisor)
        })?;
        let outcome = start();
        drop(started);
        let supervisor = serving
            .join()
            .unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
        Ok((outcome?, supervisor))
    })
}

/// Decides about every call until the other end of the pipe is closed.
fn serve_until<P: Policy>(
    supervisor: &mut Supervisor<P>,
    registry: &Registry,
    over: &PipeReader,
) -> io::Result<()> {
    loop {
        let (is_over, has_ended) = {
            let mut there = [
                PollFd::new(supervisor.listener(), PollFlags::IN),
                PollFd::new(over, PollFlags::IN),
            ];
            match poll(&mut there, None) {
                Err(Errno::INTR) => continue,
                polled => polled?,
            };
            let has_ended = there[0].revents().contains(PollFlags::HUP);
            (!there[1].revents().is_empty(), has_ended)
        };
        // What is left over has this loop come round again.
        let _more = supervisor.serve(registry)?;
        if is_over || has_ended {
            return Ok(());
        }
    }
}
