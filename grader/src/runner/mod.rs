//! Plays scenarios: each on a fresh server, several at once.

mod aftermath;
mod beside;
mod budget;
mod check;
mod circumstances;
mod clock;
mod either;
mod explain;
mod history;
mod instrument;
mod measuring;
mod moves;
mod pacemaker;
mod patience;
mod places;
mod play;
mod pool;
mod preflight;
mod queue;
mod quiet;
mod stage;
mod startup;
mod stop;
mod transcript;
mod waiting;

pub use check::{report, unplayable};
pub use instrument::{Instrument, Observation, Tool};
pub use pool::{News, RunError, Settings, not_compiled, run};
pub use stage::Stage;
