//! A server's process: started by a keeper, stopped, let go on, and ended with all that it started.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, IntoRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::confinement::Confine;
use super::keeper::{Bounds, Folder, Host, Keeper, Orders, Starting, Task};
use super::supervisor::InServer;
use super::{Exit, StartError, limits, memory};

/// What is executed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// The executable's path, resolved so that it does not depend on the working directory.
    pub path: PathBuf,
    /// Arguments that come before the server's own.
    pub arguments: Vec<OsString>,
    /// What is added to the grader's own environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Where its standard error goes instead of to the grader, and how many bytes of it at most.
    pub errors: Option<(PathBuf, u64)>,
    /// The signal at which it says what it knows and ends, where it is asked before it is killed.
    pub farewell: Option<Signal>,
    /// Where it can be executed when its path has gone; see [`keep`].
    pub kept: Option<PathBuf>,
    /// How much it is kept from.
    pub confine: Confine,
    /// What it may read besides, however much it is kept from.
    pub readable: Vec<PathBuf>,
    /// What it may change besides.
    pub writable: Vec<PathBuf>,
}

/// Keeps an executable for as long as the grader runs, and returns where it is to be had then: a
/// server may delete its own. `None` where it cannot be read.
#[must_use]
pub fn keep(path: &Path) -> Option<PathBuf> {
    let number = File::open(path).ok()?.into_raw_fd();
    Some(format!("/proc/{}/fd/{number}", std::process::id()).into())
}

/// How long a program may take to say what it knows.
const FAREWELL: Duration = Duration::from_secs(10);

/// A server that its keeper is starting.
#[derive(Debug)]
pub(super) struct BeingStarted {
    starting: Starting,
    outputs: Outputs,
    farewell: Option<Signal>,
}

/// A running server.
#[derive(Debug)]
pub struct Process {
    keeper: Keeper,
    farewell: Option<Signal>,
}

/// The grader's ends of a server's standard output and error.
#[derive(Debug)]
pub struct Outputs {
    /// Standard output.
    pub stdout: OwnedFd,
    /// Standard error.
    pub stderr: OwnedFd,
}

impl BeingStarted {
    /// Has a server started whose clients will connect to `port`, supervised where it is said how.
    /// Where its heap is to be `tight`, the C library takes no more memory than it needs.
    ///
    /// # Errors
    /// The machine lacks something to run it.
    pub(super) fn new(
        host: &Host,
        program: &Program,
        arguments: &[String],
        port: u16,
        supervised: Option<InServer>,
        tight: bool,
    ) -> io::Result<Self> {
        let (stdout, server_stdout) = output_channel()?;
        let (stderr, server_stderr) = io::pipe()?;
        let server_stderr = match &program.errors {
            Some((file, _)) => File::create(file)?.into(),
            None => OwnedFd::from(server_stderr),
        };
        let named = arguments.iter().filter_map(|it| it.parse().ok());
        let ports = named.chain([port]).collect();
        let confinement = program.confine.confinement(program, ports);
        let folder = match program.confine {
            Confine::Off => Folder::Given(std::env::current_dir()?),
            Confine::Usual | Confine::Strict => Folder::OwnIn(std::env::temp_dir()),
        };
        let (filter, channel) = supervised.map(InServer::into_parts).unzip();
        let own_arguments = arguments.iter().map(OsString::from);
        let orders = Orders {
            task: Task::Execute,
            program: program.path.clone(),
            kept: program.kept.clone(),
            arguments: program
                .arguments
                .iter()
                .cloned()
                .chain(own_arguments)
                .collect(),
            environment: environment(program, tight).collect(),
            folder,
            descriptors: Some(limits::OF_A_SERVER),
            file: program.errors.as_ref().map(|(_, limit)| *limit),
            confinement,
            filter,
            bounds: Some(Bounds {
                memory: MEMORY,
                room: ROOM,
            }),
        };
        let mut descriptors = vec![server_stdout.as_fd(), server_stderr.as_fd()];
        descriptors.extend(channel.as_ref().map(AsFd::as_fd));
        let starting = Starting::new(host, &orders, &descriptors)?;
        let stderr = stderr.into();
        Ok(Self {
            starting,
            outputs: Outputs { stdout, stderr },
            farewell: program.farewell,
        })
    }

    /// Waits until it runs.
    ///
    /// # Errors
    /// The program cannot be executed, or the machine lacks or forbids something.
    pub(super) fn started(self) -> Result<(Process, Outputs), StartError> {
        let process = Process {
            keeper: self.starting.started()?,
            farewell: self.farewell,
        };
        Ok((process, self.outputs))
    }
}

/// It is readable when [`BeingStarted::started`] does not have to wait.
impl AsFd for BeingStarted {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.starting.as_fd()
    }
}

impl Process {
    /// The process id, which is also the id of its group.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.keeper.process().as_raw_pid().unsigned_abs()
    }

    /// The process that keeps it, and whatever it starts.
    pub(super) fn keeper(&self) -> Pid {
        self.keeper.id()
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// Its keeper has ended, so that nobody knows.
    pub fn exit(&self) -> io::Result<Option<Exit>> {
        self.keeper.exit()
    }

    /// Whether the kernel is taking it apart at the moment.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        #[cfg(target_os = "linux")]
        {
            use procfs::process::StatFlags;
            let stat = self.entry().and_then(|process| process.stat());
            let is_exiting = stat.is_ok_and(|stat| {
                StatFlags::from_bits_truncate(stat.flags).contains(StatFlags::PF_EXITING)
            });
            is_exiting && matches!(self.exit(), Ok(None))
        }
        #[cfg(not(target_os = "linux"))]
        false
    }

    /// Begins to stop it; what the kernel is doing for it is done first.
    pub fn freeze(&self) {
        self.signal_group(Signal::STOP);
    }

    /// Whether it has stopped, with all of its threads, since [`Process::freeze`], or has ended.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn is_frozen(&self) -> io::Result<bool> {
        if self.exit()?.is_some() {
            return Ok(true);
        }
        #[cfg(target_os = "linux")]
        {
            use procfs::process::ProcState;
            let tasks = self.entry().and_then(|process| process.tasks());
            let states = tasks.map_err(io::Error::other)?.flatten().map(|task| {
                // One that has ended meanwhile runs no more.
                let stat = task.stat().and_then(|stat| stat.state());
                stat.unwrap_or(ProcState::Dead)
            });
            let stopped = [ProcState::Stopped, ProcState::Zombie, ProcState::Dead];
            Ok(states.into_iter().all(|state| stopped.contains(&state)))
        }
        #[cfg(not(target_os = "linux"))]
        Err(io::ErrorKind::Unsupported.into())
    }

    #[cfg(target_os = "linux")]
    fn entry(&self) -> procfs::ProcResult<procfs::process::Process> {
        procfs::process::Process::new(self.keeper.process().as_raw_pid())
    }

    /// From here on, it gets no more memory, or this process below it.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn exhaust_memory(&self, below: Option<u32>) -> io::Result<()> {
        let below = below.and_then(|id| Pid::from_raw(id.cast_signed()));
        match memory::exhaust(below.unwrap_or_else(|| self.keeper.process())) {
            // It has ended meanwhile.
            Err(error) if Errno::from_io_error(&error) == Some(Errno::SRCH) => Ok(()),
            done => done,
        }
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal_group(Signal::CONT);
    }

    fn signal_group(&self, signal: Signal) {
        // The group is empty when all of its processes have ended; that is as good.
        let _empty = kill_process_group(self.keeper.process(), signal);
    }

    /// Asks it to end and waits until it has, within bounds.
    fn let_it_end(&self, signal: Signal) {
        if !matches!(self.exit(), Ok(None)) {
            return;
        }
        self.thaw();
        let _gone = kill_process(self.keeper.process(), signal);
        if let Ok(patience) = Timespec::try_from(FAREWELL) {
            let mut ended = [PollFd::new(&self.keeper, PollFlags::IN)];
            while poll(&mut ended, Some(&patience)) == Err(Errno::INTR) {}
        }
    }
}

/// It becomes readable when the server has ended.
impl AsFd for Process {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.keeper.as_fd()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(signal) = self.farewell {
            self.let_it_end(signal);
        }
    }
}

/// How much memory a server may occupy, in bytes. None needs a hundredth of that; the machine's is
/// not the grader's to give away.
const MEMORY: u64 = 2_000_000_000;

/// How much a server may write into its folder, in bytes. None needs any of it.
const ROOM: u64 = 256_000_000;

/// The environment of a server: the grader's own, or what is left of it, and what is added. Where
/// its heap is to be `tight`, the C library is told so, in the words for those of today and in those
/// for older ones (mallopt(3)).
fn environment(program: &Program, tight: bool) -> impl Iterator<Item = OsString> {
    let variables = program.environment.iter();
    let added = variables.map(|(name, value)| variable(name, value));
    let tight: &[&str] = if tight {
        &["GLIBC_TUNABLES=glibc.malloc.top_pad=0", "MALLOC_TOP_PAD_=0"]
    } else {
        &[]
    };
    // Of two with the same name, some programs take the first and some the last.
    let is_added = |name: &OsString| variables_contain(&program.environment, name);
    let left = std::env::vars_os()
        .filter(move |(name, _)| program.confine.leaves(name) && !is_added(name));
    let own = left.map(|(name, value)| variable(&name, &value));
    tight.iter().map(OsString::from).chain(added).chain(own)
}

fn variables_contain(variables: &[(OsString, OsString)], name: &OsStr) -> bool {
    variables.iter().any(|(other, _)| other == name)
}

/// A variable as a program gets it.
pub(super) fn variable(name: &OsStr, value: &OsStr) -> OsString {
    let mut variable = name.to_owned();
    variable.push("=");
    variable.push(value);
    variable
}

/// Standard output as a terminal, where there is one to be had.
///
/// The C library holds back what is printed to a pipe until its buffer is full or the program
/// ends, and a server under test is killed: a line of debugging that a candidate's users would
/// see on their terminals would never be seen here. On a terminal every line is written at once.
fn output_channel() -> io::Result<(OwnedFd, OwnedFd)> {
    if let Ok((ours, theirs)) = terminal() {
        return Ok((ours, theirs));
    }
    let (ours, theirs) = io::pipe()?;
    Ok((ours.into(), theirs.into()))
}

fn terminal() -> io::Result<(OwnedFd, OwnedFd)> {
    use rustix::fs::{Mode, OFlags};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let theirs = rustix::fs::open(
        name,
        OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    // Raw, so that every byte arrives as it was written.
    let mut attributes = tcgetattr(theirs.as_fd())?;
    attributes.make_raw();
    tcsetattr(theirs.as_fd(), OptionalActions::Now, &attributes)?;
    Ok((ours, theirs))
}
