//! The servers that the integration tests let the grader judge.
//!
//! `plain.c` is one correct server as most candidates write it. Each file in
//! `mistakes/` says how to turn it into a server with exactly one mistake,
//! `hostile/` holds programs that make a grader's life hard, `strangers/` holds
//! correct servers that read the subject in other ways, and `supervised/` programs
//! that say what they find where the grader supervises them.
//!
//! All but the Python one are compiled on demand with `$CC` (or `cc`), once for
//! each content, into the folder that cargo keeps for integration tests.

#![allow(
    dead_code,
    reason = "each integration test uses some of the servers only"
)]

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

/// How the exam compiles.
const STRICT: &[&str] = &["-Wall", "-Wextra", "-Werror"];

/// A mistake may well be one that the compiler warns of.
const TOLERANT: &[&str] = &["-Wall", "-Wextra"];

/// A server with exactly one mistake.
#[derive(Debug)]
pub(crate) struct Mistake {
    /// The name of its file, without the extension.
    pub(crate) name: String,
    /// The source with the mistake in it.
    pub(crate) source: PathBuf,
    /// The compiled server.
    pub(crate) path: PathBuf,
    /// What it does wrong, in one sentence.
    pub(crate) title: String,
    /// The rule that it must fail.
    pub(crate) breaks: String,
    /// The rules that can't but fail with it, in some scenarios.
    pub(crate) may_also_break: Vec<String>,
}

/// What a file in `mistakes/` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MistakeFile {
    title: String,
    breaks: String,
    #[serde(default)]
    may_also_break: Vec<String>,
    change: Vec<Change>,
}

/// One replacement in `plain.c`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    old: String,
    new: String,
}

/// The correct server that the mistakes are made from.
pub(crate) fn plain() -> PathBuf {
    compile("plain", &plain_source(), &folder(), STRICT)
}

/// The server with the mistake of that name.
pub(crate) fn mistake(name: &str) -> Mistake {
    let file = folder().join("mistakes").join(format!("{name}.toml"));
    let text = read(&file);
    let mistake: MistakeFile =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let source = apply(&mistake.change, &plain_source())
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let path = compile(name, &source, &folder(), TOLERANT);
    Mistake {
        name: name.to_owned(),
        source: path.with_extension("c"),
        path,
        title: mistake.title,
        breaks: mistake.breaks,
        may_also_break: mistake.may_also_break,
    }
}

/// Every server with a mistake, by name.
pub(crate) fn all_mistakes() -> Vec<Mistake> {
    names("mistakes").iter().map(|name| mistake(name)).collect()
}

/// The hostile program of that name.
pub(crate) fn hostile(name: &str) -> PathBuf {
    let folder = folder().join("hostile");
    compile(
        name,
        &read(&folder.join(format!("{name}.c"))),
        &folder,
        STRICT,
    )
}

/// The correct server of that name.
///
/// `select_server` is a Python script: see [`python_is_here`].
pub(crate) fn stranger(name: &str) -> PathBuf {
    let folder = folder().join("strangers");
    let script = folder.join(format!("{name}.py"));
    if script.exists() {
        return script;
    }
    compile(
        name,
        &read(&folder.join(format!("{name}.c"))),
        &folder,
        STRICT,
    )
}

/// The program of that name which tries what a supervised server may do, statically linked or not.
pub(crate) fn supervised(name: &str, statically: bool) -> PathBuf {
    let folder = folder().join("supervised");
    let source = read(&folder.join(format!("{name}.c")));
    let mut flags = STRICT.to_vec();
    flags.push("-pthread");
    if statically {
        flags.push("-static");
    }
    compile(name, &source, &folder, &flags)
}

/// The correct server that the mistakes are made from, statically linked.
pub(crate) fn plain_static() -> PathBuf {
    let mut flags = STRICT.to_vec();
    flags.push("-static");
    compile("plain", &plain_source(), &folder(), &flags)
}

/// Whether the strangers written in Python can run. A machine with Rust and a C
/// compiler only is enough for the tests, so those that need Python ask first.
pub(crate) fn python_is_here() -> bool {
    Command::new("python3")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}

/// The names of the servers in one of the folders, sorted.
pub(crate) fn names(kind: &str) -> BTreeSet<String> {
    let folder = folder().join(kind);
    fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the folder stays readable").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

/// Makes the changes one after another. Each `old` must occur exactly once in the
/// original, so that no change depends on its neighbours, and still once when its
/// turn comes.
fn apply(changes: &[Change], original: &str) -> Result<String, String> {
    let mut source = original.to_owned();
    for Change { old, new } in changes {
        for text in [original, &source] {
            match text.matches(old.as_str()).count() {
                1 => {}
                count => return Err(format!("{old:?} occurs {count} times, not once")),
            }
        }
        source = source.replacen(old.as_str(), new, 1);
    }
    Ok(source)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers")
}

fn plain_source() -> String {
    read(&folder().join("plain.c"))
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Compiles a source whose includes are relative to `folder`, unless the same has
/// been compiled before.
///
/// The compiler writes into a folder of its own and the result is renamed, so that
/// a test that runs at the same time sees the whole server or none.
fn compile(name: &str, source: &str, folder: &Path, flags: &[&str]) -> PathBuf {
    // One compiler at a time in each test process: the tests share the machine.
    static COMPILER: Mutex<()> = Mutex::new(());

    // As for make, CC may hold options after the compiler's name.
    let command = std::env::var("CC").unwrap_or_default();
    let mut words = command.split_whitespace();
    let compiler = words.next().unwrap_or("cc");
    let mut hasher = DefaultHasher::new();
    // The plain source counts for all, since the hostile ones include it.
    (&command, flags, source, plain_source()).hash(&mut hasher);
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("servers");
    let server = built.join(format!("{name}-{:016x}", hasher.finish()));

    let _turn = COMPILER.lock().unwrap_or_else(PoisonError::into_inner);
    if server.exists() {
        return server;
    }
    fs::create_dir_all(&built).unwrap_or_else(|error| panic!("{}: {error}", built.display()));
    let own =
        tempfile::tempdir_in(&built).unwrap_or_else(|error| panic!("{}: {error}", built.display()));
    let source_file = own.path().join(format!("{name}.c"));
    let unfinished = own.path().join(name);
    fs::write(&source_file, source)
        .unwrap_or_else(|error| panic!("{}: {error}", source_file.display()));
    let output = Command::new(compiler)
        .args(words)
        .args(flags)
        .arg("-iquote")
        .arg(folder)
        .arg(&source_file)
        .arg("-o")
        .arg(&unfinished)
        .output()
        .unwrap_or_else(|error| {
            panic!(
                "the servers for these tests need a C compiler, and {compiler} can't be run: \
                 {error}; install one, or name yours in CC"
            )
        });
    assert!(
        output.status.success(),
        "{compiler} can't compile the server {name} ({}):\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    // The server last, since its presence says that all is there.
    for (from, to) in [
        (&source_file, &server.with_extension("c")),
        (&unfinished, &server),
    ] {
        fs::rename(from, to).unwrap_or_else(|error| panic!("{}: {error}", to.display()));
    }
    server
}
