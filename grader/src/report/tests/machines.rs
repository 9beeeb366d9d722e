//! What programs read, read by parsers that others wrote.

use std::sync::LazyLock;

use super::*;
use crate::report::classroom50::Classroom50;
use crate::report::csv::Csv;
use crate::report::findings::Findings;
use crate::report::gradescope::Gradescope;
use crate::report::json::Json;
use crate::report::json::document::Document as Read;
use crate::report::junit::Junit;
use crate::report::sarif::Sarif;
use crate::report::tap::Tap;
use crate::report::{explanation, outcome_name};

static SCHEMA: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| jsonschema::validator_for(Read::schema().as_value()).expect("a schema"));

/// Whether XML 1.0 has a way to say it at all.
fn is_for_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// What TAP says of a check: whether it passed, its description, and why it was skipped.
fn tap_line(line: &str, number: usize) -> Option<(bool, String, Option<String>)> {
    let (passed, rest) = match line.strip_prefix("not ") {
        Some(rest) => (false, rest),
        None => (true, line),
    };
    let rest = rest.strip_prefix(&format!("ok {number} - "))?;
    let mut parts = vec![String::new()];
    let mut characters = rest.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => parts.last_mut()?.push(characters.next()?),
            '#' => parts.push(String::new()),
            other => parts.last_mut()?.push(other),
        }
    }
    let mut parts = parts.into_iter();
    let described = parts.next()?;
    let reason = match parts.next() {
        None => None,
        Some(directive) => Some(directive.strip_prefix(" SKIP ")?.to_owned()),
    };
    let described = match reason {
        None => described,
        Some(_) => described.strip_suffix(' ')?.to_owned(),
    };
    parts
        .next()
        .is_none()
        .then_some((passed, described, reason))
}

/// A text of a line, in which TAP cannot say that a line ends.
fn without_ends(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn json_gives_back_what_it_was_given(run in runs()) {
        let text = written(&Json, &run);
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        prop_assert!(SCHEMA.is_valid(&value), "{}", text);
        let read: Read = serde_json::from_str(&text).expect("a report");
        prop_assert_eq!(&read.server, &run.run.server);
        prop_assert_eq!(&read.confinement, &run.run.confinement);
        prop_assert_eq!(read.verdict.is_some(), run.result.is_some());
        prop_assert_eq!(read.checks.len(), run.checks.len());
        for (read, check) in read.checks.iter().zip(&run.checks) {
            prop_assert_eq!(&read.title, &check.title);
            prop_assert_eq!(&read.scenario, &check.scenario);
            prop_assert_eq!(read.reason.as_deref(), check.outcome.reason());
            let Outcome::Failed(failure) = &check.outcome else { continue };
            let texts = read.transcript.iter().map(|row| row.with.bytes());
            let said = failure.transcript.iter().map(|row| row.with.clone());
            prop_assert!(texts.eq(said));
            let received = read.comparison.as_ref().map(|it| it.received.bytes());
            let came = failure.comparison.as_ref().map(|it| it.received.clone());
            prop_assert_eq!(received, came);
            let lengths = read.comparison.as_ref().map(|it| it.matched_length);
            prop_assert_eq!(lengths, failure.comparison.as_ref().map(|it| it.matched_length));
            prop_assert_eq!(read.findings.len(), failure.findings.len());
        }
    }

    #[test]
    fn junit_is_xml_that_counts_as_the_run_does(run in runs()) {
        let text = written(&Junit, &run);
        prop_assert_eq!(text.chars().find(|it| !is_for_xml(*it)), None, "{:?}", text);
        prop_assert_eq!(jenkins::refused(&text), None, "{}", text);
        let read = junit_parser::from_reader(text.as_bytes());
        let read = read.unwrap_or_else(|error| panic!("{error} in {text}"));
        let ended = |name| run.checks.iter().filter(|it| outcome_name(&it.outcome) == name).count() as u64;
        let unfinished = u64::from(run.result.is_none());
        prop_assert_eq!(read.tests, run.checks.len() as u64 + unfinished);
        prop_assert_eq!(read.failures, ended("failed"));
        prop_assert_eq!(read.errors, ended("error") + ended("undecided") + unfinished);
        let skipped: u64 = read.suites.iter().map(|suite| suite.skipped).sum();
        prop_assert_eq!(skipped, ended("skipped"));
        let cases = read.suites.iter().flat_map(|suite| &suite.cases);
        let names: Vec<&str> = cases.map(|case| case.original_name.as_str()).collect();
        for check in &run.checks {
            let has_all = check.scenario.chars().all(is_for_xml);
            prop_assert!(!has_all || names.contains(&check.scenario.as_str()), "{:?} in {:?}", check.scenario, names);
        }
    }

    #[test]
    fn tap_says_of_each_check_what_became_of_it(run in runs()) {
        let text = written(&Tap, &run);
        let mut lines = text.split('\n');
        prop_assert_eq!(lines.next(), Some("TAP version 14"));
        let plan = format!("1..{}", run.checks.len());
        prop_assert_eq!(lines.next(), Some(plan.as_str()));
        for (place, check) in run.checks.iter().enumerate() {
            let line = lines.next().unwrap_or_default();
            let (passed, described, skipped) = tap_line(line, place + 1)
                .unwrap_or_else(|| panic!("{line:?} of {text}"));
            let all = format!("{} - {}: {}", check.counted_rule(), check.scenario, check.title);
            prop_assert_eq!(described, without_ends(&all));
            let is_skipped = matches!(check.outcome, Outcome::Skipped(_));
            let reason = check.outcome.reason().filter(|_| is_skipped);
            prop_assert_eq!(skipped, reason.map(without_ends));
            prop_assert_eq!(passed, matches!(check.outcome, Outcome::Passed | Outcome::Skipped(_)));
            if passed {
                continue;
            }
            prop_assert_eq!(lines.next(), Some("  ---"));
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "  ...").collect();
            let message = block.first().and_then(|line| line.strip_prefix("  message: "));
            let message: String = serde_json::from_str(message.unwrap_or_default()).expect("JSON");
            prop_assert_eq!(Some(message.as_str()), check.outcome.reason());
            // What is quoted as in JSON may hold whatever JSON may.
            for line in block.iter().filter(|line| !line.ends_with('"')) {
                prop_assert!(line.is_empty() || line.starts_with("  "), "{:?} in {}", line, text);
                prop_assert!(!line.contains(char::is_control), "{:?} in {}", line, text);
            }
        }
        for sentence in &run.run.confinement {
            let line = lines.next().and_then(|line| line.strip_prefix("# In force: "));
            prop_assert_eq!(line.map(|line| line.replace("\\#", "#").replace("\\\\", "\\")), Some(without_ends(sentence)));
        }
        prop_assert_eq!(lines.next(), Some(""));
        prop_assert_eq!(lines.next(), None);
    }

    #[test]
    fn csv_gives_back_every_field(run in runs()) {
        let text = written(&Csv, &run);
        let mut table = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = table.records().collect::<Result<_, _>>().expect("a table");
        prop_assert_eq!(rows.len(), run.checks.len());
        for (row, check) in rows.iter().zip(&run.checks) {
            prop_assert_eq!(row.len(), 13);
            prop_assert_eq!(&row[1], check.counted_rule());
            prop_assert_eq!(&row[2], check.scenario.as_str());
            prop_assert_eq!(&row[3], outcome_name(&check.outcome));
            prop_assert_eq!(&row[4], check.outcome.reason().unwrap_or_default());
            prop_assert!(row[6].starts_with(&check.path));
            prop_assert_eq!(&row[8], check.title.as_str());
            prop_assert_eq!(&row[9], run.run.confinement.join(" "));
            prop_assert_eq!(&row[10], run.run.server.as_str());
        }
        // A column adds up to the score.
        let sum = |column| rows.iter().filter_map(|row| row[column].parse::<u64>().ok()).sum::<u64>();
        let score = run.score();
        prop_assert_eq!(score.of(), sum(12));
        prop_assert_eq!(if run.is_grade(&score) { score.points() } else { 0 }, sum(11));
    }

    #[test]
    fn sarif_names_places_that_can_be(run in runs()) {
        let text = written(&Sarif, &run);
        let log: serde_sarif::sarif::Sarif = serde_json::from_str(&text).expect("SARIF");
        let results = log.runs[0].results.as_ref().expect("results");
        let inspections = run.checks.iter().filter(|it| it.kind == CheckKind::Inspection);
        let found: Vec<&Finding> = inspections
            .flat_map(|check| match &check.outcome {
                Outcome::Failed(failure) => [&failure.findings[..], &check.remarks],
                _ => [&[][..], &check.remarks],
            })
            .flatten()
            .collect();
        for finding in &found {
            let tells = |text: &String| text.starts_with(&finding.message);
            let texts = results.iter().filter_map(|it| it.message.text.as_ref());
            prop_assert_eq!(texts.filter(|text| tells(text)).count().min(1), 1);
        }
        for place in results.iter().flat_map(|it| it.locations.iter().flatten()) {
            let place = place.physical_location.as_ref().expect("a place");
            let region = place.region.as_ref().expect("a region");
            prop_assert!(region.start_line >= Some(1) && region.start_column >= Some(1));
            prop_assert!(region.end_column > region.start_column);
            let uri = place.artifact_location.as_ref().and_then(|it| it.uri.as_ref());
            prop_assert!(uri.is_some_and(|uri| uri.is_ascii() && !uri.contains([' ', '"', '<', '\\'])));
        }
    }

    #[test]
    fn those_who_give_grades_get_every_finding_once_in_full(run in runs()) {
        let results: serde_json::Value =
            serde_json::from_str(&written(&Gradescope, &run)).expect("JSON");
        let graded: serde_json::Value =
            serde_json::from_str(&written(&classroom50(), &run)).expect("JSON");
        let outputs = |of: &serde_json::Value| -> Vec<String> {
            let tests = of["tests"].as_array().into_iter().flatten();
            tests.filter_map(|test| test["output"].as_str().map(str::to_owned)).collect()
        };
        let told = outputs(&results);
        let findings = Findings::new(&run.checks, &run.run.command);
        let counts = |check: &CheckReport| check.tier <= run.run.require;
        for group in findings.all() {
            let seen = std::iter::once(group.check).chain(group.also.iter().copied());
            let mut own = seen.filter(|check| counts(check) && check.counted_rule() == check.rule());
            if own.next().is_some() {
                let in_full = findings.in_full(group);
                let times = told.iter().filter(|told| told.contains(&in_full)).count();
                let alike = findings.all().filter(|it| findings.in_full(it) == in_full).count();
                prop_assert!((1..=alike).contains(&times), "{} times: {}", times, in_full);
            }
        }
        for check in run.checks.iter().filter(|check| counts(check) && check.found().is_none()) {
            let explained = explanation(check, &run.run.command);
            let is_told = told.iter().any(|told| told.contains(&explained));
            prop_assert!(is_told || matches!(check.outcome, Outcome::Passed));
        }
        prop_assert_eq!(graded["finished"].as_bool(), Some(run.result.is_some()));
        if run.result.is_some() {
            for test in graded["tests"].as_array().into_iter().flatten() {
                let name = format!("{}: ", test["test-name"].as_str().expect("a name"));
                let mut alike = results["tests"].as_array().into_iter().flatten();
                let alike = alike.find(|it| it["name"].as_str().is_some_and(|it| it.starts_with(&name)));
                prop_assert_eq!(alike.map(|it| &it["output"]), Some(&test["output"]));
            }
        } else {
            prop_assert!(results["score"].is_null() && outputs(&graded).is_empty());
        }
        if !results["score"].is_null() {
            prop_assert_eq!(&results["score"], &graded["score"]);
        }
        let earned: u64 = graded["tests"].as_array().into_iter().flatten()
            .filter_map(|test| test["score"].as_u64()).sum();
        prop_assert_eq!(graded["score"].as_u64(), Some(earned));
    }
}

/// A report on some submission.
fn classroom50() -> Classroom50 {
    Classroom50::new(|name| Some(name.to_lowercase())).expect("everything is said")
}

#[test]
fn a_result_says_whose_it_is_or_there_is_none() {
    let with = |known: &'static [&'static str]| {
        Classroom50::new(move |name| known.contains(&name).then(|| name.to_lowercase()))
    };
    let all = [
        "CLASSROOM",
        "ASSIGNMENT",
        "SUBMISSION_TAG",
        "COMMIT_URL",
        "RELEASE_URL",
    ];
    let mut missing = with(&[]).expect_err("nothing is said");
    missing.sort_unstable();
    let mut asked = all;
    asked.sort_unstable();
    assert_eq!(missing, asked);
    assert_eq!(
        Classroom50::new(|name| all.contains(&name).then(String::new))
            .err()
            .map(|it| it.len()),
        Some(all.len()),
        "an empty one says nothing"
    );
    let known: &[&str] = &[
        "CLASSROOM",
        "ASSIGNMENT",
        "SUBMISSION_TAG",
        "COMMIT_URL",
        "RELEASE_URL",
    ];
    assert!(
        with(known).is_ok(),
        "what is reviewed is the commit where nobody says otherwise"
    );
}
