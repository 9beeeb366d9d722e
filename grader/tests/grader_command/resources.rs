//! What is said of what a server has of the machine.
#![cfg(target_os = "linux")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use super::invocation::play;
use super::servers;

#[test]
fn a_second_address_is_found_though_nobody_knocks_there() {
    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("skipped: this machine has no [::1]");
        return;
    }
    let server = servers::supervised("listens_on_ipv6_too", false);
    let played = play(Some(&server), &["--only", "loopback-only"]);
    assert_eq!(played.ended("failed"), ["listening-address"]);
    let wrong = "the server listens on [::1]:";
    assert!(played.stdout.contains(wrong), "{}", played.stdout);
}

/// A script that is not the server but starts it is not what should be measured.
#[test]
fn what_another_process_has_is_not_measured() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("mini_serv");
    let server = servers::plain();
    let text = format!("#!/bin/sh\n'{}' \"$@\"\nexit $?\n", server.display());
    fs::write(&script, text).expect("there is room");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let options = [
        "--only",
        "descriptors-are-closed",
        "--only",
        "sleeps-when-idle",
        "--only",
        "relay",
    ];
    let played = play(Some(&script), &options);
    let mut skipped = played.ended("skipped");
    skipped.sort_unstable();
    assert_eq!(skipped, ["descriptors-are-closed", "sleeps-when-idle"]);
    assert_eq!(played.status, 0, "{}", played.stdout);
    let words = played
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let reason = "the program that was started does not listen itself";
    assert!(words.contains(reason), "{}", played.stdout);
}

/// Its ids are its descriptors, which nobody notices while these count up: it would be failed where
/// descriptors 7 and 9 are those of whoever calls the grader, and passed elsewhere.
#[test]
fn what_the_caller_has_open_a_server_does_not_inherit() {
    let server = servers::saboteur("ids_are_descriptors").path;
    let called = "exec 7</dev/null 9</dev/null; exec \"$@\"";
    let mut command = assert_cmd::Command::new("sh");
    command
        .args(["-c", called, "sh"])
        .arg(assert_cmd::cargo::cargo_bin!("grader"))
        .arg("run")
        .arg(server)
        .args(["--only", "no-memory-for-a-newcomer"]);
    command.assert().success();
}
