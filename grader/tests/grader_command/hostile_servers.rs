//! Whatever a server does, the grader says what is wrong with it and leaves nothing of it behind.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use super::eventually::eventually;
use super::interruption;
use super::invocation::{self, Named, Played, named, play, text};
use super::servers;

/// One scenario that needs little of a server.
const ONE: [&str; 2] = ["--only", "relay-to-nobody"];

fn hostile(name: &str) -> Named {
    named(&servers::hostile(name))
}

/// Plays, and looks whether anything of the server is left.
#[track_caller]
fn play_and_look(server: &Named, options: &[&str]) -> Played {
    let played = play(Some(&server.path), options);
    server.assert_gone();
    played
}

/// The server fails the scenario; returns what is told of that.
#[track_caller]
fn only_failure(played: &Played) -> &Value {
    assert_eq!(played.status, 1, "{}", played.stdout);
    let mut failed = played
        .checks()
        .iter()
        .filter(|it| it["outcome"] == "failed");
    let failure = failed.next().expect("a failure");
    assert!(failed.next().is_none(), "{}", played.stdout);
    failure
}

#[track_caller]
fn assert_says(played: &Played, parts: &[&str]) {
    // Lines may be broken anywhere between words.
    let words = played
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for part in parts {
        assert!(
            words.contains(part),
            "{part:?} is missing:\n{}",
            played.stdout
        );
    }
}

#[test]
fn one_that_exits_at_once() {
    let server = hostile("exits_at_once");
    let played = play_and_look(&server, &["--patience", "0.5"]);
    assert_eq!(played.status, 1);
    assert_says(
        &played,
        &[
            "wrong the server exited with status 3",
            "server its last words: | exits_at_once: there is no configuration",
            "usually Something before the loop around select ends it",
            "more, which were not played: ",
        ],
    );
    let not_played = played.checks().iter().filter(|it| it["not_played"] == true);
    for check in not_played {
        assert_eq!(check["death"]["how"], "exited with status 3");
        assert!(text(&check["hint"]).starts_with("Something before the loop"));
    }
}

#[test]
fn one_that_never_listens() {
    let server = hostile("never_listens");
    let played = play_and_look(&server, &["--patience", "0.1", "--skip", "port-*"]);
    assert_eq!(played.status, 1);
    assert_says(
        &played,
        &[
            "wrong started without an argument, the server goes on running; it must end",
            "wrong nothing listens on 127.0.0.1, port ",
            ", 0.5 s after the server was started with that port",
            "usually The port is fixed in the code",
            "more, which were not played: ",
        ],
    );
}

#[test]
fn one_that_listens_late() {
    let server = hostile("listens_late");
    let played = play_and_look(&server, &ONE);
    assert_eq!(played.status, 0, "{}", played.stdout);
}

#[test]
fn one_that_ignores_sigterm() {
    let server = hostile("ignores_sigterm");
    let played = play_and_look(&server, &ONE);
    assert_eq!(played.status, 0, "{}", played.stdout);
}

#[test]
fn one_whose_children_outlive_it() {
    let server = hostile("forks_children");
    let played = play_and_look(&server, &["--only", "relay"]);
    assert_eq!(played.status, 0, "{}", played.stdout);
}

/// The grader may not use 700 MB of address space, and is sent 1 GB, three times.
#[test]
fn one_that_prints_a_gigabyte() {
    let server = hostile("floods_stderr");
    let output = Command::new("sh")
        .args(["-c", "ulimit -v 700000 && exec \"$0\" \"$@\""])
        .arg(assert_cmd::cargo::cargo_bin!("grader"))
        .arg("run")
        .arg(&server.path)
        .args(["--only", "silent", "--skip", "exam-3", "--patience", "30"])
        .output()
        .expect("sh");
    let said = invocation::shown(&output);
    assert_eq!(invocation::status(&output), 1, "{said}");
    let told =
        "the server wrote 1000000000 bytes to its standard error; it must write nothing there";
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(told), "{said}");
    server.assert_gone();
}

#[test]
fn one_that_crashes_on_the_first_line() {
    let server = hostile("crashes_on_first_line");
    let played = play_and_look(&server, &["--only", "relay-to-nobody"]);
    let failure = only_failure(&played);
    let how = "was killed by SIGSEGV (a bad memory access, a segmentation fault)";
    assert_eq!(failure["reason"], format!("the server {how}"));
    assert_eq!(failure["death"]["how"], how);
    assert!(failure["line"].as_u64() > Some(1));
    assert_says(&played, &["alice says", how]);
}

#[test]
fn one_that_says_why_it_crashes() {
    let server = hostile("fails_an_assertion");
    let played = play_and_look(&server, &["--only", "relay-to-nobody"]);
    let words = "nobody says anything";
    let failure = only_failure(&played);
    assert!(text(&failure["death"]["last_words"]).contains(words));
    assert_says(&played, &["its last words: | ", words]);
}

/// What lingers of the connection to the port is nobody who has taken the port.
#[test]
fn one_that_crashes_at_the_first_client() {
    let server = hostile("crashes_at_first_client");
    let played = play_and_look(&server, &[]);
    assert_eq!(played.status, 1, "{}", played.stdout);
    assert!(played.ended("error").is_empty(), "{}", played.stdout);
    assert_says(
        &played,
        &[
            "wrong the server was killed by SIGSEGV (a bad memory access, a segmentation fault)",
            "more, which were not played: ",
        ],
    );
}

#[test]
fn one_that_never_reads() {
    let server = hostile("never_reads");
    let played = play_and_look(
        &server,
        &["--patience", "1", "--only", "relay", "--skip", "exam"],
    );
    assert_eq!(played.status, 1);
    assert_says(
        &played,
        &["The announcement that client 1 (bob) arrived did not reach alice within 1 s."],
    );
}

#[test]
fn one_that_stops_itself() {
    let server = hostile("stops_itself");
    let played = play_and_look(&server, &["--patience", "1", "--only", "arrivals-of-three"]);
    let failure = only_failure(&played);
    let reason = "The announcement that client 1 (bob) arrived did not reach alice within 1 s.";
    assert_eq!(failure["reason"], reason);
}

#[test]
fn one_that_hangs_up_on_everybody() {
    let server = hostile("accept_and_close");
    // Whether it is noticed before the first scenario or in it is a matter of chance; what is
    // said of it is not.
    for _ in 0..5 {
        let played = play_and_look(&server, &["--only", "relay-to-nobody", "--only", "prompt"]);
        assert_eq!(played.ended("failed").len(), played.checks().len());
        assert_says(
            &played,
            &[
                "wrong the server closed the connection of ",
                "usually The descriptor that accept returned is closed although its client is",
            ],
        );
    }
}

#[test]
fn one_that_closes_its_output() {
    let server = hostile("closes_output");
    let played = play_and_look(&server, &["--only", "relay", "--skip", "robust"]);
    assert_eq!(played.status, 0, "{}", played.stdout);
}

/// Whatever ends the grader, its keepers end what they have started, and remove its folders.
#[test]
fn a_server_and_its_children_die_with_a_grader_that_is_killed() {
    let server = hostile("forks_children");
    let scratch = tempfile::tempdir().expect("a folder");
    let mut grader = Command::new(assert_cmd::cargo::cargo_bin!("grader"))
        .arg("run")
        .arg(&server.path)
        .args(["--only", "lazy-harmless"])
        .env("TMPDIR", scratch.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("the grader can be called");
    eventually("the server has forked", || server.processes().len() > 4);
    grader.kill().expect("it is our child");
    grader.wait().expect("it is our child");
    eventually("the server is gone", || server.processes().is_empty());
    eventually("its folders are gone", || {
        let left = fs::read_dir(scratch.path()).expect("it is there");
        left.count() == 0
    });
}

/// Ctrl-C, too, leaves nothing behind, not even what has left the server's process group.
#[test]
fn a_server_and_its_children_die_with_a_grader_that_is_interrupted() {
    for signal in [interruption::CTRL_C, rustix::process::Signal::TERM] {
        let server = hostile("forks_children");
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("grader"));
        command.arg("run").arg(&server.path).stdout(Stdio::piped());
        let grader = interruption::as_on_a_terminal(&mut command)
            .spawn()
            .expect("the grader can be called");
        eventually("the server has forked", || server.processes().len() > 4);
        let id = rustix::process::Pid::from_child(&grader);
        rustix::process::kill_process(id, signal).expect("it is our child");
        let output = grader.wait_with_output().expect("it is our child");
        let status = output.status;
        assert_eq!(status.signal(), Some(signal.as_raw()), "{status}");
        server.assert_gone();
        // That the grader has killed it is no mistake of the server's.
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(!said.contains('✗'), "{said}");
    }
}

/// What a shell had started before it became the grader, or has its output go through, lives on.
#[test]
fn children_that_the_grader_had_before_live_on() {
    let server = named(&servers::plain());
    let mut shell = Command::new("sh")
        .args([
            "-c",
            "exec 3>&1 4>&2 >/dev/null 2>&1; \
             sleep 600 3>&- 4>&- & echo $! >&3; \
             (setsid sleep 600 3>&- 4>&- & echo $! >&3); \
             { cat; echo the output was read; } <\"$2\" >&4 3>&- & \
             exec \"$0\" run \"$1\" --only relay --only departure >\"$2\" 2>&4",
        ])
        .arg(assert_cmd::cargo::cargo_bin!("grader"))
        .arg(&server.path)
        .arg(pipe(&server))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sh");
    let mut ids = BufReader::new(shell.stdout.take().expect("a pipe")).lines();
    let mut bystander = || -> i32 {
        let line = ids.next().expect("an id").expect("text");
        line.parse().expect("an id")
    };
    let bystanders = [bystander(), bystander()];
    let output = shell.wait_with_output().expect("it is our child");
    let bystanders = bystanders.map(|id| rustix::process::Pid::from_raw(id).expect("an id"));
    // They are killed in any case.
    let lived = bystanders
        .map(|id| rustix::process::kill_process(id, rustix::process::Signal::KILL).is_ok());
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(lived, [true, true]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the output was read"), "{said}");
    server.assert_gone();
}

/// A named pipe beside a server.
fn pipe(server: &Named) -> std::path::PathBuf {
    let path = server.folder().join("pipe");
    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.expect("mkfifo").success());
    path
}

/// It is told by what it inherited which play a process belongs to: a server that works in the
/// background of a shell that has ended is not ended with another play's server.
#[test]
fn a_server_in_the_background_outlives_the_plays_of_others() {
    let script = invocation::executable(
        format!(
            "#!/bin/sh\n\
             folder=$(mktemp -d) && mkfifo \"$folder/status\" || exit 9\n\
             ( ( '{}' \"$@\"; echo $? >\"$folder/status\" ) & )\n\
             read -r status <\"$folder/status\"\n\
             rm -r \"$folder\"\n\
             exit \"$status\"\n",
            servers::plain().display()
        )
        .as_bytes(),
    );
    let options = ["--require", "exam", "--skip", "robust", "--jobs", "8"];
    let played = play_and_look(&script, &options);
    assert_eq!(played.status, 0, "{}", played.stdout);
}

/// The server of this test tells the port that it was given, and at its first start waits until
/// that port has been taken away from it.
#[test]
fn a_port_that_somebody_else_takes_is_not_held_against_the_server() {
    let plain = servers::plain();
    let server = invocation::executable(
        format!(
            "#!/bin/sh\n\
             cd \"$(dirname \"$0\")\" || exit 9\n\
             if [ $# = 1 ] && mkdir first 2>/dev/null; then\n\
             \techo \"$1\" >port && read -r taken <taken\n\
             fi\n\
             exec '{}' \"$@\"\n",
            plain.display()
        )
        .as_bytes(),
    );
    for pipe in ["port", "taken"] {
        let made = Command::new("mkfifo")
            .arg(server.folder().join(pipe))
            .status();
        assert!(made.expect("mkfifo").success());
    }
    // Open both ways, so that opening waits for nobody.
    let open = |pipe: &str| {
        let options = OpenOptions::new().read(true).write(true).to_owned();
        options.open(server.folder().join(pipe)).expect("the pipe")
    };
    let (port, mut taken) = (open("port"), open("taken"));
    let (listening, listener) = std::sync::mpsc::channel();
    // Not awaited: if the server never tells its port, the assertion below says so.
    thread::spawn(move || {
        let mut line = String::new();
        BufReader::new(port).read_line(&mut line).expect("a pipe");
        let port: u16 = line.trim().parse().expect("a port");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a free port");
        taken.write_all(b"taken\n").expect("a pipe");
        // With the pipe: what is in it is lost when nobody has it open.
        let kept = listening.send((listener, taken));
        kept.expect("the test goes on");
    });
    // It writes where it lies.
    let options = [&ONE[..], &["--confine", "off"]].concat();
    let played = play(Some(&server.path), &options);
    assert_eq!(played.status, 0, "{}", played.stdout);
    assert!(listener.try_recv().is_ok(), "the port was never taken");
    assert!(fs::metadata(server.folder().join("first")).is_ok());
    server.assert_gone();
}
