//! The descriptors and the memory of a process that makes a watched call.

use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

use super::listener::Call;

impl Call {
    /// A copy of the descriptor that is the call's first argument.
    ///
    /// # Errors
    /// `BADF` where it is not open, `SRCH` where the caller has ended, and others where the
    /// kernel does not let the grader have it.
    pub(super) fn descriptor(&self) -> Result<OwnedFd, Errno> {
        let number = self.number_of_descriptor();
        if number < 0 {
            return Err(Errno::BADF);
        }
        copy(self.caller, number)
    }

    /// Reads a number from the caller's memory.
    ///
    /// # Errors
    /// As those of [`Call::read`].
    pub(super) fn read_int(&self, address: u64) -> Result<i32, Errno> {
        let mut bytes = [0; size_of::<i32>()];
        self.read(address, &mut bytes)?;
        Ok(i32::from_ne_bytes(bytes))
    }

    /// Fills a buffer from the caller's memory.
    ///
    /// # Errors
    /// `FAULT` where nothing is there, and others where the kernel does not let the grader read.
    pub(super) fn read(&self, address: u64, buffer: &mut [u8]) -> Result<(), Errno> {
        let wanted = buffer.len();
        let remote = remote(address, wanted);
        let mut local = [IoSliceMut::new(buffer)];
        // SAFETY: an IoSliceMut is an iovec, and the kernel writes into the one that is given,
        // whose bytes live until the call returns; the other end is another process's memory.
        let count = unsafe {
            libc::process_vm_readv(
                self.caller.as_raw_pid(),
                local.as_mut_ptr().cast(),
                1,
                &raw const remote,
                1,
                0,
            )
        };
        complete(count, wanted)
    }

    /// Writes into the caller's memory.
    ///
    /// # Errors
    /// `FAULT` where nothing is there to be written, and others where the kernel does not let
    /// the grader write.
    pub(super) fn write(&self, address: u64, bytes: &[u8]) -> Result<(), Errno> {
        if bytes.is_empty() {
            return Ok(());
        }
        let remote = remote(address, bytes.len());
        let local = [IoSlice::new(bytes)];
        // SAFETY: an IoSlice is an iovec, and the kernel reads the one that is given, whose bytes
        // live until the call returns; the other end is another process's memory, which waits in
        // its call for what is written.
        let count = unsafe {
            libc::process_vm_writev(
                self.caller.as_raw_pid(),
                local.as_ptr().cast(),
                1,
                &raw const remote,
                1,
                0,
            )
        };
        complete(count, bytes.len())
    }
}

/// A copy of a descriptor of the process that a thread belongs to.
pub(super) fn copy(thread: Pid, number: i32) -> Result<OwnedFd, Errno> {
    let process = match pidfd_open(thread, PidfdFlags::empty()) {
        // It is not the first thread of its process, and older kernels know processes only.
        Err(Errno::INVAL | Errno::NOENT) => pidfd_open(process_of(thread)?, PidfdFlags::empty())?,
        opened => opened?,
    };
    pidfd_getfd(process, number, PidfdGetfdFlags::empty())
}

/// The process that a thread belongs to (proc_pid_status(5), `Tgid`).
pub(super) fn process_of(thread: Pid) -> Result<Pid, Errno> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", thread.as_raw_pid()))
        .map_err(|_| Errno::SRCH)?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("Tgid:")?.trim().parse().ok())
        .and_then(Pid::from_raw)
        .ok_or(Errno::SRCH)
}

fn remote(address: u64, length: usize) -> libc::iovec {
    libc::iovec {
        iov_base: std::ptr::with_exposed_provenance_mut(
            usize::try_from(address).unwrap_or(usize::MAX),
        ),
        iov_len: length,
    }
}

fn complete(count: isize, wanted: usize) -> Result<(), Errno> {
    match usize::try_from(count) {
        Ok(count) if count == wanted => Ok(()),
        // The rest lies where nothing is.
        Ok(_) => Err(Errno::FAULT),
        Err(_) => Err(Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::FAULT)),
    }
}
