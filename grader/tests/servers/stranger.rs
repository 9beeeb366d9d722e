//! Correct servers that are not like the plain one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use grader::tier::Tier;
use serde::Deserialize;

use super::change::{Change, apply};
use super::compiler::{compile, compile_cpp};
use super::{STRICT, folder, names, plain_source, read};

/// A server that obeys the subject in its own way, or one that the exam would pass.
#[derive(Debug)]
pub(crate) struct Stranger {
    /// The name of its file, without the extension.
    pub(crate) name: String,
    /// What is peculiar about it, in one sentence.
    pub(crate) title: String,
    /// It passes this tier and all that are more lenient, and none that is stricter.
    pub(crate) passes: Tier,
    /// Whether it is a program of its own, and not the plain server with a change.
    pub(crate) of_its_own: bool,
    /// Whether it takes a system call for each byte, so that megabytes last.
    pub(crate) slow: bool,
    /// The tool that it needs besides a C compiler.
    pub(crate) needs: Option<String>,
    /// The program, or why it cannot be had on this machine.
    pub(crate) path: Result<PathBuf, String>,
}

/// What a file in `strangers/` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StrangerFile {
    title: String,
    passes: Tier,
    #[serde(default)]
    slow: bool,
    needs: Option<String>,
    /// Its source, in the same folder; without it, it is the plain server with changes.
    source: Option<String>,
    /// Further options for the compiler.
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    change: Vec<Change>,
}

/// The stranger of that name.
pub(crate) fn stranger(name: &str) -> Stranger {
    let file = folder().join("strangers").join(format!("{name}.toml"));
    let stranger: StrangerFile =
        toml::from_str(&read(&file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let needs = stranger.needs.as_deref();
    let path = match needs.filter(|tool| !is_here(tool)) {
        Some(tool) => Err(format!("{name} needs {tool}, which is not installed")),
        None => Ok(built(name, &stranger)),
    };
    Stranger {
        name: name.to_owned(),
        title: stranger.title,
        passes: stranger.passes,
        of_its_own: stranger.source.is_some(),
        slow: stranger.slow,
        needs: stranger.needs,
        path,
    }
}

/// Every stranger, by name.
pub(crate) fn all_strangers() -> Vec<Stranger> {
    names("strangers").iter().map(|it| stranger(it)).collect()
}

/// A machine with Rust and a C compiler only is enough for the tests, so those that need another
/// tool ask first.
fn is_here(tool: &str) -> bool {
    // go has no option, but a command of this name.
    let word = if tool == "go" { "version" } else { "--version" };
    let output = Command::new(tool).arg(word).output();
    output.is_ok_and(|output| output.status.success())
}

fn built(name: &str, stranger: &StrangerFile) -> PathBuf {
    let folder = folder().join("strangers");
    let flags: Vec<&str> = STRICT
        .iter()
        .copied()
        .chain(stranger.flags.iter().map(String::as_str))
        .collect();
    match stranger.source.as_deref() {
        Some(source) if source.ends_with(".py") => folder.join(source),
        Some(source) if source.ends_with(".go") => built_by_go(name, &folder.join(source)),
        Some(source) if source.ends_with(".cpp") => {
            compile_cpp(name, &read(&folder.join(source)), &folder, &flags)
        }
        Some(source) => compile(name, &read(&folder.join(source)), &folder, &flags),
        None => {
            let source = apply(&stranger.change, &plain_source())
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            compile(name, &source, &folder, &flags)
        }
    }
}

/// Go keeps what it has built, so this is quick from the second time on.
fn built_by_go(name: &str, source: &Path) -> PathBuf {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("servers");
    fs::create_dir_all(&built).unwrap_or_else(|error| panic!("{}: {error}", built.display()));
    let own = tempfile::tempdir_in(&built).expect("a folder");
    let unfinished = own.path().join(name);
    let output = Command::new("go")
        .args(["build", "-o"])
        .args([&unfinished, source])
        .env("GOCACHE", built.join("go-cache"))
        .env("GOFLAGS", "-mod=mod")
        .env("GO111MODULE", "off")
        .output()
        .expect("it was here a moment ago");
    assert!(
        output.status.success(),
        "go can't build {name}:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let server = built.join(name);
    fs::rename(&unfinished, &server).unwrap_or_else(|error| panic!("{name}: {error}"));
    server
}
