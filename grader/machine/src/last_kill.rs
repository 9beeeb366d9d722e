//! Kills whatever the grader has started, without any memory and without any lock, for a grader
//! that can have neither.

use std::mem::MaybeUninit;

use super::descendants::{begin_to_end, is_marked};
use rustix::fd::OwnedFd;
use rustix::fs::{CWD, Mode, OFlags, RawDir, openat};
use rustix::io::{Result, read};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, kill_process_group, waitpid};

/// How often it looks for what has been forked, or has lost its parent, in the meantime.
const ROUNDS: usize = 1000;

/// Kills all that this process has started with their groups, and whatever becomes its child by
/// that (see [`adopt`](super::descendants::adopt)). Children that it had before it became a grader
/// live on.
pub(crate) fn kill_children() {
    begin_to_end();
    for _ in 0..ROUNDS {
        if !matches!(kill_those_there_are(), Ok(1..)) {
            return;
        }
    }
}

/// Returns how many there were.
fn kill_those_there_are() -> Result<usize> {
    let threads = openat(CWD, c"/proc/self/task", folder(), Mode::empty())?;
    let mut space = [MaybeUninit::uninit(); 2048];
    let mut entries = RawDir::new(&threads, &mut space);
    let mut killed = 0;
    while let Some(entry) = entries.next() {
        let entry = entry?;
        let thread = entry.file_name();
        if thread.to_bytes().starts_with(b".") {
            continue;
        }
        // A thread that has ended meanwhile has left its children to another.
        let Ok(thread) = openat(&threads, thread, folder(), Mode::empty()) else {
            continue;
        };
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        if let Ok(list) = openat(&thread, c"children", flags, Mode::empty()) {
            killed += kill_all_in(&list)?;
        }
    }
    Ok(killed)
}

const fn folder() -> OFlags {
    OFlags::RDONLY
        .union(OFlags::DIRECTORY)
        .union(OFlags::CLOEXEC)
}

/// Kills every process of a list of numbers with spaces behind them, if it was started here.
fn kill_all_in(list: &OwnedFd) -> Result<usize> {
    let mut buffer = [0; 512];
    let mut number: i32 = 0;
    let mut killed = 0;
    loop {
        let count = read(list, &mut buffer)?;
        if count == 0 {
            return Ok(killed);
        }
        for byte in &buffer[..count] {
            if byte.is_ascii_digit() {
                number = number
                    .saturating_mul(10)
                    .saturating_add(i32::from(byte - b'0'));
            } else if let Some(child) = Pid::from_raw(std::mem::take(&mut number))
                && is_marked(child)
            {
                kill(child);
                killed += 1;
            }
        }
    }
}

fn kill(child: Pid) {
    // One that has no group of its own, or has ended, has nothing there to be killed.
    let _no_group = kill_process_group(child, Signal::KILL);
    let _ended = kill_process(child, Signal::KILL);
    let _reaped = waitpid(Some(child), WaitOptions::empty());
}
