//! The program that the kernel runs at each system call of a server (seccomp(2)).

use std::io;
use std::mem::offset_of;
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd, RawFd};

use libc::{
    BPF_ABS, BPF_JEQ, BPF_JGE, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, seccomp_data, sock_filter,
    sock_fprog,
};
use rustix::io::Errno;
use rustix::net::SendFlags;
use serde::{Deserialize, Serialize};

use super::refused;

/// How the kernel calls the architecture whose system call numbers this program knows
/// (`AUDIT_ARCH_…` in linux/audit.h): the machine's number in ELF, 64 bits, little-endian.
#[cfg(target_arch = "x86_64")]
pub(super) const ARCHITECTURE: Option<u32> = Some(62 | 0x8000_0000 | 0x4000_0000);
#[cfg(target_arch = "aarch64")]
pub(super) const ARCHITECTURE: Option<u32> = Some(183 | 0x8000_0000 | 0x4000_0000);
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) const ARCHITECTURE: Option<u32> = None;

/// From here on, numbers are those of programs with short pointers on x86_64 (x32, linux/unistd.h:
/// `__X32_SYSCALL_BIT`); no other call has such a number.
pub(super) const FOREIGN_NUMBERS: u32 = 0x4000_0000;

/// A sendmsg with these flags is never watched: it is how the listener itself comes to the grader.
/// Nobody else asks for this combination, which a stream ignores.
pub(super) const HANDOVER: SendFlags = SendFlags::NOSIGNAL
    .union(SendFlags::CONFIRM)
    .union(SendFlags::MORE);

/// Closes descriptors, and is never watched: a listener must be closed before anybody serves it.
const UNWATCHED_CLOSE: libc::c_long = libc::SYS_close_range;

/// Which calls the grader decides about, by number (`SYS_…`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Watched {
    /// These.
    Only(Vec<libc::c_long>),
    /// All but these.
    AllBut(Vec<libc::c_long>),
}

/// A filter that lets the grader decide about some calls, refuses some, and allows all others.
///
/// Calls in the manner of another architecture, such as those of a 32-bit program, are refused:
/// their numbers mean others.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Filter {
    instructions: Vec<Instruction>,
}

/// An instruction of the program: its code, how many of the next ones are skipped where a
/// comparison holds and where it does not, and its operand (bpf(4)).
type Instruction = (u16, u8, u8, u32);

impl Filter {
    /// A filter that watches these calls, and refuses those unless it watches them as well.
    ///
    /// # Errors
    /// The numbers of this architecture are not known.
    pub(super) fn new(watched: &Watched, refused: &[libc::c_long]) -> io::Result<Self> {
        let refusal = libc::SECCOMP_RET_ERRNO | refused::ERROR.raw_os_error().unsigned_abs();
        let (calls, listed, others, refused, refusal) = match watched {
            Watched::Only(calls) => (
                calls.clone(),
                libc::SECCOMP_RET_USER_NOTIF,
                libc::SECCOMP_RET_ALLOW,
                refused,
                refusal,
            ),
            // The grader refuses them, and sees that somebody tries.
            Watched::AllBut(calls) => (
                [&calls[..], &[UNWATCHED_CLOSE]].concat(),
                libc::SECCOMP_RET_ALLOW,
                libc::SECCOMP_RET_USER_NOTIF,
                &[][..],
                libc::SECCOMP_RET_USER_NOTIF,
            ),
        };
        let Some(architecture) = ARCHITECTURE else {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "only x86_64 and aarch64 are known",
            ));
        };
        let too_many = |_| io::Error::from(io::ErrorKind::InvalidInput);
        // A jump is never longer than this.
        let count = u8::try_from(calls.len()).map_err(too_many)?;
        /// The place of the flags among the arguments of sendmsg.
        const FLAGS: usize = 2;
        let number = |call: libc::c_long| u32::try_from(call).map_err(too_many);
        let mut instructions = vec![
            load(offset_of!(seccomp_data, arch)),
            jump_if_equal(architecture, 1, 0),
            result(refusal),
            load(offset_of!(seccomp_data, nr)),
            jump_if_less(FOREIGN_NUMBERS, 1, 0),
            result(refusal),
            jump_if_equal(number(libc::SYS_sendmsg)?, 0, 3),
            load(offset_of!(seccomp_data, args) + FLAGS * size_of::<u64>()),
            jump_if_equal(HANDOVER.bits(), 0, 1),
            result(libc::SECCOMP_RET_ALLOW),
            load(offset_of!(seccomp_data, nr)),
        ];
        for call in refused {
            instructions.push(jump_if_equal(number(*call)?, 0, 1));
            instructions.push(result(refusal));
        }
        for (call, left) in calls.iter().zip((0..count).rev()) {
            // Past the comparisons that are left and the result for others stands that for these.
            instructions.push(jump_if_equal(number(*call)?, left + 1, 0));
        }
        instructions.push(result(others));
        instructions.push(result(listed));
        Ok(Self { instructions })
    }

    /// Puts the filter on the calling thread, which can never take it off again, and returns its
    /// listener.
    ///
    /// # Errors
    /// The kernel, or a container around the grader, forbids it.
    pub(super) fn install(&self) -> Result<OwnedFd, Errno> {
        // Without this, only root may install a filter.
        rustix::thread::set_no_new_privs(true)?;
        let instructions = self.instructions.iter();
        let mut instructions: Vec<_> = instructions
            .map(|&(code, jt, jf, k)| sock_filter { code, jt, jf, k })
            .collect();
        let program = sock_fprog {
            len: u16::try_from(instructions.len()).map_err(|_| Errno::INVAL)?,
            filter: instructions.as_mut_ptr(),
        };
        // SAFETY: the kernel reads the program, which lives until the call returns, and writes
        // nothing.
        let listener = unsafe {
            libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_SET_MODE_FILTER,
                libc::SECCOMP_FILTER_FLAG_NEW_LISTENER,
                &raw const program,
            )
        };
        match RawFd::try_from(listener) {
            // SAFETY: the kernel has just made this descriptor, and nobody else knows of it.
            Ok(listener @ 0..) => Ok(unsafe { OwnedFd::from_raw_fd(listener) }),
            _ => Err(Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL)),
        }
    }
}

/// Closes a listener in the process that its filter is on. Kernels before 5.9 cannot; there it is
/// closed by the execution.
pub(super) fn close_unwatched(listener: OwnedFd) {
    let number = listener.into_raw_fd();
    // SAFETY: the descriptor was owned here, and nobody else uses it.
    let _closed = unsafe { libc::syscall(UNWATCHED_CLOSE, number, number, 0) };
}

/// Loads a word of the call's description. The system call's number and the architecture are
/// words; offsets are below 64.
const fn load(offset: usize) -> Instruction {
    ((BPF_LD | BPF_W | BPF_ABS) as u16, 0, 0, offset as u32)
}

/// Skips so many instructions where the loaded word is this one, and so many where it is not.
const fn jump_if_equal(word: u32, equal: u8, other: u8) -> Instruction {
    ((BPF_JMP | BPF_JEQ | BPF_K) as u16, equal, other, word)
}

/// The same for a word below this one, and for another.
const fn jump_if_less(word: u32, less: u8, other: u8) -> Instruction {
    ((BPF_JMP | BPF_JGE | BPF_K) as u16, other, less, word)
}

/// Says what becomes of the call.
const fn result(action: u32) -> Instruction {
    ((BPF_RET | BPF_K) as u16, 0, 0, action)
}
