//! Servers that keep everybody waiting and yet never hang: there is a verdict soon, and it says so.

use serde_json::Value;

use super::invocation::{Played, named, play};
use super::servers;

/// How a scenario ended: its outcome, the rule that it counts for, and the reason.
fn ended<'a>(played: &'a Played, scenario: &str) -> [&'a str; 3] {
    let checks = played.report["checks"].as_array().expect("a list");
    let check = checks.iter().find(|check| check["scenario"] == scenario);
    let check = check.expect("it was played");
    let text = |value: &'a Value| value.as_str().unwrap_or_default();
    [
        text(&check["outcome"]),
        text(&check["finding"]["rule"]),
        text(&check["reason"]),
    ]
}

/// Plays these scenarios with this patience, in seconds, and looks whether anything is left.
fn play_slowly(name: &str, scenarios: &[&str], patience: &str) -> Played {
    let server = named(&servers::hostile(name));
    let mut options = vec!["--patience", patience];
    options.extend(scenarios.iter().flat_map(|name| ["--only", name]));
    let played = play(Some(&server.path), &options);
    server.assert_gone();
    played
}

#[test]
fn one_that_sleeps_before_each_select_is_told_so_and_not_waited_for() {
    let scenarios = ["prompt-as-the-reference", "ids-beyond-1024"];
    let played = play_slowly("sleeps_each_turn", &scenarios, "1");
    let [outcome, rule, reason] = ended(&played, "prompt-as-the-reference");
    assert_eq!([outcome, rule], ["failed", "prompt"], "{reason}");
    assert!(reason.contains(" ms before it relays a line"), "{reason}");
    let [outcome, rule, reason] = ended(&played, "ids-beyond-1024");
    assert_eq!([outcome, rule], ["failed", "prompt"], "{reason}");
    assert!(reason.contains("it has slept for"), "{reason}");
}

#[test]
fn one_that_sends_a_byte_now_and_then_is_not_waited_for() {
    let played = play_slowly("trickles", &["line-byte-by-byte"], "0.5");
    let [outcome, rule, reason] = ended(&played, "line-byte-by-byte");
    assert_eq!([outcome, rule], ["failed", "prompt"], "{reason}");
    assert!(reason.contains("it has slept for"), "{reason}");
}
