//! `docs/architecture.md` tells no lies: the files that it names are there, and all unsafe code is
//! where it says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page() -> String {
    fs::read_to_string(root().join("docs/architecture.md")).expect("the page is there")
}

/// The code spans of a text.
fn spans(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The source files in a folder, as paths from the root of the repository.
fn sources(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).expect("the folder can be listed") {
        let entry = entry.expect("the folder can be listed");
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(sources(&path));
        } else if path.ends_with(".rs") {
            found.push(path);
        }
    }
    found
}

#[test]
fn the_files_that_are_named_are_there() {
    let page = page();
    let described = page
        .split("\n## Rooms that are not there yet")
        .next()
        .unwrap_or_default();
    let mut seen = 0;
    for name in spans(described).filter(|span| span.ends_with(".rs") || span.contains('/')) {
        seen += 1;
        let here = ["", "grader", "grader/src"].map(|folder| root().join(folder));
        assert!(
            here.iter().any(|folder| folder.join(name).exists()),
            "there is no {name}"
        );
    }
    assert!(seen > 15, "only {seen} files are named");
}

#[test]
fn all_unsafe_code_is_where_the_page_says() {
    let page = page();
    let section = page
        .split("\n## Unsafe code\n")
        .nth(1)
        .and_then(|rest| rest.split("\n## ").next())
        .expect("the section is there");
    let told: BTreeSet<&str> = spans(section)
        .filter(|span| span.ends_with(".rs"))
        .collect();
    let files: Vec<String> = ["grader/machine/src", "grader/src", "mini_serv/src"]
        .into_iter()
        .flat_map(sources)
        .collect();
    let unsafe_ones: BTreeSet<&str> = files
        .iter()
        .filter(|file| {
            let code = fs::read_to_string(root().join(file)).expect("a source can be read");
            code.lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .any(|line| {
                    line.split(|c: char| !c.is_alphanumeric() && c != '_')
                        .any(|word| word == "unsafe")
                })
        })
        .map(String::as_str)
        .collect();
    assert_eq!(told, unsafe_ones);
}
