//! From the command line to an exit status.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Parser;

use crate::exit_code::ExitCode;
use crate::report::TargetError;
use crate::rules::{self, UnknownRule};
use crate::submission::SubmissionError;
use crate::suite::{Filter, Suite, SuiteError, UnmatchedPattern};
use arguments::{Command, CommandLine, Selection};

mod arguments;
mod catalogue;
mod run;

/// Why a command could not do what was asked. Nothing of it is held against a server.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    #[error(transparent)]
    Suite(#[from] SuiteError),
    #[error(transparent)]
    Pattern(#[from] UnmatchedPattern),
    #[error(transparent)]
    Rule(#[from] UnknownRule),
    #[error(transparent)]
    Report(#[from] TargetError),
    #[error("the weights in {path} cannot be used: {1}", path = .0.display())]
    Weights(PathBuf, String),
    #[error("{place}{0}", place = where_written(.0))]
    Output(#[from] io::Error),
}

/// Where something could not be written, unless the error itself says so, as that of a report does.
fn where_written(error: &io::Error) -> &'static str {
    match error.raw_os_error() {
        Some(_) => "cannot write to standard output: ",
        None => "",
    }
}

impl CommandError {
    const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Submission(SubmissionError::NoReference(_)) | Self::Output(_) => {
                ExitCode::Trouble
            }
            Self::Report(TargetError::Unwritable { .. }) => ExitCode::Trouble,
            _ => ExitCode::Usage,
        }
    }

    /// Tells people, on standard error.
    fn tell(&self) {
        if matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe) {
            // Whoever read the output has seen enough.
            return;
        }
        let mut out = anstream::stderr();
        let coloured = anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
        if let Self::Suite(SuiteError::Scenarios(errors)) = self {
            for error in errors {
                let _lost = writeln!(out, "{}\n", error.render(coloured));
            }
        }
        let _lost = writeln!(out, "grader: {self}");
    }
}

/// Does what the command line asks for.
#[must_use]
pub fn main() -> ExitCode {
    let command_line = match CommandLine::try_parse() {
        Ok(command_line) => command_line,
        Err(error) => {
            let _lost = error.print();
            // Help and version are asked for and no mistake.
            return if error.use_stderr() {
                ExitCode::Usage
            } else {
                ExitCode::Passed
            };
        }
    };
    let done = match command_line.command {
        Command::Run(run) => run::run(&run),
        Command::List(selection) => catalogue::list(&selection),
        Command::Rules { markdown: false } => catalogue::rules(),
        Command::Rules { markdown: true } => catalogue::rules_page(),
        Command::Explain { rule } => catalogue::explain(&rule),
        Command::Schema => catalogue::schema(),
        Command::Reference { port } => return be_the_reference(port),
    };
    done.unwrap_or_else(|error| {
        error.tell();
        error.exit_code()
    })
}

/// The executable plays this role before it parses a command line; here only options before it
/// can have led.
fn be_the_reference(port: String) -> ExitCode {
    let _failed = mini_serv::run([port.into()]);
    ExitCode::Failed
}

/// The scenarios that are asked for.
fn suite(selection: &Selection) -> Result<Suite, CommandError> {
    let rules = rule_ids();
    let filter = Filter::new(&selection.only, &selection.skip)?;
    let mut suite = match &selection.scenarios {
        Some(path) => Suite::at(path, &rules)?,
        None => Suite::shipped(&rules)?,
    };
    filter.apply(&mut suite)?;
    Ok(suite)
}

/// The ids of the catalogue, in its order.
fn rule_ids() -> Vec<&'static str> {
    rules::all().iter().map(|rule| rule.id.as_str()).collect()
}
