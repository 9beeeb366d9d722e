//! What is handed in, made ready to be started.

use super::CommandError;
use crate::submission::{Handed, Submission};
use machine::{Host, Program, StartError, shortage};

/// What is played with: what was handed in, prepared, or the reference where that is nothing.
pub(super) fn submission(
    host: &Host,
    handed: Option<Handed>,
    cc: Option<&str>,
    sanitized: bool,
) -> Result<Submission, CommandError> {
    Ok(match handed {
        None => Submission::reference()?,
        Some(handed) => handed.prepare(host, cc, sanitized)?,
    })
}

/// What is executed of it, where nothing can be done without.
pub(super) fn program(submission: &Submission) -> Result<Program, CommandError> {
    let program = submission.program.clone();
    program.map_err(CommandError::NotCompiled)
}

/// Whose fault it is that the server was not started at all.
pub(super) fn not_started(submission: &Submission, error: StartError) -> CommandError {
    match error {
        StartError::Refused(reason) => submission.refused(reason).into(),
        StartError::Machine(reason) => CommandError::Short(shortage::told(&reason)),
    }
}
