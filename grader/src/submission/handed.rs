//! What a path leads to.

use std::fs::Metadata;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{Compiler, Submission, SubmissionError};
use crate::source::SourceText;
use machine::Host;

/// The largest source that is looked at, in bytes.
pub(super) const LARGEST: u64 = 1 << 20;

/// What the source is called that a candidate hands in.
const SOURCE: &str = "mini_serv.c";

/// What was handed in, found but not compiled yet.
#[derive(Debug)]
pub enum Handed {
    /// Something that is executed as it is.
    Program(Box<Submission>),
    /// C source.
    Source {
        /// The file.
        text: SourceText,
        /// Other C files in the folder that was named.
        beside: Vec<String>,
    },
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// Something that is executed as it is.
    Program,
    /// C source.
    Source {
        /// The file.
        path: PathBuf,
        /// Other C files in the folder that was named.
        beside: Vec<String>,
    },
}

impl Recognised {
    /// Finds out what is at a path without opening it: an executable, a file whose name ends in
    /// `.c`, or a folder with `mini_serv.c` in it or in its folder `mini_serv`.
    ///
    /// # Errors
    /// Nothing of that.
    pub fn at(path: &Path) -> Result<Self, SubmissionError> {
        let metadata = metadata(path)?;
        if metadata.is_dir() {
            return Self::in_folder(path);
        }
        // Whoever may execute it: some file systems let everything be executed.
        if metadata.is_file() && is_c(path) {
            return Ok(Self::Source {
                path: path.into(),
                beside: Vec::new(),
            });
        }
        if metadata.is_file() && metadata.permissions().mode() & 0o111 != 0 {
            return Ok(Self::Program);
        }
        Err(SubmissionError::NotExecutable(path.into()))
    }

    fn in_folder(folder: &Path) -> Result<Self, SubmissionError> {
        let places = [folder.join(SOURCE), folder.join("mini_serv").join(SOURCE)];
        let mut found: Vec<PathBuf> = places.into_iter().filter(|path| path.is_file()).collect();
        match found.len() {
            0 => Err(SubmissionError::Folder(folder.into(), c_files(folder))),
            1 => {
                let path = found.remove(0);
                let mut beside = c_files(path.parent().unwrap_or(folder));
                beside.retain(|name| name != SOURCE);
                Ok(Self::Source { path, beside })
            }
            _ => Err(SubmissionError::TwoSources(
                found.remove(0),
                found.remove(0),
            )),
        }
    }
}

impl Handed {
    /// Finds out what is at a path: an executable, a file whose name ends in `.c`, or a folder
    /// with `mini_serv.c` in it or in its folder `mini_serv`, as it is handed in.
    ///
    /// # Errors
    /// Nothing of that, as far as can be seen without executing it.
    pub fn at(path: &Path) -> Result<Self, SubmissionError> {
        match Recognised::at(path)? {
            Recognised::Program => Ok(Self::Program(Box::new(Submission::executable(path)?))),
            Recognised::Source { path, beside } => Self::source(&path, beside),
        }
    }

    fn source(path: &Path, beside: Vec<String>) -> Result<Self, SubmissionError> {
        let unreadable = |error| SubmissionError::Missing(path.into(), error);
        let file = std::fs::File::open(path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(LARGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST {
            return Err(SubmissionError::TooLarge(
                path.into(),
                metadata(path)?.len(),
            ));
        }
        Ok(Self::Source {
            text: SourceText::new(path.display().to_string(), bytes),
            beside,
        })
    }

    /// Makes it ready to be graded. A source is compiled, with sanitizers as well if that is
    /// wanted, by the compiler that is named or a usual one.
    ///
    /// # Errors
    /// There is no compiler, or the machine has trouble. A source that does not compile is none.
    pub fn prepare(
        self,
        host: &Host,
        compiler: Option<&str>,
        sanitized: bool,
    ) -> Result<Submission, SubmissionError> {
        match self {
            Self::Program(submission) => Ok(*submission),
            Self::Source { text, beside } => {
                let compiler = Compiler::find(host, compiler)?;
                Submission::compiled(text, beside, compiler, sanitized)
            }
        }
    }
}

fn metadata(path: &Path) -> Result<Metadata, SubmissionError> {
    std::fs::metadata(path).map_err(|error| SubmissionError::Missing(path.into(), error))
}

fn is_c(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "c")
}

/// The names of the C files in a folder, sorted; a few of them, if there are many.
fn c_files(folder: &Path) -> Vec<String> {
    const MANY: usize = 5;
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.path())
        .filter(|path| is_c(path) && path.is_file())
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    if names.len() > MANY {
        let more = names.len() - MANY;
        names.truncate(MANY);
        names.push(format!("{more} more"));
    }
    names
}
