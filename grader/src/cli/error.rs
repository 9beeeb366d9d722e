//! Why a command could not do what was asked, and what that means for the shell.

use std::io::{self, Write};
use std::path::PathBuf;

use crate::batch::{BatchError, FolderError, MergeError, RosterError};
use crate::exit_code::ExitCode;
use crate::fuzz::FuzzError;
use crate::report::TargetError;
use crate::submission::{NotCompiled, SubmissionError};
use crate::suite::files::NoFile;
use crate::suite::{SuiteError, UnmatchedPattern};

/// Why a command could not do what was asked. Nothing of it is held against a server.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    #[error(transparent)]
    Suite(#[from] SuiteError),
    #[error(transparent)]
    Pattern(#[from] UnmatchedPattern),
    #[error(transparent)]
    File(#[from] NoFile),
    #[error(
        "`{0}` looks at the source and plays nothing, so there is no file to show; `grader explain {0}` says what it asks"
    )]
    NoScenario(String),
    #[error("there is no rule or check `{name}`{}", meant(.nearest.as_deref()))]
    Name {
        name: String,
        nearest: Option<String>,
    },
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
    Unwritable(PathBuf, io::Error),
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

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "; `grader rules` and `grader list` list them all".into(),
        |nearest| format!("; did you mean `{nearest}`?"),
    )
}

/// Where something could not be written, unless the error itself says so, as that of a report does.
fn where_written(error: &io::Error) -> &'static str {
    match error.raw_os_error() {
        Some(_) => "cannot write to standard output: ",
        None => "",
    }
}

impl CommandError {
    pub(super) const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Submission(error) if error.is_trouble() => ExitCode::Trouble,
            Self::Output(_)
            | Self::Folder(..)
            | Self::Unwritable(..)
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
    pub(super) fn tell(&self) {
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
