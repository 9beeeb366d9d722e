//! Right servers pass, wrong ones fail for what is wrong with them.

use std::path::Path;

use grader::suite::Inspection;

use super::invocation::{Played, play};
use super::servers;

/// For servers of which no check waits in vain: however busy the machine is, they hang never.
const PATIENT: [&str; 2] = ["--patience", "30"];

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
fn the_plain_server_passes_every_tier() {
    let played = play(
        Some(&servers::plain()),
        &[&PATIENT[..], &["--require", "robust"]].concat(),
    );
    // It is an executable, so that there is no source to look at.
    let skipped = played.ended("skipped");
    let of_source = Inspection::ALL.iter().filter(|it| it.needs_source());
    let of_source: Vec<&str> = of_source.map(|it| it.name).collect();
    assert_eq!(skipped, of_source);
    let passed = played.ended("passed").len();
    assert_eq!(
        passed + skipped.len(),
        played.checks().len(),
        "{}",
        played.stdout
    );
    assert_eq!(played.status, 0);
    let verdict = format!(
        "Verdict: passes at `robust`, {} of its checks skipped.",
        skipped.len()
    );
    assert!(played.stdout.contains(&verdict), "{}", played.stdout);
}

#[test]
fn what_is_printed_in_any_scenario_was_printed() {
    let server = servers::saboteur("prints_of_a_crowd").path;
    let only = ["--only", "silent*", "--only", "many-*", "--only", "ids-*"];
    let played = play(Some(&server), &[&PATIENT[..], &only].concat());
    assert_eq!(played.ended("failed"), ["silent-throughout"]);
    assert_eq!(played.status, 1);
    let reason = "the server wrote ";
    assert!(played.stdout.contains(reason), "{}", played.stdout);
    // Asked for alone, it is seen as well.
    let alone = [&PATIENT[..], &["--only", "silent-throughout"]].concat();
    assert_eq!(play(Some(&server), &alone).status, 1);
    assert_eq!(play(Some(&servers::plain()), &alone).status, 0);
}

#[test]
fn more_jobs_than_there_are_scenarios_are_no_trouble() {
    let jobs = usize::MAX.to_string();
    let played = play(None, &["--only", "exam-4", "--jobs", &jobs]);
    assert_eq!(played.status, 0, "{}", played.stdout);
}

#[test]
fn the_required_tier_decides_the_exit_status() {
    let server = servers::saboteur("unfinished_line_dropped").path;
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
            "Verdict over the chosen checks only: passes at `exam`; 1 check failed at `robust`.",
        ),
        (
            "subject",
            0,
            "Verdict over the chosen checks only: passes at `subject`; 1 check failed at `robust`.",
        ),
        (
            "robust",
            1,
            "Verdict over the chosen checks only: fails at `robust`: 1 check failed. It passes at `subject`.",
        ),
    ] {
        let played = play(Some(&server), &[&only[..], &[tier]].concat());
        assert_eq!(played.status, status, "{tier}: {}", played.stdout);
        assert!(played.stdout.contains(verdict), "{tier}: {}", played.stdout);
    }
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
    let server = servers::stranger("relay_at_once").path.expect("it is in C");
    let played = assert_passes(&server, &["--skip", "robust"]);
    let seen = "- pieces of a line are relayed at once";
    assert!(played.stdout.contains(seen), "{}", played.stdout);
}

/// Of what takes several segments, a server must not see now a part and now the whole. This one
/// is right as long as it sees the whole.
#[test]
fn what_is_said_at_once_is_there_as_a_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("lines.toml");
    let mut text = String::from(
        "title = \"Long lines\"\nrules = [\"relay\"]\ntier = \"subject\"\n\
         [[step]]\nconnect = [\"alice\", \"bob\"]\n",
    );
    for _ in 0..50 {
        text.push_str("[[step]]\nsend = { from = \"bob\", text = \"{random:65535}\\n\" }\n");
    }
    std::fs::write(&file, text).expect("room on the disk");
    let server = servers::saboteur("pieces_get_a_prefix").path;
    let file = file.to_str().expect("a name in UTF-8");
    let played = play(Some(&server), &["--scenarios", file, "--patience", "30"]);
    assert_eq!(played.status, 0, "{}", played.stdout);
}

#[test]
fn a_server_that_ends_the_unfinished_line_passes() {
    // It reads byte by byte, and so is slow with crowds and megabytes.
    let server = servers::stranger("add_newline").path.expect("it is in C");
    let played = assert_passes(&server, &["--skip", "robust"]);
    let seen = "- an unfinished line is relayed with a newline added when its client leaves";
    assert!(played.stdout.contains(seen), "{}", played.stdout);
}

#[test]
fn what_waits_for_the_server_is_not_taken_for_it() {
    let stranger = servers::stranger("behind_its_starter");
    let server = stranger.path.expect("it is in C");
    let only = ["--only", "fatal-error", "--only", "allowed-functions"];
    let played = assert_passes(&server, &only);
    assert_eq!(played.count("subject", "skipped"), 0, "{}", played.stdout);
}

#[test]
fn a_server_in_python_passes() {
    let server = match servers::stranger("select_server").path {
        Ok(server) => server,
        Err(why) => return eprintln!("skipped: {why}"),
    };
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

#[test]
fn timings_name_the_checks_that_took_longest_the_slowest_first() {
    let heading = "Took longest:";
    let only = ["--only", "relay", "--only", "order"];
    let played = play(None, &only);
    assert!(!played.stdout.contains(heading), "{}", played.stdout);

    let played = play(None, &[&only[..], &["--timings"]].concat());
    let (_, rest) = played.stdout.split_once(heading).expect(heading);
    let rows: Vec<_> = rest
        .lines()
        .skip(1)
        .map_while(|row| row.strip_prefix("- "))
        .collect();
    let checks = played.report["checks"].as_array().expect("checks").len();
    assert_eq!(rows.len(), checks.min(10), "{}", played.stdout);
    let took: Vec<u64> = rows
        .iter()
        .map(|row| {
            let (_, time) = row.rsplit_once(": ").expect("a name and a time");
            let number = time.strip_suffix(" ms").expect("milliseconds");
            number.parse().expect("a whole number")
        })
        .collect();
    assert!(took.is_sorted_by(|one, other| one >= other), "{took:?}");
}
