//! `grader reference`.

use clap::Args;

use crate::exit_code::ExitCode;

/// What `grader reference` is told.
#[derive(Debug, Args)]
pub(super) struct Reference {
    /// The port to listen on, on 127.0.0.1
    port: String,
}

/// The executable plays this role before it parses a command line; here only options before it
/// can have led.
pub(super) fn reference(options: Reference) -> ExitCode {
    let _failed = mini_serv::run([options.port.into()]);
    ExitCode::Failed
}
