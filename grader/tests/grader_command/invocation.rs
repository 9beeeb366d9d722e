//! Calls of the `grader` executable, and what came of them.

#![allow(
    dead_code,
    reason = "the golden tests call the grader and need nothing else"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::LazyLock;
use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// No call lasts this long: it ends the wait for a grader that hangs.
const GUARD: Duration = Duration::from_secs(300);

/// What the runner of Classroom 50 says of a submission.
pub(crate) const SUBMISSION: [(&str, &str); 5] = [
    ("CLASSROOM", "cs50"),
    ("ASSIGNMENT", "mini-serv"),
    ("SUBMISSION_TAG", "submit/1"),
    ("COMMIT_URL", "https://example.org/commit"),
    ("RELEASE_URL", "https://example.org/release"),
];

/// The executable, untouched by what the tests' own terminal wishes.
pub(crate) fn grader() -> Command {
    let mut command = Command::new(executable_grader());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(variable);
    }
    command.timeout(GUARD);
    command
}

/// The grader that the tests were built with, or the faster one that `GRADER` names.
fn executable_grader() -> PathBuf {
    std::env::var_os("GRADER").map_or_else(
        || assert_cmd::cargo::cargo_bin!("grader").to_path_buf(),
        PathBuf::from,
    )
}

/// A run that has ended, and its JSON report.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) report: Value,
}

/// Plays with the seed 1. Whatever is played, the report keeps to its schema and agrees with the
/// exit status.
#[track_caller]
pub(crate) fn play(server: Option<&Path>, options: &[&str]) -> Played {
    play_by(grader(), server, options)
}

/// The same by a grader that was called in another way.
#[track_caller]
pub(crate) fn play_by(mut grader: Command, server: Option<&Path>, options: &[&str]) -> Played {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.json");
    grader
        .arg("run")
        .args(server)
        .args(["--seed", "1", "--report"])
        .arg(format!("json={}", file.display()))
        .args(options);
    let output = grader.output().expect("the grader can be called");
    let text = fs::read_to_string(&file).unwrap_or_default();
    let report = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error} in the report {text:?}; {}", shown(&output)));
    assert!(output.stderr.is_empty(), "{}", shown(&output));
    let played = Played {
        status: status(&output),
        stdout: String::from_utf8(output.stdout).expect("the report is text"),
        report,
    };
    assert_valid(&played.report);
    let verdict = match played.status {
        0 => "passed",
        1 => "failed",
        _ => "undecided",
    };
    assert_eq!(played.report["verdict"], verdict, "{}", played.stdout);
    played
}

/// The exit status.
pub(crate) fn status(output: &Output) -> i32 {
    output
        .status
        .code()
        .unwrap_or_else(|| panic!("the grader was killed; {}", shown(output)))
}

/// The output for people who look at a test that fails.
pub(crate) fn shown(output: &Output) -> String {
    format!(
        "it said\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Holds a report against the schema that is documented.
#[track_caller]
pub(crate) fn assert_valid(report: &Value) {
    static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/report.schema.json");
        let text = fs::read_to_string(file).expect("the schema is documented");
        let schema = serde_json::from_str(&text).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is one")
    });
    if let Err(error) = SCHEMA.validate(report) {
        panic!("{}: {error}", error.instance_path());
    }
}

impl Played {
    pub(crate) fn checks(&self) -> &[Value] {
        self.report["checks"].as_array().expect("a list of checks")
    }

    /// The names of the scenarios that ended in this way.
    pub(crate) fn ended(&self, outcome: &str) -> Vec<&str> {
        let checks = self.checks().iter();
        checks
            .filter(|check| check["outcome"] == outcome)
            .map(|check| text(&check["scenario"]))
            .collect()
    }

    /// How many checks of the tier ended in this way.
    pub(crate) fn count(&self, tier: &str, outcome: &str) -> u64 {
        self.report["tiers"][tier][outcome]
            .as_u64()
            .expect("a number")
    }
}

/// A text of a report.
#[track_caller]
pub(crate) fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
}

/// A server under a name that no other process bears, in a folder of its own.
#[derive(Debug)]
pub(crate) struct Named {
    folder: TempDir,
    pub(crate) path: PathBuf,
}

/// Gives a server a name of its own. It is a link: a copy could be executed while another
/// thread's child still holds the copy open for writing, which the kernel refuses.
pub(crate) fn named(server: &Path) -> Named {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("server");
    symlink(server, &path).expect("a link");
    Named { folder, path }
}

/// A file that can be executed, whatever is in it. Written by a process of its own, for the
/// reason that [`named`] gives.
pub(crate) fn executable(content: &[u8]) -> Named {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("server");
    let text = folder.path().join("text");
    fs::write(&text, content).expect("the folder can be written");
    let installed = std::process::Command::new("install")
        .args(["-m", "755"])
        .args([&text, &path])
        .status();
    assert!(installed.expect("install").success());
    Named { folder, path }
}

impl Named {
    /// The folder in which nothing else is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The processes that were started by this name. Those of the grader, which was told the
    /// name, do not count.
    pub(crate) fn processes(&self) -> Vec<u32> {
        processes(&self.path)
    }

    #[track_caller]
    pub(crate) fn assert_gone(&self) {
        assert_eq!(self.processes(), [0; 0], "processes are left behind");
    }
}

/// The processes that were started by this name. Those of the grader, which was told the name, do
/// not count.
pub(crate) fn processes(path: &Path) -> Vec<u32> {
    let name = path.to_str().expect("the name is text");
    let processes = fs::read_dir("/proc").expect("processes can be listed");
    processes
        .flatten()
        .filter_map(|process| process.file_name().to_str()?.parse().ok())
        .filter(|id: &u32| {
            let Ok(line) = fs::read(format!("/proc/{id}/cmdline")) else {
                return false;
            };
            let line = String::from_utf8_lossy(&line);
            let mut arguments = line.split('\0');
            let program = arguments.next().unwrap_or_default();
            // A script is an argument of its interpreter.
            program == name
                || !program.ends_with("/grader") && arguments.any(|argument| argument == name)
        })
        .collect()
}

/// Puts the grader into a folder, which every user may use then: where the tests are built, others
/// may not look.
pub(crate) fn installed_for_everybody(folder: &Path) -> PathBuf {
    fs::set_permissions(folder, Permissions::from_mode(0o777)).expect("it is ours");
    let grader = folder.join("grader");
    let installed = std::process::Command::new("install")
        .args(["-m", "755"])
        .arg(assert_cmd::cargo::cargo_bin!("grader"))
        .arg(&grader)
        .status();
    assert!(installed.expect("install").success());
    grader
}
