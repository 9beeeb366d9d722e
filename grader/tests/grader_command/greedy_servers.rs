//! Servers that go for the machine, for the grader and for other servers: whatever they do, there
//! is a verdict, the grader stays small, nothing is left, and the next server is judged as ever.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::invocation::{Named, executable, named};
use super::servers;

/// Ends the wait for a grader that hangs; no test that passes waits this long.
const GUARD: Duration = Duration::from_secs(120);

/// A pause between two looks at the grader. Nothing depends on its length.
const PAUSE: Duration = Duration::from_millis(2);

/// What the grader may occupy at most, whatever a server sends it, in kilobytes. It needs some 20
/// MB for this.
const MOST: u64 = 100_000;

/// A run that came to a verdict.
struct Outlasted {
    passed: bool,
    said: String,
}

/// Lets the grader play a few scenarios with a server, looks at what it takes and leaves, and
/// whether it then judges a right server as before.
#[track_caller]
fn outlast(server: &Named) -> Outlasted {
    outlast_with(server, &[])
}

/// The same for one that is kept from nothing.
#[track_caller]
fn outlast_unconfined(server: &Named) -> Outlasted {
    outlast_with(server, &["--confine", "off"])
}

#[track_caller]
fn outlast_with(server: &Named, options: &[&str]) -> Outlasted {
    let few = ["--patience", "1", "--skip", "robust"];
    let outlasted = run(&server.path, &[&few[..], options].concat());
    server.assert_gone();
    let next = run(&servers::plain(), &["--patience", "30"]);
    assert!(
        next.passed,
        "a right server fails afterwards: {}",
        next.said
    );
    outlasted
}

#[track_caller]
fn run(server: &Path, options: &[&str]) -> Outlasted {
    let folder = tempfile::tempdir().expect("a folder");
    let said = folder.path().join("said");
    let mut grader = Command::new(assert_cmd::cargo::cargo_bin!("grader"))
        .arg("run")
        .arg(server)
        .args(["--only", "relay", "--only", "port-in-use", "--skip", "exam"])
        .args(options)
        .current_dir(folder.path())
        .stdout(File::create(&said).expect("the folder can be written"))
        .stderr(Stdio::null())
        .spawn()
        .expect("the grader can be called");
    let begun = Instant::now();
    let mut occupied = 0;
    let status = loop {
        occupied = occupied.max(most_occupied(grader.id()).unwrap_or(0));
        if let Some(status) = grader.try_wait().expect("it is our child") {
            break status.code();
        }
        if begun.elapsed() > GUARD {
            grader.kill().expect("it is our child");
            panic!(
                "the grader hangs: {}",
                fs::read_to_string(&said).unwrap_or_default()
            );
        }
        thread::sleep(PAUSE);
    };
    let said = fs::read_to_string(&said).expect("the report is text");
    assert!(
        matches!(status, Some(0 | 1)),
        "no verdict, but status {status:?}: {said}"
    );
    assert!(occupied < MOST, "the grader took {occupied} kB");
    eprintln!("{}: the grader took {occupied} kB", server.display());
    Outlasted {
        passed: status == Some(0),
        said: said.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

/// The most memory that a process has occupied so far, in kilobytes (proc_pid_status(5)).
fn most_occupied(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn hostile(name: &str) -> Named {
    named(&servers::hostile(name))
}

/// Root, whom the kernel's limit of processes does not bind, is helped as well.
#[test]
fn one_that_forks_without_end() {
    assert!(outlast(&hostile("forks_without_end")).passed);
}

#[test]
fn one_that_floods_both_outputs() {
    let outlasted = outlast(&hostile("floods_both_outputs"));
    assert!(!outlasted.passed, "{}", outlasted.said);
}

#[test]
fn one_that_ignores_every_signal() {
    assert!(outlast(&hostile("ignores_every_signal")).passed);
}

/// It keeps other servers of its own from theirs, so what is said of it is a matter of chance.
#[test]
fn one_that_grabs_the_next_ports() {
    outlast(&hostile("grabs_the_next_ports"));
}

#[test]
fn one_that_connects_to_itself() {
    let outlasted = outlast_unconfined(&hostile("connects_to_itself"));
    assert!(!outlasted.passed, "{}", outlasted.said);
}

#[test]
fn one_that_sends_a_gigabyte_to_each_client() {
    let outlasted = outlast(&hostile("floods_its_clients"));
    assert!(!outlasted.passed, "{}", outlasted.said);
}

#[test]
fn one_that_answers_garbage() {
    let outlasted = outlast(&hostile("answers_garbage"));
    assert!(!outlasted.passed, "{}", outlasted.said);
}

#[test]
fn one_that_goes_into_the_background() {
    let outlasted = outlast(&hostile("goes_into_the_background"));
    assert!(!outlasted.passed, "{}", outlasted.said);
    let told = "the server exited with status 0";
    assert!(outlasted.said.contains(told), "{}", outlasted.said);
}

#[test]
fn one_that_fills_its_folder() {
    assert!(outlast(&hostile("fills_its_folder")).passed);
}

#[test]
fn one_that_allocates_without_end() {
    let outlasted = outlast(&hostile("allocates_without_end"));
    assert!(!outlasted.passed, "{}", outlasted.said);
}

#[test]
fn one_that_takes_too_much_memory_is_ended() {
    let server = hostile("allocates_without_end");
    let options = [
        "--patience",
        "60",
        "--jobs",
        "1",
        "--only",
        "relay-to-nobody",
    ];
    let mut grader = super::invocation::grader();
    let output = grader
        .arg("run")
        .arg(&server.path)
        .args(options)
        .output()
        .expect("the grader can be called");
    let said = String::from_utf8_lossy(&output.stdout);
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = "was ended by the grader, since it had taken more than 2000 MB of memory";
    assert!(words.contains(told), "{said}");
    server.assert_gone();
}

#[test]
fn one_that_becomes_another_program() {
    let outlasted = outlast(&hostile("becomes_another_program"));
    assert!(!outlasted.passed, "{}", outlasted.said);
}

/// Its parent is the grader's own process.
#[test]
fn ones_that_turn_on_their_parent() {
    for name in ["kills_its_parent", "stops_its_parent", "traces_its_parent"] {
        outlast(&hostile(name));
    }
    let outlasted = outlast(&hostile("becomes_its_parent"));
    assert!(!outlasted.passed, "{}", outlasted.said);
}

/// Whoever ends it must end its child as well, which is told of everything first.
#[test]
fn one_that_is_traced_by_its_child() {
    outlast(&hostile("traced_by_its_child"));
}

/// Its first process sleeps in a call that no signal but the last one ends.
#[test]
fn one_that_serves_from_a_vfork_child() {
    outlast(&hostile("serves_from_a_vfork_child"));
}

/// It deletes the file, not a link to it that the other tests share.
#[test]
fn one_that_deletes_its_own_executable() {
    let content = fs::read(servers::hostile("deletes_itself")).expect("it was compiled");
    let server = executable(&content);
    assert!(outlast_unconfined(&server).passed);
    assert!(!server.path.exists());
}
