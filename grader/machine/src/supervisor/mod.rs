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
//! | `seen` | a call as a policy sees it |
//! | `descriptors` | which kind of descriptors it is to have |
//! | `calls` | which system call does what |
//! | `filter` | the program that the kernel runs at each call, and how it is put on a process |
//! | `handover` | how the listener comes from the server's process to the grader |
//! | `listener` | the listener's ioctls |
//! | `caller` | the descriptors and the memory of the process that makes a call |
//! | `starting` | how calls are answered that come before the server is executed |
//! | `watching` | which calls are watched, and whom each of them goes to |
//! | `listening`, `accepting` | the exam's descriptors, and non-blocking ones |
//! | `sockets` | whose socket a call is about, and whether it is ready |
//! | `forking` | how many processes a server may start |
//! | `probe` | whether all of that works on this machine |
//! | `send_buffer` | how a lazy client's connection is made to fill with little |

mod descriptors;
mod policy;
mod supervision;

#[cfg(target_os = "linux")]
mod accepting;
#[cfg(target_os = "linux")]
mod caller;
#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod filter;
#[cfg(target_os = "linux")]
mod forking;
#[cfg(target_os = "linux")]
mod handover;
#[cfg(target_os = "linux")]
mod listener;
#[cfg(target_os = "linux")]
mod listening;
#[cfg(target_os = "linux")]
mod probe;
#[cfg(target_os = "linux")]
mod seen;
#[cfg(target_os = "linux")]
mod send_buffer;
#[cfg(target_os = "linux")]
mod sockets;
#[cfg(target_os = "linux")]
mod starting;
#[cfg(target_os = "linux")]
mod watching;

#[cfg(not(target_os = "linux"))]
mod elsewhere;

pub use descriptors::Descriptors;
pub use policy::{Answered, Decision, Direction, Kind, LookAway, Policy, Socket};
pub use supervision::Supervision;

#[cfg(target_os = "linux")]
pub(super) use {
    handover::{InGrader, InServer, prepare},
    send_buffer::shrink,
    starting::start_supervised,
    watching::Supervisor,
};
#[cfg(target_os = "linux")]
pub use {
    probe::probe,
    seen::{SeenCall, SeenSocket, Sets},
};

#[cfg(not(target_os = "linux"))]
pub(super) use elsewhere::{InGrader, InServer, Supervisor, prepare, shrink, start_supervised};
#[cfg(not(target_os = "linux"))]
pub use elsewhere::{SeenCall, SeenSocket, Sets, probe};

/// The first of the tokens that the supervisor uses for calls that wait. All of its tokens are
/// at least this, and no client's is.
pub(super) const FIRST_TOKEN: usize = usize::MAX / 2;
