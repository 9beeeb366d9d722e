//! The exam's tests are judged as the exam judges.
#![cfg(target_os = "linux")]

use std::fs;

use serde_json::Value;

use super::invocation::{Played, play, text};
use super::servers;

/// Plays the tests of the exam in which clients speak.
fn plays_speech(stranger: &str, options: &[&str]) -> Played {
    let server = servers::stranger(stranger).path.expect("it is C");
    let speech = ["exam-5", "exam-6", "exam-7", "exam-8"];
    let only = speech.iter().flat_map(|name| ["--only", name]);
    let all: Vec<&str> = only.chain(options.iter().copied()).collect();
    play(Some(&server), &all)
}

/// The checks in which the server was seen to pass in this way, and what is remarked of each.
fn seen<'run>(played: &'run Played, reading: &str) -> Vec<(&'run str, &'run str)> {
    let checks = played.checks().iter();
    checks
        .filter(|check| list(&check["readings"]).iter().any(|it| *it == reading))
        .map(|check| {
            let remarks = list(&check["remarks"]);
            assert_eq!(remarks.len(), 1, "{check:#}");
            (text(&check["scenario"]), text(&remarks[0]["message"]))
        })
        .collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

const ONE_KIND: [[&str; 2]; 2] = [
    ["--descriptors", "blocking"],
    ["--descriptors", "nonblocking"],
];

#[test]
fn who_waits_in_recv_for_the_end_of_a_line_passes_by_luck_and_is_told() {
    let name = "recv_until_the_text_ends_in_a_newline";
    let played = plays_speech(name, &["--require", "exam"]);
    assert_eq!(played.status, 0, "{}", played.stdout);
    let seen = seen(&played, "only-where-recv-waits");
    let tests: Vec<&str> = seen.iter().map(|(test, _)| *test).collect();
    assert_eq!(tests, ["exam-7", "exam-8"], "only there a line has pieces");
    for (test, remark) in seen {
        let begins = format!("{test} is passed only where recv waits, and so by luck: ");
        assert!(remark.starts_with(&begins), "{remark}");
        assert!(remark.contains("just left"), "what it does there: {remark}");
    }
    let told = "- a test of the exam is passed only where recv waits, by luck";
    assert!(played.stdout.contains(told), "{}", played.stdout);

    let [waits, does_not] = ONE_KIND.map(|kind| plays_speech(name, &kind));
    assert_eq!(waits.ended("failed"), [""; 0], "{}", waits.stdout);
    assert_eq!(does_not.ended("failed"), ["exam-7", "exam-8"]);
}

#[test]
fn who_asks_recv_until_nothing_is_left_passes_where_it_does_not_wait() {
    let name = "recv_until_nothing_is_left";
    let played = plays_speech(name, &["--require", "exam"]);
    assert_eq!(played.status, 0, "{}", played.stdout);
    let seen = seen(&played, "only-where-recv-does-not-wait");
    let tests: Vec<&str> = seen.iter().map(|(test, _)| *test).collect();
    assert!(tests.contains(&"exam-7"), "{tests:?}");
    for (test, remark) in seen {
        let begins = format!("{test} is passed only where recv does not wait");
        assert!(remark.starts_with(&begins), "{remark}");
    }

    let [waits, does_not] = ONE_KIND.map(|kind| plays_speech(name, &kind));
    assert!(!waits.ended("failed").is_empty(), "{}", waits.stdout);
    assert_eq!(does_not.ended("failed"), [""; 0], "{}", does_not.stdout);
    // Whoever asks for one kind is told of that one.
    assert!(!waits.stdout.contains("recv does not wait"));
}

#[test]
fn who_reads_what_has_come_is_told_nothing() {
    for name in ["byte_by_byte", "never_rests", "newest_client_first"] {
        let played = plays_speech(name, &[]);
        assert_eq!(played.status, 0, "{}", played.stdout);
        let remarks: Vec<&Value> = played
            .checks()
            .iter()
            .flat_map(|check| list(&check["remarks"]))
            .collect();
        assert_eq!(remarks, [&Value::Null; 0], "{name}");
    }
}

/// Each piece comes by itself, whatever the machine does meanwhile.
#[test]
fn who_loses_a_part_of_a_line_fails_on_both_kinds() {
    for name in ["pieces_dropped", "rest_after_a_line_dropped"] {
        let server = servers::saboteur(name).path;
        let played = play(Some(&server), &["--only", "exam-7", "--only", "exam-8"]);
        assert!(played.ended("failed").contains(&"exam-7"), "{name}");
        for check in played.checks() {
            assert_eq!(check["readings"], Value::Array(Vec::new()), "{name}");
            assert_eq!(check["remarks"], Value::Array(Vec::new()), "{name}");
        }
    }
}

#[test]
fn who_prints_while_nobody_comes_has_printed() {
    let only = ["--only", "exam-3", "--require", "exam"];
    let server = servers::saboteur("time_out_is_printed").path;
    let played = play(Some(&server), &only);
    assert_eq!(played.status, 1, "{}", played.stdout);
    let wrong = "the server wrote 8000 bytes to its standard output";
    assert!(played.stdout.contains(wrong), "{}", played.stdout);

    let quiet = servers::stranger("wakes_up_every_second").path;
    let played = play(Some(&quiet.expect("it is C")), &only);
    assert_eq!(played.status, 0, "{}", played.stdout);
}

/// What one says while the server waits for the end of another's line is heard later.
const TWO_SPEAK: &str = r#"
title = "Two speak at once"
rules = ["exam-7"]
tier  = "exam"
judge = "sorted-lines"
step  = [
  { connect = ["first", "second"] },
  { send = { from = "first", text = "half a " } },
  { send = { from = "second", text = "word\nor two\n", pieces = 4 } },
  { send = { from = "first", text = "line\n" } },
  { leave = ["first"] },
]
"#;

#[test]
fn nobody_is_waited_for_while_clients_speak() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("two-speak.toml");
    fs::write(&file, TWO_SPEAK).expect("it can be written");
    let scenarios = ["--scenarios", file.to_str().expect("it is text")];
    for name in ["recv_until_the_text_ends_in_a_newline", "byte_by_byte"] {
        let server = servers::stranger(name).path.expect("it is C");
        let played = play(Some(&server), &scenarios);
        assert!(played.ended("failed").is_empty(), "{}", played.stdout);
        assert!(played.ended("passed").contains(&"two-speak"));
    }
    let server = servers::saboteur("pieces_dropped").path;
    let played = play(Some(&server), &scenarios);
    assert_eq!(played.ended("failed"), ["two-speak"], "{}", played.stdout);
}
