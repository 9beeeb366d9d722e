//! `grader merge`.

use std::path::PathBuf;

use clap::Args;

use super::CommandError;
use super::conclusion::{conclude, note};
use crate::batch;
use crate::exit_code::ExitCode;

/// What `grader merge` is told.
#[derive(Debug, Args)]
pub(super) struct Merge {
    /// The folders with results of `grader batch`
    #[arg(required = true, value_name = "RESULTS")]
    pub(super) results: Vec<PathBuf>,

    /// The folder for all of them, which must be new or empty
    #[arg(long, value_name = "RESULTS")]
    pub(super) out: PathBuf,
}

/// Joins results.
pub(super) fn merge(options: &Merge) -> Result<ExitCode, CommandError> {
    let merged = batch::merge(&options.results, &options.out)?;
    let status = conclude(&merged.results, &options.out)?;
    if merged.missing.is_empty() {
        return Ok(status);
    }
    let missing: Vec<String> = merged.missing.iter().map(ToString::to_string).collect();
    note(&format!(
        "shares of the class are missing: {}",
        missing.join(", ")
    ));
    Ok(ExitCode::Trouble)
}
