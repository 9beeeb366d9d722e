//! `grader schema`.

use std::io::Write;

use super::CommandError;
use crate::exit_code::ExitCode;
use crate::scenario::schema;

/// Prints the JSON Schema of scenario files.
pub(super) fn schema() -> Result<ExitCode, CommandError> {
    writeln!(anstream::stdout().lock(), "{:#}", schema::schema())?;
    Ok(ExitCode::Passed)
}
