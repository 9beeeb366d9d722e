//! Everything that touches the machine: processes, ports, sockets, and one event loop for them.
//!
//! Nothing here knows what a server should do; it starts one, carries bytes to and from it, and
//! tells what happened.

mod client;
pub mod confinement;
#[cfg(test)]
mod eventually;
mod exit;
mod family;
mod inherited;
pub mod interruption;
pub mod keeper;
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
mod signals;
pub mod socket_state;
mod start_error;
pub mod supervisor;

pub use client::acknowledge_at_once;
pub use confinement::Confine;
pub use exit::Exit;
pub use keeper::Host;
pub use output::Captured;
pub use process::{Program, keep};
pub use scratch::Scratch;
pub use session::{Happening, Session};
pub use start_error::StartError;
pub use supervisor::{Descriptors, Supervision};

/// A client: its place in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub usize);
