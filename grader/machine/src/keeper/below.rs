//! Everything below a keeper: it is the reaper of orphans, so that whatever the program starts is,
//! or comes to be, its child, in whatever session and group.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, getpid, kill_process, pidfd_open, waitpid,
};

use crate::family;

/// How long it is tried to kill what keeps forking.
const LONGEST: Duration = Duration::from_secs(10);

/// How long one that was killed is waited for before the others are looked at again: one that is
/// traced ends only when its tracer has.
const AT_ONCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 10_000_000,
};

/// Makes the calling process the reaper of the orphans among its descendants.
///
/// # Errors
/// The kernel refuses.
pub(super) fn adopt_orphans() -> io::Result<()> {
    rustix::process::set_child_subreaper(Some(getpid()))?;
    Ok(())
}

/// Reaps the children that have ended, but for this one.
pub(super) fn reap_all_but(kept: Pid) {
    for child in family::children(getpid()) {
        if child != kept {
            let _still_runs = waitpid(Some(child), WaitOptions::NOHANG);
        }
    }
}

/// Kills and reaps all children, and what comes to be one by that, until there are none.
pub(super) fn end_all() {
    let begun = Instant::now();
    let mut seen_none_before = false;
    while begun.elapsed() < LONGEST {
        let children = family::children(getpid());
        if children.is_empty() {
            // The kernel's list may lack a child while another ends (proc_tid_children(5)).
            if seen_none_before {
                return;
            }
            seen_none_before = true;
            continue;
        }
        seen_none_before = false;
        kill_and_reap(&children);
    }
}

/// Kills them all before it waits for any: what waits for its end forks no more.
fn kill_and_reap(children: &[Pid]) {
    for child in children {
        // It is our child and not reaped yet, so the number cannot mean another process.
        let _already_dead = kill_process(*child, Signal::KILL);
    }
    for child in children {
        if let Ok(ended) = pidfd_open(*child, PidfdFlags::empty()) {
            let _ended = poll(&mut [PollFd::new(&ended, PollFlags::IN)], Some(&AT_ONCE));
        }
        let _gone = waitpid(Some(*child), WaitOptions::NOHANG);
    }
}
