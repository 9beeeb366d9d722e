//! `grader list`.

use std::io::{self, Write};

use clap::Args;

use super::CommandError;
use super::entries::{Entry, listed};
use super::selection::Selection;
use crate::exit_code::ExitCode;
use crate::report::terminal::layout::columns_of;

/// What `grader list` is told.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    selection: Selection,
}

/// Lists the checks.
pub(super) fn list(options: &List) -> Result<ExitCode, CommandError> {
    let checks = options.selection.suite()?.coverage();
    let entries: Vec<Entry> = checks
        .into_iter()
        .map(|check| Entry {
            cells: vec![check.name, check.tier.to_string(), check.rules.join(",")],
            text: check.title,
        })
        .collect();
    let text = listed(&entries, 0, columns_of(io::stdout()));
    anstream::stdout().lock().write_all(text.as_bytes())?;
    Ok(ExitCode::Passed)
}
