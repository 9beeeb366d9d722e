//! Which processes are below one: its children, theirs, and so on (proc(5)).

#[cfg(target_os = "linux")]
use procfs::process::Process;
use rustix::process::Pid;

/// How many are looked at. No server may start as many.
const MOST: usize = 1024;

/// All processes below one, those that have ended and were not reaped among them. While processes
/// start and end, some may be missing.
pub(crate) fn below(process: Pid) -> Vec<Pid> {
    let mut all = children(process);
    let mut next = 0;
    while let Some(process) = all.get(next).copied() {
        next += 1;
        if all.len() < MOST {
            all.extend(children(process));
        }
    }
    all
}

/// The children of a process, living and not yet reaped. While another of them ends, the kernel's
/// list may lack one (proc_tid_children(5)).
#[cfg(target_os = "linux")]
pub(crate) fn children(of: Pid) -> Vec<Pid> {
    let listed = || {
        let mut children = Vec::new();
        for task in Process::new(of.as_raw_pid())?.tasks()?.flatten() {
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
            .filter_map(|number| Pid::from_raw(i32::try_from(number).ok()?))
            .collect(),
        Err(procfs::ProcError::NotFound(_)) if !is_there(of) => Vec::new(),
        // A kernel without CONFIG_PROC_CHILDREN (proc_pid_task(5)).
        Err(_) => children_by_parent(of),
    }
}

#[cfg(target_os = "linux")]
fn is_there(process: Pid) -> bool {
    Process::new(process.as_raw_pid()).is_ok()
}

/// The children of a process, found among all processes.
#[cfg(target_os = "linux")]
fn children_by_parent(of: Pid) -> Vec<Pid> {
    let Ok(processes) = procfs::process::all_processes() else {
        return Vec::new();
    };
    processes
        .flatten()
        .filter(|process| {
            let stat = process.stat();
            stat.is_ok_and(|stat| stat.ppid == of.as_raw_pid())
        })
        .filter_map(|process| Pid::from_raw(process.pid))
        .collect()
}

/// Cannot be told.
#[cfg(not(target_os = "linux"))]
pub(crate) fn children(_of: Pid) -> Vec<Pid> {
    Vec::new()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use rustix::process::getpid;
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    #[test]
    fn both_ways_of_finding_children_agree() {
        let mut child = Command::new("sleep").arg("600").spawn().expect("sleep");
        let number = Pid::from_child(&child);
        assert!(children_by_parent(getpid()).contains(&number));
        // The quick one may lack a child while another ends, as those of other tests do.
        let found = (0..1000).any(|_| children(getpid()).contains(&number));
        child.kill().expect("the child runs");
        child.wait().expect("the child ends");
        assert!(found);
        assert_eq!(children(number), []);
    }

    #[test]
    fn grandchildren_are_below() {
        let mut shell = Command::new("sh")
            .args(["-c", "sleep 600 & echo $!; wait"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut line = String::new();
        let stdout = shell.stdout.take().expect("it is a pipe");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("a number");
        let sleep = Pid::from_raw(line.trim().parse().expect("a number")).expect("one");
        assert_eq!(below(Pid::from_child(&shell)), [sleep]);
        let shell_number = Pid::from_child(&shell);
        assert!((0..1000).any(|_| {
            let all = below(getpid());
            all.contains(&shell_number) && all.contains(&sleep)
        }));
        rustix::process::kill_process(sleep, rustix::process::Signal::KILL).expect("it runs");
        shell.wait().expect("it ends with it");
    }
}
