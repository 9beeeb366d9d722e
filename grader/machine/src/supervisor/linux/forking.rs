//! How many processes a server may start.
//!
//! The kernel limits the processes of a user, but not those of root (getrlimit(2),
//! `RLIMIT_NPROC`), and its limit is about all that the user runs. So the supervisor counts for
//! each server. It also makes sure that the end of a server is one: while it is killed nobody
//! answers, and what waits for an answer starts nothing.

use std::io;

use rustix::io::Errno;

use super::listener::{Call, Listener};

/// How many processes a server and all that it starts may start. None needs any; a script that
/// starts the server needs a few.
const PROCESSES: usize = 256;

/// The processes of one server.
#[derive(Debug, Default)]
pub(super) struct Forking {
    started: usize,
}

impl Forking {
    /// Lets a process or a thread be started, or says that there are too many already.
    ///
    /// # Errors
    /// The kernel refuses the answer.
    pub(super) fn fork(&mut self, listener: &Listener, call: &Call) -> io::Result<()> {
        let before = self.started;
        let answered = match self.refuses(call) {
            Some(error) => listener.fail(call, error)?,
            None => listener.go_on(call)?,
        };
        if !answered {
            // It was interrupted, and will be made again.
            self.started = before;
        }
        Ok(())
    }

    /// What the call fails with, if it does.
    fn refuses(&mut self, call: &Call) -> Option<Errno> {
        if call.number == libc::SYS_clone3 {
            // What it asks for stands in memory, which may change after it was looked at. The C
            // library then makes the older call, which says it in a register.
            return Some(Errno::NOSYS);
        }
        let thread = u64::from(libc::CLONE_THREAD.unsigned_abs());
        if call.number == libc::SYS_clone && call.arguments[0] & thread != 0 {
            // Threads die with their process.
            return None;
        }
        self.started += 1;
        (self.started > PROCESSES).then_some(Errno::AGAIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::getpid;

    fn call(number: libc::c_long, flags: i32) -> Call {
        Call {
            id: 0,
            caller: getpid(),
            number,
            is_foreign: false,
            arguments: [u64::from(flags.unsigned_abs()), 0, 0, 0, 0, 0],
        }
    }

    #[test]
    fn processes_are_counted_and_threads_are_not() {
        let mut forking = Forking::default();
        for _ in 0..PROCESSES {
            let thread = call(libc::SYS_clone, libc::CLONE_THREAD | libc::CLONE_VM);
            assert_eq!(forking.refuses(&thread), None);
            assert_eq!(forking.refuses(&call(libc::SYS_clone, libc::SIGCHLD)), None);
        }
        let one_more = call(libc::SYS_clone, libc::SIGCHLD);
        assert_eq!(forking.refuses(&one_more), Some(Errno::AGAIN));
    }

    #[test]
    fn a_call_whose_flags_may_change_is_not_known() {
        let mut forking = Forking::default();
        let unknown = call(libc::SYS_clone3, 0);
        assert_eq!(forking.refuses(&unknown), Some(Errno::NOSYS));
    }
}
