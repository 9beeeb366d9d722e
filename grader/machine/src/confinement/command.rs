//! Runs a program that does its work and ends, such as a compiler, confined and to its end.

use std::ffi::OsString;
use std::io::{self, PipeReader, Read};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::Confinement;
use crate::Exit;
use crate::keeper::{self, Folder, Host, Keeper, Orders, Starting, Task};
use crate::process::variable;

/// How much of what it writes is kept, in bytes: the beginning.
const KEPT: usize = 256 * 1024;

/// A program to run.
#[derive(Clone, Debug)]
pub struct Errand {
    /// The executable, by its path.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// All of its environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Where it works.
    pub folder: PathBuf,
    /// What it is kept from; nothing where it is trusted.
    pub confinement: Option<Confinement>,
    /// How long it may take.
    pub patience: Duration,
}

/// How a program ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How; `None` where it was killed because it took too long.
    pub exit: Option<Exit>,
    /// What it wrote to standard output and error, the first 256 KiB.
    pub output: Vec<u8>,
}

impl Ended {
    /// Whether it says that it did its work.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.exit == Some(Exit::Status(0))
    }
}

impl Errand {
    /// Runs it and returns when it has ended, and with it everything that it started.
    ///
    /// # Errors
    /// It cannot be executed, or the machine lacks something to run it.
    pub fn run(&self, host: &Host) -> io::Result<Ended> {
        let deadline = Instant::now() + self.patience;
        let (output, writer) = io::pipe()?;
        rustix::io::ioctl_fionbio(&output, true)?;
        let variables = self.environment.iter();
        let orders = Orders {
            task: Task::Execute,
            program: self.program.clone(),
            kept: None,
            arguments: self.arguments.clone(),
            environment: variables
                .map(|(name, value)| variable(name, value))
                .collect(),
            folder: Folder::Given(self.folder.clone()),
            descriptors: None,
            file: None,
            confinement: self.confinement.clone(),
            filter: None,
            bounds: None,
        };
        let starting = Starting::new(host, &orders, &[writer.as_fd(), writer.as_fd()])?;
        // From here on, only the program has the writing end.
        drop(writer);
        let keeper = starting.started()?;
        let mut output = Output {
            pipe: output,
            kept: Vec::new(),
        };
        let exit = wait(&keeper, &mut output, deadline);
        drop(keeper);
        keeper::wait_if_ending();
        let exit = exit?;
        // What it wrote last.
        let _end = output.read()?;
        Ok(Ended {
            exit,
            output: output.kept,
        })
    }
}

/// Waits for a program's end and reads what it writes; says how it ended, if that came in time.
fn wait(keeper: &Keeper, output: &mut Output, deadline: Instant) -> io::Result<Option<Exit>> {
    let mut open = true;
    loop {
        if let Some(exit) = keeper.exit()? {
            return Ok(Some(exit));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        let left = Timespec::try_from(left).map_err(io::Error::other)?;
        // Where its output is closed, there is nothing to wait for but its end.
        let mut events = vec![PollFd::new(keeper, PollFlags::IN)];
        if open {
            events.push(PollFd::new(&output.pipe, PollFlags::IN));
        }
        match poll(&mut events, Some(&left)) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        open = open && output.read()?;
    }
}

/// What a program writes.
struct Output {
    pipe: PipeReader,
    kept: Vec<u8>,
}

impl Output {
    /// Reads what has been written, a turn's worth at most; says whether there can be more.
    fn read(&mut self) -> io::Result<bool> {
        /// How often it is read in a turn: a flood must not outlast the patience.
        const TURN: usize = 64;
        let mut buffer = [0; 16 * 1024];
        for _ in 0..TURN {
            match self.pipe.read(&mut buffer) {
                Ok(0) => return Ok(false),
                Ok(count) => {
                    let room = KEPT - self.kept.len();
                    self.kept.extend_from_slice(&buffer[..count.min(room)]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}
