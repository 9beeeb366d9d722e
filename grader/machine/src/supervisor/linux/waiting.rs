//! In which call a server waits (proc_pid_syscall(5)).

use procfs::process::Process;
use procfs::process::Syscall;

use super::calls;
use crate::supervisor::Kind;

/// The name of the call that uses a socket, or another descriptor, and in which a process waits.
pub(crate) fn waits_in(process: u32) -> Option<&'static str> {
    let process = Process::new(process.try_into().ok()?).ok()?;
    let Syscall::Blocked { syscall_number, .. } = process.syscall().ok()? else {
        return None;
    };
    let (kind, name) = calls::identify(syscall_number);
    matches!(kind, Kind::Accept | Kind::Transfer(_)).then_some(name)
}
