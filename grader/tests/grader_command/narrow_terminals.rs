//! Whatever is printed for people fits a terminal of 40 columns.

use unicode_width::UnicodeWidthStr;

use super::invocation::grader;
use super::servers;

const WIDTH: usize = 40;

#[track_caller]
fn assert_narrow(arguments: &[&str]) -> String {
    let output = grader()
        .args(arguments)
        .env("COLUMNS", WIDTH.to_string())
        .output()
        .expect("the grader can be called");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.lines().count() > 3, "{text}");
    for line in text.lines() {
        assert!(line.width() <= WIDTH, "{arguments:?}: {line:?}");
        assert_eq!(line.trim_end(), line);
    }
    text
}

/// The words of a text, wherever its lines end.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn lists_are_broken_between_words() {
    let listed = words(&assert_narrow(&["list"]));
    assert!(
        listed.contains("A newcomer does not inherit the half line of the one who left before")
    );
    let rules = words(&assert_narrow(&["rules"]));
    for rule in grader::rules::all() {
        assert!(rules.contains(&words(rule.first_sentence())), "{}", rule.id);
    }
}

#[test]
fn explanations_are_broken_between_words() {
    for rule in grader::rules::all() {
        let explained = words(&assert_narrow(&["explain", &rule.id]));
        assert!(explained.contains(&words(&rule.because)), "{explained}");
    }
    assert_narrow(&["explain", "newcomer-inherits-nothing"]);
    assert_narrow(&["explain", "lazy-harmless"]);
    assert_narrow(&["explain", "no-look-at-eagain"]);
}

#[test]
fn a_run_is_broken_between_words() {
    let server = servers::saboteur("newcomer_inherits_text").path;
    let server = server.to_str().expect("text");
    let folder = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(server, folder.path().join("mini_serv")).expect("a link");
    for options in [&["--verbose"][..], &[]] {
        let mut run = grader();
        run.args(["run", "mini_serv", "--only", "newcomer-inherits-nothing"])
            .args(options)
            .current_dir(folder.path())
            .env("COLUMNS", WIDTH.to_string());
        let text = String::from_utf8(run.output().expect("it runs").stdout).expect("text");
        assert!(text.contains("✗ unfinished-line  subject\n"), "{text}");
        for line in text.lines() {
            assert!(line.width() <= WIDTH, "{line:?}\n{text}");
        }
    }
}

/// What is read by a program keeps a line for each check, unless somebody says otherwise.
#[test]
fn what_goes_into_a_file_is_not_broken() {
    let listed = grader().arg("list").output().expect("it runs").stdout;
    let listed = String::from_utf8(listed).expect("text");
    assert!(listed.lines().any(|line| line.width() > 100));
    assert!(listed.lines().all(|line| !line.starts_with(' ')));
}
