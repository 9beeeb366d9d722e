//! What other programs read: JSON on a stream of its own, text without colours, a status.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use predicates::prelude::*;
use serde_json::Value;

use super::invocation::{SUBMISSION, assert_valid, grader, play};
use super::servers;

const FEW: [&str; 10] = [
    "--seed",
    "7",
    "--only",
    "unfinished-line*",
    "--only",
    "relay",
    "--skip",
    "survives",
    "--require",
    "subject",
];

#[test]
fn json_on_standard_output_is_nothing_but_json() {
    let server = servers::saboteur("unfinished_line_dropped").path;
    let assert = grader()
        .arg("run")
        .arg(&server)
        .args(FEW)
        .args(["--report", "json=-"])
        .assert()
        .code(0)
        .stderr(predicate::str::contains("passes at `subject`"));
    let report: Value = serde_json::from_slice(&assert.get_output().stdout).expect("JSON");
    assert_valid(&report);
    assert_eq!(report["seed"], 7);
    assert_eq!(report["verdict"], "passed");
    assert_eq!(report["server"], server.to_str().expect("text"));
}

#[test]
fn several_reports_are_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.json");
    // Longer than the report, so that its end would show.
    fs::write(&file, vec![b'x'; 1 << 20]).expect("the folder can be written");
    let assert = grader()
        .args(["run", "--only", "relay", "--report", "json=-", "--report"])
        .arg(format!("json={}", file.display()))
        .assert()
        .code(0);
    let written = fs::read(&file).expect("the report");
    assert_eq!(written, assert.get_output().stdout);
}

#[test]
fn the_same_seed_gives_the_same_results_however_many_are_played_at_once() {
    for server in [
        servers::plain(),
        servers::saboteur("prefix_on_the_first_line_only").path,
    ] {
        let results = ["1", "2", "8"].map(|jobs| {
            // Thousands of clients, or megabytes, show nothing that these do not; and when the
            // kernel tells of a reset connection, no seed decides.
            let mut options = vec!["--jobs", jobs];
            for some in ["exam", "prefix-every-line", "unfinished-line", "silent"] {
                options.extend(["--only", some]);
            }
            options.extend(["--skip", "exam-9"]);
            let played = play(Some(&server), &options);
            let results = played.checks().iter().map(|check| {
                (
                    check["scenario"].clone(),
                    check["outcome"].clone(),
                    check["reason"].as_str().map(without_listener),
                )
            });
            results.collect::<Vec<_>>()
        });
        assert_eq!(results[0], results[1], "1 and 2 at once");
        assert_eq!(results[0], results[2], "1 and 8 at once");
    }
}

/// A reason without the name of the client that noticed: which of several listeners is read first
/// is up to the kernel.
fn without_listener(reason: &str) -> String {
    ["alice ", "bob ", "carol "]
        .iter()
        .find_map(|name| reason.strip_prefix(name))
        .unwrap_or(reason)
        .to_owned()
}

#[test]
fn colours_are_for_terminals_and_those_who_ask() {
    let server = servers::saboteur("unfinished_line_dropped").path;
    let stdout = |variables: &[(&str, &str)]| {
        let mut command = grader();
        command.arg("run").arg(&server).args(FEW);
        command.envs(variables.iter().copied());
        let output = command.output().expect("the grader can be called");
        String::from_utf8(output.stdout).expect("text")
    };
    assert!(!stdout(&[]).contains('\x1b'));
    assert!(!stdout(&[("NO_COLOR", "1")]).contains('\x1b'));
    assert!(stdout(&[("CLICOLOR_FORCE", "1")]).contains("\x1b[31m"));
}

#[test]
fn a_reader_who_has_seen_enough_ends_the_run_quietly() {
    for arguments in [
        &["run", "--only", "exam-[1-8]"][..],
        &["list"],
        &["rules", "--markdown"],
    ] {
        let mut grader = Command::new(assert_cmd::cargo::cargo_bin!("grader"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the grader can be called");
        let mut first = String::new();
        let stdout = grader.stdout.take().expect("a pipe");
        BufReader::with_capacity(1, stdout)
            .read_line(&mut first)
            .expect("text");
        assert!(!first.is_empty());
        let mut said = String::new();
        let mut stderr = grader.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut said).expect("text");
        assert_eq!(said, "", "{arguments:?}");
        grader.wait().expect("it is our child");
    }
}

#[test]
fn a_result_for_classroom_50_says_whose_it_is_or_is_not_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("result.json");
    let run = |known: &[(&'static str, &'static str)]| {
        let mut command = grader();
        for (name, _) in SUBMISSION {
            command.env_remove(name);
        }
        command
            .args(["run", "--only", "no-argument", "--report"])
            .arg(format!("classroom50={}", file.display()))
            .envs(known.iter().copied())
            .assert()
    };
    run(&SUBMISSION[..3]).code(2).stdout("").stderr(
        "grader: `classroom50` is for the runner of Classroom 50, which says in the \
             environment what is graded: COMMIT_URL, RELEASE_URL are not set\n",
    );
    assert!(!file.exists());
    run(&SUBMISSION).code(0);
    let text = fs::read_to_string(&file).expect("the report");
    let result: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(result["review"], result["commit"]);
    assert_eq!(
        (&result["classroom"], &result["finished"]),
        (&"cs50".into(), &true.into())
    );
}

#[test]
fn weights_make_a_score() {
    let folder = tempfile::tempdir().expect("a folder");
    let weights = folder.path().join("weights.toml");
    fs::write(&weights, "default = 0\n[rules]\nrelay = 3\norder = 2\n").expect("room");
    let results = folder.path().join("results.json");
    let run = |server: &std::path::Path| {
        let assert = grader()
            .arg("run")
            .arg(server)
            .args(["--only", "relay", "--skip", "robust", "--weights"])
            .arg(&weights)
            .arg("--report")
            .arg(format!("gradescope={}", results.display()))
            .assert();
        let output = assert.get_output().clone();
        let text = fs::read_to_string(&results).expect("the report");
        let results: Value = serde_json::from_str(&text).expect("JSON");
        (
            String::from_utf8(output.stdout).expect("text"),
            results["score"].clone(),
        )
    };
    let (said, score) = run(&servers::plain());
    assert!(
        said.contains("Score: 5 of 5 points for the rules at `subject`."),
        "{said}"
    );
    assert_eq!(score, 5);
    let (said, score) = run(&servers::saboteur("sender_hears_itself").path);
    assert!(said.contains("Score: 0 of 5 points"), "{said}");
    assert_eq!(score, 0);
}

#[test]
fn weights_that_cannot_be_used_are_refused_before_anything_is_played() {
    let folder = tempfile::tempdir().expect("a folder");
    let weights = folder.path().join("weights.toml");
    fs::write(&weights, "[rules]\nrelais = 3\n").expect("room");
    for (path, wrong) in [
        (weights, "there is no rule `relais` (did you mean `relay`?)"),
        (folder.path().join("none.toml"), "No such file or directory"),
    ] {
        grader()
            .args(["run", "--only", "relay", "--weights"])
            .arg(&path)
            .assert()
            .code(2)
            .stdout("")
            .stderr(
                predicate::str::contains("cannot be used: ").and(predicate::str::contains(wrong)),
            );
    }
}
