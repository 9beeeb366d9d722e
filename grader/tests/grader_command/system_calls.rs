//! What is said of a server's system calls.
#![cfg(target_os = "linux")]

use super::at_once::each_at_once;
use super::invocation::{self, grader, play, shown, status};
use super::servers;

#[test]
fn the_calls_before_one_that_must_not_be_made_are_shown_on_request() {
    let server = servers::saboteur("answer_for_writing_ignored").path;
    let only = ["--only", "select-first-when-full"];
    let played = play(Some(&server), &only);
    let wrong = "send to lazy although select had not reported it as ready: lazy had no room";
    assert!(played.stdout.contains(wrong), "{}", played.stdout);
    let row = "select  for writing: alice, lazy, bob\n";
    assert!(!played.stdout.contains(row), "{}", played.stdout);

    let calls = played.report["checks"][0]["calls"].as_array();
    let calls = calls.expect("the report has them").len();
    assert!(calls > 3, "{calls}");

    let played = play(Some(&server), &[&only[..], &["--verbose"]].concat());
    for shown in [row, "           send    lazy\n  wrong "] {
        assert!(played.stdout.contains(shown), "{}", played.stdout);
    }
}

/// What is judged about the order of calls.
const ORDER: [&str; 4] = ["--only", "select-first", "--only", "never-eagain"];

#[test]
fn a_server_may_read_and_write_with_whatever_it_likes() {
    for name in [
        "reads_and_writes",
        "uses_vectors",
        "uses_messages",
        "asks_pselect",
    ] {
        for statically in [false, true] {
            let server = servers::supervised(name, statically);
            let played = play(Some(&server), &ORDER);
            assert_eq!(played.status, 0, "{name}: {}", played.stdout);
            assert_eq!(played.count("subject", "passed"), 3);
        }
    }
}

#[test]
fn a_call_that_no_allowed_function_makes_is_named() {
    for (name, call) in [
        ("reads_and_writes", "read"),
        ("uses_vectors", "readv"),
        ("uses_messages", "sendmsg"),
        ("asks_poll", "poll"),
        ("asks_epoll", "epoll_create1"),
    ] {
        let server = servers::supervised(name, false);
        let played = play(Some(&server), &["--only", "allowed-calls"]);
        assert_eq!(played.status, 1, "{name}: {}", played.stdout);
        let wrong = format!("the server made the system call {call}, which none of the allowed");
        assert!(played.stdout.contains(&wrong), "{name}: {}", played.stdout);
    }
}

#[test]
fn a_call_before_the_first_socket_counts() {
    for (name, call) in [
        ("calls_signal", "rt_sigaction"),
        ("calls_poll_first", "poll"),
    ] {
        let server = servers::saboteur(name);
        for path in [server.path.clone(), server.statically_linked()] {
            let played = play(Some(&path), &["--only", "allowed-calls"]);
            assert_eq!(played.status, 1, "{name}: {}", played.stdout);
            let wrong =
                format!("the server made the system call {call}, which none of the allowed");
            assert!(played.stdout.contains(&wrong), "{name}: {}", played.stdout);
        }
    }
}

#[test]
fn a_call_of_the_program_that_starts_the_server_does_not_count() {
    for statically in [false, true] {
        let server = servers::supervised("calls_before_it_executes", statically);
        let played = play(Some(&server), &["--only", "allowed-calls"]);
        assert_eq!(played.status, 0, "{}", played.stdout);
        assert_eq!(played.count("subject", "passed"), 1, "{}", played.stdout);
    }
}

/// What leads past the filter, or into other processes.
const PAST_THE_FILTER: &[&str] = &[
    "io_uring_setup",
    "ptrace",
    "process_vm_readv",
    "keyctl",
    #[cfg(target_arch = "x86_64")]
    "int 0x80",
    #[cfg(target_arch = "x86_64")]
    "x32",
];

#[test]
fn what_leads_past_the_filter_is_refused_and_counts_as_not_allowed() {
    let server = servers::supervised("calls_past_the_filter", false);
    let folder = tempfile::tempdir().expect("a folder");
    for call in PAST_THE_FILTER {
        let path = folder.path().join(call);
        std::os::unix::fs::symlink(&server, &path).expect("a link");
        let played = play(Some(&path), &["--only", "relay", "--only", "select-first"]);
        assert_eq!(played.status, 0, "{call}: {}", played.stdout);
        let played = play(Some(&path), &["--only", "allowed-calls"]);
        assert_eq!(played.status, 1, "{call}: {}", played.stdout);
        let call = call.replace("x32", "int 0x80");
        let wrong = format!("the server made the system call {call}, which none of the allowed");
        assert!(played.stdout.contains(&wrong), "{call}: {}", played.stdout);
    }
}

/// Its calls would be judged by what their numbers mean to others.
#[test]
fn a_program_of_32_bits_is_refused_with_what_to_do() {
    let program = invocation::executable(b"\x7fELF\x01\x01\x01");
    let output = grader().arg("run").arg(&program.path).output();
    let output = output.expect("the grader can be called");
    assert_eq!(status(&output), 2, "{}", shown(&output));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("is a 32-bit program"), "{said}");
    assert!(said.contains("without -m32"), "{said}");
}

#[test]
fn what_is_asked_instead_of_select_is_named() {
    for (name, call) in [("asks_poll", "poll"), ("asks_epoll", "epoll_wait")] {
        for statically in [false, true] {
            let server = servers::supervised(name, statically);
            let played = play(Some(&server), &ORDER);
            let wrong = format!("accept after {call}, where select must be asked");
            assert!(played.stdout.contains(&wrong), "{name}: {}", played.stdout);
            // It waits for nothing all the same.
            assert_eq!(played.ended("passed"), ["never-eagain"]);
        }
    }
}

/// Who breaks which rule in a way that only the server's system calls, or what it uses of the
/// machine, can show.
const SUPERVISED: [(&str, &str); 14] = [
    ("accept_failing_is_fatal", "survives"),
    ("answer_for_writing_ignored", "select-first"),
    ("bind_not_looked_at", "fatal-error"),
    ("descriptor_not_closed", "no-fd-leak"),
    ("line_lost_without_memory", "out-of-memory"),
    ("listen_not_looked_at", "fatal-error"),
    ("memory_not_looked_at", "out-of-memory"),
    ("polls", "sleeps-when-idle"),
    ("recv_without_select", "never-eagain"),
    ("recv_without_select", "select-first"),
    ("select_failing_is_fatal", "survives"),
    ("send_failing_is_fatal", "survives"),
    ("sixteen_bytes_per_departure", "no-memory-leak"),
    ("socket_not_looked_at", "fatal-error"),
];

#[test]
fn linking_statically_hides_no_mistake() {
    each_at_once(4, SUPERVISED.to_vec(), |(name, rule)| {
        let server = servers::saboteur(name).statically_linked();
        let options = ["--require", "robust", "--only", rule];
        let played = play(Some(&server), &options);
        assert_eq!(played.status, 1, "{name}: {}", played.stdout);
        let failed = played.ended("failed");
        assert!(!failed.is_empty(), "{name}: {}", played.stdout);
    });
}
