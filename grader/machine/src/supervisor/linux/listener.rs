//! The listener of a filter: what its calls are, and how they are answered (seccomp_unotify(2)).

use std::io;
use std::mem::zeroed;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use libc::{seccomp_notif, seccomp_notif_addfd, seccomp_notif_resp, seccomp_notif_sizes};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::Pid;

use super::filter::{ARCHITECTURE, FOREIGN_NUMBERS};

/// A system call that waits for the grader's decision.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    /// Names it, as long as it waits.
    pub(super) id: u64,
    /// The thread that makes it.
    pub(super) caller: Pid,
    /// Which one it is (`SYS_…`).
    pub(super) number: libc::c_long,
    /// Whether it is made in the manner of another architecture, so that its number means another.
    pub(super) is_foreign: bool,
    /// Its arguments. What a pointer among them points to may change at any time.
    pub(super) arguments: [u64; 6],
}

impl Call {
    /// The first argument, which for most calls is a descriptor. The kernel looks at its lower
    /// half only, an int.
    pub(super) const fn number_of_descriptor(&self) -> i32 {
        self.arguments[0] as i32
    }
}

/// The grader's end of a filter.
#[derive(Debug)]
pub(super) struct Listener {
    descriptor: OwnedFd,
}

/// A notification, and room for what a newer kernel adds to it.
#[repr(C)]
struct Notification {
    known: seccomp_notif,
    newer: [u64; 32],
}

impl Listener {
    /// Takes over the descriptor that installing a filter has given.
    ///
    /// # Errors
    /// The kernel's notifications are larger than is understood here.
    pub(super) fn new(descriptor: OwnedFd) -> io::Result<Self> {
        let mut sizes = seccomp_notif_sizes {
            seccomp_notif: 0,
            seccomp_notif_resp: 0,
            seccomp_data: 0,
        };
        // SAFETY: the kernel writes this structure, which lives until the call returns.
        let asked = unsafe {
            libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_GET_NOTIF_SIZES,
                0,
                &raw mut sizes,
            )
        };
        if asked != 0 {
            return Err(io::Error::last_os_error());
        }
        let too_large = usize::from(sizes.seccomp_notif) > size_of::<Notification>()
            || usize::from(sizes.seccomp_notif_resp) != size_of::<seccomp_notif_resp>();
        if too_large {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "this kernel tells of system calls in a form that is not known",
            ));
        }
        Ok(Self { descriptor })
    }

    /// Whether a call waits for a decision and has not been seen.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub(super) fn has_next(&self) -> io::Result<bool> {
        loop {
            let mut there = [PollFd::new(&self.descriptor, PollFlags::IN)];
            match poll(&mut there, Some(&Timespec::default())) {
                Ok(_) => return Ok(there[0].revents().contains(PollFlags::IN)),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The next call that waits for a decision and has not been seen; `None` where there is none
    /// at the moment.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub(super) fn next(&self) -> io::Result<Option<Call>> {
        loop {
            // Asking for a notification waits for one, so the first question is whether one is
            // there.
            if !self.has_next()? {
                return Ok(None);
            }
            // SAFETY: integers only, for which zero is a value; the kernel insists on zeros.
            let mut notification: Notification = unsafe { zeroed() };
            // SAFETY: the kernel writes as many bytes as it said, for which there is room.
            let received = unsafe { self.ioctl(libc::SECCOMP_IOCTL_NOTIF_RECV, &mut notification) };
            match received {
                Ok(_) => {}
                // The caller was killed or interrupted in the meantime.
                Err(Errno::NOENT | Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
            let known = notification.known;
            let caller = i32::try_from(known.pid).ok().and_then(Pid::from_raw);
            return Ok(Some(Call {
                id: known.id,
                caller: caller.ok_or_else(|| {
                    io::Error::other("a system call was made outside the grader's processes")
                })?,
                number: known.data.nr.into(),
                is_foreign: Some(known.data.arch) != ARCHITECTURE
                    || known.data.nr.unsigned_abs() >= FOREIGN_NUMBERS,
                arguments: known.data.args,
            }));
        }
    }

    /// Whether a call still waits: its caller has not been killed, stopped or interrupted.
    pub(super) fn waits(&self, call: &Call) -> bool {
        let mut id = call.id;
        // SAFETY: the kernel reads a number.
        unsafe { self.ioctl(libc::SECCOMP_IOCTL_NOTIF_ID_VALID, &mut id) }.is_ok()
    }

    /// Lets the kernel make the call as if nobody had watched, and says whether it still waited.
    ///
    /// # Errors
    /// The kernel refuses. A call that has ended in the meantime is no error.
    pub(super) fn go_on(&self, call: &Call) -> io::Result<bool> {
        self.answer(seccomp_notif_resp {
            id: call.id,
            val: 0,
            error: 0,
            flags: libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32,
        })
    }

    /// Makes the call fail, without the kernel having made it, and says whether it still waited.
    ///
    /// # Errors
    /// The kernel refuses. A call that has ended in the meantime is no error.
    pub(super) fn fail(&self, call: &Call, error: Errno) -> io::Result<bool> {
        self.answer(seccomp_notif_resp {
            id: call.id,
            val: 0,
            error: -error.raw_os_error(),
            flags: 0,
        })
    }

    /// Opens a copy of `what` in the caller's process and returns its number there; the call
    /// goes on waiting.
    ///
    /// # Errors
    /// `MFILE` where the process may not have more; `NOENT` or `SRCH` where the call has ended.
    pub(super) fn open_there(&self, call: &Call, what: BorrowedFd<'_>) -> Result<u32, Errno> {
        self.add(seccomp_notif_addfd {
            id: call.id,
            flags: 0,
            srcfd: number(what),
            newfd: 0,
            newfd_flags: 0,
        })
    }

    /// Opens a copy of `what` in the caller's process and makes its number there the result of the
    /// call.
    ///
    /// # Errors
    /// `MFILE` where the process may not have more; `NOENT` or `SRCH` where the call has ended.
    pub(super) fn answer_with(
        &self,
        call: &Call,
        what: BorrowedFd<'_>,
        close_on_exec: bool,
    ) -> Result<(), Errno> {
        let mut descriptor = seccomp_notif_addfd {
            id: call.id,
            flags: libc::SECCOMP_ADDFD_FLAG_SEND as u32,
            srcfd: number(what),
            newfd: 0,
            newfd_flags: on_exec(close_on_exec),
        };
        match self.add(descriptor) {
            // Kernels before 5.14 do one after the other.
            Err(Errno::INVAL) => descriptor.flags = 0,
            done => return done.map(drop),
        }
        let value = self.add(descriptor)?;
        let response = seccomp_notif_resp {
            id: call.id,
            val: value.into(),
            error: 0,
            flags: 0,
        };
        let answered = self.answer(response);
        let error = |error| Errno::from_io_error(&error).unwrap_or(Errno::INVAL);
        if answered.map_err(error)? {
            Ok(())
        } else {
            Err(Errno::NOENT)
        }
    }

    /// Puts a copy of `what` into the caller's process in place of the descriptor `place`, and
    /// makes `place` the result of the call, both at once.
    ///
    /// # Errors
    /// `NOENT` or `SRCH` where the call has ended.
    pub(super) fn hand_in(
        &self,
        call: &Call,
        what: BorrowedFd<'_>,
        place: u32,
        close_on_exec: bool,
    ) -> Result<(), Errno> {
        let flags = libc::SECCOMP_ADDFD_FLAG_SETFD | libc::SECCOMP_ADDFD_FLAG_SEND;
        self.add(seccomp_notif_addfd {
            id: call.id,
            flags: flags as u32,
            srcfd: number(what),
            newfd: place,
            newfd_flags: on_exec(close_on_exec),
        })?;
        Ok(())
    }

    fn add(&self, mut descriptor: seccomp_notif_addfd) -> Result<u32, Errno> {
        loop {
            // SAFETY: the kernel reads this structure, which lives until the call returns.
            match unsafe { self.ioctl(libc::SECCOMP_IOCTL_NOTIF_ADDFD, &mut descriptor) } {
                Err(Errno::INTR) => {}
                done => return done,
            }
        }
    }

    fn answer(&self, mut response: seccomp_notif_resp) -> io::Result<bool> {
        // SAFETY: the kernel reads this structure, which lives until the call returns.
        match unsafe { self.ioctl(libc::SECCOMP_IOCTL_NOTIF_SEND, &mut response) } {
            Ok(_) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes an ioctl on the listener and returns its result.
    ///
    /// # Safety
    /// `argument` must be what the kernel reads and writes for this request, in size as well.
    unsafe fn ioctl<T>(&self, request: libc::Ioctl, argument: &mut T) -> Result<u32, Errno> {
        // SAFETY: the descriptor is open, and the caller vouches for the argument.
        let result = unsafe { libc::ioctl(self.descriptor.as_raw_fd(), request, argument) };
        u32::try_from(result)
            .map_err(|_| Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL))
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

/// The flags of a new descriptor.
const fn on_exec(close: bool) -> u32 {
    if close { libc::O_CLOEXEC as u32 } else { 0 }
}

/// A descriptor's number, which is never negative.
fn number(descriptor: BorrowedFd<'_>) -> u32 {
    descriptor.as_raw_fd().unsigned_abs()
}
