//! The supervisor: sees some of a server's system calls before the kernel makes them, and has it
//! decided what becomes of each (seccomp_unotify(2)).
//!
//! A filter that needs no privileges is put on the server between fork and exec; it works for
//! any executable, static or not, in any language, and for all that it forks or executes. Its
//! listener is served by the event loop of the server's [`Session`](super::Session), between the
//! bytes of the clients.
//!
//! | File | What it knows |
//! |---|---|
//! | `supervision` | what is done to a server, decided before it starts |
//! | `policy` | what is asked of whoever judges its calls, and in which terms |
//! | `descriptors` | which kind of descriptors it is to have |
//! | `linux` | how Linux does it |
//! | `elsewhere` | that no other system does |

use std::io;

mod descriptors;
mod policy;
mod supervision;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

pub use descriptors::Descriptors;
pub use policy::{Answered, Decision, Direction, Kind, LookAway, Policy, Socket};
pub use supervision::Supervision;

#[cfg(not(target_os = "linux"))]
use elsewhere as system;
#[cfg(target_os = "linux")]
use linux as system;

pub(super) use system::{
    Filter, InServer, Rehearsal, Supervisor, attach_until, hand_over, prepare, refuse_at_once,
    shrink, waits_in,
};
pub use system::{SeenCall, SeenSocket, Sets, probe};

/// What helps where a server cannot be supervised, for this reason; fit to follow a semicolon.
#[must_use]
pub fn advice(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::PermissionDenied => Some(
            "in a container, `docker run --cap-add=SYS_PTRACE` helps, and where it does not, \
             `--security-opt seccomp=unconfined` as well; elsewhere, `sysctl \
             kernel.yama.ptrace_scope=1`",
        ),
        io::ErrorKind::Unsupported => {
            Some("it needs Linux 5.9 or later, and no sandbox that plays the kernel (gVisor)")
        }
        _ => None,
    }
}

/// A server's connection to a client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Connected {
    /// The server's process.
    pub(super) server: u32,
    /// The inode of the server's socket.
    pub(super) inode: u32,
    /// The client's port.
    pub(super) client_port: u16,
}

/// The first of the tokens that the supervisor uses for calls that wait. All of its tokens are
/// at least this, and no client's is.
pub(super) const FIRST_TOKEN: usize = usize::MAX / 2;
