//! The keeper's side: starts the program, waits, and ends everything.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{
    DumpableBehavior, Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, kill_process_group,
    pidfd_open, set_dumpable_behavior, waitid,
};

use tempfile::TempDir;

use super::launch::launch;
use super::orders::{Bounds, Folder, Orders, Report};
use super::{below, channel};
use crate::{Exit, StartError, inherited, memory, room, scratch, signals};

/// How often it is looked what the program takes: in between, it gets a few hundred megabytes at
/// most.
const LOOK: Duration = Duration::from_millis(50);

/// What the grader's executable does where it is a keeper: all that it is told comes through
/// standard input, which is a socket.
#[must_use]
pub fn main() -> ExitCode {
    match keep() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if Errno::from_io_error(&error) == Some(Errno::NOTSOCK) => {
            eprintln!("grader: the grader starts this for itself; grader --help shows the rest");
            ExitCode::from(2)
        }
        // The grader finds the socket closed.
        Err(_) => ExitCode::from(3),
    }
}

fn keep() -> io::Result<()> {
    inherited::close_others();
    // So does the program, which inherits it.
    signals::all_by_default()?;
    // A copy, so that the program can be given another standard input.
    let control = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let Some((orders, descriptors)) = channel::receive::<Orders>(&control)? else {
        return Ok(());
    };
    // Nobody looks into it, but root with all of its privileges: neither its program, nor whoever
    // else the user is.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    below::adopt_orphans()?;
    let started = own_folder(&orders)
        .map_err(StartError::from)
        .and_then(|folder| {
            let path = folder.as_ref().map(TempDir::path);
            Ok((launch(&orders, path, descriptors)?, folder))
        });
    let (process, folder) = match started {
        Ok(started) => started,
        Err(error) => {
            return channel::send(&control, &Report::NotStarted(error.told()), &[]);
        }
    };
    let watched = Watched {
        process,
        folder: folder.as_ref().map(TempDir::path),
        bounds: orders.bounds,
    };
    let told = watched.watch(&control);
    // Whatever was told, nothing is left of it.
    below::end_all();
    drop(folder);
    told
}

/// Makes a folder for the program alone, where it is to have one.
fn own_folder(orders: &Orders) -> io::Result<Option<TempDir>> {
    match &orders.folder {
        Folder::Given(_) => Ok(None),
        Folder::OwnIn(parent) => scratch::folder_in(parent).map(Some),
    }
}

/// A program that runs.
struct Watched<'run> {
    process: Pid,
    /// Its own folder, if it has one.
    folder: Option<&'run Path>,
    bounds: Option<Bounds>,
}

impl Watched<'_> {
    /// Tells that the program runs, and how it ended, until the grader wants the end.
    fn watch(&self, control: &UnixStream) -> io::Result<()> {
        let handle = pidfd_open(self.process, PidfdFlags::empty()).ok();
        let handles: Vec<_> = handle.iter().map(AsFd::as_fd).collect();
        let started = Report::Started {
            process: self.process.as_raw_pid(),
            folder: self.folder.map(Into::into),
        };
        channel::send(control, &started, &handles)?;
        let mut runs = true;
        let mut looked = Instant::now();
        loop {
            let mut there = vec![PollFd::new(control, PollFlags::IN)];
            if runs {
                let handles = handle.iter();
                there.extend(handles.map(|handle| PollFd::new(handle, PollFlags::IN)));
            }
            let longest = runs.then(|| Timespec::try_from(LOOK)).transpose();
            match poll(&mut there, longest.map_err(io::Error::other)?.as_ref()) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            if !there[0].revents().is_empty() {
                return Ok(());
            }
            if !runs {
                continue;
            }
            if let Some(exit) = ended(self.process)? {
                runs = false;
                channel::send(control, &Report::Ended(exit), &[])?;
            } else if looked.elapsed() >= LOOK {
                looked = Instant::now();
                below::reap_all_but(self.process);
                if let Some(exit) = self.bounds.and_then(|bounds| self.too_much(bounds)) {
                    runs = false;
                    channel::send(control, &Report::Ended(exit), &[])?;
                    let _gone = kill_process_group(self.process, Signal::KILL);
                }
            }
        }
    }

    /// What the program has taken too much of, with all that is below the keeper.
    fn too_much(&self, bounds: Bounds) -> Option<Exit> {
        if memory::occupied_below() > bounds.memory {
            return Some(Exit::TooMuchMemory(bounds.memory));
        }
        let occupied = self.folder.map_or(0, room::occupied);
        (occupied > bounds.room).then_some(Exit::TooMuchRoom(bounds.room))
    }
}

/// How a child ended, if it has. It stays to be reaped, so that its number stays its own.
fn ended(process: Pid) -> io::Result<Option<Exit>> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    let status = waitid(WaitId::Pid(process), options)?;
    Ok(status.map(|status| match status.terminating_signal() {
        Some(signal) => Exit::Signal(signal),
        None => Exit::Status(status.exit_status().unwrap_or_default()),
    }))
}
