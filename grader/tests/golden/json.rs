//! What a program reads.

use std::fs;

use grader::report::Target;
use grader::report::json::document::Document;
use serde_json::Value;

use super::{assert_golden, samples};

fn schema() -> Value {
    serde_json::to_value(Document::schema()).unwrap()
}

#[test]
fn the_schema_is_documented() {
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    assert_golden("docs/report.schema.json", &text);
}

#[test]
fn the_schema_of_a_class_is_documented() {
    let schema = grader::batch::Results::schema();
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    assert_golden("docs/results.schema.json", &text);
}

#[test]
fn the_schema_of_a_bench_is_documented() {
    let schema = grader::bench::Document::schema();
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    assert_golden("docs/bench.schema.json", &text);
}

#[test]
fn the_report_is_valid_after_every_event() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    fs::write(&path, "x".repeat(100_000)).unwrap();
    let mut report = Target::parse(&format!("json={}", path.display()))
        .unwrap()
        .open()
        .unwrap();
    let validator = jsonschema::validator_for(&schema()).unwrap();

    let checks = [
        samples::failing(),
        samples::passing(),
        samples::never_serving(),
    ]
    .concat();
    for (number, event) in samples::run(checks, &["No supervisor."]).iter().enumerate() {
        report.event(event).unwrap();
        let document: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&document)
            .map(|it| it.to_string())
            .collect();
        assert!(errors.is_empty(), "after event {number}: {errors:?}");
    }
    let document: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(document["verdict"], "failed");
    assert_eq!(document["tiers"]["subject"]["failed"], 7);
    assert_eq!(
        document["checks"].as_array().unwrap().len(),
        document["planned"]
    );
}

#[test]
fn a_report_of_every_kind_of_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let mut report = Target::parse(&format!("json={}", path.display()))
        .unwrap()
        .open()
        .unwrap();
    for event in samples::run(samples::failing(), &[]) {
        report.event(&event).unwrap();
    }
    assert_golden(
        "grader/tests/golden/expected/failing.json",
        &fs::read_to_string(&path).unwrap(),
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_is_named() {
    let mut report = Target::parse("json=/dev/full").unwrap().open().unwrap();
    let mut events = samples::run(samples::passing(), &[]);
    let last = events.pop().unwrap();
    for event in events {
        report.event(&event).unwrap();
    }
    let error = report.event(&last).unwrap_err().to_string();
    assert!(
        error.starts_with("cannot write the report /dev/full: "),
        "{error}"
    );
}
