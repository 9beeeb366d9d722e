//! `grader list`, `rules`, `explain`, `show` and `schema`.

use std::fs;
use std::path::{Path, PathBuf};

use grader::rules;
use grader::scenario::schema;
use grader::suite::Inspection;
use predicates::prelude::*;
use serde_json::Value;

use super::invocation::grader;

#[track_caller]
fn printed(arguments: &[&str]) -> String {
    let assert = grader().args(arguments).assert().code(0).stderr("");
    String::from_utf8(assert.get_output().stdout.clone()).expect("text")
}

#[test]
fn every_scenario_is_listed() {
    let listed = printed(&["list"]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut shipped: Vec<String> = fs::read_dir(&folder)
        .expect("the scenarios are there")
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    shipped.sort();
    let mut names: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    for inspection in Inspection::ALL {
        let before = names.len();
        names.retain(|name| *name != inspection.name);
        assert_eq!(
            names.len(),
            before - 1,
            "{} is listed once",
            inspection.name
        );
    }
    assert_eq!(
        names[..9],
        [
            "exam-1", "exam-2", "exam-3", "exam-4", "exam-5", "exam-6", "exam-7", "exam-8",
            "exam-9"
        ]
    );
    names.sort_unstable();
    assert_eq!(names, shipped, "built into the grader, and in the folder");
    // The folder itself gives the same list.
    let folder = folder.to_str().expect("text");
    assert_eq!(printed(&["list", "--scenarios", folder]), listed);
}

#[test]
fn every_rule_is_listed_and_explained() {
    let listed = printed(&["rules"]);
    for rule in rules::all() {
        let lists = |line: &str| line.split_whitespace().next() == Some(&rule.id);
        assert!(listed.lines().any(lists), "{} is not listed", rule.id);
        let explained = printed(&["explain", &rule.id]);
        let words = explained.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(explained.starts_with(&format!("{}  ({})\n", rule.id, rule.tier)));
        for part in [&rule.rule, &rule.because, &rule.hint] {
            let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(&part), "{}: {part}\n{explained}", rule.id);
        }
    }
    grader().args(["explain", "relay"]).assert().stdout(
        predicate::str::contains("Checks\n").and(predicate::str::contains("relay-to-nobody")),
    );
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

/// The names of the scenarios that come with the grader.
fn names() -> Vec<String> {
    let files = fs::read_dir(folder()).expect("the scenarios are there");
    let names = files.flatten().filter_map(|file| {
        let name = file.file_name().into_string().ok()?;
        Some(name.strip_suffix(".toml")?.to_owned())
    });
    names.collect()
}

#[test]
fn every_scenario_is_shown_as_it_is() {
    let names = names();
    assert!(names.len() > 90);
    for name in names {
        let file = fs::read(folder().join(format!("{name}.toml"))).expect("it can be read");
        let shown = grader().args(["show", &name]).assert().code(0).stderr("");
        assert!(shown.get_output().stdout == file, "{name}");
    }
}

#[test]
fn a_scenario_of_a_folder_is_shown_whatever_is_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let broken = b"# \x1b[31m\xff [[ \r\n";
    fs::write(folder.path().join("mine.toml"), broken).expect("the folder can be written");
    for place in [folder.path().to_owned(), folder.path().join("mine.toml")] {
        let shown = grader()
            .args(["show", "mine", "--scenarios"])
            .arg(place)
            .assert()
            .code(0)
            .stderr("");
        assert_eq!(shown.get_output().stdout, broken);
    }
    grader()
        .args(["show", "mien", "--scenarios"])
        .arg(folder.path())
        .assert()
        .code(2)
        .stdout("")
        .stderr("grader: there is no scenario `mien`; did you mean `mine`?\n");
}

#[test]
fn what_is_no_scenario_is_not_shown() {
    for (name, message) in [
        (
            "newcomer-inherits-nothin",
            "there is no scenario `newcomer-inherits-nothin`; did you mean \
             `newcomer-inherits-nothing`?",
        ),
        (
            "xyzzy",
            "there is no scenario `xyzzy`; `grader list` lists them all",
        ),
        (
            "compiles",
            "`compiles` looks at the source and plays nothing, so there is no file to show; \
             `grader explain compiles` says what it asks",
        ),
    ] {
        grader()
            .args(["show", name])
            .assert()
            .code(2)
            .stdout("")
            .stderr(format!("grader: {message}\n"));
    }
}

#[test]
fn a_scenario_is_explained() {
    assert_eq!(
        printed(&["explain", "newcomer-inherits-nothing"]),
        "\
newcomer-inherits-nothing  (subject)

A newcomer does not inherit the half line of the one who left before.

Rules
  unfinished-line  subject  What a client said without a newline before it left is never put in
                            front of somebody else's line, nor given to a newcomer.
  ids-count-up     subject  The first client gets the id 0 and every further client the id after the
                            one given last.

What happens
  - alice and bob connect
  - bob says \"half a line\"
  - bob leaves
  - carol connects
  - carol says \"a whole line⏎\"
  - alice must have received \"server: client 2 just arrived⏎client 2: a whole line⏎\"

Failing it usually comes from
  The newcomer gets the descriptor of the one who left: empty what you keep for that descriptor.

To play it alone
  grader run ./mini_serv --only newcomer-inherits-nothing

Its file
  grader show newcomer-inherits-nothing
"
    );
}

#[test]
fn every_check_is_explained() {
    for name in names() {
        let explained = printed(&["explain", &name]);
        for part in [
            "\nWhat happens\n  - ",
            "\nFailing it usually comes from\n",
            &format!("\n  grader run ./mini_serv --only {name}\n"),
            &format!("\n  grader show {name}\n"),
        ] {
            assert!(explained.contains(part), "{part}\n{explained}");
        }
    }
    for inspection in Inspection::ALL {
        let explained = printed(&["explain", inspection.name]);
        let alone = format!("\n  grader run mini_serv.c --only {}\n", inspection.name);
        assert!(explained.contains(inspection.title), "{explained}");
        assert!(explained.contains(&alone), "{explained}");
        assert!(!explained.contains("grader show"), "{explained}");
    }
}

#[test]
fn a_name_of_a_rule_and_of_a_check_brings_both() {
    let explained = printed(&["explain", "relay"]);
    assert!(explained.starts_with("relay  (subject)\n"));
    for part in [
        "\nSaid by\n",
        "\nThe check of the same name:\n\nrelay  (",
        "--only relay\n  # with the other checks of the rule of that name\n",
    ] {
        assert!(explained.contains(part), "{part}\n{explained}");
    }
}

#[test]
fn a_scenario_of_a_folder_is_explained_with_its_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("it's mine");
    fs::create_dir(&folder).expect("a folder");
    let text = "title = \"Mine\"\nrules = [\"relay\"]\ntier = \"robust\"\n\
                step = [{ connect = [\"alice\"] }]\n";
    fs::write(folder.join("my own.toml"), text).expect("the folder can be written");
    let folder = folder.to_str().expect("text");
    let explained = printed(&["explain", "my own", "--scenarios", folder]);
    let words = explained.replace("\\\n", " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let scenarios = format!("--scenarios \"{folder}\"");
    for command in [
        format!("grader run ./mini_serv {scenarios} --only 'my own'"),
        format!("grader show 'my own' {scenarios}"),
    ] {
        assert!(words.contains(&command), "{command}\n{words}");
    }
}

#[test]
fn the_page_of_rules_is_what_is_printed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules.md");
    let now = printed(&["rules", "--markdown"]);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, &now).expect("docs can be written");
    }
    let page = fs::read_to_string(&file).expect("docs/rules.md");
    assert!(
        page == now,
        "docs/rules.md is stale; UPDATE_GOLDEN=1 writes it anew"
    );
}

#[test]
fn the_schema_is_that_of_scenario_files() {
    let printed: Value = serde_json::from_str(&printed(&["schema"])).expect("JSON");
    assert_eq!(printed, schema::schema());
}
