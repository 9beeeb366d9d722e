//! What a keeper inherits, and so its program: standard input, output and error, and no other
//! descriptor. Whoever calls the grader may have more of them open, which a server would count its
//! own from.

use crate::limits;

/// The first descriptor that is none of the standard ones.
const FIRST: libc::c_int = 3;

/// How far they are looked for where the kernel does not close all of them in one call.
const FAR: u64 = 65_536;

/// Closes every descriptor but the standard ones.
///
/// To be called before anything else is opened: whoever owns a descriptor would lose it.
pub(crate) fn close_others() {
    // SAFETY: it takes three numbers and touches no memory (close_range(2)); nothing that this
    // process owns is open.
    #[cfg(target_os = "linux")]
    let done = unsafe { libc::syscall(libc::SYS_close_range, FIRST, libc::c_uint::MAX, 0) };
    #[cfg(not(target_os = "linux"))]
    let done = -1;
    // Linux has the call since 5.9.
    if done != 0 {
        close_each();
    }
}

/// The same, one by one.
fn close_each() {
    let limit = limits::own_descriptors().unwrap_or(FAR).min(FAR);
    let limit = libc::c_int::try_from(limit).unwrap_or(libc::c_int::MAX);
    for descriptor in FIRST..limit {
        // SAFETY: it takes a number and touches no memory (close(2)); what is not open it refuses.
        unsafe { libc::close(descriptor) };
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::fd::AsRawFd;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use rustix::io::{FdFlags, fcntl_setfd};

    /// Whether a program has a descriptor that its parent left open for it.
    fn is_inherited(close: fn()) -> bool {
        let left_open = File::open("/dev/null").expect("every system has it");
        fcntl_setfd(&left_open, FdFlags::empty()).expect("it is ours");
        let number = left_open.as_raw_fd();
        let mut command = Command::new("sh");
        command.args(["-c", &format!("test -e /dev/fd/{number}")]);
        // SAFETY: only system calls are made, which are async-signal-safe.
        unsafe {
            command.pre_exec(move || {
                close();
                Ok(())
            })
        };
        command.status().is_ok_and(|status| status.success())
    }

    #[test]
    fn only_the_standard_descriptors_are_left() {
        assert!(is_inherited(|| ()));
        assert!(!is_inherited(super::close_others));
        assert!(!is_inherited(super::close_each));
    }
}
