//! The supervisor of Linux: a filter with a listener (seccomp_unotify(2)).
//!
//! | File | What it knows |
//! |---|---|
//! | `seen` | a call as a policy sees it |
//! | `calls` | which system call does what |
//! | `filter` | the program that the kernel runs at each call, and how it is put on a process |
//! | `handover` | how the listener comes from the server's process to the grader |
//! | `listener` | the listener's ioctls |
//! | `caller` | the descriptors and the memory of the process that makes a call |
//! | `starting` | how calls are answered that come before the server is executed |
//! | `watching` | which calls are watched, and whom each of them goes to |
//! | `exam_sockets`, `accepting` | the exam's descriptors, and non-blocking ones |
//! | `time_outs` | how the time-out of select is let pass |
//! | `sockets` | whose socket a call is about, and whether it is ready |
//! | `waiting` | in which call a server waits |
//! | `forking` | how many processes a server may start |
//! | `refused` | which calls nobody is let make |
//! | `probe` | whether all of that works on this machine |
//! | `send_buffer` | how a lazy client's connection is made to fill with little, and to refuse the rest |

mod accepting;
mod caller;
mod calls;
mod exam_sockets;
mod filter;
mod forking;
mod handover;
mod listener;
mod probe;
mod refused;
mod seen;
mod send_buffer;
mod sockets;
mod starting;
mod time_outs;
mod waiting;
mod watching;

pub(crate) use filter::Filter;
use handover::InGrader;
pub(crate) use handover::{InServer, hand_over, prepare};
pub(crate) use probe::Rehearsal;
pub use probe::probe;
pub use seen::{SeenCall, SeenSocket, Sets};
pub(crate) use send_buffer::{refuse_at_once, shrink};
pub(crate) use starting::attach_until;
pub(crate) use waiting::waits_in;
pub(crate) use watching::Supervisor;
