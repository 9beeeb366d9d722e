//! `grader fuzz`: what it finds, how short that is, and that it can be played again.

mod at_once;
mod interruption;
mod servers;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use at_once::each_at_once;

fn grader() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin!("grader"))
}

fn fuzz(server: Option<&Path>, folder: &Path, options: &[&str]) -> (Output, String) {
    let output = grader()
        .arg("fuzz")
        .args(server)
        .args(options)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the grader can be called");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, said)
}

/// The scenario files in a folder, by name.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|file| file.expect("it can be listed").path())
        .map(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            (name.into_owned(), fs::read_to_string(&file).expect("text"))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn the_reference_agrees_with_the_oracle_on_random_scenarios() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = [
        "--cases",
        "200",
        "--seed",
        "6",
        "--require",
        "robust",
        "--verbose",
    ];
    let (output, said) = fuzz(None, folder.path(), &options);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("No disagreement in 200 cases."), "{said}");
    assert!(said.contains("seed 6"), "{said}");
    assert!(
        said.contains("a newcomer on the descriptor of one who"),
        "{said}"
    );
    assert!(files(folder.path()).is_empty());
}

#[test]
fn a_mistake_is_found_and_its_file_fails_again() {
    let server = servers::saboteur("newcomer_inherits_text").path;
    let (first, second) = (tempfile::tempdir(), tempfile::tempdir());
    let (first, second) = (first.expect("a folder"), second.expect("a folder"));
    let options = ["--cases", "2000", "--seed", "2", "--verbose"];
    let (output, said) = fuzz(Some(&server), first.path(), &options);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let found = files(first.path());
    let [(name, text)] = found.as_slice() else {
        panic!("one file is written: {found:?}");
    };
    assert!(
        text.starts_with("# Found by `grader fuzz --seed 2`"),
        "{text}"
    );
    let steps = text
        .lines()
        .filter(|line| line.starts_with("  { ") && !line.contains("expect"));
    assert!(steps.count() <= 6, "{text}");

    // The same seed finds the same, after as many cases that brought about the same.
    let (_, said_again) = fuzz(Some(&server), second.path(), &options);
    assert_eq!(files(second.path()), found, "{said_again}");
    assert_eq!(coverage(&said_again), coverage(&said));

    // The file fails like the case, and its author's words are checked like anybody's.
    let replayed = grader()
        .args(["run", "--scenarios", name])
        .arg(&server)
        .current_dir(first.path())
        .output()
        .expect("the grader can be called");
    let told = String::from_utf8_lossy(&replayed.stdout);
    assert_eq!(
        replayed.status.code(),
        Some(1),
        "{told}{}",
        String::from_utf8_lossy(&replayed.stderr)
    );
    // A server without the mistake passes.
    let replayed = grader()
        .args(["run", "--scenarios", name])
        .arg(servers::plain())
        .current_dir(first.path())
        .output()
        .expect("the grader can be called");
    assert_eq!(
        replayed.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&replayed.stdout)
    );
}

#[test]
fn a_conversation_that_fails_is_made_short() {
    let server = servers::saboteur("piece_on_a_reset_ones_descriptor_lost").path;
    let run = grader()
        .args(["run", "--only", "conversation-*"])
        .arg(&server)
        .output()
        .expect("the grader can be called");
    let told = String::from_utf8_lossy(&run.stdout);
    let words: Vec<&str> = told.split_whitespace().collect();
    let words = words.join(" ");
    let (_, number) = words
        .split_once(
            "Shown is only what that takes of the conversation; `grader fuzz --conversation ",
        )
        .unwrap_or_else(|| panic!("the conversation is made short: {told}"));
    let (number, _) = number.split_once('`').expect("its end");

    let folder = tempfile::tempdir().expect("a folder");
    let (output, said) = fuzz(Some(&server), folder.path(), &["--conversation", number]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let found = files(folder.path());
    let [(name, text)] = found.as_slice() else {
        panic!("one file is written: {found:?}");
    };
    assert_eq!(*name, format!("conversation-{number}-short.toml"));
    let steps = text.lines().filter(|line| line.starts_with("  { "));
    assert!(steps.count() <= 14, "{text}");
}

#[test]
fn a_conversation_that_passes_leaves_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let (output, said) = fuzz(None, folder.path(), &["--conversation", "6"]);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(files(folder.path()).is_empty());
}

/// What was played and what that brought about, without how long it took.
fn coverage(said: &str) -> String {
    let (_, told) = said
        .split_once("Situations, and how many cases brought them about:")
        .unwrap_or_else(|| panic!("the coverage is told: {said}"));
    let (before, after) = told.split_once(" server").expect("the servers");
    let (_, reached) = after.split_once("per second; ").expect("the rates");
    format!("{before}{reached}")
}

/// Servers with one mistake each, of the kinds that people make.
#[test]
fn one_mistake_takes_six_steps_at_most() {
    let saboteurs = [
        "arrival_not_announced",
        "departure_not_announced",
        "empty_lines_swallowed",
        "first_line_of_a_recv_only",
        "ids_are_descriptors",
        "lines_cut_at_1024",
        "one_buffer_for_all",
        "pieces_get_a_prefix",
        "percent_is_a_format",
        "rest_after_a_line_dropped",
        "sender_hears_itself",
        "unfinished_line_given_to_the_next",
    ];
    each_at_once(4, saboteurs.to_vec(), is_found_and_made_short);
}

/// Mistakes that take many clients, many lines or strange ones, or that clients do not see.
#[test]
#[cfg(target_os = "linux")]
fn what_a_handful_of_clients_does_not_show_is_found() {
    let saboteurs = [
        ("a_thousand_lines_of_a_recv", "relay"),
        ("calls_poll", "allowed-functions"),
        ("carriage_returns_dropped", "relay"),
        ("reports_arrivals", "silent"),
        ("room_for_16", "many-clients"),
    ];
    each_at_once(4, saboteurs.to_vec(), |(name, rule)| {
        let text = is_found_and_made_short(name);
        let rules = format!("rules = [\"{rule}\"]");
        assert!(text.contains(&rules), "{name} breaks {rule}: {text}");
    });
}

/// A server with one mistake, whose finding takes six steps at most; the file.
fn is_found_and_made_short(name: &str) -> String {
    let saboteur = servers::saboteur(name);
    let folder = tempfile::tempdir().expect("a folder");
    let options = ["--cases", "2000", "--seed", "4", "--require", "robust"];
    let (output, said) = fuzz(Some(&saboteur.path), folder.path(), &options);
    assert_eq!(output.status.code(), Some(1), "{name}: {said}");
    let found = files(folder.path());
    let [(file, text)] = found.as_slice() else {
        panic!("{name}: one file is written: {found:?}");
    };
    let steps = text
        .lines()
        .filter(|line| line.starts_with("  { ") && !line.contains("expect"));
    assert!(steps.count() <= 6, "{name}: {text}");
    // It is the mistake that is found: the same steps are right with a server without it.
    for (server, code) in [(&saboteur.path, 1), (&servers::plain(), 0)] {
        let replayed = grader()
            .args(["run", "--require", "robust", "--scenarios", file])
            .arg(server)
            .current_dir(folder.path())
            .output()
            .expect("the grader can be called");
        let told = String::from_utf8_lossy(&replayed.stdout);
        assert_eq!(replayed.status.code(), Some(code), "{name}: {text}{told}");
    }
    text.clone()
}

/// Random characters are the same in every replay, whatever the seed of the run.
#[test]
fn a_file_brings_its_random_characters_along() {
    let folder = tempfile::tempdir().expect("a folder");
    // It cuts long lines, so that the file says many random characters.
    let server = servers::saboteur("lines_cut_at_1024").path;
    let options = ["--cases", "2000", "--seed", "5"];
    let (output, said) = fuzz(Some(&server), folder.path(), &options);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let found = files(folder.path());
    let [(file, text)] = found.as_slice() else {
        panic!("one file is written: {found:?}");
    };
    assert!(text.contains("{random:"), "{text}");
    let played = |seed: &str| {
        let replayed = grader()
            .args(["run", "--seed", seed, "--scenarios", file])
            .arg(&server)
            .current_dir(folder.path())
            .output()
            .expect("the grader can be called");
        let told = String::from_utf8_lossy(&replayed.stdout).into_owned();
        let (checks, _) = told.split_once("\nServer ").expect("the last line");
        checks.to_owned()
    };
    let once = played("1");
    assert!(once.contains("must receive"), "{once}");
    assert_eq!(played("2"), once);
    // What is shown of the case is what is shown of the file.
    let failure = |told: &str| -> String {
        let lines = told.lines().skip_while(|line| !line.starts_with("✗"));
        lines.take_while(|line| !line.is_empty()).collect()
    };
    assert_eq!(failure(&once), failure(&said), "{said}");
}

#[test]
fn a_server_that_never_serves_is_no_finding_of_a_case() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = servers::hostile("exits_at_once");
    let (output, _) = fuzz(Some(&server), folder.path(), &["--cases", "10"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the server never serves: "), "{said}");
}

#[test]
fn wrong_options_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for (options, message) in [
        (&["--cases", "0"][..], "0 is not in 1.."),
        (&["--cases", "1", "--seconds", "1"], "cannot be used with"),
        (&["--seconds", "0"], "a number of seconds above 0"),
    ] {
        let (output, _) = fuzz(None, folder.path(), options);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(message), "{said}");
    }
}

/// Presses Ctrl-C as soon as a line of the progress `is_it`, and returns what was printed.
#[track_caller]
#[cfg(target_os = "linux")]
fn interrupted(
    server: &Path,
    folder: &Path,
    options: &[&str],
    is_it: impl Fn(&str) -> bool,
) -> String {
    use std::io::{BufRead, BufReader, Read};
    use std::os::unix::process::ExitStatusExt;

    let mut command = grader();
    command
        .args(["fuzz", "--seconds", "600", "--seed", "77"])
        .args(options)
        .arg(server)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut grader = interruption::as_on_a_terminal(&mut command)
        .spawn()
        .expect("the grader can be called");
    let mut progress = BufReader::new(grader.stderr.take().expect("a pipe"));
    let mut line = String::new();
    loop {
        assert!(progress.read_line(&mut line).expect("text") > 0, "it ended");
        if is_it(&line) {
            break;
        }
        line.clear();
    }
    let id = rustix::process::Pid::from_child(&grader);
    let signal = interruption::CTRL_C;
    rustix::process::kill_process(id, signal).expect("it is our child");
    let status = grader.wait().expect("it is our child");
    assert_eq!(status.signal(), Some(signal.as_raw()), "{status}");
    let mut said = String::new();
    let mut stdout = grader.stdout.take().expect("a pipe");
    stdout.read_to_string(&mut said).expect("text");
    said
}

/// Ctrl-C while what fails is being made short tells what fails, as far as it is short.
#[test]
#[cfg(target_os = "linux")]
fn an_interrupted_finding_is_not_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    // It hangs, so that every attempt to make that shorter takes the whole patience.
    let server = servers::saboteur("lone_newline_ignored").path;
    let said = interrupted(&server, folder.path(), &["--verbose"], |line| {
        line.contains(" fails; ")
    });
    assert!(
        said.contains("Interrupted while what fails was being made short."),
        "{said}"
    );
    assert!(!said.contains("without a disagreement"), "{said}");
    assert!(said.contains("must receive"), "{said}");
    assert!(said.contains("Seed 77: "), "{said}");
    assert!(said.contains("brought them about"), "{said}");
    let found = files(folder.path());
    let [(_, text)] = found.as_slice() else {
        panic!("the file is written: {found:?}");
    };
    assert!(text.contains("--seed 77`, in case "), "{text}");
}

/// Ctrl-C tells the seed and the coverage, and leaves no server behind.
#[test]
#[cfg(target_os = "linux")]
fn an_interrupted_run_tells_its_seed_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = folder.path().join("server");
    std::os::unix::fs::symlink(servers::plain(), &server).expect("a link");
    let said = interrupted(&server, folder.path(), &[], |line| {
        assert!(line.contains("cases, "), "{line}");
        true
    });
    assert!(said.contains("Interrupted"), "{said}");
    assert!(said.contains("Seed 77: "), "{said}");
    assert!(said.contains(" situations."), "{said}");
    let name = server.to_string_lossy().into_owned();
    let left = || {
        let processes = fs::read_dir("/proc").expect("processes can be listed");
        processes.flatten().any(|process| {
            let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).split('\0').next() == Some(name.as_str())
        })
    };
    assert!(!left(), "a server is left");
}
