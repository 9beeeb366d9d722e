//! A server's process: started in a group of its own, watched, and killed with all that it
//! started.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, IntoRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::OnceLock;
use std::thread::JoinHandle;
use std::time::Duration;

use mio::Waker;
use rustix::event::Timespec;
use rustix::process::{Pid, Resource, Rlimit, Signal, WaitId, WaitIdOptions};

use super::Exit;
use super::confinement::{Confine, Prepared};
use super::supervisor::InServer;
use super::{Scratch, descendants, inherited, limits, memory, room};

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

/// A running server.
#[derive(Debug)]
pub struct Process {
    child: Child,
    pid: Pid,
    /// By which what it has started is known.
    mark: descendants::Mark,
    watcher: Option<JoinHandle<()>>,
    exit: Arc<OnceLock<Exit>>,
    farewell: Option<Signal>,
    /// Where it works, if that is a folder of its own. Removed when nothing of it is left.
    _folder: Option<Scratch>,
}

/// The grader's ends of a server's standard output and error.
#[derive(Debug)]
pub struct Outputs {
    /// Standard output.
    pub stdout: OwnedFd,
    /// Standard error.
    pub stderr: OwnedFd,
}

impl Process {
    /// Starts a server whose clients will connect to `port`, supervised where it is said how; `waker` is woken when it has ended. Where
    /// its heap is to be `tight`, the C library takes no more memory than it needs.
    ///
    /// # Errors
    /// The program cannot be executed, or the machine lacks something to run it.
    pub(super) fn start(
        program: &Program,
        arguments: &[String],
        port: u16,
        supervised: Option<InServer>,
        tight: bool,
        waker: Arc<Waker>,
    ) -> io::Result<(Self, Outputs)> {
        let (stdout, server_stdout) = output_channel()?;
        let (stderr, server_stderr) = io::pipe()?;
        let mut command = Command::new(&program.path);
        command
            .args(&program.arguments)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(server_stdout)
            .stderr(server_stderr)
            .process_group(0);
        if let Some((file, _)) = &program.errors {
            command.stderr(File::create(file)?);
        }
        let own = OwnFolder::new(program, arguments, port)?;
        if let Some(own) = &own {
            command.current_dir(own.folder.path());
        }
        let errors = program.errors.as_ref().map(|(_, limit)| *limit);
        let descriptors = limits::of_a_server();
        let call = Call::new(
            program,
            arguments,
            environment(program, own.as_ref(), tight),
        )?;
        let (folder, confinement) = own.map(|own| (own.folder, own.confinement)).unzip();
        let mark = descendants::Mark::new();
        // SAFETY: between fork and exec only system calls are made, which are async-signal-safe;
        // nothing is allocated and no lock is taken.
        unsafe {
            command.pre_exec(move || {
                mark.put_on()?;
                inherited::close_others_at_exec()?;
                // Before anything else needs one, while there is room for its listener: until the execution, the
                // process has all descriptors of the grader.
                if let Some(supervised) = &supervised {
                    supervised.install();
                }
                rustix::process::setrlimit(Resource::Nofile, descriptors)?;
                let none = Rlimit {
                    current: Some(0),
                    maximum: Some(0),
                };
                rustix::process::setrlimit(Resource::Core, none)?;
                // If the grader is killed, the server goes with it.
                #[cfg(target_os = "linux")]
                rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
                super::interruption::unblock()?;
                if let Some(limit) = errors {
                    // What is beyond the limit is not written, which nobody is killed for.
                    libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
                    let limit = Rlimit {
                        current: Some(limit),
                        maximum: Some(limit),
                    };
                    rustix::process::setrlimit(Resource::Fsize, limit)?;
                }
                if let Some(confinement) = &confinement {
                    confinement.enter()?;
                }
                Err(call.execute())
            });
        }
        let child = descendants::start_marked(|| command.spawn())?;
        let pid = Pid::from_child(&child);
        let exit = Arc::new(OnceLock::new());
        let room = folder.as_ref().map(|folder| folder.path().to_owned());
        let mut process = Self {
            child,
            pid,
            mark,
            watcher: None,
            exit: Arc::clone(&exit),
            farewell: program.farewell,
            _folder: folder,
        };
        // Where nobody can watch it, it is killed.
        process.watcher = Some(watch(pid, room, exit, waker)?);
        let stderr = OwnedFd::from(stderr);
        Ok((process, Outputs { stdout, stderr }))
    }

    /// The process id, which is also the id of its group.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    #[must_use]
    pub fn exit(&self) -> Option<Exit> {
        self.exit.get().copied()
    }

    /// Whether the kernel is taking it apart at the moment.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        #[cfg(target_os = "linux")]
        {
            use procfs::process::{Process, StatFlags};
            let stat = i32::try_from(self.id())
                .ok()
                .and_then(|id| Process::new(id).and_then(|process| process.stat()).ok());
            self.exit().is_none()
                && stat.is_some_and(|stat| {
                    StatFlags::from_bits_truncate(stat.flags).contains(StatFlags::PF_EXITING)
                })
        }
        #[cfg(not(target_os = "linux"))]
        false
    }

    /// Begins to stop it; what the kernel is doing for it is done first.
    pub fn freeze(&self) {
        signal_group(self.pid, Signal::STOP);
    }

    /// Whether it has stopped (or ended) since [`Process::freeze`].
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn is_frozen(&self) -> io::Result<bool> {
        let options = WaitIdOptions::STOPPED
            | WaitIdOptions::EXITED
            | WaitIdOptions::NOWAIT
            | WaitIdOptions::NOHANG;
        let stopped = rustix::process::waitid(WaitId::Pid(self.pid), options)?;
        Ok(stopped.is_some())
    }

    /// From here on, it gets no more memory.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn exhaust_memory(&self) -> io::Result<()> {
        memory::exhaust(self.pid)
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        signal_group(self.pid, Signal::CONT);
    }

    /// Asks it to end and waits until it has, within bounds.
    fn let_it_end(&self, signal: Signal) {
        if self.exit().is_some() {
            return;
        }
        self.thaw();
        let _gone = rustix::process::kill_process(self.pid, signal);
        #[cfg(target_os = "linux")]
        {
            use rustix::event::{PollFd, PollFlags, Timespec, poll};
            use rustix::process::{PidfdFlags, pidfd_open};
            let (Ok(ended), Ok(patience)) = (
                pidfd_open(self.pid, PidfdFlags::empty()),
                Timespec::try_from(FAREWELL),
            ) else {
                return;
            };
            let mut events = [PollFd::new(&ended, PollFlags::IN)];
            while poll(&mut events, Some(&patience)) == Err(rustix::io::Errno::INTR) {}
        }
    }

    /// Kills it, its group and whatever else it started, and returns when nothing is left.
    fn kill(&mut self) {
        if let Some(signal) = self.farewell {
            self.let_it_end(signal);
        }
        signal_group(self.pid, Signal::KILL);
        // It may have left its group.
        let _already_dead = self.child.kill();
        if let Some(watcher) = self.watcher.take() {
            let _ended = watcher.join();
        }
        // Only now may the id come to mean another process.
        let _status = self.child.wait();
        descendants::kill_survivors(self.mark);
    }
}

/// A folder for a server alone, in which it works and where it may change files.
struct OwnFolder {
    folder: Scratch,
    confinement: Prepared,
    /// Whether the server is told nothing else of the grader's environment.
    is_clean: bool,
}

impl OwnFolder {
    /// Makes it; `None` where the server is kept from nothing.
    fn new(program: &Program, arguments: &[String], port: u16) -> io::Result<Option<Self>> {
        if program.confine == Confine::Off {
            return Ok(None);
        }
        let folder = Scratch::new()?;
        let named = arguments
            .iter()
            .filter_map(|argument| argument.parse().ok());
        let ports = named.chain([port]).collect();
        let confinement = program.confine.confinement(program, folder.path(), ports);
        Ok(confinement.map(|confinement| Self {
            folder,
            confinement: confinement.prepare(),
            is_clean: program.confine == Confine::Strict,
        }))
    }

    /// What is said of it in the environment.
    fn variables(&self) -> [OsString; 2] {
        let folder = self.folder.path().as_os_str();
        ["TMPDIR", "HOME"].map(|name| variable(OsStr::new(name), folder))
    }

    /// Whether a variable of the grader's is left.
    fn leaves(&self, name: &OsStr) -> bool {
        let name = name.to_string_lossy();
        !self.is_clean || name == "PATH" || name == "LANG" || name.starts_with("LC_")
    }
}

/// The environment of a server: the grader's own, or what is left of it, and what is added. Where its heap is to be
/// `tight`, the C library is told so, in the words for those of today and in those for older ones
/// (mallopt(3)).
fn environment(
    program: &Program,
    folder: Option<&OwnFolder>,
    tight: bool,
) -> impl Iterator<Item = OsString> {
    let added = program
        .environment
        .iter()
        .map(|(name, value)| variable(name, value));
    let tight: &[&str] = if tight {
        &["GLIBC_TUNABLES=glibc.malloc.top_pad=0", "MALLOC_TOP_PAD_=0"]
    } else {
        &[]
    };
    let left = move |name: &OsStr| folder.is_none_or(|folder| folder.leaves(name));
    let own = std::env::vars_os()
        .filter(move |(name, _)| left(name))
        .map(|(name, value)| variable(&name, &value));
    let of_folder = folder.map(OwnFolder::variables).into_iter().flatten();
    let tight = tight.iter().map(OsString::from);
    // The first of a name counts.
    tight.chain(added).chain(of_folder).chain(own)
}

fn variable(name: &OsStr, value: &OsStr) -> OsString {
    let mut variable = name.to_owned();
    variable.push("=");
    variable.push(value);
    variable
}

/// A program, its arguments and its environment as the kernel wants them.
///
/// The C library's `execvp`, which [`Command`] ends with, hands a file that the kernel does not
/// know to a shell (exec(3)). A program for another machine would then be judged by what the
/// shell says of it, and any text with the right mode would be run.
struct Call {
    program: CString,
    /// The same where that has gone.
    kept: Option<CString>,
    /// The program's name, its arguments, and the null pointer that ends them; they point into
    /// `_owned`.
    arguments: Vec<*const libc::c_char>,
    /// The same of its environment: `NAME=value`.
    environment: Vec<*const libc::c_char>,
    _owned: [Vec<CString>; 2],
}

// SAFETY: the pointers point into strings that the call owns and nobody changes.
unsafe impl Send for Call {}
// SAFETY: as above.
unsafe impl Sync for Call {}

impl Call {
    fn new(
        program: &Program,
        arguments: &[String],
        environment: impl Iterator<Item = OsString>,
    ) -> io::Result<Self> {
        let text = |text: &OsStr| CString::new(text.as_bytes()).map_err(io::Error::from);
        let path = text(program.path.as_os_str())?;
        let before = program.arguments.iter().map(OsString::as_os_str);
        let owned = std::iter::once(program.path.as_os_str())
            .chain(before)
            .chain(arguments.iter().map(OsStr::new))
            .map(text)
            .collect::<io::Result<Vec<_>>>()?;
        let environment = environment
            .map(|variable| text(&variable))
            .collect::<io::Result<Vec<_>>>()?;
        let pointers = |owned: &[CString]| {
            let texts = owned.iter().map(|text| text.as_ptr());
            texts.chain(std::iter::once(std::ptr::null())).collect()
        };
        Ok(Self {
            program: path,
            kept: program
                .kept
                .as_deref()
                .map(OsStr::new)
                .map(text)
                .transpose()?,
            arguments: pointers(&owned),
            environment: pointers(&environment),
            _owned: [owned, environment],
        })
    }

    /// Becomes the program; returns only where the kernel does not execute it.
    fn execute(&self) -> io::Error {
        let refused = self.execute_at(&self.program);
        if let (Some(kept), Some(libc::ENOENT)) = (&self.kept, refused.raw_os_error()) {
            self.execute_at(kept);
        }
        refused
    }

    fn execute_at(&self, path: &CStr) -> io::Error {
        // SAFETY: they are what execve(2) asks for: a string that ends in NUL, and two arrays of
        // such strings that end in a null pointer.
        unsafe {
            libc::execve(
                path.as_ptr(),
                self.arguments.as_ptr(),
                self.environment.as_ptr(),
            )
        };
        io::Error::last_os_error()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// How much memory a server may occupy, in bytes. None needs a hundredth of that; the machine's is
/// not the grader's to give away.
const MEMORY: u64 = 2_000_000_000;

/// How much a server may write into its folder, in bytes. None needs any of it.
const ROOM: u64 = 256_000_000;

/// How much stack a watcher has, in bytes: there is one for each server that runs.
const WATCHER_STACK: usize = 256 << 10;

/// How often it is looked at: in between, a server gets a few hundred megabytes at most.
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};

/// Waits for the end of a process in a thread of its own, without reaping it, so that its id
/// stays its own until [`Process::kill`] has used it. Ends it if it takes too much memory, or room
/// in its folder.
///
/// # Errors
/// No thread can be had.
fn watch(
    pid: Pid,
    folder: Option<PathBuf>,
    exit: Arc<OnceLock<Exit>>,
    waker: Arc<Waker>,
) -> io::Result<JoinHandle<()>> {
    let watcher = std::thread::Builder::new().stack_size(WATCHER_STACK);
    watcher.spawn(move || {
        while !has_ended_within(pid, &LOOK) {
            let is_full = |folder: &PathBuf| room::occupied(folder) > ROOM;
            let too_much = if memory::occupied_by_all(pid) > MEMORY {
                Exit::TooMuchMemory(MEMORY)
            } else if folder.as_ref().is_some_and(is_full) {
                Exit::TooMuchRoom(ROOM)
            } else {
                continue;
            };
            let _first = exit.set(too_much);
            signal_group(pid, Signal::KILL);
            break;
        }
        if let Ok(ended) = wait(pid, WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            let _first = exit.set(ended);
        }
        // A waker that cannot wake has lost its event loop, and nobody waits for it.
        let _woken = waker.wake();
    })
}

/// Waits for the end of a process, but not for longer than this; says whether there is nothing to
/// wait for any more, as far as the kernel can tell.
fn has_ended_within(pid: Pid, longest: &Timespec) -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::event::{PollFd, PollFlags, poll};
        use rustix::process::{PidfdFlags, pidfd_open};
        let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else {
            return true;
        };
        let mut there = [PollFd::new(&process, PollFlags::IN)];
        // An interruption is not the end.
        !matches!(
            poll(&mut there, Some(longest)),
            Ok(0) | Err(rustix::io::Errno::INTR)
        )
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _not_looked_at = (pid, longest);
        true
    }
}

/// Waits for a change of state; what it stopped by counts as an exit by that signal.
fn wait(pid: Pid, options: WaitIdOptions) -> io::Result<Exit> {
    loop {
        match rustix::process::waitid(WaitId::Pid(pid), options) {
            Ok(Some(status)) => {
                let signal = status
                    .terminating_signal()
                    .or_else(|| status.stopping_signal());
                return Ok(match signal {
                    Some(signal) => Exit::Signal(signal),
                    None => Exit::Status(status.exit_status().unwrap_or_default()),
                });
            }
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn signal_group(group: Pid, signal: Signal) {
    // The group is empty when all of its processes have ended; that is as good.
    let _empty = rustix::process::kill_process_group(group, signal);
}

/// Standard output as a terminal, where there is one to be had.
///
/// The C library holds back what is printed to a pipe until its buffer is full or the program
/// ends, and a server under test is killed: a line of debugging that a candidate's users would
/// see on their terminals would never be seen here. On a terminal every line is written at once.
fn output_channel() -> io::Result<(OwnedFd, Stdio)> {
    if let Ok((ours, theirs)) = terminal() {
        return Ok((ours, Stdio::from(theirs)));
    }
    let (ours, theirs) = io::pipe()?;
    Ok((ours.into(), theirs.into()))
}

fn terminal() -> io::Result<(OwnedFd, File)> {
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
    Ok((ours, File::from(theirs)))
}
