//! Classes to grade, and what came of it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

use super::invocation::{assert_valid, grader, shown, status};
use super::servers;

/// Few checks, which need little time and tell the servers below apart.
pub(crate) const FEW: [&str; 4] = ["--only", "exam-4", "--only", "exam-5"];

/// A folder with submissions in it, and room for results beside it.
#[derive(Debug)]
pub(crate) struct Class {
    folder: TempDir,
}

impl Class {
    /// One without anybody.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("class")).expect("room");
        Self { folder }
    }

    /// One in which some pass and others fail.
    pub(crate) fn mixed() -> Self {
        let class = Self::empty();
        class.hand_in("ada", &servers::plain());
        class.hand_in("bob", &servers::saboteur("arrival_misspelt").path);
        class.hand_in("cem", &servers::saboteur("sender_hears_itself").path);
        class.hand_in("dan", &servers::plain());
        class.hand_in("eve", &servers::saboteur("empty_lines_without_prefix").path);
        class
    }

    /// The folder with the submissions.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("class")
    }

    /// A place beside it.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Hands in an executable. It is a hard link or a copy made by another process: one that is
    /// still open for writing anywhere is not executed. What was handed in before is replaced, not
    /// overwritten: the kernel may still be ending a process that executes it.
    pub(crate) fn hand_in(&self, name: &str, server: &Path) {
        let copied = std::process::Command::new("cp")
            .arg("--remove-destination")
            .arg(server)
            .arg(self.path().join(name))
            .status();
        assert!(copied.expect("cp").success());
    }

    /// Hands in a text.
    pub(crate) fn hand_in_text(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("room");
        fs::write(path, text).expect("room");
    }

    /// Hands in a link.
    pub(crate) fn hand_in_link(&self, name: &str, to: &str) {
        symlink(to, self.path().join(name)).expect("room");
    }

    /// Grades it into the folder of that name.
    pub(crate) fn grade(&self, out: &str, options: &[&str]) -> Graded {
        let out = self.beside(out);
        let output = grader()
            .arg("batch")
            .arg(self.path())
            .arg("--out")
            .arg(&out)
            .args(options)
            .output()
            .expect("the grader can be called");
        Graded { out, output }
    }

    /// Grades it; nothing is wrong with the class or the machine.
    #[track_caller]
    pub(crate) fn graded(&self, out: &str, options: &[&str]) -> Graded {
        let graded = self.grade(out, options);
        assert_eq!(status(&graded.output), 0, "{}", shown(&graded.output));
        graded
    }
}

/// A folder of results.
#[derive(Debug)]
pub(crate) struct Graded {
    pub(crate) out: PathBuf,
    pub(crate) output: Output,
}

impl Graded {
    /// The table for programs, which keeps to its schema, as do the reports that it names.
    #[track_caller]
    pub(crate) fn results(&self) -> Value {
        results(&self.out)
    }

    /// The table for spreadsheets.
    pub(crate) fn grades(&self) -> String {
        fs::read_to_string(self.out.join("grades.csv")).expect("the grades are there")
    }

    /// What was said on standard output.
    pub(crate) fn said(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// Who was graded in this run.
    pub(crate) fn newly_graded(&self) -> Vec<String> {
        let said = self.said();
        let lines = said.lines().filter_map(|line| line.split_once("] "));
        let mut ids: Vec<_> = lines
            .filter_map(|(_, rest)| Some(rest.split_once(": ")?.0.to_owned()))
            .collect();
        ids.sort();
        ids
    }
}

/// Reads the results in a folder, and holds everything in it against its schema.
#[track_caller]
pub(crate) fn results(folder: &Path) -> Value {
    static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/results.schema.json");
        let text = fs::read_to_string(file).expect("the schema is documented");
        let schema = serde_json::from_str(&text).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is one")
    });
    let results = json(&folder.join("results.json"));
    if let Err(error) = SCHEMA.validate(&results) {
        panic!("{}: {error}", error.instance_path());
    }
    for row in results["people"].as_array().expect("a list") {
        if row["state"] == "graded" {
            let file = row["file"].as_str().expect("a name");
            assert_valid(&json(&folder.join(format!("people/{file}.json"))));
        }
    }
    results
}

#[track_caller]
fn json(file: &Path) -> Value {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The row of somebody.
#[track_caller]
pub(crate) fn row<'a>(results: &'a Value, id: &str) -> &'a Value {
    let rows = results["people"].as_array().expect("a list");
    let row = rows.iter().find(|row| row["id"] == id);
    row.unwrap_or_else(|| panic!("{id} has no row in {results:#}"))
}
