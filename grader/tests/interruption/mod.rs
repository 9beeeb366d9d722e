//! How tests interrupt a grader.

use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::Signal;

/// The signal of Ctrl-C.
pub(crate) const CTRL_C: Signal = Signal::INT;

/// Lets what is started end by Ctrl-C, as on a terminal. Shells have what they run in the
/// background ignore it, which all that the tests start would inherit.
pub(crate) fn as_on_a_terminal(command: &mut Command) -> &mut Command {
    // SAFETY: signal(2) may be called between fork and exec.
    unsafe {
        command.pre_exec(|| {
            if libc::signal(CTRL_C.as_raw(), libc::SIG_DFL) == libc::SIG_ERR {
                return Err(std::io::Error::last_os_error());
            }
            Ok(())
        })
    }
}
