//! What build servers, harnesses, spreadsheets and CI pages read, compared with golden files and
//! read by parsers that others wrote.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use grader::event::Event;
use grader::report::classroom50::Classroom50;
use grader::report::{Document, Progress, Target};
use pulldown_cmark::{Event as Mark, Options, Parser, Tag};

use super::{assert_golden, samples};

/// The report of this format about a run that has come as far as these events.
pub(crate) fn written(format: &str, events: &[Event]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report");
    let target = Target::parse(&format!("{format}={}", path.display())).unwrap();
    let mut report = target.open().unwrap();
    for event in events {
        report.event(event).unwrap();
    }
    fs::read_to_string(&path).unwrap()
}

/// How far a run has come with these events.
fn progress(events: &[Event]) -> Progress {
    let mut events = events.iter();
    let Some(Event::Started(run)) = events.next() else {
        panic!("it has not begun");
    };
    let mut progress = Progress {
        run: run.clone(),
        checks: Vec::new(),
        result: None,
        is_interrupted: false,
    };
    for event in events {
        match event {
            Event::Checked(check) => progress.checks.push(check.clone()),
            Event::Finished(result) => progress.result = Some(result.clone()),
            _ => {}
        }
    }
    progress
}

/// A run with every kind of outcome.
fn events() -> Vec<Event> {
    let checks = [samples::failing(), samples::passing(), samples::undecided()].concat();
    samples::run(checks, &["A *limitation* of <this> machine."])
}

/// How many checks of these events ended in which way: passed, failed, skipped, undecided, error.
fn counts(events: &[Event]) -> [usize; 5] {
    use grader::verdict::Outcome;
    let mut counts = [0; 5];
    for event in events {
        if let Event::Checked(check) = event {
            counts[match check.outcome {
                Outcome::Passed => 0,
                Outcome::Failed(_) => 1,
                Outcome::Skipped(_) => 2,
                Outcome::Undecided(_) => 3,
                Outcome::Error(_) => 4,
            }] += 1;
        }
    }
    counts
}

/// A run that looked at a source.
fn sources() -> Vec<Event> {
    samples::run(samples::sources(), &[])
}

#[test]
fn what_is_found_in_sources_is_as_it_was_read_by_a_person() {
    let path = "grader/tests/golden/expected/machine.sarif";
    assert_golden(path, &written("sarif", &sources()));
}

/// The parser's types are generated from the published schema.
#[test]
fn sarif_is_read_by_a_parser_and_names_lines_that_are_there() {
    use serde_sarif::sarif::Sarif;
    for until in 1..=sources().len() {
        let text = written("sarif", &sources()[..until]);
        let log: Sarif = serde_json::from_str(&text).expect("it is SARIF");
        assert_eq!(log.runs.len(), 1);
    }
    let log: Sarif = serde_json::from_str(&written("sarif", &sources())).expect("it is SARIF");
    let results = log.runs[0].results.as_ref().expect("results");
    assert!(results.len() > 2);
    let placed = results
        .iter()
        .flat_map(|it| it.locations.iter().flatten())
        .map(|it| it.physical_location.as_ref().expect("a place"));
    for place in placed {
        let region = place.region.as_ref().expect("a region");
        assert!(region.start_line.expect("a line") >= 1);
        assert!(region.end_column > region.start_column);
    }
    let rules = log.runs[0].tool.driver.rules.as_ref().expect("rules");
    for result in results {
        let index = usize::try_from(result.rule_index.expect("a rule")).expect("a place");
        assert_eq!(Some(&rules[index].id), result.rule_id.as_ref());
    }
}

#[test]
fn reports_for_machines_are_as_they_were_read_by_a_person() {
    for (format, ending) in [
        ("junit", "xml"),
        ("tap", "tap"),
        ("csv", "csv"),
        ("markdown", "md"),
        ("gradescope", "gradescope.json"),
    ] {
        let path = format!("grader/tests/golden/expected/machine.{ending}");
        assert_golden(&path, &written(format, &events()));
    }
}

#[test]
fn junit_is_read_by_another_parser_after_every_event() {
    let events = events();
    for length in 1..=events.len() {
        let text = written("junit", &events[..length]);
        let read = junit_parser::from_reader(text.as_bytes())
            .unwrap_or_else(|error| panic!("{error}: {text}"));
        let [passed, failed, skipped, undecided, error] = counts(&events[..length]);
        let all = passed + failed + skipped + undecided + error;
        // Until the run has ended, one more says that it has not.
        let unfinished = usize::from(length < events.len());
        assert_eq!(read.tests, (all + unfinished) as u64);
        assert_eq!(read.failures, failed as u64);
        assert_eq!(read.errors, (undecided + error + unfinished) as u64);
        let skips = read.suites.iter().map(|suite| suite.skipped);
        assert_eq!(skips.sum::<u64>(), skipped as u64);
        let cases = read.suites.iter().map(|suite| suite.cases.len());
        assert_eq!(cases.sum::<usize>() as u64, read.tests);
    }
}

#[test]
fn csv_has_as_many_columns_in_every_row() {
    let events = events();
    let text = written("csv", &events);
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<_> = table.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.len(), counts(&events).iter().sum::<usize>());
    let outcomes = rows.iter().filter(|row| &row[3] == "failed").count();
    assert_eq!(outcomes, counts(&events)[1]);
}

#[test]
fn markdown_holds_a_table_and_no_stray_markup() {
    let text = written("markdown", &events());
    let mut tables = 0;
    let mut headings = Vec::new();
    for mark in Parser::new_ext(&text, Options::ENABLE_TABLES) {
        match mark {
            Mark::Start(Tag::Table(_)) => tables += 1,
            Mark::Start(Tag::Heading { level, .. }) => headings.push(level as usize),
            Mark::Start(Tag::Emphasis | Tag::Strong | Tag::Image { .. }) => {
                panic!("a text of a check became markup:\n{text}")
            }
            _ => {}
        }
    }
    assert_eq!(tables, 1);
    assert_eq!(headings, [2, 3, 3, 3, 3, 3, 3]);
}

/// Perl's own parser, which `prove` uses.
#[test]
fn tap_is_read_by_perl() {
    const SCRIPT: &str = r#"
        use TAP::Parser;
        local $/;
        my $parser = TAP::Parser->new({ tap => <STDIN> });
        $parser->run;
        print join(" ", $parser->version, scalar $parser->passed, scalar $parser->failed,
            scalar $parser->skipped, scalar $parser->parse_errors);
    "#;
    let is_here = Command::new("perl")
        .args(["-MTAP::Parser", "-e", "1"])
        .stderr(Stdio::null())
        .status();
    if !is_here.is_ok_and(|status| status.success()) {
        eprintln!("skipped: there is no Perl with TAP::Parser");
        return;
    }
    let events = events();
    let mut perl = Command::new("perl")
        .args(["-e", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Perl knows no newer version, whose difference is in what these lines do not use.
    let text = written("tap", &events).replacen("TAP version 14", "TAP version 13", 1);
    perl.stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = perl.wait_with_output().unwrap();
    let [passed, failed, skipped, undecided, error] = counts(&events);
    let not_ok = failed + undecided + error;
    let wanted = format!("13 {} {not_ok} {skipped} 0", passed + skipped);
    assert_eq!(String::from_utf8_lossy(&output.stdout), wanted);
}

/// What Gradescope's documentation says of the fields that are used here.
#[test]
fn gradescope_gets_what_it_documents() {
    let test = serde_json::json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["name"],
        "properties": {
            "score": { "type": "number" },
            "max_score": { "type": "number" },
            "status": { "enum": ["passed", "failed"] },
            "name": { "type": "string" },
            "name_format": { "enum": ["text", "html", "simple_format", "md", "ansi"] },
            "number": { "type": "string" },
            "output": { "type": "string" },
            "output_format": { "enum": ["text", "html", "simple_format", "md", "ansi"] },
            "tags": { "type": "array", "items": { "type": "string" } },
            "visibility": { "enum": ["hidden", "after_due_date", "after_published", "visible"] },
        },
    });
    let schema = serde_json::json!({
        "type": "object",
        "required": ["tests"],
        "properties": {
            "score": { "type": "number" },
            "execution_time": { "type": "number" },
            "output": { "type": "string" },
            "output_format": { "enum": ["text", "html", "simple_format", "md", "ansi"] },
            "visibility": { "enum": ["hidden", "after_due_date", "after_published", "visible"] },
            "tests": { "type": "array", "items": test },
        },
    });
    let validator = jsonschema::validator_for(&schema).unwrap();
    let events = events();
    for length in 1..=events.len() {
        let text = written("gradescope", &events[..length]);
        let results: serde_json::Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&results)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
        // Where something could not be judged, there is no grade.
        let tests = results["tests"].as_array().unwrap().iter();
        let mut points = tests.map(|test| test["score"].as_u64());
        match results["score"].as_u64() {
            Some(score) => assert_eq!(Some(score), points.sum()),
            None => assert!(points.all(|points| points.is_none())),
        }
    }
}

/// What the contract of Classroom 50 asks for, whose texts must say something.
#[test]
fn classroom50_gets_what_its_contract_asks_for() {
    let integer = serde_json::json!({ "type": "integer", "minimum": 0 });
    let string = serde_json::json!({ "type": "string", "minLength": 1 });
    let schema = serde_json::json!({
        "type": "object",
        "required": [
            "schema", "classroom", "assignment", "submission", "commit", "release", "review",
            "datetime", "score", "max-score", "tests",
        ],
        "properties": {
            "schema": { "const": "classroom50/result/v1" },
            "classroom": string, "assignment": string, "submission": string, "commit": string,
            "release": string, "review": string,
            "datetime": {
                "type": "string",
                "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$",
            },
            "score": integer,
            "max-score": integer,
            "tests": { "type": "array", "items": {
                "type": "object",
                "required": ["test-name", "passed", "score", "max-score"],
                "properties": {
                    "test-name": string, "passed": { "type": "boolean" },
                    "score": integer, "max-score": integer,
                },
            }},
        },
    });
    let validator = jsonschema::validator_for(&schema).unwrap();
    let form = Classroom50::new(|name| Some(name.to_lowercase())).unwrap();
    let events = events();
    for length in 1..=events.len() {
        let text = form.text(&progress(&events[..length])).unwrap();
        let result: serde_json::Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&result)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}: {text}");
        let of = result["tests"].as_array().unwrap().iter();
        let of: u64 = of.map(|test| test["max-score"].as_u64().unwrap()).sum();
        assert_eq!(result["max-score"], of);
        assert_eq!(of > 0, length == events.len(), "no part of it is a grade");
    }
}
