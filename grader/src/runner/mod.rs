//! Plays scenarios: each on a fresh server, several at once.

mod beside;
mod check;
mod circumstances;
mod explain;
mod measuring;
mod moves;
mod patience;
mod play;
mod pool;
mod preflight;
mod startup;
mod stop;
mod transcript;
mod waiting;

pub use pool::{RunError, Settings, run};
