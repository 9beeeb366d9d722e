//! How a keeper starts its program.
//!
//! A keeper has one thread, so that its child may do whatever it likes before it executes the
//! program.

use std::convert::Infallible;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rlimit::Resource;
use rustix::process::{DumpableBehavior, Pid, Signal, set_dumpable_behavior};

use super::orders::{Folder, Orders, Task};
use crate::process::variable;
use crate::{StartError, limits, signals, supervisor};

/// The variables that name a program's own folder.
const OF_OWN_FOLDER: [&str; 2] = ["TMPDIR", "HOME"];

/// Starts the program as a child, and returns when it runs; these descriptors came with the
/// orders.
///
/// # Errors
/// The kernel does not execute it, or the machine lacks or forbids something to run it.
pub(super) fn launch(
    orders: &Orders,
    own_folder: Option<&Path>,
    descriptors: Vec<OwnedFd>,
) -> Result<Pid, StartError> {
    let call = Call::new(orders, own_folder)?;
    // The execution closes the other end.
    let (mut reason, tell) = io::pipe()?;
    // SAFETY: this process has no other thread, so that nothing is in the middle of a change.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let Err(error) = become_program(orders, own_folder, descriptors, &call);
        let (errno, is_refused) = error.told();
        let [a, b, c, d] = errno.to_ne_bytes();
        let _nobody_listens = (&tell).write_all(&[a, b, c, d, is_refused.into()]);
        // SAFETY: it ends the process, and nothing else.
        unsafe { libc::_exit(127) };
    }
    if child < 0 {
        return Err(io::Error::last_os_error().into());
    }
    let child = Pid::from_raw(child).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
    // Only the program has them from here on.
    drop((descriptors, tell));
    let mut told = Vec::new();
    reason.read_to_end(&mut told)?;
    match told.as_slice() {
        &[a, b, c, d, is_refused] => {
            let errno = i32::from_ne_bytes([a, b, c, d]);
            Err(StartError::heard((errno, is_refused != 0)))
        }
        // Nothing has come.
        _ => Ok(child),
    }
}

/// Does all that comes before the execution, in an order of its own: what is watched comes last.
fn become_program(
    orders: &Orders,
    own_folder: Option<&Path>,
    descriptors: Vec<OwnedFd>,
    call: &Call,
) -> Result<Infallible, StartError> {
    rustix::process::setsid()?;
    // Unlike the keeper: the calls that it makes from here on are looked into.
    set_dumpable_behavior(DumpableBehavior::Dumpable)?;
    // If the keeper is killed, the program goes with it.
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    let mut descriptors = descriptors.into_iter();
    let mut next = || {
        descriptors
            .next()
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
    };
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    rustix::stdio::dup2_stdout(next()?)?;
    rustix::stdio::dup2_stderr(next()?)?;
    let (Folder::Given(folder) | Folder::OwnIn(folder)) = &orders.folder;
    rustix::process::chdir(own_folder.unwrap_or(folder))?;
    if let Some(limit) = orders.descriptors {
        limits::lower_for_now(Resource::NOFILE, limit, None)?;
    }
    limits::lower(Resource::CORE, 0)?;
    if let Some(size) = orders.file {
        signals::ignore(libc::SIGXFSZ)?;
        limits::lower(Resource::FSIZE, size)?;
    }
    if let Some(confinement) = &orders.confinement {
        confinement.enter(own_folder)?;
    }
    if let Some(filter) = &orders.filter {
        supervisor::hand_over(filter, &next()?)?;
    }
    match &orders.task {
        Task::Execute => Err(StartError::Refused(call.execute())),
        Task::Rehearse(rehearsal) => Err(rehearsal.rehearse().into()),
    }
}

/// A program, its arguments and its environment as the kernel wants them.
///
/// The C library's `execvp`, which [`std::process::Command`] ends with, hands a file that the
/// kernel does not know to a shell (exec(3)). A program for another machine would then be judged
/// by what the shell says of it, and any text with the right mode would be run.
struct Call {
    program: CString,
    /// The same where that has gone.
    kept: Option<CString>,
    /// The program's name and its arguments.
    arguments: Vec<CString>,
    environment: Vec<CString>,
}

impl Call {
    fn new(orders: &Orders, own_folder: Option<&Path>) -> io::Result<Self> {
        let text = |text: &OsStr| CString::new(text.as_bytes()).map_err(io::Error::from);
        let texts = |texts: &[OsString]| -> io::Result<Vec<_>> {
            texts.iter().map(|it| text(it)).collect()
        };
        let program = text(orders.program.as_os_str())?;
        let mut arguments = texts(&orders.arguments)?;
        arguments.insert(0, program.clone());
        let folder = own_folder.map(Path::as_os_str).into_iter();
        let is_told = |name: &str| {
            let start = format!("{name}=");
            let told = orders.environment.iter();
            told.map(|it| it.as_bytes())
                .any(|it| it.starts_with(start.as_bytes()))
        };
        let homes = folder.flat_map(|it| {
            let missing = OF_OWN_FOLDER.into_iter().filter(|name| !is_told(name));
            missing.map(|name| variable(OsStr::new(name), it))
        });
        let environment: Vec<_> = homes.chain(orders.environment.iter().cloned()).collect();
        Ok(Self {
            program,
            kept: orders
                .kept
                .as_deref()
                .map(|path| text(path.as_os_str()))
                .transpose()?,
            arguments,
            environment: texts(&environment)?,
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
        let pointers = |texts: &[CString]| -> Vec<_> {
            let texts = texts.iter().map(|text| text.as_ptr());
            texts.chain([std::ptr::null()]).collect()
        };
        let arguments = pointers(&self.arguments);
        let environment = pointers(&self.environment);
        // SAFETY: they are what execve(2) asks for: a string that ends in NUL, and two arrays of
        // such strings that end in a null pointer.
        unsafe { libc::execve(path.as_ptr(), arguments.as_ptr(), environment.as_ptr()) };
        io::Error::last_os_error()
    }
}
