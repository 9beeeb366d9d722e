//! Everything that touches the machine: processes, ports, sockets, and one event loop for them.
//!
//! Nothing here knows what a server should do; it starts one, carries bytes to and from it, and
//! tells what happened.

mod client;
pub mod confinement;
pub mod descendants;
#[cfg(test)]
mod eventually;
mod exit;
pub mod interruption;
#[cfg(target_os = "linux")]
pub(crate) mod last_kill;
pub mod limits;
mod memory;
mod output;
pub mod ports;
pub mod process;
pub mod resources;
mod room;
pub(crate) mod scratch;
mod session;
pub mod shortage;
pub mod socket_state;
pub mod supervisor;

pub use client::acknowledge_at_once;
pub use confinement::Confine;
pub use exit::Exit;
pub use output::Captured;
pub use process::{Program, keep};
pub use scratch::Scratch;
pub use session::{Happening, Session};
pub use supervisor::{Descriptors, Misconduct, Supervision};
