//! A grader that is asked to end, or killed, in the middle of a class.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::class::{Class, FEW, results};
use super::eventually::eventually;
use super::interruption;
use super::invocation::processes;
use super::servers;

/// A class in which ada is graded at once, and bob, who hands in this server, until it is ended:
/// the server is silent, and the patience is long.
fn class(slow: &str) -> Class {
    let class = Class::empty();
    class.hand_in("ada", &servers::plain());
    class.hand_in("bob", &servers::hostile(slow));
    class
}

/// What runs of bob's server.
fn running(class: &Class) -> usize {
    processes(&class.path().join("bob")).len()
}

/// Starts grading, and returns when ada is graded and so many processes of bob's server run.
fn begin(class: &Class, processes: usize) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("grader"));
    command
        .arg("batch")
        .arg(class.path())
        .arg("--out")
        .arg(class.beside("results"))
        .args(FEW)
        .args(["--jobs", "2", "--patience", "600"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut grader = interruption::as_on_a_terminal(&mut command)
        .spawn()
        .expect("the grader can be called");
    let stdout = grader.stdout.as_mut().expect("a pipe");
    let mut line = String::new();
    BufReader::with_capacity(1, stdout)
        .read_line(&mut line)
        .expect("text");
    assert!(line.starts_with("[1/2] ada: passes"), "{line}");
    eventually("they run", || running(class) >= processes);
    grader
}

#[track_caller]
fn go_on(class: &Class) {
    let before = results(&class.beside("results"));
    assert_eq!(before["people"][0]["verdict"], "passed");
    assert_eq!(before["people"][1]["state"], "waiting");
    class.hand_in("bob", &servers::saboteur("arrival_misspelt").path);
    let options = [&FEW[..], &["--patience", "600", "--resume"]].concat();
    let graded = class.graded("results", &options);
    assert_eq!(graded.newly_graded(), ["bob"]);
    let whole = class.graded("whole", &[&FEW[..], &["--patience", "600"]].concat());
    assert_eq!(graded.grades(), whole.grades());
}

#[test]
fn what_was_graded_is_kept_when_somebody_presses_ctrl_c() {
    let class = class("forks_and_never_listens");
    let grader = begin(&class, 2);
    let signal = interruption::CTRL_C;
    kill_process(Pid::from_child(&grader), signal).expect("it runs");
    let output = grader.wait_with_output().expect("it is our child");
    assert_eq!(output.status.signal(), Some(signal.as_raw()));
    assert_eq!(running(&class), 0);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("what was graded is kept, and --resume goes on"),
        "{said}"
    );
    go_on(&class);
}

#[test]
fn what_was_graded_is_kept_when_the_grader_is_killed() {
    let class = class("never_listens");
    let grader = begin(&class, 1);
    kill_process(Pid::from_child(&grader), Signal::KILL).expect("it runs");
    let output = grader.wait_with_output().expect("it is our child");
    assert_eq!(output.status.signal(), Some(Signal::KILL.as_raw()));
    // The kernel ends its workers, and their servers with them.
    eventually("they are gone", || running(&class) == 0);
    go_on(&class);
}
