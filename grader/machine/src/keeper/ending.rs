//! Ends keepers: one, or all of them where the grader itself is about to end.

use std::collections::BTreeMap;
use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::io::retry_on_intr;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use super::handle::LONGEST;

/// The keepers that run, and their control sockets.
static KEEPERS: Mutex<BTreeMap<u32, Arc<UnixStream>>> = Mutex::new(BTreeMap::new());

/// Whether the grader ends all keepers since it is about to end itself.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Starts a keeper with this control socket.
pub(super) fn start(
    control: &Arc<UnixStream>,
    spawn: impl FnOnce() -> io::Result<Child>,
) -> io::Result<Child> {
    let mut keepers = keepers();
    let child = spawn()?;
    keepers.insert(child.id(), Arc::clone(control));
    Ok(child)
}

/// Ends a keeper and everything below it, and returns when nothing of that is left.
pub(super) fn end(child: &mut Child, control: &UnixStream) {
    let _closed_already = control.shutdown(Shutdown::Both);
    if !has_ended_in_time(Pid::from_child(child)) {
        // It has been stopped: what is below it comes to the grader, or to nobody.
        let _ended = child.kill();
    }
    // Only with the lock may the number come to mean another process.
    let mut keepers = keepers();
    let _status = child.wait();
    keepers.remove(&child.id());
}

/// Ends all keepers and everything below them. None can be started afterwards, and nobody is told
/// how anything ends: this is for a grader that is about to end.
pub fn end_all() {
    ENDING.store(true, Ordering::SeqCst);
    let keepers = keepers();
    for control in keepers.values() {
        let _closed_already = control.shutdown(Shutdown::Both);
    }
    for keeper in keepers.keys() {
        let number = i32::try_from(*keeper).ok();
        if let Some(keeper) = number.and_then(Pid::from_raw)
            && !has_ended_in_time(keeper)
        {
            let _ended = kill_process(keeper, Signal::KILL);
        }
    }
    std::mem::forget(keepers);
}

/// To be called between noticing that something has ended, or fallen silent, and telling so: where
/// it was the grader that ended it in order to end itself, this waits for that end.
pub(crate) fn wait_if_ending() {
    while ENDING.load(Ordering::SeqCst) {
        std::thread::park();
    }
}

fn keepers() -> MutexGuard<'static, BTreeMap<u32, Arc<UnixStream>>> {
    KEEPERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for the end of a child, which stays to be reaped; says whether it has come in time.
fn has_ended_in_time(child: Pid) -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::event::{PollFd, PollFlags, poll};
        use rustix::process::{PidfdFlags, pidfd_open};
        if let Ok(process) = pidfd_open(child, PidfdFlags::empty()) {
            let mut there = [PollFd::new(&process, PollFlags::IN)];
            loop {
                match poll(&mut there, Some(&LONGEST)) {
                    Ok(0) => return false,
                    Err(rustix::io::Errno::INTR) => {}
                    _ => return true,
                }
            }
        }
    }
    // Without such a descriptor it cannot be waited for with a bound.
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    let _status = retry_on_intr(|| waitid(WaitId::Pid(child), options));
    true
}
