//! From the command line to an exit status.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Parser;

use crate::batch::{BatchError, FolderError, MergeError, RosterError};
use crate::exit_code::ExitCode;
use crate::fuzz::FuzzError;
use crate::report::TargetError;
use crate::rules::{self, UnknownRule};
use crate::submission::{Handed, NotCompiled, Submission, SubmissionError};
use crate::suite::{Filter, Suite, SuiteError, UnmatchedPattern};
use arguments::{Command, CommandLine, Selection};
use machine::last_words::LastWords;
use machine::{Host, Program, StartError, shortage};

mod arguments;
mod batch;
mod bench;
mod catalogue;
mod fuzz;
mod limitations;
mod run;
mod so_far;
mod variable;

/// What a grader says that cannot go on.
pub const LAST_WORDS: LastWords = LastWords {
    no_memory: "grader: it could not have the memory that it needs; raise the limit of memory \
                (ulimit -v, ulimit -d), or give it fewer plays at once (--jobs)\n",
    aborted: "grader: it has been aborted, by a defect of its own or for want of memory\n",
    panicked: "grader: a defect of the grader",
    status: ExitCode::Trouble.number(),
};

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
    #[error("the class in {path} cannot be read: {1}", path = .0.display())]
    Class(PathBuf, io::Error),
    #[error("the roster {path} cannot be used: {1}", path = .0.display())]
    Roster(PathBuf, RosterError),
    #[error("the results would be in {out}, which is in the class itself: name another folder", out = .0.display())]
    Inside(PathBuf),
    #[error("the class in {path} holds no submission{1}", path = .0.display())]
    Nobody(PathBuf, String),
    #[error(
        "--isolate bwrap needs bubblewrap, and there is no bwrap on this machine: install it, or do without"
    )]
    NoBubblewrap,
    #[error(transparent)]
    Batch(#[from] BatchError),
    #[error(transparent)]
    Results(#[from] FolderError),
    #[error(transparent)]
    Merge(#[from] MergeError),
    #[error("there is no server to play with: {}; `grader run` says more", .0.reason)]
    NotCompiled(NotCompiled),
    #[error(transparent)]
    Fuzz(#[from] FuzzError),
    #[error("cannot write into the folder {0}: {1}")]
    Folder(String, io::Error),
    #[error("cannot write {file}: {1}", file = .0.display())]
    File(PathBuf, io::Error),
    #[error(
        "{0} clients need more descriptors than this machine allows: {1}, of which some are needed otherwise (`ulimit -Hn`)"
    )]
    TooManyClients(usize, u64),
    #[error(
        "there is nothing to plot: it takes bursts with several numbers of listeners or lengths of lines"
    )]
    NothingToPlot,
    #[error("the bench could not go on: {0}")]
    Bench(io::Error),
    #[error(
        "random scenarios have clients who do not read, for whom a server needs descriptors like the exam's, and these cannot be had here: {0}"
    )]
    OtherDescriptors(String),
    #[error("the grader could not start what it needs: {0}")]
    Short(String),
    #[error("the bare relay failed: {0}")]
    Relay(io::Error),
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
            Self::Submission(error) if error.is_trouble() => ExitCode::Trouble,
            Self::Output(_)
            | Self::Folder(..)
            | Self::File(..)
            | Self::Bench(_)
            | Self::OtherDescriptors(_)
            | Self::Short(_)
            | Self::Relay(_) => ExitCode::Trouble,
            Self::Report(TargetError::Unwritable { .. }) => ExitCode::Trouble,
            Self::Results(error)
            | Self::Batch(BatchError::Folder(error))
            | Self::Merge(MergeError::Folder(error))
                if error.is_trouble() =>
            {
                ExitCode::Trouble
            }
            Self::Fuzz(FuzzError::Trouble { .. }) => ExitCode::Trouble,
            Self::NotCompiled(_) | Self::Fuzz(FuzzError::NeverServes(_)) => ExitCode::Failed,
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
        Command::Batch(options) => batch::batch(&options),
        Command::Merge(options) => batch::merge(&options),
        Command::Fuzz(options) => fuzz::fuzz(&options),
        Command::Bench(options) => bench::bench(&options),
        Command::BareRelay { port } => crate::bench::bare_relay::run(port)
            .map(|()| ExitCode::Passed)
            .map_err(CommandError::Relay),
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

/// What is played with: what was handed in, prepared, or the reference where that is nothing.
fn submission(
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
fn program(submission: &Submission) -> Result<Program, CommandError> {
    let program = submission.program.clone();
    program.map_err(CommandError::NotCompiled)
}

/// Whose fault it is that the server was not started at all.
fn not_started(submission: &Submission, error: StartError) -> CommandError {
    match error {
        StartError::Refused(reason) => submission.refused(reason).into(),
        StartError::Machine(reason) => CommandError::Short(shortage::told(&reason)),
    }
}

/// The checks that are asked for.
fn suite(selection: &Selection) -> Result<Suite, CommandError> {
    let mut suite = whole_suite(selection)?;
    filter(selection, &mut suite)?;
    Ok(suite)
}

/// Every check that there is to choose from.
fn whole_suite(selection: &Selection) -> Result<Suite, CommandError> {
    let rules = rule_ids();
    Ok(match &selection.scenarios {
        Some(path) => Suite::at(path, &rules)?,
        None => Suite::shipped(&rules)?,
    })
}

/// Leaves the checks that are asked for.
fn filter(selection: &Selection, suite: &mut Suite) -> Result<(), CommandError> {
    Ok(Filter::new(&selection.only, &selection.skip)?.apply(suite)?)
}

/// The ids of the catalogue, in its order.
fn rule_ids() -> Vec<&'static str> {
    rules::all().iter().map(|rule| rule.id.as_str()).collect()
}
