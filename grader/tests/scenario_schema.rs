//! The schema refuses what an editor can know to be wrong. That it takes all shipped scenarios
//! is tested with them.

use grader::scenario::schema;
use serde_json::{Value, json};

fn validates(scenario: &Value) -> bool {
    jsonschema::validator_for(&schema::schema())
        .expect("the schema is one")
        .is_valid(scenario)
}

/// A scenario with these steps.
fn with_steps(steps: Value) -> Value {
    json!({ "title": "x", "rules": ["relay"], "tier": "subject", "step": steps })
}

#[test]
fn a_plain_scenario_validates() {
    assert!(validates(&with_steps(json!([
        { "connect": ["alice", "bob"] },
        { "send": { "from": "bob", "text": "hi\n", "times": 3 } },
        { "freeze": true },
        { "thaw": true },
    ]))));
}

#[test]
fn wrong_steps_do_not_validate() {
    for wrong in [
        json!([]),
        json!([{}]),
        json!([{ "conect": ["alice"] }]),
        json!([{ "connect": ["alice"], "leave": ["alice"] }]),
        json!([{ "connect": [] }]),
        json!([{ "connect": "alice" }]),
        json!([{ "connect": null }]),
        json!([{ "freeze": false }]),
        json!([{ "crowd": { "name": "guest", "count": 0 } }]),
        json!([{ "crowd": { "name": "guest", "count": 10_001 } }]),
        json!([{ "visit": { "name": "guest" } }]),
        json!([{ "send": { "from": "bob" } }]),
        json!([{ "send": { "from": "bob", "text": "" } }]),
        json!([{ "send": { "from": "bob", "text": "x", "times": null } }]),
        json!([{ "send": { "from": "bob", "text": "x", "cut": "somewhere" } }]),
        json!([{ "send": { "from": "bob", "text": "x", "colour": "red" } }]),
        json!([{ "start": { "args": [], "exit": 256 } }]),
        json!([{ "start": { "args": [], "may_refuse": false } }]),
    ] {
        assert!(!validates(&with_steps(wrong.clone())), "{wrong} validates");
    }
}

#[test]
fn wrong_keys_of_the_file_do_not_validate() {
    let right = with_steps(json!([{ "connect": ["alice"] }]));
    assert!(validates(&right));
    for (key, value) in [
        ("title", json!("")),
        ("title", Value::Null),
        ("rules", json!([])),
        ("tier", json!("lenient")),
        ("judge", json!("sorted")),
        ("judge", Value::Null),
        ("must_keep", json!(["everything"])),
        ("silent", json!("yes")),
        ("colour", json!("red")),
    ] {
        let mut wrong = right.clone();
        wrong[key] = value;
        assert!(!validates(&wrong), "{wrong} validates");
    }
    for key in ["title", "rules", "tier", "step"] {
        let mut wrong = right.clone();
        wrong
            .as_object_mut()
            .expect("a scenario is an object")
            .remove(key);
        assert!(!validates(&wrong), "validates without {key}");
    }
}

/// Every key and every choice says what it is for, since editors show it.
#[test]
fn everything_is_described() {
    fn walk(path: &str, value: &Value) {
        if let Some(properties) = value.get("properties").and_then(Value::as_object) {
            for (key, property) in properties {
                let text = property["description"].as_str().unwrap_or_default();
                assert!(!text.is_empty(), "{path}/{key} is not described");
                assert!(!text.contains('\n'), "{path}/{key} has a line break");
            }
        }
        match value {
            Value::Object(map) => map
                .iter()
                .for_each(|(key, value)| walk(&format!("{path}/{key}"), value)),
            Value::Array(list) => list.iter().for_each(|value| walk(path, value)),
            _ => {}
        }
    }
    let schema = schema::schema();
    walk("", &schema);
    assert!(!schema.to_string().contains("null"), "TOML has no null");
}
