//! What the grader can do does not depend on being root.

use std::os::unix::process::CommandExt;
use std::process::Command;

use super::invocation::{installed_for_everybody, shown, status};

/// A user that nobody else is.
const USER: u32 = 4_217_100;

#[test]
fn an_ordinary_user_watches_system_calls_as_root_does() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: whoever runs the tests is an ordinary user already");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(installed_for_everybody(folder.path()));
    command
        .args(["run", "--only", "select-first", "--only", "fatal-error"])
        .current_dir(folder.path())
        .env("TMPDIR", folder.path())
        .uid(USER)
        .gid(USER);
    let output = assert_cmd::Command::from_std(command)
        .output()
        .expect("the grader can be called");
    let said = shown(&output);
    assert_eq!(status(&output), 0, "{said}");
    assert!(!said.contains("skipped"), "{said}");
}
