//! What a candidate hands in: an executable in any language, C source, or a folder with it.
//!
//! | File | What it knows |
//! |---|---|
//! | `handed` | what a path leads to |
//! | `language` | in what an executable was plainly written |
//! | `compiler` | the compiler, and how it is run without harm |
//! | `build` | the ways in which a source is compiled |
//! | `diagnostics` | what a compiler says |

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::shell;
use crate::source::SourceText;
use machine::{Program, keep, shortage};

mod build;
mod compiler;
mod diagnostics;
mod handed;
mod language;

pub use build::{Built, Inside, NotCompiled, NotSanitized};
pub use compiler::{Compiler, CompilerError};
pub use handed::{Handed, Recognised};

/// What is graded.
#[derive(Debug)]
pub struct Submission {
    /// What is executed, or why there is nothing to execute.
    pub program: Result<Program, NotCompiled>,
    /// As the user named it.
    pub name: String,
    /// A shell command that starts it, its arguments to follow.
    pub command: String,
    /// Where it came from, if that is C source.
    pub source: Option<Source>,
    /// Whether a candidate handed it in; the reference is nobody's.
    pub is_handed_in: bool,
}

/// A source and what was made of it.
#[derive(Debug)]
pub struct Source {
    /// The file.
    pub text: SourceText,
    /// What the compiler made of it.
    pub built: Built,
    /// The compiler.
    pub compiler: Compiler,
    /// Other C files in its folder, which are not looked at.
    pub beside: Vec<String>,
}

/// Why something cannot be graded.
#[derive(Debug, thiserror::Error)]
pub enum SubmissionError {
    /// There is nothing at the path.
    #[error("there is no server at {path}: {1}", path = .0.display())]
    Missing(PathBuf, io::Error),
    /// It is a folder without the source.
    #[error("{path} holds no mini_serv.c{}: name the server's source, or its executable", others(.1), path = .0.display())]
    Folder(PathBuf, Vec<String>),
    /// It is a folder with two sources of that name.
    #[error("{one} and {other} are both there: name the one that is meant", one = .0.display(), other = .1.display())]
    TwoSources(PathBuf, PathBuf),
    /// The source is too large to be looked at.
    #[error("{path} is {1} bytes long: a mini_serv takes some thousand, and the grader looks at {limit} at most", path = .0.display(), limit = handed::LARGEST)]
    TooLarge(PathBuf, u64),
    /// There is no compiler for it.
    #[error(transparent)]
    Compiler(#[from] CompilerError),
    /// It could not be compiled for a reason of the grader's.
    #[error("{path} could not be compiled: {told}", path = .0.display(), told = shortage::told(.1))]
    NotBuilt(PathBuf, io::Error),
    /// What was compiled is not executed.
    #[error("what was compiled from {path} cannot be executed: {1}\n  if {folder} does not allow programs, name another folder in TMPDIR", path = .0.display(), folder = std::env::temp_dir().display())]
    BuiltAndRefused(PathBuf, io::Error),
    /// It is not a file, or nobody may execute it.
    #[error("{path} is not executable: if it is a program, `chmod +x {path}` makes it so", path = .0.display())]
    NotExecutable(PathBuf),
    /// The grader does not see its system calls.
    #[error("{path} is a 32-bit program, whose system calls cannot be judged: compile it for this machine's 64 bits, without -m32", path = .0.display())]
    ShortPointers(PathBuf),
    /// The kernel does not execute it.
    #[error("{path} cannot be executed: {1}{remedy}", path = .0.display(), remedy = remedy(.1))]
    Refused(PathBuf, io::Error),
    /// The grader does not know where it is itself.
    #[error(
        "the built-in reference cannot be started, since the grader cannot find its own executable: {0}"
    )]
    NoReference(io::Error),
}

impl SubmissionError {
    /// Whether it is the grader's or the machine's trouble, and no mistake of whoever called it.
    #[must_use]
    pub const fn is_trouble(&self) -> bool {
        matches!(
            self,
            Self::Compiler(_)
                | Self::NotBuilt(..)
                | Self::BuiltAndRefused(..)
                | Self::NoReference(_)
        )
    }
}

/// Whether it is a program of 32 bits (elf(5), `EI_CLASS`).
fn has_short_pointers(program: &Path) -> bool {
    const CLASS_32: [u8; 5] = *b"\x7fELF\x01";
    let mut start = [0; CLASS_32.len()];
    let read = File::open(program).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == CLASS_32
}

fn others(files: &[String]) -> String {
    match files {
        [] => String::new(),
        [one] => format!(", only {one}"),
        files => format!(", only {}", files.join(", ")),
    }
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
            program: Ok(Program {
                path,
                arguments: vec!["reference".into()],
                ..Program::default()
            }),
            name: "the built-in reference".into(),
            command: "grader reference".into(),
            source: None,
            is_handed_in: false,
        })
    }

    /// An executable in any language, which is there.
    fn executable(path: &Path) -> Result<Self, SubmissionError> {
        let shown = path.display().to_string();
        let command = if shown.contains('/') {
            shell::quoted(path)
        } else {
            shell::quoted(&Path::new(".").join(path))
        };
        // A bare name is a file here, not a command somewhere else.
        let absolute = std::path::absolute(path)
            .map_err(|error| SubmissionError::Missing(path.into(), error))?;
        if cfg!(target_pointer_width = "64") && has_short_pointers(&absolute) {
            return Err(SubmissionError::ShortPointers(path.into()));
        }
        Ok(Self {
            program: Ok(Program {
                kept: keep(&absolute),
                path: absolute,
                ..Program::default()
            }),
            name: shown,
            command,
            source: None,
            is_handed_in: true,
        })
    }

    /// A source, compiled; with sanitizers as well if that is wanted.
    fn compiled(
        text: SourceText,
        beside: Vec<String>,
        compiler: Compiler,
        sanitized: bool,
    ) -> Result<Self, SubmissionError> {
        let name = text.path().to_owned();
        let built = build::build(&text, &compiler, sanitized)
            .map_err(|error| SubmissionError::NotBuilt(PathBuf::from(&name), error))?;
        let program = built.program.clone().map(|path| Program {
            path,
            ..Program::default()
        });
        Ok(Self {
            program,
            name,
            command: "./mini_serv".into(),
            source: Some(Source {
                text,
                built,
                compiler,
                beside,
            }),
            is_handed_in: true,
        })
    }

    /// In what it is plainly written, where that is not C: `Rust`.
    #[must_use]
    pub fn other_language(&self) -> Option<&'static str> {
        let program = std::fs::read(&self.program.as_ref().ok()?.path).ok()?;
        language::other_than_c(&program)
    }

    /// The tool that was built into the program and has memory of its own: `AddressSanitizer`.
    #[must_use]
    pub fn memory_tool(&self) -> Option<&'static str> {
        let program = std::fs::read(&self.program.as_ref().ok()?.path).ok()?;
        language::memory_tool(&program)
    }

    /// The kernel does not execute it, for this reason.
    #[must_use]
    pub fn refused(&self, error: io::Error) -> SubmissionError {
        let path = PathBuf::from(&self.name);
        match self.source {
            Some(_) => SubmissionError::BuiltAndRefused(path, error),
            None => SubmissionError::Refused(path, error),
        }
    }
}
