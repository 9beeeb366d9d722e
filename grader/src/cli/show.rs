//! `grader show`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::CommandError;
use crate::exit_code::ExitCode;
use crate::suite::Inspection;
use crate::suite::files::{self, NoFile};

/// What `grader show` is told.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The scenario, such as `newcomer-inherits-nothing`; `grader list` lists them
    scenario: String,

    /// Look in this folder (or this file) instead of among those that come with the grader
    #[arg(long, value_name = "PATH")]
    scenarios: Option<PathBuf>,
}

/// Prints a scenario's file, to the byte: what is printed can be played when it is in a file again.
pub(super) fn show(options: &Show) -> Result<ExitCode, CommandError> {
    let content = files::content(&options.scenario, options.scenarios.as_deref());
    let content = content.map_err(|error| match error {
        NoFile::Unknown { name, .. } if Inspection::ALL.iter().any(|it| it.name == name) => {
            CommandError::NoScenario(name)
        }
        other => other.into(),
    })?;
    let mut out = io::stdout().lock();
    out.write_all(&content)?;
    out.flush()?;
    Ok(ExitCode::Passed)
}
