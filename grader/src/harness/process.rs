//! A server's process: started in a group of its own, watched, and killed with all that it
//! started.

use std::ffi::{CString, OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::OnceLock;
use std::thread::JoinHandle;

use mio::Waker;
use rustix::process::{Pid, Resource, Rlimit, Signal, WaitId, WaitIdOptions};

use super::Exit;
use super::supervisor::InServer;
use super::{descendants, limits, memory};

/// What is executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The executable's path, resolved so that it does not depend on the working directory.
    pub path: PathBuf,
    /// Arguments that come before the server's own.
    pub arguments: Vec<OsString>,
}

/// A running server.
#[derive(Debug)]
pub struct Process {
    child: Child,
    pid: Pid,
    watcher: Option<JoinHandle<()>>,
    exit: Arc<OnceLock<Exit>>,
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
    /// Starts a server, supervised where it is said how; `waker` is woken when it has ended. Where
    /// its heap is to be `tight`, the C library takes no more memory than it needs.
    ///
    /// # Errors
    /// The program cannot be executed, or the machine lacks something to run it.
    pub(super) fn start(
        program: &Program,
        arguments: &[String],
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
        let descriptors = limits::of_a_server();
        let call = Call::new(program, arguments, environment(tight))?;
        // SAFETY: between fork and exec only system calls are made, which are async-signal-safe;
        // nothing is allocated and no lock is taken.
        unsafe {
            command.pre_exec(move || {
                // First of all, while there is room for its listener: until the execution, the
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
                Err(call.execute())
            });
        }
        let child = descendants::start_registered(|| {
            let child = command.spawn()?;
            Ok((child.id(), child))
        })?;
        let pid = Pid::from_child(&child);
        let exit = Arc::new(OnceLock::new());
        let watcher = watch(pid, Arc::clone(&exit), waker);
        let process = Self {
            child,
            pid,
            watcher: Some(watcher),
            exit,
        };
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

    /// Stops it and returns when it has stopped (or ended).
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn freeze(&self) -> io::Result<()> {
        signal_group(self.pid, Signal::STOP);
        let options = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        wait(self.pid, options)?;
        Ok(())
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

    /// Kills it, its group and whatever else it started, and returns when nothing is left.
    fn kill(&mut self) {
        signal_group(self.pid, Signal::KILL);
        // It may have left its group.
        let _already_dead = self.child.kill();
        if let Some(watcher) = self.watcher.take() {
            let _ended = watcher.join();
        }
        // Only now may the id come to mean another process.
        let _status = self.child.wait();
        descendants::strike_off(self.child.id());
        descendants::kill_survivors();
    }
}

/// The environment of a server: the grader's own. Where its heap is to be `tight`, the C library
/// is told so, in the words for those of today and in those for older ones (mallopt(3)).
fn environment(tight: bool) -> impl Iterator<Item = OsString> {
    let own = std::env::vars_os().map(|(name, value)| {
        let mut variable = name;
        variable.push("=");
        variable.push(value);
        variable
    });
    let tight: &[&str] = if tight {
        &["GLIBC_TUNABLES=glibc.malloc.top_pad=0", "MALLOC_TOP_PAD_=0"]
    } else {
        &[]
    };
    // The first of a name counts.
    tight.iter().map(OsString::from).chain(own)
}

/// A program, its arguments and its environment as the kernel wants them.
///
/// The C library's `execvp`, which [`Command`] ends with, hands a file that the kernel does not
/// know to a shell (exec(3)). A program for another machine would then be judged by what the
/// shell says of it, and any text with the right mode would be run.
struct Call {
    program: CString,
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
            arguments: pointers(&owned),
            environment: pointers(&environment),
            _owned: [owned, environment],
        })
    }

    /// Becomes the program; returns only where the kernel does not execute it.
    fn execute(&self) -> io::Error {
        // SAFETY: they are what execve(2) asks for: a string that ends in NUL, and two arrays of
        // such strings that end in a null pointer.
        unsafe {
            libc::execve(
                self.program.as_ptr(),
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

/// Waits for the end of a process in a thread of its own, without reaping it, so that its id
/// stays its own until [`Process::kill`] has used it.
fn watch(pid: Pid, exit: Arc<OnceLock<Exit>>, waker: Arc<Waker>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        if let Ok(ended) = wait(pid, WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            let _first = exit.set(ended);
        }
        // A waker that cannot wake has lost its event loop, and nobody waits for it.
        let _woken = waker.wake();
    })
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
