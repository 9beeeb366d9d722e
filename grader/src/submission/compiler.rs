//! The compiler: which one, and how it is run without harm.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use machine::confinement::{self, Confinement, Ended, Errand, Limits};
use machine::{Exit, Host};

/// How much processor time each process of a compiler may use, in seconds. A mini_serv takes a
/// tenth of one.
const PROCESSOR: u64 = 10;

/// How much address space each of them may use, in bytes. That is mostly the compiler itself.
const MEMORY: u64 = 2 << 30;

/// How large a file may become that it writes, in bytes.
const FILE: u64 = 64 << 20;

/// How long a compiler may take in all, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(120);

/// The compilers that are looked for where none is named: the exam's first.
const USUAL: [&str; 3] = ["gcc", "cc", "clang"];

/// A C compiler on this machine.
#[derive(Clone, Debug)]
pub struct Compiler {
    host: Host,
    path: PathBuf,
    /// As it was named: `gcc`.
    name: String,
    family: Family,
}

/// Whose options it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Of this major version, where that is known.
    Gcc(Option<u32>),
    Clang,
}

/// There is no compiler to use.
#[derive(Debug, thiserror::Error)]
pub enum CompilerError {
    /// The one that was asked for is not there.
    #[error(
        "there is no compiler {0} on this machine: install it, or name another with --cc, such as \
         --cc gcc or --cc clang"
    )]
    Missing(String),
    /// None is there.
    #[error("C source needs a compiler, and there is none on this machine: install gcc or clang")]
    None,
    /// It is there and does not run.
    #[error("the compiler {0} does not run: {1}")]
    Broken(String, String),
}

/// What became of a call of a compiler.
#[derive(Debug)]
pub(super) enum Compiled {
    /// It did its work; it may have warned.
    Done(String),
    /// It did not, and says why.
    Refused(String),
    /// It was stopped because it used too much, of this.
    TooMuch(&'static str),
}

impl Compiler {
    /// Finds the compiler that is asked for by name or path, or the usual one.
    ///
    /// # Errors
    /// It is not there, or does not run.
    pub fn find(host: &Host, wanted: Option<&str>) -> Result<Self, CompilerError> {
        let (name, path) = match wanted {
            Some(name) => {
                let path = search(name).ok_or_else(|| CompilerError::Missing(name.into()))?;
                (name, path)
            }
            None => USUAL
                .into_iter()
                .find_map(|name| Some((name, search(name)?)))
                .ok_or(CompilerError::None)?,
        };
        let mut compiler = Self {
            host: host.clone(),
            path,
            name: name.into(),
            family: Family::Gcc(None),
        };
        let folder = std::env::temp_dir();
        let broken = |why: String| CompilerError::Broken(name.into(), why);
        let version = compiler
            .run(&folder, &["--version"], &[])
            .map_err(|error| broken(error.to_string()))?;
        match version {
            Compiled::Done(said) if said.contains("clang") => compiler.family = Family::Clang,
            Compiled::Done(said) => compiler.family = Family::Gcc(major_version(&said)),
            Compiled::Refused(said) => return Err(broken(said.trim().into())),
            Compiled::TooMuch(of) => return Err(broken(format!("it uses too much {of}"))),
        }
        Ok(compiler)
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A program of the path, as a shell finds it.
    #[must_use]
    pub fn search(name: &str) -> Option<PathBuf> {
        search(name)
    }

    /// The program with which what it builds finds the lines of its source; gcc's needs none.
    #[must_use]
    pub fn symbolizer(&self) -> Option<PathBuf> {
        if matches!(self.family, Family::Gcc(_)) {
            return None;
        }
        let real = self.path.canonicalize().ok()?;
        let beside = real.parent()?.join("llvm-symbolizer");
        if is_executable(&beside) {
            return Some(beside);
        }
        search("llvm-symbolizer")
    }

    pub(super) const fn family(&self) -> Family {
        self.family
    }

    /// Runs it in a folder, which is the only one in which it may change anything.
    ///
    /// # Errors
    /// The machine's.
    pub(super) fn run(
        &self,
        folder: &Path,
        arguments: &[&str],
        more: &[OsString],
    ) -> io::Result<Compiled> {
        let errand = Errand {
            program: self.path.clone(),
            arguments: arguments
                .iter()
                .map(OsString::from)
                .chain(more.iter().cloned())
                .collect(),
            environment: vec![
                ("PATH".into(), std::env::var_os("PATH").unwrap_or_default()),
                ("HOME".into(), folder.into()),
                ("TMPDIR".into(), folder.into()),
                ("LC_ALL".into(), "C".into()),
                // A cache would have to write outside of the folder.
                ("CCACHE_DISABLE".into(), "1".into()),
            ],
            folder: folder.into(),
            confinement: Some(self.confinement(folder)),
            patience: PATIENCE,
        };
        let ended = errand.run(&self.host)?;
        if !ended.succeeded() && could_not_fork(&String::from_utf8_lossy(&ended.output)) {
            return Err(io::Error::from_raw_os_error(libc::EAGAIN));
        }
        Ok(outcome(&ended))
    }

    /// Why its files are not kept from it on this machine, where they are not.
    #[must_use]
    pub fn unconfined(&self) -> Option<String> {
        self.confinement(&std::env::temp_dir()).unavailable()
    }

    fn confinement(&self, folder: &Path) -> Confinement {
        let others = ["/etc/clang", "/dev/urandom"];
        let system = confinement::PROGRAMS.iter().chain(&others);
        let mut readable: Vec<PathBuf> = system.map(PathBuf::from).collect();
        // Where it was installed, with what it brings along: `/opt/llvm/bin/clang`.
        if let Ok(real) = self.path.canonicalize()
            && let Some(bin) = real.parent()
        {
            let whole = bin.parent().filter(|_| bin.ends_with("bin"));
            readable.push(whole.unwrap_or(bin).into());
        }
        Confinement {
            readable,
            writable: vec![folder.into(), "/dev/null".into()],
            limits: Limits {
                processor: Some(PROCESSOR),
                memory: Some(MEMORY),
                file: Some(FILE),
            },
            ..Confinement::default()
        }
    }
}

/// Whether a compiler says that it could not start what it consists of, which is not the source's
/// fault.
fn could_not_fork(said: &str) -> bool {
    said.lines().any(|line| {
        line.contains("Resource temporarily unavailable")
            && ["fork", "spawn", "execute"]
                .iter()
                .any(|call| line.contains(call))
    })
}

/// Makes of a compiler's end what it means.
fn outcome(ended: &Ended) -> Compiled {
    let said = String::from_utf8_lossy(&ended.output).into_owned();
    if ended.succeeded() {
        return Compiled::Done(said);
    }
    let Some(exit) = ended.exit else {
        return Compiled::TooMuch("time");
    };
    let says = |words: &[&str]| words.iter().any(|words| said.contains(words));
    // The driver tells of the signals that end what it starts.
    if says(&["CPU time limit exceeded"]) || exit == Exit::Signal(libc::SIGXCPU) {
        Compiled::TooMuch("processor time")
    } else if says(&["File size limit exceeded", "File too large"])
        || exit == Exit::Signal(libc::SIGXFSZ)
    {
        Compiled::TooMuch("room for what it writes")
    } else if says(&[
        "out of memory",
        "memory exhausted",
        "Cannot allocate memory",
        "cannot allocate memory",
        "std::bad_alloc",
        "Killed signal terminated",
    ]) {
        Compiled::TooMuch("memory")
    } else if said.trim().is_empty() {
        Compiled::Refused(format!("the compiler {exit}"))
    } else {
        Compiled::Refused(said)
    }
}

/// The major version in `gcc (Debian 12.2.0-14) 12.2.0`.
fn major_version(said: &str) -> Option<u32> {
    let version = said.lines().next()?.split(' ').find(|word| {
        word.starts_with(|first: char| first.is_ascii_digit()) && word.contains('.')
    })?;
    version.split('.').next()?.parse().ok()
}

/// Finds a program as a shell does.
fn search(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        let path = std::path::absolute(name).ok()?;
        return path.is_file().then_some(path);
    }
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|path| is_executable(path))
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_that_could_not_fork_is_told_apart() {
        let gcc = "gcc: fatal error: cannot execute 'as': vfork: Resource temporarily unavailable";
        assert!(could_not_fork(gcc));
        assert!(!could_not_fork(
            "mini_serv.c:3: error: fork is not declared"
        ));
    }

    #[test]
    fn versions_are_read() {
        let said = "gcc (Debian 12.2.0-14+deb12u1) 12.2.0\nCopyright\n";
        assert_eq!(major_version(said), Some(12));
        assert_eq!(major_version("gcc-9 (Ubuntu 9.4.0-1) 9.4.0"), Some(9));
        assert_eq!(major_version("cc"), None);
    }
}
