//! The grader's side of a keeper.

use std::cell::Cell;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::retry_on_intr;
use rustix::process::Pid;

use super::host::{ARGUMENT, Host};
use super::orders::{Orders, Report};
use super::{channel, ending};
use crate::{Exit, StartError};

/// How long a keeper may take to end everything. What does not end then is a keeper that has been
/// stopped, or a machine that is about to.
pub(super) const LONGEST: Timespec = Timespec {
    tv_sec: 20,
    tv_nsec: 0,
};

/// Looks whether something is there to be read, and does not wait.
const AT_ONCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 0,
};

/// A keeper that has its orders. Dropping it ends it, and everything below it.
#[derive(Debug)]
pub(crate) struct Starting {
    child: Child,
    control: Arc<UnixStream>,
}

impl Starting {
    /// Starts a keeper and tells it what to start; these descriptors are the program's standard
    /// output, standard error, and channel where it has one.
    ///
    /// # Errors
    /// The machine lacks something.
    pub(crate) fn new(
        host: &Host,
        orders: &Orders,
        descriptors: &[BorrowedFd<'_>],
    ) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let mut command = Command::new(host.keeper());
        command
            .arg(ARGUMENT)
            .env_clear()
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let control = Arc::new(ours);
        let child = ending::start(&control, || command.spawn())?;
        let starting = Self { child, control };
        // Where it has ended already, it says so below.
        let _closed = channel::send(&starting.control, orders, descriptors);
        Ok(starting)
    }

    /// Waits until the program runs.
    ///
    /// # Errors
    /// The program cannot be executed, or the machine lacks or forbids something, for the reason
    /// that the kernel gave.
    pub(crate) fn started(self) -> Result<Keeper, StartError> {
        let (report, mut descriptors) = channel::receive(&self.control)?.ok_or_else(gone)?;
        match report {
            Report::Started {
                process: number,
                folder,
            } => {
                let process = descriptors.pop();
                let seen = process.as_ref().and_then(number_of);
                Ok(Keeper {
                    process: Pid::from_raw(seen.unwrap_or(number)).ok_or_else(gone)?,
                    exit: Cell::new(None),
                    starting: self,
                    _folder: folder.map(LeftFolder),
                })
            }
            Report::NotStarted(told) => Err(StartError::heard(told)),
            Report::Ended(_) => Err(io::Error::from(io::ErrorKind::InvalidData).into()),
        }
    }
}

/// It is readable when [`Starting::started`] does not have to wait.
impl AsFd for Starting {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.control.as_fd()
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        ending::end(&mut self.child, &self.control);
    }
}

/// The number by which this process knows one that it has a descriptor of: another PID namespace
/// has others (pidfd_open(2), proc_pid_fdinfo(5)).
fn number_of(process: &OwnedFd) -> Option<i32> {
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", process.as_raw_fd()));
    let info = info.ok()?;
    let line = info.lines().find_map(|line| line.strip_prefix("Pid:"))?;
    line.trim().parse().ok().filter(|number| *number > 0)
}

fn gone() -> io::Error {
    io::Error::other("the process that keeps it has ended")
}

/// A keeper whose program runs. Dropping it ends the keeper, and everything below it.
#[derive(Debug)]
pub(crate) struct Keeper {
    process: Pid,
    exit: Cell<Option<Exit>>,
    // Dropped before the folder, in which nobody works then.
    starting: Starting,
    _folder: Option<LeftFolder>,
}

/// The program's own folder. Its keeper removes it, unless that was killed.
#[derive(Debug)]
struct LeftFolder(PathBuf);

impl Drop for LeftFolder {
    fn drop(&mut self) {
        if self.0.exists() {
            let _left_behind = std::fs::remove_dir_all(&self.0);
        }
    }
}

impl Keeper {
    /// The keeper's own process.
    pub(crate) fn id(&self) -> Pid {
        Pid::from_child(&self.starting.child)
    }

    /// The program's process, which stays a zombie when it has ended, until the keeper does.
    pub(crate) const fn process(&self) -> Pid {
        self.process
    }

    /// How the program ended, if it has.
    ///
    /// # Errors
    /// The keeper has ended before it.
    pub(crate) fn exit(&self) -> io::Result<Option<Exit>> {
        if self.exit.get().is_none() && is_readable(self)? {
            match channel::receive(&self.starting.control)? {
                Some((Report::Ended(exit), _)) => self.exit.set(Some(exit)),
                Some(_) => return Err(io::ErrorKind::InvalidData.into()),
                None => return Err(gone()),
            }
        }
        Ok(self.exit.get())
    }
}

/// It becomes readable when the program has ended.
impl AsFd for Keeper {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.starting.as_fd()
    }
}

fn is_readable(descriptor: &impl AsFd) -> io::Result<bool> {
    let mut there = [PollFd::new(descriptor, PollFlags::IN)];
    Ok(retry_on_intr(|| poll(&mut there, Some(&AT_ONCE)))? > 0)
}
