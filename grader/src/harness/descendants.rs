//! Makes sure that no process of a server survives it, whatever it forked.
//!
//! A process group is killed as a whole, but a child can leave its group. So the grader is made
//! the reaper of orphans (prctl(2), `PR_SET_CHILD_SUBREAPER`): whatever outlives a server then
//! becomes the grader's own child, and any child of the grader that is not a server it started
//! is such a survivor.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The servers that run at the moment, by process id. Starting one and looking for survivors
/// exclude each other, so that a server that was started and not yet written down is not taken
/// for a survivor.
static SERVERS: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Makes the calling process the reaper of the orphans among its descendants.
///
/// # Errors
/// The kernel refuses, or is not Linux.
pub fn adopt() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
        Ok(())
    }
    #[cfg(not(target_os = "linux"))]
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "only Linux gives the orphans of a server to the grader",
    ))
}

/// Starts a server and writes it down as one, at once as far as [`kill_survivors`] can see.
///
/// # Errors
/// Whatever `start` returns.
pub(super) fn start_registered<T>(start: impl FnOnce() -> io::Result<(u32, T)>) -> io::Result<T> {
    let mut servers = servers();
    let (id, started) = start()?;
    servers.insert(id);
    Ok(started)
}

/// A server has been reaped: its id may mean another process from now on.
pub(super) fn strike_off(id: u32) {
    servers().remove(&id);
}

/// Kills and reaps every process that outlived its server.
pub(super) fn kill_survivors() {
    #[cfg(target_os = "linux")]
    {
        let servers = servers();
        loop {
            let survivors: Vec<u32> = children()
                .into_iter()
                .filter(|id| !servers.contains(id))
                .collect();
            if survivors.is_empty() {
                return;
            }
            kill_and_reap(survivors);
        }
    }
}

/// Kills every server and all that they started. No server can be started afterwards: this is
/// for a grader that is about to end.
pub(super) fn kill_all() {
    let servers = servers();
    for id in servers.iter() {
        if let Some(group) = i32::try_from(*id)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        {
            let _empty = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
    #[cfg(target_os = "linux")]
    loop {
        let children = children();
        if children.is_empty() {
            break;
        }
        kill_and_reap(children);
    }
    std::mem::forget(servers);
}

fn servers() -> MutexGuard<'static, BTreeSet<u32>> {
    SERVERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Kills them all before it waits for any: what waits for its end forks no more.
#[cfg(target_os = "linux")]
fn kill_and_reap(children: Vec<u32>) {
    use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
    let children: Vec<Pid> = children
        .into_iter()
        .filter_map(|id| Pid::from_raw(i32::try_from(id).ok()?))
        .collect();
    for child in &children {
        // It is our child and not reaped yet, so the id cannot mean another process.
        let _already_dead = kill_process(*child, Signal::KILL);
    }
    for child in children {
        let _gone = waitpid(Some(child), WaitOptions::empty());
    }
}

/// The children of this process.
#[cfg(target_os = "linux")]
fn children() -> Vec<u32> {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else {
        return Vec::new();
    };
    let mut children = Vec::new();
    for thread in threads.flatten() {
        match std::fs::read_to_string(thread.path().join("children")) {
            Ok(list) => children.extend(
                list.split_whitespace()
                    .filter_map(|id| id.parse::<u32>().ok()),
            ),
            // The thread has ended in the meantime; its children have moved to another.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !thread.path().exists() => {}
            // A kernel without CONFIG_PROC_CHILDREN (proc_pid_task(5)).
            Err(_) => return children_by_parent(),
        }
    }
    children
}

/// The children of this process, found among all processes.
#[cfg(target_os = "linux")]
fn children_by_parent() -> Vec<u32> {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let own = std::process::id();
    processes
        .flatten()
        .filter_map(|process| process.file_name().to_str()?.parse::<u32>().ok())
        .filter(|id| {
            std::fs::read_to_string(format!("/proc/{id}/stat"))
                .is_ok_and(|stat| parent_in(&stat) == Some(own))
        })
        .collect()
}

/// The parent's id in a line of `/proc/PID/stat`, in which the name, the second field, may hold
/// spaces and brackets.
#[cfg(target_os = "linux")]
fn parent_in(stat: &str) -> Option<u32> {
    let (_, after_name) = stat.rsplit_once(") ")?;
    after_name.split(' ').nth(1)?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_finding_children_agree() {
        // Written down, so that no other test takes it for a survivor.
        let mut child = start_registered(|| {
            let child = std::process::Command::new("sleep").arg("60").spawn()?;
            Ok((child.id(), child))
        })
        .expect("sleep");
        // The kernel's list may lack a child while another ends (proc_tid_children(5)), as those
        // of other tests do.
        while !children().contains(&child.id()) {}
        assert!(children_by_parent().contains(&child.id()));
        child.kill().expect("the child runs");
        child.wait().expect("the child ends");
        strike_off(child.id());
    }

    #[test]
    fn a_name_with_brackets_does_not_hide_the_parent() {
        assert_eq!(parent_in("42 (a) b) (c) S 7 42 42 0"), Some(7));
    }
}
