//! What a program that the grader starts inherits: standard input, output and error, and no other
//! descriptor. Whoever calls the grader may have more of them open, which a server would count
//! its own from.

use std::io;

use rustix::process::{Resource, getrlimit};

/// The first descriptor that is none of the standard ones.
const FIRST: libc::c_int = 3;

/// How far they are looked for where the kernel does not mark all of them in one call.
const FAR: u64 = 65_536;

/// Lets every descriptor but the standard ones be closed when the calling process executes
/// another program; between fork and exec it may be called, since it makes system calls only.
///
/// # Errors
/// The kernel refuses.
pub(crate) fn close_others_at_exec() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        const MARK_ONLY: libc::c_uint = libc::CLOSE_RANGE_CLOEXEC;
        // SAFETY: it takes three numbers and touches no memory (close_range(2)).
        let done =
            unsafe { libc::syscall(libc::SYS_close_range, FIRST, libc::c_uint::MAX, MARK_ONLY) };
        if done == 0 {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        // Linux has the call since 5.9, and marks since 5.11.
        if !matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EINVAL)) {
            return Err(error);
        }
    }
    mark_each();
    Ok(())
}

/// The same, one by one.
fn mark_each() {
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(FAR).min(FAR);
    let limit = libc::c_int::try_from(limit).unwrap_or(libc::c_int::MAX);
    for descriptor in FIRST..limit {
        // SAFETY: it takes numbers and touches no memory (fcntl(2)); what is not open it refuses.
        unsafe { libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io;
    use std::os::fd::AsRawFd;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use rustix::io::{FdFlags, fcntl_setfd};

    /// Whether a program has a descriptor that its parent left open for it.
    fn is_inherited(mark: fn() -> io::Result<()>) -> bool {
        let left_open = File::open("/dev/null").expect("every system has it");
        fcntl_setfd(&left_open, FdFlags::empty()).expect("it is ours");
        let number = left_open.as_raw_fd();
        let mut command = Command::new("sh");
        command.args(["-c", &format!("test -e /dev/fd/{number}")]);
        // SAFETY: only system calls are made, which are async-signal-safe.
        unsafe { command.pre_exec(mark) };
        command.status().expect("there is a shell").success()
    }

    #[test]
    fn a_program_inherits_the_standard_descriptors_only() {
        assert!(is_inherited(|| Ok(())));
        assert!(!is_inherited(super::close_others_at_exec));
        assert!(!is_inherited(|| {
            super::mark_each();
            Ok(())
        }));
    }
}
