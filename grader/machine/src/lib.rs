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
mod inherited;
pub mod interruption;
#[cfg(target_os = "linux")]
mod last_kill;
pub mod last_words;
pub mod limits;
mod memory;
mod output;
pub mod ports;
pub mod process;
pub mod resources;
mod room;
pub mod scratch;
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
pub use supervisor::{Descriptors, Supervision};

/// A client: its place in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub usize);
