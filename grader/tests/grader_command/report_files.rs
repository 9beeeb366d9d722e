//! What stands in the file of a report while a run goes on.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::eventually::eventually;
use super::interruption;
use super::invocation::{self, named};
use super::servers;

/// A run that has no end of its own, since the server does nothing and the patience is endless.
fn endless(server: &Path, report: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("grader"));
    command
        .args(["run", "--patience", "3600"])
        .args(options)
        .arg("--report")
        .arg(format!("json={}", report.display()))
        .arg(server)
        .stdout(Stdio::piped());
    interruption::as_on_a_terminal(&mut command);
    command
}

/// What is in the file, if it is there; it is never anything but a report.
fn read(report: &Path) -> Option<Value> {
    let text = fs::read_to_string(report).ok()?;
    let report = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    invocation::assert_valid(&report);
    Some(report)
}

/// What is in it when as many checks have ended.
fn read_after(checks: usize, report: &Path) -> Value {
    let ended = |report: &Value| report["checks"].as_array().map(Vec::len) == Some(checks);
    eventually("so many checks have ended", || {
        read(report).as_ref().is_some_and(ended)
    });
    read(report).expect("it was there")
}

fn interrupt(grader: &std::process::Child) {
    let id = rustix::process::Pid::from_child(grader);
    rustix::process::kill_process(id, interruption::CTRL_C).expect("it is our child");
}

#[test]
fn it_is_there_before_any_check_has_ended() {
    let server = named(&servers::hostile("never_reads"));
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("report.json");
    let grader = endless(&server.path, &report, &["--only", "exam-4"]).spawn();
    let mut grader = grader.expect("the grader can be called");
    let begun = read_after(0, &report);
    assert_eq!(
        (&begun["verdict"], &begun["planned"]),
        (&Value::Null, &1.into())
    );
    interrupt(&grader);
    grader.wait().expect("it is our child");
    assert_eq!(read(&report).expect("it is there")["interrupted"], true);
    let files = fs::read_dir(folder.path()).expect("it is there");
    assert_eq!(files.count(), 1, "something is left behind");
    server.assert_gone();
}

/// What is known by then is told, and the reports are complete.
#[test]
fn a_run_that_is_interrupted_tells_what_it_knows() {
    let server = named(&servers::hostile("never_reads"));
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("report.json");
    let options = ["--only", "exam-1", "--only", "exam-4"];
    let grader = endless(&server.path, &report, &options).spawn();
    let grader = grader.expect("the grader can be called");
    read_after(1, &report);
    interrupt(&grader);
    let output = grader.wait_with_output().expect("it is our child");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("Interrupted: 1 of 2 checks had ended."),
        "{said}"
    );
    assert!(!said.contains("Verdict"), "{said}");
    let known = read(&report).expect("it is there");
    assert_eq!(
        (&known["interrupted"], &known["verdict"]),
        (&true.into(), &Value::Null)
    );
    server.assert_gone();
}

/// A page of a CI job to which several steps write.
#[test]
fn markdown_follows_what_is_there_already() {
    let folder = tempfile::tempdir().expect("a folder");
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "# Built\n").expect("room");
    for _ in 0..2 {
        invocation::grader()
            .args(["run", "--only", "no-argument", "--report"])
            .arg(format!("markdown={}", summary.display()))
            .assert()
            .code(0);
    }
    let text = fs::read_to_string(&summary).expect("it is there");
    assert!(text.starts_with("# Built\n\n## ✅ Passed"), "{text}");
    assert_eq!(text.matches("\n\n## ✅ Passed").count(), 2, "{text}");
}

/// What the shell has opened for others as well is not replaced.
#[test]
fn a_descriptor_by_its_name_is_written_through() {
    let folder = tempfile::tempdir().expect("a folder");
    let grader = assert_cmd::cargo::cargo_bin!("grader");
    let status = Command::new("sh")
        .current_dir(folder.path())
        .args([
            "-c",
            "exec 3>>report; echo first >&3; \"$0\" \"$@\"; echo last >&3",
        ])
        .arg(grader)
        .args(["run", "--only", "no-argument", "--report", "tap=/dev/fd/3"])
        .stdout(Stdio::null())
        .status();
    assert!(status.expect("sh").success());
    let text = fs::read_to_string(folder.path().join("report")).expect("it is there");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], lines[1]), ("first", "TAP version 14"), "{text}");
    assert_eq!(lines.last(), Some(&"last"), "{text}");
}
