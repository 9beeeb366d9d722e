//! `grader bare-relay`: a role that the grader plays for its own bench.

use clap::Args;

use super::CommandError;
use crate::bench;
use crate::exit_code::ExitCode;

/// What `grader bare-relay` is told.
#[derive(Debug, Args)]
pub(super) struct BareRelay {
    /// The port to listen on, on 127.0.0.1
    port: u16,
}

/// Relays until it is ended.
pub(super) fn bare_relay(options: &BareRelay) -> Result<ExitCode, CommandError> {
    bench::bare_relay::run(options.port).map_err(CommandError::Relay)?;
    Ok(ExitCode::Passed)
}
