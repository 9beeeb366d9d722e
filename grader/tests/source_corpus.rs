//! Every source of the corpus gets exactly its findings, with gcc and with clang.
//!
//! The sources are in `sources/`. The first line of each says what must be found, as
//! `// finds RULE:LINE RULE:LINE`, by the names of the inspections; `?` where no line can be named.
//! `// with clang finds …` below it is for clang, where that differs.

mod at_once;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use at_once::each_at_once;
use grader::inspection::Inspector;
use grader::submission::{Compiler, Handed};
use grader::suite::Inspection;
use grader::verdict::{Finding, Outcome};
use machine::Host;

/// How many compilers run at once.
const AT_ONCE: usize = 2;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sources")
}

fn sources() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("the sources can be listed");
    let mut sources: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the sources can be listed").path())
        .collect();
    sources.sort();
    sources
}

/// How often each `RULE:LINE` must be found.
type Findings = BTreeMap<String, usize>;

fn expected(source: &Path, compiler: &str) -> Findings {
    let bytes = fs::read(source).expect("the source can be read");
    let text = String::from_utf8_lossy(&bytes).replace('\u{feff}', "");
    let with = format!("// with {compiler} finds ");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(&with))
        .or_else(|| text.lines().next()?.strip_prefix("// finds "))
        .unwrap_or_else(|| panic!("{} does not say what is found", source.display()));
    let mut findings = Findings::new();
    for finding in line.split_whitespace().filter(|word| *word != "nothing") {
        assert!(finding.contains(':'), "{}: {finding}", source.display());
        *findings.entry(finding.to_owned()).or_default() += 1;
    }
    findings
}

fn found(source: &Path, compiler: &str) -> Findings {
    let handed = Handed::at(source).expect("it is C source");
    let host = Host::with_keeper(assert_cmd::cargo::cargo_bin!("grader"));
    let submission = handed
        .prepare(&host, Some(compiler), false)
        .expect("there is a compiler");
    let inspector = Inspector::new(&submission);
    let mut findings = Findings::new();
    for inspection in Inspection::ALL.iter().filter(|it| !it.needs_plays()) {
        let report = inspector.inspect(inspection, None);
        let Outcome::Failed(failure) = report.outcome else {
            let skipped = matches!(report.outcome, Outcome::Skipped(_));
            assert!(
                !skipped || submission.program.is_err(),
                "{}: {:?}",
                source.display(),
                report.outcome
            );
            continue;
        };
        let mut add = |line: Option<usize>| {
            let line = line.map_or("?".to_owned(), |line| line.to_string());
            *findings
                .entry(format!("{}:{line}", inspection.name))
                .or_default() += 1;
        };
        if failure.findings.is_empty() {
            add(None);
        }
        failure
            .findings
            .iter()
            .map(Finding::line)
            .for_each(&mut add);
    }
    findings
}

/// Tries every source with a compiler, by one of its names; says so where there is none.
fn try_all(compiler: &str, names: &[&str]) {
    let Some(name) = names.iter().find(|name| Compiler::search(name).is_some()) else {
        eprintln!("skipped: there is no {compiler}");
        return;
    };
    let complaints = each_at_once(AT_ONCE, sources(), |source| {
        let (expected, found) = (expected(&source, compiler), found(&source, name));
        (expected != found).then(|| {
            format!(
                "{} with {name}: expected {expected:?}, found {found:?}",
                source.display()
            )
        })
    });
    let complaints: Vec<String> = complaints.into_iter().flatten().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn with_gcc() {
    try_all("gcc", &["gcc"]);
}

#[test]
fn with_clang() {
    try_all("clang", &["clang", "clang-14"]);
}

/// Half of the corpus is there to be found, and half looks as if it were.
#[test]
fn there_are_enough_of_both_kinds() {
    let sources = sources();
    let innocent = sources
        .iter()
        .filter(|source| expected(source, "gcc").is_empty())
        .count();
    assert!(sources.len() >= 40, "only {} sources", sources.len());
    assert!(innocent >= 20, "only {innocent} look-alikes");
}
