//! `docs/scenarios.md` tells no lies: its examples can be read, and it leaves no key out.

use std::fs;
use std::path::Path;

use grader::scenario::{file, schema};
use serde_json::Value;

const RULES: [&str; 6] = [
    "prefix-every-line",
    "no-argument",
    "departure",
    "relay",
    "order",
    "lazy-catches-up",
];

fn root(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The fenced blocks of the page in a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    page.split(&fence)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn every_example_can_be_read() {
    let page = root("docs/scenarios.md");
    let examples = blocks(&page, "toml");
    assert!(examples.len() >= 4);
    for example in examples {
        if let Err(error) = file::read_bytes("docs/scenarios.md", example.as_bytes(), &RULES) {
            panic!("an example is wrong:\n{error}");
        }
    }
}

#[test]
fn the_examples_for_instructors_can_be_read() {
    let page = root("docs/batch.md");
    let examples = blocks(&page, "toml");
    let [scenario, weights] = examples.as_slice() else {
        panic!("{examples:#?}");
    };
    let read = file::read_bytes("docs/batch.md", scenario.as_bytes(), &["arrival"]);
    assert!(read.expect("a scenario").hidden);
    grader::verdict::score::Weights::read(weights).expect("weights");
    let [roster] = blocks(&page, "csv").try_into().expect("one roster");
    let roster = grader::batch::Roster::read(roster.as_bytes()).expect("a roster");
    assert_eq!(roster.columns, ["group"]);
}

#[test]
fn every_key_is_explained() {
    fn check(page: &str, schema: &Value) {
        let properties = schema["properties"].as_object().into_iter().flatten();
        for (key, _) in properties {
            let told = page.contains(&format!("`{key}`"))
                || page.contains(&format!("`{key} = "))
                || page.contains(&format!(" {key} = "));
            assert!(told, "`{key}` is not explained");
        }
    }
    let page = root("docs/scenarios.md");
    let schema = schema::schema();
    check(&page, &schema);
    for definition in schema["definitions"]
        .as_object()
        .expect("the schema has parts")
        .values()
    {
        check(&page, definition);
    }
}

#[test]
fn the_error_that_is_shown_is_a_real_one() {
    let shown = blocks(&root("docs/scenarios.md"), "text");
    let golden = root("grader/tests/golden/scenario-errors/client-unknown.txt");
    assert_eq!(shown, [golden]);
}
