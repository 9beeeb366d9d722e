//! Every error of a scenario file, as its author sees it.
//!
//! Each `golden/scenario-errors/NAME.toml` has one thing wrong with it; `NAME.txt` is the plain
//! rendering of the error. `UPDATE_GOLDEN=1 cargo test --test scenario_errors` writes them anew:
//! look at the difference before committing it.

use std::fs;
use std::path::{Path, PathBuf};

use grader::scenario::{Action, ScenarioError, SourceFile, Text, file};

/// Stands in for the catalogue, so that a new rule changes no golden file.
const RULES: [&str; 4] = ["arrival", "departure", "relay", "lazy-stays"];

fn golden_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/scenario-errors")
}

fn error_of(path: &Path) -> Option<ScenarioError> {
    let name = path
        .file_name()
        .expect("a golden file has a name")
        .to_string_lossy();
    let bytes = fs::read(path).expect("a golden file can be read");
    file::read_bytes(&format!("scenarios/{name}"), &bytes, &RULES).err()
}

#[test]
fn every_error_reads_as_it_should() {
    let write = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in fs::read_dir(golden_folder()).expect("the golden folder is there") {
        let path = entry.expect("the golden folder can be listed").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        seen += 1;
        let came = match error_of(&path) {
            Some(error) => format!("{}\n", error.render(false)),
            None => "no error\n".to_owned(),
        };
        let golden = path.with_extension("txt");
        if write {
            fs::write(&golden, &came).expect("a golden file can be written");
        } else if fs::read_to_string(&golden).unwrap_or_default() != came {
            wrong.push(format!("{}:\n{came}", golden.display()));
        }
        if came == "no error\n" {
            wrong.push(format!("{} has nothing wrong with it", path.display()));
        }
    }
    assert!(seen > 40, "only {seen} golden files were found");
    assert!(
        wrong.is_empty(),
        "these read otherwise:\n\n{}",
        wrong.join("\n")
    );
}

#[test]
fn an_unreadable_file_is_told_with_its_path() {
    let cause = std::io::Error::other("no such luck");
    let error = ScenarioError::unreadable("scenarios/gone.toml", &cause);
    assert_eq!(
        error.to_string(),
        "error: the scenario file can't be read: no such luck\n--> scenarios/gone.toml"
    );
    assert_eq!(error.position(), None);
}

#[test]
fn windows_line_ends_move_nothing_and_reach_no_client() {
    let text = "title = \"x\"\r\nrules = [\"relay\"]\r\ntier = \"subject\"\r\n\r\n[[step]]\r\nconnect = [\"bob\"]\r\n\r\n[[step]]\r\nsend = { from = \"bob\", text = \"\"\"\r\nhi\r\n\"\"\" }\r\n";
    let read = file::read_bytes("scenarios/windows.toml", text.as_bytes(), &RULES)
        .expect("Windows line ends are no error");
    assert_eq!(read.steps[2].line, 9);
    let Action::Send(send) = &read.steps[2].action else {
        panic!("the third step speaks");
    };
    assert_eq!(send.text, Text::from("hi\n"));

    let broken = text.replace("{ from = \"bob\"", "{ from = \"bbo\"");
    let error = file::read_bytes("scenarios/windows.toml", broken.as_bytes(), &RULES)
        .expect_err("nobody is called bbo");
    assert_eq!(error.position(), Some((9, 17)));
}

#[test]
fn an_error_found_later_points_at_its_step() {
    let source = SourceFile::new("scenarios/later.toml", "title = \"x\"\n  thaw = true\n");
    let error =
        ScenarioError::at_line(&source, 2, "this contradicts the subject", "asked for here")
            .help("the subject asks for nothing here");
    assert_eq!(error.position(), Some((2, 3)));
    assert!(
        error.to_string().contains("--> scenarios/later.toml:2:3"),
        "{error}"
    );
}

#[test]
fn colours_come_only_on_request() {
    let source = SourceFile::new("a.toml", "thaw = true\n");
    let error = ScenarioError::at_line(&source, 1, "wrong", "here");
    assert!(!error.render(false).contains('\u{1b}'));
    assert!(error.render(true).contains('\u{1b}'));
}
