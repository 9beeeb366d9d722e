//! `README.md` tells no lies: its commands run, its example is what the grader prints, and it
//! names what is not judged.
//!
//! A fenced `sh` block is run line by line in a folder that holds a correct `mini_serv.c`; lines
//! that call cargo would build the project within its own test, so those are left to `.ci/run` and
//! `.ci/test`, which must hold them. A `console` block is a command, after `$ `, and its whole
//! output, of a server with one mistake.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use grader::rules;

mod servers;

/// The saboteur in the example.
const SABOTEUR: &str = "newcomer_inherits_text";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(path: &str) -> String {
    let file = root().join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The fenced blocks of the README in a language.
fn blocks(language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    text("README.md")
        .split(&fence)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

/// Runs a line of shell in a folder, with `grader` at hand.
fn shell(line: &str, folder: &Path) -> Output {
    let grader = Path::new(env!("CARGO_BIN_EXE_grader"));
    let mut path = vec![grader.parent().expect("it is in a folder").to_path_buf()];
    path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env(
            "PATH",
            env::join_paths(path).expect("PATH can be put together"),
        )
        .output()
        .expect("there is a shell")
}

/// Puts the server of the example into a folder. It is a link: a copy could be executed while
/// another test's child still holds the copy open for writing, which the kernel refuses.
fn link_saboteur_into(folder: &Path) {
    let server = servers::saboteur(SABOTEUR).path;
    symlink(server, folder.join("mini_serv")).expect("a link");
}

/// A run's seed and duration differ every time: `seed 7, 0.1 s`.
fn without_seed_and_duration(output: &str) -> String {
    output
        .lines()
        .map(|line| match line.split_once(", seed ") {
            Some((server, _)) => format!("{server}, seed N, N s.\n"),
            None => format!("{line}\n"),
        })
        .collect()
}

#[test]
fn the_commands_run() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let plain = root().join("grader/tests/servers/plain.c");
    fs::copy(plain, folder.path().join("mini_serv.c")).expect("the source can be copied");
    let mut ran = 0;
    for line in blocks("sh").iter().flat_map(|block| block.lines()) {
        if line.starts_with("cargo ") {
            continue;
        }
        ran += 1;
        let output = shell(line, folder.path());
        assert!(
            output.status.success(),
            "`{line}` ended with {}:\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    assert!(ran >= 5, "only {ran} commands were found");
    let report = folder.path().join("report.json");
    assert!(report.exists(), "the README shows how to write a report");
}

#[test]
fn the_example_is_what_the_grader_prints() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    link_saboteur_into(folder.path());
    let examples = blocks("console");
    assert_eq!(examples.len(), 1);
    for example in examples {
        let (command, shown) = example.split_once('\n').expect("a command and its output");
        let line = command.strip_prefix("$ ").expect("a command after `$ `");
        let output = shell(line, folder.path());
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(
            without_seed_and_duration(&printed) == without_seed_and_duration(shown),
            "`{line}` prints something else now; put it into README.md:\n{printed}"
        );
        assert_eq!(output.status.code(), Some(1), "the server has a mistake");
    }
}

#[test]
fn the_example_has_no_other_failure_that_counts() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    link_saboteur_into(folder.path());
    // What a conversation finds besides is the same mistake.
    let line = "grader run ./mini_serv --skip robust --skip newcomer-inherits-nothing \
                --skip 'conversation-*'";
    let output = shell(line, folder.path());
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn ci_runs_the_commands_that_build() {
    let ci = text(".ci/run");
    let mut commands: Vec<&str> = ci
        .lines()
        .filter_map(|line| line.trim().strip_prefix("run "))
        .collect();
    assert!(
        commands
            .iter()
            .any(|command| command.starts_with(".ci/test"))
    );
    let test = text(".ci/test");
    commands.extend(test.lines().filter(|line| line.starts_with("cargo ")));
    let mut found = 0;
    for line in blocks("sh").iter().flat_map(|block| block.lines()) {
        if line.starts_with("cargo ") {
            found += 1;
            let runs = |command: &str| {
                command.strip_prefix(line).is_some_and(|rest| {
                    rest.is_empty()
                        // What is installed goes into a folder of its own there.
                        || rest.starts_with(" --root ")
                        || rest.starts_with(" --locked ")
                })
            };
            assert!(commands.iter().any(|command| runs(command)), "{line}");
        }
    }
    assert!(found >= 2, "the README names two commands at least");
}

#[test]
fn the_short_command_is_what_the_readme_says() {
    let config: toml::Table = text(".cargo/config.toml").parse().expect("it is TOML");
    let words: Vec<&str> = config["alias"]["grade"]
        .as_array()
        .expect("the alias is a list of words")
        .iter()
        .map(|word| word.as_str().expect("a word"))
        .collect();
    let long = format!("`cargo grade` is short for `cargo {}`", words.join(" "));
    assert!(text("README.md").contains(&long), "{long}");
}

#[test]
fn what_is_not_judged_is_told() {
    let readme = text("README.md");
    let section = readme
        .split("### What an executable does not show\n")
        .nth(1)
        .expect("the section is there")
        .split("\n#")
        .next()
        .unwrap_or_default();
    let told: BTreeSet<&str> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('|').next())
        .flat_map(|cell| {
            cell.split('`')
                .filter(|word| !word.trim_matches([',', ' ']).is_empty())
        })
        .collect();
    let gaps: BTreeSet<&str> = rules::all()
        .iter()
        .filter(|rule| rule.gap().is_some())
        .map(|rule| rule.id.as_str())
        .collect();
    assert_eq!(told, gaps);
}

#[test]
fn the_documents_that_are_named_are_there() {
    for page in ["README.md", "CONTRIBUTING.md", "docs/architecture.md"] {
        let folder = root().join(page);
        let folder = folder.parent().expect("a page is in a folder");
        for link in text(page).split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") {
                assert!(folder.join(target).exists(), "{page} leads to {target}");
            }
        }
    }
}
