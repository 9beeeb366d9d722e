//! A chat server on select(2), written to be read.
//!
//! Everybody who connects to the server's port on 127.0.0.1 gets a number and hears every line
//! that the others say. All of it happens on one thread, in a loop around one call to select:
//!
//! ```text
//!                 ┌───────────────── readiness ──────────────────┐
//!                 │ select: who may be read, who may be written? │
//!                 └──────┬───────────────┬───────────────┬───────┘
//!                     1. recv         2. send         3. accept
//!                        │               ▲               │
//!                  line_splitter         │          clients: the
//!                        │               │          next number
//!                        ▼               │               │
//!                 ┌─── broadcast_log: every line, once ──▼───────┐
//!                 │ ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓        │
//!                 └────▲─────────▲──────────────────▲────────────┘
//!                   cursor     cursor             cursor   one per client
//! ```
//!
//! A good order to read the files in: [`run`] below, `server`, `readiness`, `broadcast_log` with
//! `cursor`, `line_splitter`, and [`memory`] last.

mod arguments;
mod broadcast_log;
mod client;
mod clients;
mod cursor;
mod descriptor_limit;
mod descriptor_set;
mod failure;
mod line_splitter;
mod listener;
pub mod memory;
mod readiness;
mod server;

use std::ffi::OsString;
use std::process::ExitCode;

pub use failure::Failure;
pub use listener::listen;
pub use server::serve;

/// Does what the executable does, from checking `arguments` (without the program's name) to
/// serving, and returns only when that has failed. Nothing but the text of a [`Failure`] is ever
/// written, and only to stderr.
///
/// From this call on, the process can do without the default treatment of exhausted memory and of
/// panics, so both are replaced for good: see [`memory::FatalAllocator`].
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    memory::FatalAllocator::arm();
    memory::give_large_blocks_back();
    // There are panics for want of memory too ("capacity overflow": more than an address space
    // could hold). Any other panic would be a bug in this server, and even then the subject leaves
    // no other last words: Rust's message and its status 101 are not among them.
    std::panic::set_hook(Box::new(|_| memory::die()));

    let failure = match start_and_serve(arguments) {
        Ok(never) => match never {},
        Err(failure) => failure,
    };
    failure.report();
    ExitCode::FAILURE
}

fn start_and_serve(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<std::convert::Infallible, Failure> {
    let port = arguments::port(arguments)?;
    descriptor_limit::raise();
    let listener = listen(port)?;
    Ok(serve(listener)?)
}
