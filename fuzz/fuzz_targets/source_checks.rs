//! Whatever a C file holds, the looks at its source end, and name places that are there.
//!
//! The two witnesses that come from the compiler are made up from the same bytes: the text with its
//! marks stands for the preprocessed one, and a compiled file asks for every word of it.

#![no_main]

use grader::source::SourceText;
use grader::source::defines::defines;
use grader::source::directives::Branches;
use grader::source::eagain::looks;
use grader::source::functions::functions;
use grader::source::object::{Symbols, symbols};
use grader::source::preprocessed::Preprocessed;
use grader::source::starting_file::leftovers;
use grader::source::syntax::Syntax;
use grader::verdict::Finding;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let source = SourceText::new("mini_serv.c", bytes.to_vec());
    let mut branches = Branches::of(bytes);
    let preprocessed = Preprocessed::new(&branches.marked(bytes), "mini_serv.c");
    branches.learn(|word| preprocessed.mentions(word));
    // Nothing that is short enough to be tried here may take ten seconds.
    let syntax = Syntax::new(&source, &branches).expect("it is parsed in time");
    let _ = symbols(bytes);
    let symbols = Symbols {
        undefined: words(bytes).collect(),
        ..Symbols::default()
    };

    check(&source, &defines(&source));
    check(&source, &looks(&source, &syntax));
    check(
        &source,
        &functions(&source, &syntax, &preprocessed, &symbols),
    );
    let left = leftovers(&source, &syntax);
    check(&source, &left.prints);
    check(&source, &left.ports);
});

/// What a C compiler could take for names.
fn words(bytes: &[u8]) -> impl Iterator<Item = String> {
    bytes
        .split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).into_owned())
}

/// Every place lies within its line, and its line within the file.
fn check(source: &SourceText, findings: &[Finding]) {
    let lines = source.bytes().split(|byte| *byte == b'\n').count();
    for finding in findings {
        assert!(!finding.message.is_empty());
        let Some(place) = &finding.place else {
            continue;
        };
        assert!((1..=lines).contains(&place.line), "{finding:?}");
        // Of a very long line, only the beginning is kept.
        if place.excerpt.len() > 4000 {
            continue;
        }
        let length = place.excerpt.chars().count();
        assert!(place.width >= 1, "{finding:?}");
        assert!(
            place.column + place.width <= length.max(1) + 2,
            "{finding:?}"
        );
    }
}
