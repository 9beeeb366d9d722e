//! What a candidate hands in: for now, an executable.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::harness::Program;

mod language;

/// What is graded.
#[derive(Clone, Debug)]
pub struct Submission {
    /// What is executed.
    pub program: Program,
    /// As the user named it.
    pub name: String,
    /// A shell command that starts it, its arguments to follow.
    pub command: String,
}

/// Why something cannot be graded.
#[derive(Debug, thiserror::Error)]
pub enum SubmissionError {
    /// There is nothing at the path.
    #[error("there is no server at {path}: {1}", path = .0.display())]
    Missing(PathBuf, io::Error),
    /// It is a folder.
    #[error("{path} is a folder: name the executable in it, such as {inner}", path = .0.display(), inner = .0.join("mini_serv").display())]
    Folder(PathBuf),
    /// It is C source.
    #[error("{path} is C source, and a server must be an executable: compile it first, for instance with\n  cc -Wall -Wextra -Werror {path} -o mini_serv", path = .0.display())]
    Source(PathBuf),
    /// It is not a file, or nobody may execute it.
    #[error("{path} is not executable: if it is a program, `chmod +x {path}` makes it so", path = .0.display())]
    NotExecutable(PathBuf),
    /// The kernel does not execute it.
    #[error("{path} cannot be executed: {1}{remedy}", path = .0.display(), remedy = remedy(.1))]
    Refused(PathBuf, io::Error),
    /// The grader does not know where it is itself.
    #[error(
        "the built-in reference cannot be started, since the grader cannot find its own executable: {0}"
    )]
    NoReference(io::Error),
}

fn remedy(error: &io::Error) -> &'static str {
    match error
        .raw_os_error()
        .map(rustix::io::Errno::from_raw_os_error)
    {
        Some(rustix::io::Errno::NOEXEC) => {
            "\n  it is no program for this machine: was it compiled on another? A script must begin with #! and its interpreter"
        }
        Some(rustix::io::Errno::NOENT) => {
            "\n  the file is there, but the interpreter or loader that it names is not"
        }
        _ => "",
    }
}

impl Submission {
    /// The reference: the grader itself, in another role.
    ///
    /// # Errors
    /// The grader cannot find its own executable.
    pub fn reference() -> Result<Self, SubmissionError> {
        let path = std::env::current_exe().map_err(SubmissionError::NoReference)?;
        Ok(Self {
            program: Program {
                path,
                arguments: vec!["reference".into()],
            },
            name: "the built-in reference".into(),
            command: "grader reference".into(),
        })
    }

    /// An executable in any language.
    ///
    /// # Errors
    /// It is none, as far as can be seen without executing it.
    pub fn executable(path: &Path) -> Result<Self, SubmissionError> {
        let missing = |error| SubmissionError::Missing(path.into(), error);
        let metadata = std::fs::metadata(path).map_err(missing)?;
        if metadata.is_dir() {
            return Err(SubmissionError::Folder(path.into()));
        }
        let executable = metadata.is_file() && metadata.permissions().mode() & 0o111 != 0;
        if !executable && path.extension().is_some_and(|extension| extension == "c") {
            return Err(SubmissionError::Source(path.into()));
        }
        if !executable {
            return Err(SubmissionError::NotExecutable(path.into()));
        }
        let shown = path.display().to_string();
        let command = if shown.contains('/') {
            shown.clone()
        } else {
            format!("./{shown}")
        };
        Ok(Self {
            program: Program {
                // A bare name is a file here, not a command somewhere else.
                path: std::path::absolute(path).map_err(missing)?,
                arguments: Vec::new(),
            },
            name: shown,
            command,
        })
    }

    /// In what it is plainly written, where that is not C: `Rust`.
    #[must_use]
    pub fn other_language(&self) -> Option<&'static str> {
        let program = std::fs::read(&self.program.path).ok()?;
        language::other_than_c(&program)
    }

    /// The kernel does not execute it, for this reason.
    #[must_use]
    pub fn refused(&self, error: io::Error) -> SubmissionError {
        SubmissionError::Refused(PathBuf::from(&self.name), error)
    }
}
