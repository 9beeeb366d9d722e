//! How it is judged what a server does that can have no more memory.
#![cfg(target_os = "linux")]

use std::path::Path;

use super::invocation::{self, Played, play, text};
use super::servers;

const RULE: [&str; 2] = ["--only", "out-of-memory"];

fn judged(server: &Path) -> Played {
    play(Some(server), &RULE)
}

/// How each scenario ended, and what was seen in it.
fn seen(played: &Played) -> Vec<(&str, &str)> {
    let checks = played.checks().iter();
    checks
        .filter(|check| text(&check["scenario"]).starts_with("no-memory"))
        .map(|check| {
            let seen = check["readings"].as_array().into_iter().flatten();
            let memory = seen.map(text).find(|seen| seen.starts_with("no-memory"));
            (text(&check["outcome"]), memory.unwrap_or_default())
        })
        .collect()
}

#[test]
fn who_asks_for_none_is_said_to_have_shown_nothing() {
    let server = servers::stranger("static_buffers").path;
    let played = judged(&server.expect("it is in C"));
    assert_eq!(seen(&played), [("passed", "no-memory-is-needed"); 4]);
    let said = "asks for none, so that nothing is seen of how it takes a refusal";
    let shown = played.stdout.replace("\n  ", " ");
    assert!(shown.contains(said), "{}", played.stdout);
}

/// That it dies is another rule's matter.
#[test]
fn who_dies_without_having_asked_is_not_judged() {
    let server = servers::hostile("crashes_on_first_line");
    let played = play(Some(&server), &["--only", "no-memory-from-the-start"]);
    assert_eq!(seen(&played), [("skipped", "")], "{}", played.stdout);
    let said = "the server asked for no memory after that";
    assert!(played.stdout.contains(said), "{}", played.stdout);
}

#[test]
fn what_is_printed_besides_does_not_count() {
    for name in ["prints_messages", "reports_arrivals"] {
        let server = servers::saboteur(name);
        let played = judged(&server.path);
        assert_eq!(seen(&played), [("passed", "no-memory-is-fatal"); 4]);
    }
}

/// It is written when the server ends by itself, and other servers are killed before that.
#[test]
fn what_printf_kept_is_seen_as_the_server_ends() {
    let server = servers::saboteur("prints_without_a_newline");
    let options = [&RULE[..], &["--only", "silent-throughout"]].concat();
    let played = play(Some(&server.path), &options);
    assert_eq!(
        played.ended("failed"),
        ["silent-throughout"],
        "{}",
        played.stdout
    );
}

/// Neither the memory of the script nor its status is looked at.
#[test]
fn in_a_script_the_server_is_the_process_that_listens() {
    let (right, wrong) = (
        servers::plain(),
        servers::saboteur("line_lost_without_memory"),
    );
    for (server, fails) in [(&right, false), (&wrong.path, true)] {
        let server = server.display();
        let script = format!("#!/bin/sh\n\"{server}\" \"$@\" &\nwait\n");
        let script = invocation::executable(script.as_bytes());
        let played = judged(&script.path);
        assert_eq!(played.status, i32::from(fails), "{}", played.stdout);
        if !fails {
            assert_eq!(seen(&played), [("passed", "no-memory-is-fatal"); 4]);
        }
    }
}
