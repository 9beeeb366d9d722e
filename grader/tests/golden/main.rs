//! What people and machines read, compared with files that were read by a person.
//!
//! `UPDATE_GOLDEN=1 cargo test --test golden` writes the files anew; look at the difference
//! before committing it.

use std::env;
use std::fs;
use std::path::Path;

mod diagnosis;
mod grouped;
#[path = "../grader_command/invocation.rs"]
mod invocation;
mod json;
mod machine;
mod pages;
mod runs;
mod samples;
#[path = "../servers/mod.rs"]
mod servers;
mod terminal;

/// Compares a text with a file, whose path is from the root of the repository.
#[track_caller]
fn assert_golden(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, text).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let golden = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(
        golden == text,
        "{path} is not what is written now (UPDATE_GOLDEN=1 writes it anew):\n{text}"
    );
}
