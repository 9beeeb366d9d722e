//! Whatever a scenario file holds, reading it gives a scenario that can be played or an error that
//! can be shown.

#![no_main]

use std::sync::LazyLock;

use grader::rules;
use grader::scenario::file;
use libfuzzer_sys::fuzz_target;

static RULES: LazyLock<Vec<&str>> =
    LazyLock::new(|| rules::all().iter().map(|rule| rule.id.as_str()).collect());

fuzz_target!(|bytes: &[u8]| {
    match file::read_bytes("scenarios/any.toml", bytes, &RULES) {
        Ok(scenario) => assert!(!scenario.rules.is_empty()),
        Err(error) => {
            assert!(error.render(false).starts_with("error: "));
            assert!(!error.render(true).is_empty());
            let place = error.position();
            assert!(place.is_some_and(|(line, column)| line >= 1 && column >= 1));
        }
    }
});
