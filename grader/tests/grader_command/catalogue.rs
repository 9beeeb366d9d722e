//! `grader list`, `rules`, `explain` and `schema`.

use std::fs;
use std::path::Path;

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
