//! How fast a server is, beside another one and beside the least that a relay can do.
//!
//! The contestants take turns in one run: first each of them once, then each again, and so on. So
//! whatever else the machine does meets all of them alike, and what counts is the ratio within a
//! turn. No figure here decides a verdict.
//!
//! | File | What it knows |
//! |---|---|
//! | `measurement` | what is measured, and in which units |
//! | `contestant` | who takes part, and what a listener must receive of him |
//! | `bare_relay` | the floor: a relay that does nothing but relay |
//! | `arena` | a running contestant with its clients |
//! | `crowd` | many listeners in one event loop, read with as little work as possible |
//! | `burst` | lines as fast as they go |
//! | `latency` | how long one line takes |
//! | `turnover` | clients that come and go |
//! | `idle` | what a server does when there is nothing to do |
//! | `unread` | what is kept for those who do not read |
//! | `turns` | who plays what, and when |
//! | `statistics` | medians, quartiles, percentiles |
//! | `results` | what came of it |
//! | `table`, `json`, `plot` | the same, for people, programs, and pages |

mod arena;
pub mod bare_relay;
mod burst;
mod contestant;
mod crowd;
mod idle;
mod json;
mod latency;
mod measurement;
mod plot;
mod results;
mod statistics;
mod table;
mod turnover;
mod turns;
mod unread;

pub use contestant::{Contestant, Role};
pub use json::Document;
pub use measurement::{Measurement, Unit};
pub use plot::plot;
pub use results::{Results, Sample};
pub use statistics::Summary;
pub use table::table;
pub use turns::{News, Plan, run};

use std::io;
use std::time::Duration;

/// Why something could not be measured.
#[derive(Debug, thiserror::Error)]
enum Stop {
    /// The server did what it must not, in words that go on after its name.
    #[error("{0}")]
    Server(String),
    /// The machine, or the grader.
    #[error(transparent)]
    Trouble(#[from] io::Error),
}

/// How long the calling thread has run on a processor.
fn own_cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}
