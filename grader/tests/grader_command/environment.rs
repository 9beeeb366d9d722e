//! What a server is told of the grader's environment.

use super::invocation::{executable, grader, shown, status};

/// Keeps the rule only where it is told this, and has been told nothing else.
const SERVER: &[u8] = b"#!/bin/sh
[ -z \"$TOKEN\" ] && [ \"$WANTED\" = told ] && [ -n \"$PATH\" ] && [ \"$TERM\" = dumb ] || exit 3
echo 'Wrong number of arguments' >&2
exit 1
";

#[track_caller]
fn assert_kept(options: &[&str], kept: bool) {
    let server = executable(SERVER);
    let mut command = grader();
    command
        .args(["run", "--only", "no-argument"])
        .args(options)
        .arg(&server.path)
        .env("TOKEN", "secret")
        .env("WANTED", "told")
        .env("TERM", "dumb");
    let output = command.output().expect("the grader can be called");
    assert_eq!(status(&output) == 0, kept, "{}", shown(&output));
}

#[test]
fn a_server_is_told_what_was_named_and_no_more() {
    assert_kept(&[], false);
    assert_kept(&["--env", "WANTED"], true);
    assert_kept(&["--env", "WANTED=told"], true);
    assert_kept(&["--env", "WANTED=other"], false);
    assert_kept(&["--env", "WANTED", "--env", "TOKEN"], false);
    assert_kept(&["--env", "WANTED", "--confine", "strict"], true);
    assert_kept(&["--env", "TOKEN=", "--confine", "off"], true);
}

#[test]
fn a_variable_without_a_name_is_refused() {
    let output = grader().args(["run", "--env", "=told"]).output();
    let output = output.expect("the grader can be called");
    assert_eq!(status(&output), 2, "{}", shown(&output));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("write NAME or NAME=VALUE"), "{said}");
}
