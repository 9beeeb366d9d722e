//! What a server is kept from.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::{Confinement, Limits, Network};
use crate::Program;

/// How much a server is kept from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Confine {
    /// Nothing: it may do what you may do
    Off,
    /// It changes no file outside of a folder of its own, connects to nothing, and knows nothing of
    /// your environment
    #[default]
    Usual,
    /// It also reads no file but the system's and its own program, and listens on no port but its
    /// own
    Strict,
}

/// How much processor time a server may use, in seconds. The longest scenario takes a correct one
/// some seconds, and a wrong one is ended by the patience.
const PROCESSOR: u64 = 300;

/// How large a file may become that it writes, in bytes.
const FILE: u64 = 64 << 20;

/// Where systems keep programs and their libraries, and what both need to be found.
pub const PROGRAMS: [&str; 11] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/nix/store",
    "/gnu/store",
    "/etc/ld.so.cache",
    "/etc/alternatives",
];

/// Where systems keep what else programs usually read.
const SETTINGS: [&str; 21] = [
    "/proc",
    "/sys",
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/ld.so.preload",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/nsswitch.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/resolv.conf",
    "/etc/gai.conf",
    "/etc/protocols",
    "/etc/services",
    "/etc/locale.alias",
    "/etc/ssl/openssl.cnf",
];

impl Confine {
    /// What a server may do that is to listen on one of these ports, beside what it does in its own
    /// folder.
    #[must_use]
    pub(crate) fn confinement(self, program: &Program, ports: Vec<u16>) -> Option<Confinement> {
        if self == Self::Off {
            return None;
        }
        let system = PROGRAMS.iter().chain(&SETTINGS);
        let mut readable: Vec<PathBuf> = system.map(PathBuf::from).collect();
        readable.push(program.path.clone());
        readable.extend(program.readable.iter().cloned());
        readable.extend(interpreter(&program.path));
        let mut writable: Vec<PathBuf> = vec!["/dev/null".into()];
        writable.extend(program.writable.iter().cloned());
        Some(Confinement {
            readable,
            reads_everything: self == Self::Usual,
            writable,
            network: match self {
                Self::Off | Self::Usual => Network::Listening,
                Self::Strict => Network::ListeningOn(ports),
            },
            limits: Limits {
                processor: Some(PROCESSOR),
                memory: None,
                file: Some(program.errors.as_ref().map_or(FILE, |(_, limit)| *limit)),
            },
        })
    }

    /// Whether a variable of the grader's environment is left.
    pub(crate) fn leaves(self, name: &OsStr) -> bool {
        let name = name.to_string_lossy();
        let is_usual = matches!(&*name, "PATH" | "LANG" | "TERM") || name.starts_with("LC_");
        self == Self::Off || is_usual
    }

    /// What is in force on this machine, each a sentence; and beside it what this machine does
    /// not offer.
    #[must_use]
    pub fn in_force(self) -> (Vec<String>, Vec<String>) {
        let mut is = Vec::new();
        let mut is_not = Vec::new();
        if self == Self::Off {
            is_not.push("The server was not confined, since that was asked for.".into());
            return (is, is_not);
        }
        is.push(format!(
            "The server had no privileges, and had at most {PROCESSOR} seconds of processor \
             time, 256 processes, 2 GB of memory, and files of {} MB.",
            FILE >> 20
        ));
        let version = super::landlock_version();
        if version >= FILES {
            is.push("It could change no file outside of a folder of its own (Landlock).".into());
            if self == Self::Strict {
                is.push(
                    "It could read no file but the system's and its own program (Landlock).".into(),
                );
            }
        } else {
            is_not.push(
                "The server could read and change what you can read and change, since this kernel \
                 has no Landlock, or it is switched off."
                    .into(),
            );
        }
        if version >= TCP {
            is.push(
                match self {
                    Self::Strict => {
                        "It could bind no TCP port but its own, and connect to nothing (Landlock)."
                    }
                    _ => "It could connect to nothing by TCP (Landlock).",
                }
                .into(),
            );
        } else {
            is_not.push(
                "The server could connect to whatever you can connect to, since this kernel's \
                 Landlock does not know TCP."
                    .into(),
            );
        }
        if version >= SIGNALS {
            is.push("It could signal no process but those that it started (Landlock).".into());
        } else {
            is_not.push(
                "The server could signal processes that it had not started, since this kernel's \
                 Landlock does not know signals."
                    .into(),
            );
        }
        is.push(
            "It was told nothing of the environment but PATH, TERM, the language, and what was \
             named with --env."
                .into(),
        );
        (is, is_not)
    }
}

/// The versions of Landlock from which on it knows these (landlock(7)).
const FILES: i64 = 1;
const TCP: i64 = 4;
const SIGNALS: i64 = 6;

/// What a script needs besides itself: where its interpreter was installed.
fn interpreter(program: &Path) -> Option<PathBuf> {
    /// The kernel reads no more of it.
    const LONGEST: u64 = 256;
    let mut line = Vec::new();
    BufReader::new(File::open(program).ok()?.take(LONGEST))
        .read_until(b'\n', &mut line)
        .ok()?;
    let line = String::from_utf8(line).ok()?;
    let path = line.strip_prefix("#!")?.split_whitespace().next()?;
    let real = Path::new(path).canonicalize().ok()?;
    let folder = real.parent()?;
    let whole = folder.parent().filter(|_| folder.ends_with("bin"));
    Some(whole.unwrap_or(folder).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_needs_its_interpreter() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "#!/usr/bin/env python3\nprint()\n").unwrap();
        assert_eq!(interpreter(file.path()), Some("/usr".into()));
        std::fs::write(file.path(), "\x7fELF").unwrap();
        assert_eq!(interpreter(file.path()), None);
    }

    #[test]
    fn what_is_left_of_the_environment_is_what_programs_need() {
        let left = |confine: Confine| {
            let names = [
                "PATH",
                "LANG",
                "LC_ALL",
                "TERM",
                "HOME",
                "LD_PRELOAD",
                "TOKEN",
            ];
            names.map(|name| u8::from(confine.leaves(OsStr::new(name))))
        };
        assert_eq!(left(Confine::Off), [1; 7]);
        assert_eq!(left(Confine::Usual), [1, 1, 1, 1, 0, 0, 0]);
        assert_eq!(left(Confine::Strict), left(Confine::Usual));
    }

    #[test]
    fn what_is_not_in_force_is_told() {
        let (is, is_not) = Confine::Off.in_force();
        assert_eq!((is.len(), is_not.len()), (0, 1));
        let (is, is_not) = Confine::Strict.in_force();
        assert_eq!(
            is.len() + is_not.len(),
            if is_not.is_empty() { 6 } else { 5 }
        );
    }
}
