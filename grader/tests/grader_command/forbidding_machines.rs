//! Machines that forbid something, as containers and sandboxes do: nothing of it is held against a
//! right server, and no wrong one passes for it.

use std::path::PathBuf;
use std::process::Output;

use assert_cmd::Command;

use super::at_once::each_at_once;
use super::invocation::{self, Played, grader, play_by, shown, status};
use super::servers;

/// Calls that a machine forbids, and what it says then; see `servers/supervised/forbids.c`.
type Forbidden = Vec<(String, i32)>;

fn call(number: libc::c_long, error: i32) -> (String, i32) {
    (number.to_string(), error)
}

/// As Docker does by default.
fn container() -> Forbidden {
    vec![
        call(libc::SYS_pidfd_getfd, libc::EPERM),
        call(libc::SYS_kcmp, libc::EPERM),
    ]
}

/// What plays the kernel to its programs and lacks some of it, as gVisor does.
fn sandbox() -> Forbidden {
    vec![
        ("netlink".into(), libc::EPROTONOSUPPORT),
        ("listener".into(), libc::EINVAL),
        call(libc::SYS_pidfd_getfd, libc::ENOSYS),
        call(libc::SYS_pidfd_open, libc::ENOSYS),
    ]
}

/// Machines on which something can be played.
fn machines() -> Vec<Forbidden> {
    let one = |number, error| vec![call(number, error)];
    vec![
        container(),
        sandbox(),
        vec![("netlink".into(), libc::EPROTONOSUPPORT)],
        vec![("listener".into(), libc::EINVAL)],
        one(libc::SYS_seccomp, libc::EPERM),
        one(libc::SYS_process_vm_readv, libc::EPERM),
        one(libc::SYS_pidfd_open, libc::ENOSYS),
        // As on kernels before 5.9.
        vec![
            call(libc::SYS_pidfd_getfd, libc::ENOSYS),
            call(libc::SYS_close_range, libc::ENOSYS),
        ],
        one(libc::SYS_clone3, libc::ENOSYS),
        one(libc::SYS_statx, libc::ENOSYS),
    ]
}

/// The grader on such a machine.
fn grader_on(machine: &Forbidden) -> Command {
    let forbidden: Vec<String> = machine
        .iter()
        .map(|(call, error)| format!("{call}={error}"))
        .collect();
    let mut command = Command::new(servers::supervised("forbids", false));
    command
        .arg(forbidden.join(","))
        .arg(grader().get_program())
        .env_remove("CLICOLOR_FORCE");
    command
}

/// What needs a machine that allows much, and what needs one that allows little: few, since they
/// are played on many machines.
const CHECKS: [&str; 8] = [
    "--only",
    "several-lines-in-one-send",
    "--only",
    "socket-fails",
    "--only",
    "select-first",
    "--only",
    "lazy-two",
];

fn plays(machine: &Forbidden, server: PathBuf) -> Played {
    let options = [&CHECKS[..], &["--require", "robust"]].concat();
    play_by(grader_on(machine), Some(&server), &options)
}

#[test]
fn what_a_machine_forbids_is_not_held_against_a_right_server() {
    let plain = servers::plain();
    let played = each_at_once(4, machines(), |machine| {
        (plays(&machine, plain.clone()), machine)
    });
    for (played, machine) in played {
        let ended = |outcome| played.ended(outcome);
        let told = format!("{machine:?}: {}", played.stdout);
        assert_eq!(ended("failed"), [""; 0], "{told}");
        assert_eq!(ended("error"), [""; 0], "{told}");
        assert_eq!(ended("skipped"), [""; 0], "{told}");
        assert!(!ended("passed").is_empty(), "{told}");
        let wanted = if ended("undecided").is_empty() { 0 } else { 3 };
        assert_eq!(played.status, wanted, "{told}");
    }
}

#[test]
fn no_wrong_server_passes_since_a_machine_forbids_something() {
    let wrong = [
        "no_prefix",
        "socket_not_looked_at",
        "recv_without_select",
        "lazy_hides_those_after_it",
    ];
    let wrong = wrong.map(|name| (name, servers::saboteur(name).path));
    let all: Vec<_> = machines()
        .into_iter()
        .flat_map(|machine| wrong.clone().map(|server| (machine.clone(), server)))
        .collect();
    let played = each_at_once(4, all, |(machine, (name, server))| {
        (plays(&machine, server), machine, name)
    });
    let mut failed = 0;
    for (played, machine, name) in played {
        let told = format!("{name}, {machine:?}: {}", played.stdout);
        assert!(matches!(played.status, 1 | 3), "{told}");
        failed += i32::from(played.status == 1);
    }
    assert!(failed > 20, "{failed} of them are found all the same");
}

/// There it lies with the exam's tests whether a candidate passes.
#[test]
fn in_a_container_the_tests_of_the_exam_are_made_in_full() {
    let options = ["--only", "exam-*", "--only", "lazy-*", "--require", "exam"];
    let played = play_by(grader_on(&container()), None, &options);
    assert_eq!(played.status, 0, "{}", played.stdout);
    assert_eq!(played.count("exam", "undecided"), 0, "{}", played.stdout);
    assert_eq!(
        played.ended("undecided"),
        ["lazy-while-time-passes", "select-first-when-full"]
    );
    assert!(played.count("exam", "passed") > 7, "{}", played.stdout);
}

/// The examiner does not hasten the time either, and has one kind of descriptors.
#[test]
fn the_exam_is_decided_where_no_time_can_be_made_and_descriptors_are_of_one_kind() {
    let silent = ["--only", "exam-3", "--require", "exam"];
    for machine in [
        container(),
        sandbox(),
        vec![("netlink".into(), libc::EPROTONOSUPPORT)],
        vec![("listener".into(), libc::EINVAL)],
    ] {
        let played = play_by(grader_on(&machine), Some(&servers::plain()), &silent);
        assert_eq!(played.status, 0, "{machine:?}: {}", played.stdout);
    }
    // In a container, recv always waits.
    let asks_on = servers::stranger("recv_until_nothing_is_left").path;
    let lines = ["--only", "exam-6", "--require", "exam"];
    let asks_on = asks_on.expect("it is C");
    let played = play_by(grader_on(&container()), Some(&asks_on), &lines);
    assert_eq!(played.ended("failed"), ["exam-6"], "{}", played.stdout);
}

#[test]
fn what_is_missing_is_told_with_what_helps() {
    let played = plays(&container(), servers::plain());
    let words = played.stdout.split_whitespace().collect::<Vec<_>>();
    let words = words.join(" ");
    for part in [
        "Undecided:",
        "select-first, select-first-when-full: the server's system calls cannot be supervised here: Operation not permitted",
        "docker run --cap-add=SYS_PTRACE",
        "? subject",
        "Verdict over the chosen checks only: undecided at `robust`: this machine does not allow",
        "--accept-skipped goes without them.",
    ] {
        assert!(words.contains(part), "{part:?} is missing: {words}");
    }
    assert_eq!(
        played.ended("undecided"),
        ["select-first", "select-first-when-full"]
    );
}

#[test]
fn who_accepts_it_goes_without() {
    let options = [&CHECKS[..], &["--accept-skipped", "--require", "subject"]].concat();
    let plain = servers::plain();
    let played = play_by(grader_on(&container()), Some(&plain), &options);
    assert_eq!(played.status, 0, "{}", played.stdout);
    assert_eq!(
        played.ended("skipped"),
        ["select-first", "select-first-when-full"]
    );
    let told = "passes at `subject`, 2 of its checks skipped";
    let words = played.stdout.split_whitespace().collect::<Vec<_>>();
    assert!(words.join(" ").contains(told), "{}", played.stdout);
}

/// What the grader writes in this form on a machine that is a container.
fn report(format: &str) -> String {
    let mut command = grader_on(&container());
    command
        .args(["run", "--only", "relay-to-nobody", "--only", "select-first"])
        .args(["--require", "subject"])
        .arg(format!("--report={format}=-"))
        .envs(invocation::SUBMISSION);
    let output = command.output().expect("the grader can be called");
    assert_eq!(status(&output), 3, "{}", shown(&output));
    String::from_utf8(output.stdout).expect("a report is text")
}

#[test]
fn no_report_calls_a_check_passed_that_was_not_made() {
    let tap = report("tap");
    let check = " - select-first - select-first: ";
    let line = tap.lines().find(|line| line.contains(check));
    assert!(
        line.is_some_and(|line| line.starts_with("not ok ")),
        "{tap}"
    );
    assert!(tap.contains("\n  severity: \"undecided\"\n"), "{tap}");
    let junit = report("junit");
    assert!(junit.contains("<error message=\"undecided: "), "{junit}");
    let markdown = report("markdown");
    assert!(
        markdown.starts_with("## ⚠️ Undecided at `subject`"),
        "{markdown}"
    );
    let csv = report("csv");
    assert!(
        csv.contains("subject,select-first,select-first,undecided,"),
        "{csv}"
    );
    let gradescope = report("gradescope");
    let results: serde_json::Value = serde_json::from_str(&gradescope).expect("it is JSON");
    let tests = results["tests"].as_array().expect("a list");
    let points = |key| -> f64 { tests.iter().filter_map(|test| test[key].as_f64()).sum() };
    assert!(points("score") < points("max_score"), "{gradescope}");
    let classroom = report("classroom50");
    let results: serde_json::Value = serde_json::from_str(&classroom).expect("it is JSON");
    let tests = results["tests"].as_array().expect("a list");
    let of = |rule: &str| {
        let found = tests.iter().find(|test| test["test-name"] == rule);
        found.unwrap_or_else(|| panic!("{rule}: {classroom}"))["passed"].as_bool()
    };
    assert_eq!((of("relay"), of("select-first")), (Some(true), Some(false)));
}

/// What the grader says on a machine on which nothing can be played.
fn said_on(machine: &Forbidden) -> Output {
    let mut command = grader_on(machine);
    command.args(["run", "--only", "relay-to-nobody"]);
    command.output().expect("the grader can be called")
}

#[test]
fn where_no_server_can_be_started_the_machine_is_named_and_no_file() {
    for number in [
        libc::SYS_prlimit64,
        libc::SYS_setsid,
        libc::SYS_setpgid,
        libc::SYS_prctl,
    ] {
        let output = said_on(&vec![call(number, libc::EPERM)]);
        assert_eq!(status(&output), 3, "{number}: {}", shown(&output));
        let said = String::from_utf8_lossy(&output.stderr);
        let start = "grader: the grader could not start what it needs: ";
        assert!(said.starts_with(start), "{number}: {said}");
    }
}
