//! Right servers pass, wrong ones fail for what is wrong with them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use super::invocation::{Played, play, text};
use super::servers::{self, Mistake};

/// What the plain server fails, by its nature: it drops what has no room and what has no end, does
/// not pass `MSG_NOSIGNAL`, and drops a line when select fails to say who has room for it.
const PLAIN_FAILS: [&str; 6] = [
    "lazy-catches-up",
    "lazy-two-catch-up",
    "reset-while-others-speak",
    "select-is-interrupted",
    "three-leave-at-once",
    "unfinished-line-kept",
];

/// What it fails of this if the kernel has told it of a reset connection by its second write,
/// microseconds after the first; on a busy machine it may not have.
const PLAIN_FAILS_AS_A_RULE: &str = "three-leave-at-once";

/// For servers of which no check waits in vain: however busy the machine is, they hang never.
const PATIENT: [&str; 2] = ["--patience", "30"];

/// How many mistakes are played at once: most of their time is waiting for what never comes.
const AT_ONCE: usize = 6;

#[test]
fn the_built_in_reference_passes_every_tier() {
    let played = play(None, &[&PATIENT[..], &["--require", "robust"]].concat());
    assert_eq!(played.status, 0, "{}", played.stdout);
    // Rust's library makes calls of its own where it is built to check itself, as for tests.
    let skipped = played.ended("skipped");
    assert!(skipped.iter().all(|name| *name == "allowed-calls"));
    let passed = played.ended("passed").len();
    assert_eq!(passed + skipped.len(), played.checks().len());
    let verdict = if skipped.is_empty() {
        "Verdict: passes at every tier."
    } else {
        "Verdict: passes at `robust`, 1 of its checks skipped."
    };
    assert!(played.stdout.contains(verdict), "{}", played.stdout);
    assert!(
        played
            .stdout
            .contains("Server the built-in reference, seed 1, ")
    );
}

#[test]
fn the_plain_server_passes_the_exam_and_the_subject() {
    let played = play(Some(&servers::plain()), &[]);
    let mut failed: BTreeSet<_> = played.ended("failed").into_iter().collect();
    let count = failed.len();
    failed.insert(PLAIN_FAILS_AS_A_RULE);
    assert_eq!(failed, BTreeSet::from(PLAIN_FAILS), "{}", played.stdout);
    assert_eq!(played.count("robust", "failed"), count as u64);
    assert_eq!(played.ended("passed").len() + count, played.checks().len());
    assert_eq!(played.status, 0);
    let verdict = format!("Verdict: passes at `subject`; {count} checks failed at `robust`.");
    assert!(played.stdout.contains(&verdict), "{}", played.stdout);
}

#[test]
fn the_required_tier_decides_the_exit_status() {
    let plain = servers::plain();
    let only = [
        "--only",
        "unfinished-line*",
        "--only",
        "exam-4",
        "--require",
    ];
    for (tier, status, verdict) in [
        (
            "exam",
            0,
            "Verdict: passes at `exam`; 1 check failed at `robust`.",
        ),
        (
            "subject",
            0,
            "Verdict: passes at `subject`; 1 check failed at `robust`.",
        ),
        (
            "robust",
            1,
            "Verdict: fails at `robust`: 1 check failed. It passes at `subject`.",
        ),
    ] {
        let played = play(Some(&plain), &[&only[..], &[tier]].concat());
        assert_eq!(played.status, status, "{tier}: {}", played.stdout);
        assert!(played.stdout.contains(verdict), "{tier}: {}", played.stdout);
    }
}

/// A mistake may fail the exam as well, but is never only failed there.
#[test]
fn each_mistake_fails_its_rule_and_no_unrelated_one() {
    let queue = Mutex::new(servers::all_mistakes());
    let complaints = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(mistake) = queue.lock().expect("no test panics with it").pop() {
                    let complaint = judge(&mistake);
                    complaints.lock().expect("as above").extend(complaint);
                }
            });
        }
    });
    let complaints = complaints.into_inner().expect("as above");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn judge(mistake: &Mistake) -> Vec<String> {
    let mut options = Vec::new();
    // Thousands of clients take long and show nothing new, except to this rule.
    if mistake.breaks == "many-ids" {
        options.extend(["--skip", "exam-9", "--skip", "nine-hundred-clients"]);
    } else {
        options.extend(["--skip", "many-ids", "--skip", "many-clients"]);
    }
    let played = play(Some(&mistake.path), &options);
    let name = &mistake.name;
    let rules_of = |check: &serde_json::Value| -> Vec<String> {
        let rules = check["rules"].as_array().expect("a list of rules").iter();
        rules.map(|rule| text(rule).to_owned()).collect()
    };
    let unexpected = played.checks().iter().filter(|check| {
        check["outcome"] != "passed" && !PLAIN_FAILS.contains(&text(&check["scenario"]))
    });
    let mut complaints = Vec::new();
    let mut rule_failed = false;
    for check in unexpected {
        let rules = rules_of(check);
        rule_failed |= rules.contains(&mistake.breaks);
        let related = rules
            .iter()
            .any(|rule| *rule == mistake.breaks || mistake.may_also_break.contains(rule));
        if !related || check["outcome"] != "failed" {
            complaints.push(format!(
                "{name}: {} {}: {}",
                check["scenario"], check["outcome"], check["reason"]
            ));
        }
    }
    if !rule_failed {
        complaints.push(format!("{name}: no check of {} failed", mistake.breaks));
    }
    if played.status != 1 {
        complaints.push(format!("{name}: exit status {}", played.status));
    }
    complaints
}

/// A right server that is not like the plain one passes at `subject`, and so at `exam`.
#[track_caller]
fn assert_passes(server: &Path, options: &[&str]) -> Played {
    let played = play(Some(server), &[&PATIENT[..], options].concat());
    assert_eq!(played.status, 0, "{}", played.stdout);
    for tier in ["exam", "subject"] {
        assert!(played.count(tier, "passed") > 0);
        assert_eq!(played.count(tier, "failed"), 0, "{}", played.stdout);
    }
    played
}

#[test]
fn a_server_that_relays_pieces_at_once_passes() {
    let server = servers::stranger("relay_at_once");
    let played = assert_passes(&server, &["--skip", "nine-hundred-clients"]);
    let seen = "- pieces of a line are relayed at once";
    assert!(played.stdout.contains(seen), "{}", played.stdout);
}

#[test]
fn a_server_that_ends_the_unfinished_line_passes() {
    // It reads byte by byte, and so is slow with crowds and megabytes.
    let server = servers::stranger("add_newline");
    let played = assert_passes(&server, &["--skip", "robust"]);
    let seen = "- an unfinished line is relayed with a newline added when its client leaves";
    assert!(played.stdout.contains(seen), "{}", played.stdout);
}

#[test]
fn a_server_in_python_passes() {
    if !servers::python_is_here() {
        eprintln!("skipped: there is no python3");
        return;
    }
    let server = servers::stranger("select_server");
    assert_passes(&server, &["--skip", "robust", "--skip", "many-clients"]);
}

#[test]
fn the_reference_as_an_executable_of_its_own_passes() {
    let grader = assert_cmd::cargo::cargo_bin!("grader");
    let mini_serv = grader.with_file_name("mini_serv");
    if !mini_serv.is_file() {
        eprintln!("skipped: mini_serv is not built; `cargo test --workspace` builds it");
        return;
    }
    let options = ["--require", "robust", "--skip", "nine-hundred-clients"];
    let played = play(Some(&mini_serv), &[&PATIENT[..], &options].concat());
    assert_eq!(played.status, 0, "{}", played.stdout);
}
