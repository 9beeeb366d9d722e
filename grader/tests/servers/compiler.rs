//! Compiles the servers.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use super::plain_source;

/// Compiles a source whose includes are relative to `folder`, unless the same has
/// been compiled before.
///
/// The compiler writes into a folder of its own and the result is renamed, so that
/// a test that runs at the same time sees the whole server or none.
pub(super) fn compile(name: &str, source: &str, folder: &Path, flags: &[&str]) -> PathBuf {
    // As for make, CC may hold options after the compiler's name.
    let command = std::env::var("CC").unwrap_or_default();
    let command = if command.trim().is_empty() {
        "cc"
    } else {
        &command
    };
    compile_with(command, name, source, "c", folder, flags)
}

/// The same for C++, with g++.
pub(super) fn compile_cpp(name: &str, source: &str, folder: &Path, flags: &[&str]) -> PathBuf {
    let flags = [flags, &["-std=c++17"]].concat();
    compile_with("g++", name, source, "cpp", folder, &flags)
}

fn compile_with(
    command: &str,
    name: &str,
    source: &str,
    extension: &str,
    folder: &Path,
    flags: &[&str],
) -> PathBuf {
    // One compiler at a time in each test process: the tests share the machine.
    static COMPILER: Mutex<()> = Mutex::new(());

    let mut words = command.split_whitespace();
    let compiler = words.next().unwrap_or_default();
    let mut hasher = DefaultHasher::new();
    // The plain source counts for all, since the hostile ones include it.
    (command, flags, source, plain_source()).hash(&mut hasher);
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("servers");
    let server = built.join(format!("{name}-{:016x}", hasher.finish()));

    let _turn = COMPILER.lock().unwrap_or_else(PoisonError::into_inner);
    if server.exists() {
        return server;
    }
    fs::create_dir_all(&built).unwrap_or_else(|error| panic!("{}: {error}", built.display()));
    let own =
        tempfile::tempdir_in(&built).unwrap_or_else(|error| panic!("{}: {error}", built.display()));
    let source_file = own.path().join(format!("{name}.{extension}"));
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
                "the servers for these tests need a compiler, and {compiler} can't be run: \
                 {error}; install one, or name that for C in CC"
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
        (&source_file, &server.with_extension(extension)),
        (&unfinished, &server),
    ] {
        fs::rename(from, to).unwrap_or_else(|error| panic!("{}: {error}", to.display()));
    }
    server
}
