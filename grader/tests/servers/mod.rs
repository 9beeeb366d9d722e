//! The servers that the integration tests let the grader judge.
//!
//! `plain.c` is one correct server as most candidates write it. Each file in
//! `saboteurs/` says how to turn it into a server with exactly one mistake,
//! `hostile/` holds programs that make a grader's life hard, `strangers/` holds
//! correct servers that read the subject in other ways, and `supervised/` programs
//! that say what they find where the grader supervises them.
//!
//! Programs in C are compiled on demand with `$CC` (or `cc`), once for each content,
//! into the folder that cargo keeps for integration tests.

#![allow(
    dead_code,
    unused_imports,
    reason = "each integration test uses some of the servers only"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

mod change;
mod compiler;
mod saboteur;
mod stranger;

pub(crate) use saboteur::{ABOUT_EVERYTHING, Saboteur, all_saboteurs, saboteur};
pub(crate) use stranger::{Stranger, all_strangers, stranger};

use compiler::compile;

/// How the exam compiles.
const STRICT: &[&str] = &["-Wall", "-Wextra", "-Werror"];

/// The correct server that the saboteurs are made from.
pub(crate) fn plain() -> PathBuf {
    compile("plain", &plain_source(), &folder(), STRICT)
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

/// The names of the servers in one of the folders, sorted.
pub(crate) fn names(kind: &str) -> BTreeSet<String> {
    let folder = folder().join(kind);
    fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("the folder stays readable").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
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
