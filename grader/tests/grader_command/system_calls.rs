//! What is said of a server's system calls.
#![cfg(target_os = "linux")]

use super::at_once::each_at_once;
use super::invocation::play;
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
