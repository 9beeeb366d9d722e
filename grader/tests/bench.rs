//! `grader bench`: what it measures, and what it says of servers that are fast by leaving things
//! out. No test here says how fast anything is.

mod interruption;
mod servers;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use predicates::Predicate;
use predicates::str::contains;
use serde_json::Value;

/// Short turns, in which every piece takes part.
const SHORT: [&str; 4] = ["--rounds", "1", "--seconds", "0.02"];

fn grader() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin!("grader"))
}

fn bench(server: Option<&Path>, options: &[&str]) -> Output {
    grader()
        .arg("bench")
        .args(server)
        .args(SHORT)
        .args(options)
        .stdin(Stdio::null())
        .output()
        .expect("the grader can be called")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The results of what one server did, by the measurement's name.
fn results<'document>(document: &'document Value, role: &str) -> Vec<&'document Value> {
    let measurements = document["measurements"].as_array().expect("a list");
    measurements
        .iter()
        .flat_map(|measurement| measurement["results"].as_array().expect("a list"))
        .filter(|result| result["role"] == role)
        .collect()
}

#[test]
fn everything_is_measured_and_nothing_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let plot = folder.path().join("cost.svg");
    let plain = servers::plain();
    let output = bench(
        Some(&plain),
        &[
            "--listeners",
            "1,7",
            "--lengths",
            "10,5000",
            "--lazy",
            "2",
            "--only",
            "burst",
            "--only",
            "latency",
            "--only",
            "turnover",
            "--only",
            "idle",
            "--json",
            "-",
            "--plot",
            plot.to_str().expect("text"),
        ],
    );
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let schema = serde_json::to_value(grader::bench::Document::schema()).expect("JSON");
    let errors: Vec<_> = jsonschema::validator_for(&schema)
        .expect("a schema")
        .iter_errors(&document)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    for (role, count) in [("server", 7), ("other", 7), ("floor", 6)] {
        let results = results(&document, role);
        assert_eq!(results.len(), count, "{role}: {document}");
        for result in results {
            assert_eq!(result["failure"], Value::Null, "{role}: {result}");
            assert_eq!(result["lost_lines"], 0, "{role}: {result}");
            assert!(
                !result["figures"].as_array().expect("a list").is_empty(),
                "{result}"
            );
        }
    }
    let image = std::fs::read_to_string(&plot).expect("an image");
    let mut reader = quick_xml::Reader::from_str(&image);
    loop {
        match reader.read_event().expect("well-formed") {
            quick_xml::events::Event::Eof => break,
            _ => continue,
        }
    }
    assert!(
        contains("nanoseconds of processor time per line").eval(&image.to_lowercase()),
        "{image}"
    );
}

#[test]
fn memory_for_what_is_not_read_is_measured_and_all_of_it_comes() {
    let output = bench(None, &["--only", "unread", "--lazy", "2", "--json", "-"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let results = results(&document, "server");
    let [result] = results.as_slice() else {
        panic!("{document}");
    };
    assert_eq!(result["lost_lines"], 0, "{result}");
    assert_eq!(result["due_lines"], 200_000, "{result}");
}

#[test]
fn a_server_that_loses_lines_is_shown_as_such_first() {
    let server = servers::saboteur("repeated_lines_dropped");
    let output = bench(
        Some(&server.path),
        &["--only", "burst", "--listeners", "2", "--lengths", "100"],
    );
    let said = said(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let lost = said.find("LOST: ").expect("it says so");
    assert!(
        lost < said.find("Lines delivered").expect("a table"),
        "{said}"
    );
}

#[test]
fn a_server_that_sends_something_else_has_no_figures() {
    let server = servers::saboteur("lines_cut_at_4096");
    let output = bench(
        Some(&server.path),
        &["--only", "burst", "--listeners", "1", "--lengths", "5000"],
    );
    let said = said(&output);
    assert!(
        said.contains("sent other bytes than were said") && said.contains("FAILED: "),
        "{said}"
    );
}

#[test]
fn a_server_that_ends_is_told_by_how_it_ended() {
    let server = servers::saboteur("long_line_crashes");
    let output = bench(
        Some(&server.path),
        &["--only", "burst", "--listeners", "1", "--lengths", "200000"],
    );
    let said = said(&output);
    assert!(said.contains("FAILED: "), "{said}");
}

/// Ctrl-C prints what there is, and leaves no server behind.
#[test]
fn an_interrupted_bench_shows_what_there_is() {
    let mut command = grader();
    command
        .args(["bench", "--rounds", "1000", "--seconds", "0.02"])
        .args(["--only", "latency"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut running = interruption::as_on_a_terminal(&mut command)
        .spawn()
        .expect("the grader can be called");
    let mut errors = BufReader::new(running.stderr.take().expect("a pipe"));
    let mut line = String::new();
    errors.read_line(&mut line).expect("text");
    assert!(line.contains(" of 2000 turns"), "{line}");
    let signal = interruption::CTRL_C;
    let id = rustix::process::Pid::from_child(&running);
    rustix::process::kill_process(id, signal).expect("it is our child");
    let mut said = String::new();
    running
        .stdout
        .take()
        .expect("a pipe")
        .read_to_string(&mut said)
        .expect("text");
    let status = running.wait().expect("it is our child");
    assert_eq!(status.signal(), Some(signal.as_raw()), "{status}: {said}");
    let mut rest = String::new();
    errors.read_to_string(&mut rest).expect("text");
    assert!(
        rest.contains("Interrupted; this is what there is."),
        "{rest}"
    );
    assert!(said.contains("From send to receipt"), "{said}");
}

#[test]
fn wrong_options_are_refused() {
    for (options, words) in [
        (&["--listeners", "0"][..], "1 to 50000 clients are expected"),
        (&["--lengths", "x"], "1 to 10000000 bytes are expected"),
        (&["--rounds", "0"], "1..=1000"),
        (&["--only", "speed"], "possible values: burst, latency"),
        (&["--against", "/nowhere/at/all"], "/nowhere/at/all"),
    ] {
        let output = grader()
            .arg("bench")
            .args(options)
            .output()
            .expect("the grader can be called");
        assert_eq!(output.status.code(), Some(2), "{options:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(words), "{options:?}: {said}");
    }
}
