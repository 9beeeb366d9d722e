//! The scenarios that come with the grader can all be read, and keep the promises of the docs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use grader::rules::{self, Rule};
use grader::scenario::{Scenario, file, schema};
use grader::suite::Suite;
use grader::tier::Tier;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

/// Every shipped file: its name, and its text.
fn texts() -> BTreeMap<String, String> {
    let files: BTreeMap<_, _> = fs::read_dir(folder())
        .expect("the scenarios are there")
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a scenario can be read");
            let name = path.file_name().expect("a file has a name");
            (format!("scenarios/{}", name.to_string_lossy()), text)
        })
        .collect();
    assert!(
        files.len() > 60,
        "only {} scenarios were found",
        files.len()
    );
    files
}

fn scenarios() -> Vec<Scenario> {
    let rules: Vec<&str> = rules::all().iter().map(|rule| rule.id.as_str()).collect();
    texts()
        .iter()
        .map(|(path, text)| {
            file::read_bytes(path, text.as_bytes(), &rules)
                .unwrap_or_else(|error| panic!("a shipped scenario is wrong:\n{error}"))
        })
        .collect()
}

#[test]
fn all_can_be_read() {
    for scenario in scenarios() {
        assert!(!scenario.steps.is_empty(), "{}", scenario.path);
        assert!(
            scenario
                .name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
            "{} is not named in kebab-case",
            scenario.path
        );
    }
}

#[test]
fn no_expect_contradicts_the_oracle() {
    let rules: Vec<&str> = rules::all().iter().map(|rule| rule.id.as_str()).collect();
    if let Err(error) = Suite::at(&folder(), &rules) {
        panic!("{error}: {error:?}");
    }
}

#[test]
fn all_satisfy_the_schema() {
    let validator = jsonschema::validator_for(&schema::schema()).expect("the schema is one");
    for (path, text) in texts() {
        let value: serde_json::Value = toml::from_str(&text).expect("it was read before");
        if let Err(error) = validator.validate(&value) {
            panic!("{path}: {error}");
        }
    }
}

#[test]
fn the_exam_has_its_nine_tests_and_nothing_else_is_in_its_tier() {
    let in_exam: Vec<String> = scenarios()
        .into_iter()
        .filter(|scenario| scenario.tier == Tier::Exam)
        .map(|scenario| {
            assert_eq!(scenario.rules[0], scenario.name);
            scenario.name
        })
        .collect();
    let nine: Vec<String> = (1..=9).map(|number| format!("exam-{number}")).collect();
    assert_eq!(in_exam, nine);
}

#[test]
fn each_rule_that_clients_can_see_broken_has_a_scenario() {
    let scenarios = scenarios();
    // What needs more than clients is not checked yet, or in part only.
    let seen = |rule: &&Rule| rule.needs.is_none() || rule.checked_part.is_some();
    for Rule { id, .. } in rules::all().iter().filter(seen) {
        assert!(
            scenarios.iter().any(|scenario| scenario.rules[0] == *id),
            "no scenario is mainly about `{id}`"
        );
    }
}

#[test]
fn each_is_short_enough_to_be_read_aloud() {
    // Nobody wrote the conversations, and nobody reads them aloud.
    let written = texts()
        .into_iter()
        .filter(|(path, _)| !path.contains("conversation-"));
    for (path, text) in written {
        let lines = text.lines().count();
        assert!(lines <= 50, "{path} has {lines} lines");
    }
}

#[test]
fn titles_are_told_apart() {
    let mut titles: Vec<String> = scenarios()
        .into_iter()
        .map(|scenario| scenario.title)
        .collect();
    titles.sort();
    let count = titles.len();
    titles.dedup();
    assert_eq!(titles.len(), count);
}
