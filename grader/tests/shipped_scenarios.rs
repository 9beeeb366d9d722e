//! The scenarios that come with the grader can all be read, and keep the promises of the docs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use grader::scenario::{Scenario, file, schema};
use grader::tier::Tier;

/// The ids that a shipped scenario may name.
const RULES: &[&str] = &[
    "no-argument",
    "port-from-argument",
    "fatal-error",
    "out-of-memory",
    "loopback-only",
    "silent",
    "ids-count-up",
    "arrival",
    "departure",
    "relay",
    "prefix-every-line",
    "line-in-pieces",
    "long-line",
    "verbatim",
    "order",
    "prompt",
    "unfinished-line",
    "lazy-stays",
    "lazy-harmless",
    "lazy-catches-up",
    "many-ids",
    "many-clients",
    "survives",
    "exam-1",
    "exam-2",
    "exam-3",
    "exam-4",
    "exam-5",
    "exam-6",
    "exam-7",
    "exam-8",
    "exam-9",
];

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
    texts()
        .iter()
        .map(|(path, text)| {
            file::read_bytes(path, text.as_bytes(), RULES)
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
    // Needs failing allocations, which no scenario can ask for yet.
    let without = ["out-of-memory"];
    let scenarios = scenarios();
    for rule in RULES.iter().filter(|rule| !without.contains(rule)) {
        assert!(
            scenarios.iter().any(|scenario| scenario.rules[0] == *rule),
            "no scenario is mainly about `{rule}`"
        );
    }
}

#[test]
fn each_is_short_enough_to_be_read_aloud() {
    for (path, text) in texts() {
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

#[test]
fn no_shipped_scenario_contradicts_the_oracle() {
    if let Err(error) = grader::suite::Suite::at(&folder(), RULES) {
        panic!("{error}: {error:?}");
    }
}
