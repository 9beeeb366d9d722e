//! Makes sure that no process of a server survives it, whatever it forked, and that nobody else's
//! process is taken for one.
//!
//! A process group is killed as a whole, but a child can leave its group. So the grader is made
//! the reaper of orphans (prctl(2), `PR_SET_CHILD_SUBREAPER`): whatever outlives a server then
//! becomes the grader's own child. Which server it comes from is told by a mark that it
//! inherited. Children of the grader without one were there before it, or have nothing to do with
//! servers, and are left alone.

use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use rustix::process::{Pid, Resource, Rlimit, getrlimit, setrlimit};

/// Held while something is started: what has been forked and not been marked yet would be found
/// by nobody.
static STARTING: Mutex<()> = Mutex::new(());

/// Whether the grader kills what it has started since it is about to end itself.
static ENDING: AtomicBool = AtomicBool::new(false);

/// The children that the process had before it became a grader.
static CHILDREN_BEFORE: OnceLock<BTreeSet<i32>> = OnceLock::new();

/// How many marks this process has given out.
static GIVEN_OUT: AtomicU64 = AtomicU64::new(0);

/// The first mark of a grader that is not marked itself: some hundred thousand years, in
/// microseconds.
const FIRST: u64 = 1 << 62;

/// By which all descendants of one server are known.
///
/// It is a limit of processor time without a pause under realtime scheduling (getrlimit(2),
/// `RLIMIT_RTTIME`), so high that it limits nothing. The kernel hands it on at every fork and
/// execution, into other sessions and groups too, and tells it of every process, even of one that
/// has ended. A process that is not root's can only lower it.
///
/// A grader may itself be a descendant of another, as those that grade a class are. So each mark
/// is the upper end of a range, from which a grader that bears it takes its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    highest: u64,
    count: u64,
}

impl Mark {
    /// A mark that nothing else alive has.
    pub(super) fn new() -> Self {
        Self::below(own_limit(), GIVEN_OUT.fetch_add(1, Ordering::Relaxed))
    }

    /// The mark number `turn` of a grader with this limit of its own.
    fn below(own: Option<u64>, turn: u64) -> Self {
        let (highest, all, count) = match own {
            None => (FIRST, FIRST, 1 << 40),
            Some(own) if own.is_multiple_of(1 << 40) => (own, 1 << 40, 1 << 20),
            Some(own) => (own, 1 << 20, 1),
        };
        // The first is left out: it is the grader's own. After the last comes the first again,
        // whose server ended a million starts ago.
        let turn = 1 + turn % (all / count - 1);
        Self {
            highest: highest.saturating_sub(turn * count),
            count,
        }
    }

    /// Puts it on the calling process. For use between fork and exec: it only makes a system call.
    ///
    /// # Errors
    /// The kernel refuses.
    pub(super) fn put_on(self) -> io::Result<()> {
        let limit = Rlimit {
            current: Some(self.highest),
            maximum: Some(self.highest),
        };
        setrlimit(Resource::Rttime, limit)?;
        Ok(())
    }

    /// Whether a process with this limit bears it.
    fn is_on(self, limit: Option<u64>) -> bool {
        limit.is_some_and(|limit| {
            limit <= self.highest && limit > self.highest.saturating_sub(self.count)
        })
    }
}

/// The limit of this process, which those that it starts inherit where they are not marked.
fn own_limit() -> Option<u64> {
    getrlimit(Resource::Rttime).maximum
}

/// The limit of another process, which may be a mark; `None` where it has none, or is gone. Only
/// makes a system call.
#[cfg(target_os = "linux")]
fn limit_of(process: Pid) -> Option<u64> {
    let mut limit = libc::rlimit64 {
        rlim_cur: libc::RLIM64_INFINITY,
        rlim_max: libc::RLIM64_INFINITY,
    };
    // SAFETY: nothing is set, and what is in force is written into a value of this function.
    let asked = unsafe {
        libc::prlimit64(
            process.as_raw_nonzero().get(),
            libc::RLIMIT_RTTIME,
            std::ptr::null(),
            &raw mut limit,
        )
    };
    (asked == 0 && limit.rlim_max != libc::RLIM64_INFINITY).then_some(limit.rlim_max)
}

/// Whether a child of this process bears any mark that this process has given out. Takes neither
/// memory nor locks.
#[cfg(target_os = "linux")]
pub(super) fn is_marked(child: Pid) -> bool {
    limit_of(child).is_some_and(|limit| Some(limit) != own_limit())
}

/// Makes the calling process the reaper of the orphans among its descendants. The children that it
/// has already are not touched.
///
/// # Errors
/// The kernel refuses, or is not Linux.
pub fn adopt() -> io::Result<Adopted> {
    #[cfg(target_os = "linux")]
    {
        CHILDREN_BEFORE.get_or_init(|| linux::children().into_iter().collect());
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
        Ok(Adopted(()))
    }
    #[cfg(not(target_os = "linux"))]
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "only Linux gives the orphans of a server to the grader",
    ))
}

/// That the orphans of servers come to this process. When it is dropped, those are killed that
/// got rid of their mark.
#[derive(Debug)]
#[must_use = "dropping it kills all that servers left"]
pub struct Adopted(());

impl Drop for Adopted {
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        drop(linux::kill_all());
    }
}

/// Starts a server or the like, which puts a mark on itself before it executes anything.
///
/// # Errors
/// Whatever `start` returns.
pub(super) fn start_marked<T>(start: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let _starting = starting();
    start()
}

/// Kills and reaps every process that bears the mark. The server itself must have been reaped.
pub(super) fn kill_survivors(mark: Mark) {
    #[cfg(target_os = "linux")]
    linux::kill_where(|child| mark.is_on(limit_of(child)));
    #[cfg(not(target_os = "linux"))]
    let _not_found = mark;
}

/// From here on, nobody is told how anything ends that the grader has started.
pub(super) fn begin_to_end() {
    ENDING.store(true, Ordering::SeqCst);
}

/// To be called between noticing that something has ended, or fallen silent, and telling so: where
/// it was the grader that killed it in order to end, this waits for that end.
pub(super) fn wait_if_ending() {
    while ENDING.load(Ordering::SeqCst) {
        std::thread::park();
    }
}

/// Kills every server and all that they started. No server can be started afterwards, and nobody
/// is told of their ends: this is for a grader that is about to end.
pub(super) fn kill_all() {
    begin_to_end();
    #[cfg(target_os = "linux")]
    std::mem::forget(linux::kill_all());
}

fn starting() -> MutexGuard<'static, ()> {
    STARTING.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::time::{Duration, Instant};

    use procfs::process::Process;
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{
        PidfdFlags, Signal, WaitOptions, getpid, kill_process, pidfd_open, waitpid,
    };

    use super::{CHILDREN_BEFORE, MutexGuard, Pid, is_marked, starting};

    /// How long it is tried to kill what keeps forking, or is held by another process. What is left
    /// then is tried again when the grader ends.
    const LONGEST: Duration = Duration::from_secs(10);

    /// How long one that was killed is waited for before the others are looked at again: one that
    /// is traced ends only when its tracer has.
    const AT_ONCE: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 10_000_000,
    };

    /// Kills and reaps all children of the grader that are meant, and what comes to it by that.
    pub(super) fn kill_where(is_meant: impl Fn(Pid) -> bool) {
        let begun = Instant::now();
        let mut seen_none_before = false;
        while begun.elapsed() < LONGEST {
            let meant: Vec<Pid> = children()
                .into_iter()
                .filter_map(Pid::from_raw)
                .filter(|child| is_meant(*child))
                .collect();
            if meant.is_empty() {
                // The kernel's list may lack a child while another ends (proc_tid_children(5)).
                if seen_none_before {
                    return;
                }
                seen_none_before = true;
                continue;
            }
            seen_none_before = false;
            kill_and_reap(&meant);
        }
    }

    /// Kills what servers have started and left, and every server. As long as what it returns is
    /// kept, nothing can be started.
    pub(super) fn kill_all() -> MutexGuard<'static, ()> {
        let starting = starting();
        kill_where(|child| {
            let was_there = CHILDREN_BEFORE
                .get()
                .is_some_and(|before| before.contains(&child.as_raw_nonzero().get()));
            !was_there && is_marked(child)
        });
        starting
    }

    /// Kills them all before it waits for any: what waits for its end forks no more.
    fn kill_and_reap(children: &[Pid]) {
        for child in children {
            // It is our child and not reaped yet, so the id cannot mean another process.
            let _already_dead = kill_process(*child, Signal::KILL);
        }
        for child in children {
            if let Ok(ended) = pidfd_open(*child, PidfdFlags::empty()) {
                let _ended = poll(&mut [PollFd::new(&ended, PollFlags::IN)], Some(&AT_ONCE));
            }
            let _gone = waitpid(Some(*child), WaitOptions::NOHANG);
        }
    }

    /// The children of this process, living and not yet reaped.
    pub(super) fn children() -> Vec<i32> {
        let listed = || {
            let mut children = Vec::new();
            for task in Process::myself()?.tasks()?.flatten() {
                match task.children() {
                    Ok(of_thread) => children.extend(of_thread),
                    // The thread has ended in the meantime; its children have moved to another.
                    Err(_) if task.stat().is_err() => {}
                    Err(error) => return Err(error),
                }
            }
            Ok::<_, procfs::ProcError>(children)
        };
        match listed() {
            Ok(children) => children
                .into_iter()
                .filter_map(|id| i32::try_from(id).ok())
                .collect(),
            // A kernel without CONFIG_PROC_CHILDREN (proc_pid_task(5)).
            Err(_) => children_by_parent(),
        }
    }

    /// The children of this process, found among all processes.
    pub(super) fn children_by_parent() -> Vec<i32> {
        let own = getpid().as_raw_nonzero().get();
        let Ok(processes) = procfs::process::all_processes() else {
            return Vec::new();
        };
        processes
            .flatten()
            .filter(|process| process.stat().is_ok_and(|stat| stat.ppid == own))
            .map(|process| process.pid)
            .collect()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command};

    use super::*;

    /// A shell that does this, marked.
    fn marked(mark: Mark, script: &str) -> Child {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        // SAFETY: only a system call is made.
        unsafe { command.pre_exec(move || mark.put_on()) };
        start_marked(|| command.spawn()).expect("a shell")
    }

    /// Makes the tests the reaper of orphans. It never stops being it: others may run.
    fn adopt_for_good() {
        std::mem::forget(adopt().expect("Linux"));
    }

    fn is_alive(id: u32) -> bool {
        procfs::process::Process::new(id.try_into().expect("an id"))
            .and_then(|process| process.stat())
            .is_ok_and(|stat| stat.state != 'Z')
    }

    /// Ends as soon as both of its copies have been forked, and says their ids.
    const LEAVES_TWO: &str = "sleep 600 & echo $! >&3; env -i setsid sleep 600 & echo $! >&3";

    /// The ids of the two that a marked shell leaves when it has ended.
    fn two_left_by(mark: Mark) -> [u32; 2] {
        use std::io::{BufRead, BufReader};
        let (ours, theirs) = io::pipe().expect("a pipe");
        let script = format!("exec 3>/dev/fd/{}; {LEAVES_TWO}", raw(&theirs));
        rustix::io::fcntl_setfd(&theirs, rustix::io::FdFlags::empty()).expect("a descriptor");
        let mut shell = marked(mark, &script);
        shell.wait().expect("it ends");
        drop(theirs);
        let mut lines = BufReader::new(ours).lines();
        let mut id = || {
            let line = lines.next().expect("an id").expect("a line");
            line.parse().expect("an id")
        };
        [id(), id()]
    }

    fn raw(fd: &impl std::os::fd::AsRawFd) -> i32 {
        fd.as_raw_fd()
    }

    #[test]
    fn what_one_server_left_is_killed_and_nothing_else() {
        adopt_for_good();
        let (one, other) = (Mark::new(), Mark::new());
        let mut bystander = Command::new("sleep").arg("600").spawn().expect("sleep");
        let left_by_one = two_left_by(one);
        let left_by_other = two_left_by(other);
        kill_survivors(one);
        assert!(left_by_one.iter().all(|id| !is_alive(*id)));
        assert!(left_by_other.iter().all(|id| is_alive(*id)));
        assert!(is_alive(bystander.id()));
        kill_survivors(other);
        assert!(left_by_other.iter().all(|id| !is_alive(*id)));
        assert!(is_alive(bystander.id()));
        bystander.kill().expect("it runs");
        bystander.wait().expect("it ends");
    }

    #[test]
    fn the_dead_that_a_server_left_are_reaped() {
        adopt_for_good();
        let mark = Mark::new();
        let left = two_left_by(mark);
        for id in left {
            let pid = Pid::from_raw(id.try_into().expect("an id")).expect("an id");
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("it runs");
        }
        kill_survivors(mark);
        for id in left {
            assert!(!linux::children().contains(&id.try_into().expect("an id")));
        }
    }

    #[test]
    fn both_ways_of_finding_children_agree() {
        let mut child = Command::new("sleep").arg("600").spawn().expect("sleep");
        let id = i32::try_from(child.id()).expect("an id");
        assert!(linux::children_by_parent().contains(&id));
        // The quick one may lack a child while another ends, as those of other tests do.
        let found = (0..1000).any(|_| linux::children().contains(&id));
        child.kill().expect("the child runs");
        child.wait().expect("the child ends");
        assert!(found);
    }

    #[test]
    fn a_grader_that_is_marked_gives_out_marks_within_its_own() {
        let own = Mark::below(None, 7);
        for turn in [0, 1, (1 << 20) - 2, 1 << 20, u64::MAX] {
            let inner = Mark::below(Some(own.highest), turn);
            assert!(own.is_on(Some(inner.highest)), "{turn}");
            assert_ne!(inner.highest, own.highest);
            assert!(!Mark::below(None, 6).is_on(Some(inner.highest)));
            assert!(!Mark::below(None, 8).is_on(Some(inner.highest)));
            let innermost = Mark::below(Some(inner.highest), turn);
            assert!(inner.is_on(Some(innermost.highest)));
            assert!(own.is_on(Some(innermost.highest)));
            assert_ne!(innermost.highest, inner.highest);
        }
        assert!(!own.is_on(None));
    }
}
