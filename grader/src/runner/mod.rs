//! Plays scenarios: each on a fresh server, several at once.

mod explain;
mod moves;
mod play;
mod pool;
mod preflight;
mod startup;
mod transcript;
mod waiting;

pub use pool::{RunError, Settings, run};
