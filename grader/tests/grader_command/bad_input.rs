//! What cannot be graded, read or written is said before anything is played, and in which words.

use std::fs;
use std::path::Path;

use predicates::prelude::*;

use super::invocation::{executable, grader};
use super::servers;

/// Calls the grader with what is wrong, and holds what it says against `message`.
#[track_caller]
fn assert_refused(arguments: &[&str], status: i32, message: &str) {
    grader()
        .args(arguments)
        .assert()
        .code(status)
        .stdout("")
        .stderr(predicate::str::contains(message));
}

fn shown(path: &Path) -> &str {
    path.to_str().expect("the path is text")
}

/// A folder with a scenario in it; returns what is said of it.
#[track_caller]
fn assert_scenario_refused(text: &str, messages: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("mine.toml"), text).expect("the folder can be written");
    for path in [folder.path().to_owned(), folder.path().join("mine.toml")] {
        let server = touching_server();
        let refused = grader()
            .args(["run", "--confine", "off", shown(&server.path)])
            .args(["--scenarios", shown(&path)])
            .assert()
            .code(2)
            .stdout("")
            .stderr(predicate::str::contains(
                "grader: 1 of the scenario files cannot be used\n",
            ))
            .stderr(predicate::str::contains("mine.toml:"));
        let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        for message in messages {
            assert!(said.contains(message), "{message:?} is missing:\n{said}");
        }
        assert!(!server.folder().join("started").exists());
    }
}

/// A server that leaves a mark when it is started.
fn touching_server() -> super::invocation::Named {
    executable(b"#!/bin/sh\ntouch \"$(dirname \"$0\")/started\"\n")
}

#[test]
fn a_server_that_is_not_there() {
    assert_refused(
        &["run", "no/such/server"],
        2,
        "grader: there is no server at no/such/server: No such file or directory",
    );
    // After `--`, nothing is an option.
    assert_refused(
        &["run", "--", "--help"],
        2,
        "grader: there is no server at --help: ",
    );
}

#[test]
fn a_file_that_is_not_executable() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let path = shown(file.path());
    assert_refused(
        &["run", path],
        2,
        &format!(
            "grader: {path} is not executable: if it is a program, `chmod +x {path}` makes it so"
        ),
    );
}

/// The kernel refuses these, and no shell is asked to make something of them.
#[test]
fn a_file_that_is_no_program() {
    let mut elsewhere = fs::read(servers::plain()).expect("the server is there");
    // e_machine (elf(5)): a machine that there is not.
    elsewhere[18..20].copy_from_slice(&[0xfe, 0xff]);
    for content in [elsewhere.as_slice(), b"touch started\n", b""] {
        let server = executable(content);
        let path = shown(&server.path);
        let refused = grader()
            .current_dir(server.folder())
            .args(["run", "--confine", "off", path])
            .assert();
        let said = format!("grader: {path} cannot be executed: Exec format error");
        let help = "was it compiled on another? A script must begin with #!";
        refused
            .code(2)
            .stdout("")
            .stderr(predicate::str::contains(said).and(predicate::str::contains(help)));
        assert!(!server.folder().join("started").exists());
    }
}

#[test]
fn a_script_without_its_interpreter() {
    let server = executable(b"#!/no/such/interpreter\n");
    assert_refused(
        &["run", shown(&server.path)],
        2,
        "the file is there, but the interpreter or loader that it names is not",
    );
}

#[test]
fn a_report_of_an_earlier_run_survives_a_server_that_is_none() {
    let server = executable(b"no program");
    let report = server.folder().join("report.json");
    fs::write(&report, "precious").expect("the folder can be written");
    grader()
        .args(["run", shown(&server.path), "--report"])
        .arg(format!("json={}", report.display()))
        .assert()
        .code(2);
    assert_eq!(
        fs::read_to_string(&report).expect("it is there"),
        "precious"
    );
}

#[test]
fn a_report_that_cannot_be_written_is_known_before_anything_starts() {
    let server = touching_server();
    for (file, why) in [
        ("/no/such/folder/r.json", "No such file or directory"),
        ("/", "Is a directory"),
    ] {
        assert_refused(
            &[
                "run",
                "--confine",
                "off",
                shown(&server.path),
                "--report",
                &format!("json={file}"),
            ],
            3,
            &format!("grader: cannot write the report {file}: {why}"),
        );
    }
    assert!(!server.folder().join("started").exists());
}

#[test]
fn a_full_disk() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        eprintln!("skipped: there is no /dev/full");
        return;
    }
    grader()
        .args(["run", "--only", "no-argument", "--report", "json=/dev/full"])
        .assert()
        .code(3)
        .stderr(predicate::str::contains(
            "grader: cannot write the report /dev/full: No space left on device",
        ));
    let output = std::process::Command::new(assert_cmd::cargo::cargo_bin!("grader"))
        .arg("list")
        .stdout(
            fs::File::options()
                .write(true)
                .open(full)
                .expect("a device"),
        )
        .output()
        .expect("the grader can be called");
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "grader: cannot write to standard output: No space left on device (os error 28)\n"
    );
}

#[test]
fn a_report_in_an_unknown_form() {
    assert_refused(
        &["run", "--report", "jsno=report"],
        2,
        "there is no report format `jsno` (did you mean `json`?); there is `json`",
    );
    assert_refused(
        &["run", "--report", "json"],
        2,
        "`json` needs a file: `json=FILE`",
    );
}

#[test]
fn filters_that_match_nothing() {
    for option in ["--only", "--skip"] {
        assert_refused(
            &["run", option, "prefix-every-lin"],
            2,
            &format!(
                "grader: {option} prefix-every-lin: no rule, check or tier is called that; \
                 did you mean `prefix-every-line`?\n"
            ),
        );
        assert_refused(
            &["run", option, "xyzzy-*"],
            2,
            &format!(
                "grader: {option} xyzzy-*: no rule, check or tier is called that; \
                 see `grader list`\n"
            ),
        );
        assert_refused(
            &["run", option, "exam-["],
            2,
            &format!("grader: {option} exam-[: unclosed character class"),
        );
    }
    assert_refused(
        &["run", "--only", "exam-1", "--skip", "exam"],
        2,
        "grader: --only and --skip together leave no check to make\n",
    );
}

#[test]
fn filters_match_rules_scenarios_and_tiers() {
    let listed = |options: &[&str]| {
        let output = grader().arg("list").args(options).output().expect("a list");
        let text = String::from_utf8(output.stdout).expect("text");
        let names = text
            .lines()
            .filter_map(|line| line.split_whitespace().next());
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(listed(&["--only", "exam-[12]"]), ["exam-1", "exam-2"]);
    assert_eq!(listed(&["--only", "exam"]).len(), 11);
    assert_eq!(listed(&["--only", "no-define"]), ["no-define"]);
    assert_eq!(
        listed(&["--only", "lines-around-65536"]),
        ["lines-around-65536"]
    );
    let lazy = listed(&["--only", "lazy-catches-up"]);
    assert!(
        lazy.contains(&"lazy-two-catch-up".into()),
        "by its rule: {lazy:?}"
    );
    let only = listed(&[
        "--only",
        "exam-?",
        "--only",
        "silent",
        "--skip",
        "exam-[1-8]",
    ]);
    assert_eq!(
        only,
        [
            "exam-9",
            "silent",
            "silent-while-time-passes",
            "silent-throughout"
        ]
    );
}

#[test]
fn options_out_of_their_range() {
    assert_refused(
        &["run", "--jobs", "0"],
        2,
        "invalid value '0' for '--jobs <N>': a whole number of at least 1 is expected",
    );
    assert_refused(
        &["run", "--patience", "0"],
        2,
        "invalid value '0' for '--patience <SECONDS>': a number of seconds above 0 and up to 3600 \
         is expected",
    );
    assert_refused(
        &["run", "--require", "exm"],
        2,
        "a similar value exists: 'exam'",
    );
    assert_refused(
        &["run", "--seed", "x"],
        2,
        "invalid value 'x' for '--seed <N>'",
    );
    assert_refused(
        &["run", "--onyl", "x"],
        2,
        "a similar argument exists: '--only'",
    );
    assert_refused(&["run", "one", "two"], 2, "unexpected argument 'two' found");
    assert_refused(&["rum"], 2, "a similar subcommand exists: 'run'");
    assert_refused(&[], 2, "Usage: grader <COMMAND>");
}

#[test]
fn help_and_version_are_no_mistakes() {
    for arguments in [&["--help"][..], &["run", "--help"], &["help", "run"]] {
        grader()
            .args(arguments)
            .assert()
            .code(0)
            .stdout(predicate::str::contains(
                "Exit status:\n  0  every required check passed",
            ))
            .stderr("");
    }
    let version = format!("grader {}\n", env!("CARGO_PKG_VERSION"));
    grader().arg("--version").assert().code(0).stdout(version);
}

#[test]
fn folders_without_scenarios() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = shown(folder.path());
    assert_refused(
        &["run", "--scenarios", path],
        2,
        &format!(
            "grader: {path} holds no scenario: a scenario is a file whose name ends in .toml\n"
        ),
    );
    let missing = format!("{path}/missing");
    assert_refused(
        &["run", "--scenarios", &missing],
        2,
        &format!("grader: {missing} cannot be read: No such file or directory"),
    );
}

/// A scenario, its last lines to follow.
const HEAD: &str = "title = \"Mine\"\nrules = [\"relay\"]\ntier = \"subject\"\n\n\
                    [[step]]\nconnect = [\"alice\", \"bob\"]\n\n";

#[test]
fn a_scenario_with_a_syntax_error() {
    assert_scenario_refused(&format!("{HEAD}[[step]\n"), &["mine.toml:8:", "^"]);
}

#[test]
fn a_scenario_with_an_unknown_key() {
    assert_scenario_refused(
        &format!("titel = \"Mine\"\n{HEAD}"),
        &["titel", "did you mean", "title"],
    );
}

#[test]
fn a_scenario_with_an_unknown_client() {
    let step = "[[step]]\nsend = { from = \"bbo\", text = \"hello\\n\" }\n";
    assert_scenario_refused(
        &format!("{HEAD}{step}"),
        &["mine.toml:9:", "bbo", "did you mean", "bob"],
    );
}

#[test]
fn a_scenario_with_a_verb_twice() {
    let step = "[[step]]\nleave = \"bob\"\nleave = \"alice\"\n";
    assert_scenario_refused(&format!("{HEAD}{step}"), &["mine.toml:10:", "leave"]);
    let two = "[[step]]\nleave = \"bob\"\nstop_reading = \"alice\"\n";
    assert_scenario_refused(&format!("{HEAD}{two}"), &["mine.toml:", "one verb"]);
}

#[test]
fn a_scenario_with_an_unknown_rule() {
    let text = HEAD.replace("\"relay\"", "\"relays\"");
    assert_scenario_refused(
        &text,
        &["mine.toml:2:", "relays", "did you mean", "`relay`"],
    );
}

#[test]
fn a_scenario_whose_expect_contradicts_the_subject() {
    let steps = "[[step]]\nsend = { from = \"bob\", text = \"hello\\n\" }\n\n\
                 [[step]]\nexpect = { by = [\"alice\"], text = \"client {bob}: hallo\\n\" }\n";
    assert_scenario_refused(
        &format!("{HEAD}{steps}"),
        &[
            "mine.toml:12:",
            "alice will not have received this by then",
            "this expect contradicts the steps before it",
            "client 1: hello",
        ],
    );
}

#[test]
fn every_wrong_scenario_is_shown_and_then_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["a.toml", "b.toml"] {
        fs::write(folder.path().join(name), "[[step]\n").expect("the folder can be written");
    }
    fs::write(folder.path().join("c.toml"), HEAD).expect("the folder can be written");
    grader()
        .args(["list", "--scenarios", shown(folder.path())])
        .assert()
        .code(2)
        .stderr(
            predicate::str::contains("a.toml:1:")
                .and(predicate::str::contains("b.toml:1:"))
                .and(predicate::str::contains("c.toml").not())
                .and(predicate::str::contains(
                    "grader: 2 of the scenario files cannot be used\n",
                )),
        );
}

#[test]
fn one_scenario_file_can_be_played_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("mine.toml");
    fs::write(&file, HEAD).expect("the folder can be written");
    fs::write(folder.path().join("broken.toml"), "[[").expect("the folder can be written");
    let only = ["run", "--scenarios", shown(&file)];
    grader()
        .args(only)
        .assert()
        .code(0)
        .stdout(predicate::str::contains("✓ subject  2 passed"));
}

#[test]
fn an_unknown_rule_is_not_explained() {
    assert_refused(
        &["explain", "prefix-every-lines"],
        2,
        "grader: there is no rule or check `prefix-every-lines`; did you mean `prefix-every-line`?\n",
    );
    assert_refused(
        &["explain", "xyzzy"],
        2,
        "grader: there is no rule or check `xyzzy`; `grader rules` and `grader list` list them all\n",
    );
}
