//! `.ci/test` runs failed tests once more and tells what came of it, and `.ci/run` makes the most
//! of a machine. Cargo is a script that prints what cargo printed once for a small workspace, and
//! so is everything else that they would build or install with: `ci/fakes`.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// How a call of `cargo test` ends: what it prints, a file in `ci/recorded`, and its status.
type Recording<'a> = (&'a str, i32);

const FAILED: i32 = 101;

/// The first call, in each case.
const ALL: &str = "test --workspace --locked --no-fail-fast";

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ci")
}

/// What came of a script.
struct Outcome {
    status: Option<i32>,
    output: String,
    /// The arguments of each call of cargo.
    calls: Vec<String>,
    folder: TempDir,
}

impl Outcome {
    /// Fails a test with everything that was printed. It is indented, as no line of it must be
    /// taken for one of the cargo that runs this test.
    #[track_caller]
    fn must(&self, condition: bool, what: &str) {
        let output = self.output.replace('\n', "\n    | ");
        let Self { status, calls, .. } = self;
        assert!(condition, "{what}; {status:?}, {calls:#?}\n    | {output}");
    }

    #[track_caller]
    fn must_end(&self, status: i32, calls: &[&str]) {
        self.must(self.status == Some(status), "it ends in another way");
        self.must(self.calls == calls, "cargo is called in another way");
    }

    /// What stands under a heading.
    fn block(&self, heading: &str) -> Option<&str> {
        let (_, rest) = self.output.split_once(&format!("\n{heading}: "))?;
        rest.split("\nFAILED AGAIN: ").next()
    }

    #[track_caller]
    fn must_tell(&self, heading: &str, what: &[&str]) {
        let block = self.block(heading);
        self.must(block.is_some(), "there is no such block");
        for part in what {
            let told = block.is_some_and(|block| block.contains(part));
            self.must(told, &format!("`{part}` is not told under {heading}"));
        }
    }

    #[track_caller]
    fn must_not_tell(&self, heading: &str) {
        self.must(self.block(heading).is_none(), heading);
    }
}

/// Runs a script of `.ci`, without standard input, as a build server may.
fn run(script: &str, recordings: &[Recording]) -> Outcome {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    for (number, (recorded, status)) in (1..).zip(recordings) {
        let to = folder.path().join(format!("{number}.txt"));
        let from = here().join("recorded").join(recorded);
        fs::copy(&from, to).unwrap_or_else(|error| panic!("{recorded}: {error}"));
        let to = folder.path().join(format!("{number}.status"));
        fs::write(to, status.to_string()).expect("a file can be written");
    }
    // Scripts look for the grader that cargo would have built.
    let built = folder.path().join("release");
    fs::create_dir(&built).expect("a folder can be made");
    symlink(here().join("fakes/shellcheck"), built.join("grader")).expect("a link");

    let mut path = vec![here().join("fakes")];
    path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let output = Command::new("sh")
        .args(["-c", "exec \"$0\" <&- 2>&1"])
        .arg(here().join("../../../.ci").join(script))
        .env(
            "PATH",
            env::join_paths(path).expect("PATH can be put together"),
        )
        .env("PLAY", folder.path())
        .env("CARGO_TARGET_DIR", folder.path())
        .env("CI", "true")
        .output()
        .expect("there is a shell");
    Outcome {
        status: output.status.code(),
        output: String::from_utf8_lossy(&output.stdout).into_owned(),
        calls: noted(&folder, "cargo"),
        folder,
    }
}

/// How a fake was called.
fn noted(folder: &TempDir, fake: &str) -> Vec<String> {
    fs::read_to_string(folder.path().join(fake))
        .unwrap_or_else(|error| panic!("{fake} was not called: {error}"))
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn where_all_pass_nothing_is_flaky() {
    let outcome = run("test", &[("passed.txt", 0)]);
    outcome.must_end(0, &[ALL]);
    outcome.must_not_tell("FLAKY");
    outcome.must_not_tell("FAILED AGAIN");
    let printed = outcome.output.contains("test tests::fine ... ok");
    outcome.must(printed, "what cargo prints is shown");
}

#[test]
fn what_passes_once_more_is_flaky() {
    let outcome = run("test", &[("one_failed.txt", FAILED), ("one_passed.txt", 0)]);
    outcome.must_end(
        0,
        &[
            ALL,
            "test --locked -p alpha --test flaky -- --show-output --exact one",
        ],
    );
    outcome.must_tell(
        "FLAKY",
        &[
            "\none (-p alpha --test flaky)\n",
            "  at first:\n    ---- one stdout ----\n    said by one\n",
            "    not this time\n",
            "  once more, alone:\n",
            "    test one ... ok\n",
        ],
    );
    outcome.must_not_tell("FAILED AGAIN");
}

#[test]
fn what_fails_once_more_is_wrong() {
    let outcome = run(
        "test",
        &[("one_failed.txt", FAILED), ("one_failed_again.txt", FAILED)],
    );
    outcome.must_end(
        FAILED,
        &[
            ALL,
            "test --locked -p alpha --test flaky -- --show-output --exact one",
        ],
    );
    outcome.must_tell(
        "FAILED AGAIN",
        &[
            "\none (-p alpha --test flaky)\n",
            "  at first:\n    ---- one stdout ----\n    said by one\n",
            "  once more, alone:\n",
            "    test one ... FAILED\n",
        ],
    );
    outcome.must_not_tell("FLAKY");
}

/// Cargo is content with a filter that finds nothing.
#[test]
fn a_test_that_is_not_found_did_not_pass() {
    let outcome = run("test", &[("one_failed.txt", FAILED), ("none_found.txt", 0)]);
    outcome.must(outcome.status == Some(FAILED), "no test has passed");
    outcome.must_tell("FAILED AGAIN", &["\none (", "    running 0 tests\n"]);
}

/// One of them prints a list of failures of its own.
#[test]
fn tests_of_several_targets_are_told_apart() {
    let outcome = run(
        "test",
        &[
            ("two_targets_failed.txt", FAILED),
            ("wrong_failed_again.txt", FAILED),
            ("two_passed.txt", 0),
            ("one_passed.txt", 0),
        ],
    );
    outcome.must_end(
        FAILED,
        &[
            ALL,
            "test --locked -p alpha --lib -- --show-output --exact tests::wrong",
            "test --locked -p alpha --test flaky -- --show-output --exact inner::two",
            "test --locked -p alpha --test flaky -- --show-output --exact one",
        ],
    );
    outcome.must_tell(
        "FLAKY",
        &[
            "\ninner::two (-p alpha --test flaky)\n",
            "    ---- inner::two stdout ----\n    said by two\n",
            "        not_a_test\n",
            "    nor this time\n",
            "\none (-p alpha --test flaky)\n",
        ],
    );
    outcome.must_tell(
        "FAILED AGAIN",
        &[
            "\ntests::wrong (-p alpha --lib)\n",
            "    ---- tests::wrong stdout ----\n    said by wrong\n",
        ],
    );
    let flaky = outcome.block("FLAKY").unwrap_or_default();
    let (two, one) = flaky.split_once("\none (").unwrap_or_default();
    let apart = !two.contains("said by one") && !one.contains("said by two");
    outcome.must(apart, "each is told with what it printed itself");
}

/// `RUST_TEST_NOCAPTURE` puts what a test prints between its name and how it ended.
#[test]
fn what_was_not_captured_is_shown_with_the_rest() {
    let outcome = run(
        "test",
        &[
            ("uncaptured.txt", FAILED),
            ("two_passed.txt", 0),
            ("one_passed.txt", 0),
        ],
    );
    outcome.must_end(
        0,
        &[
            ALL,
            "test --locked -p alpha --test flaky -- --show-output --exact inner::two",
            "test --locked -p alpha --test flaky -- --show-output --exact one",
        ],
    );
    outcome.must_tell("FLAKY", &["    test one ... said by one\n"]);
}

#[test]
fn a_target_that_a_signal_ended_is_run_as_a_whole() {
    let again = "test --locked -p beta --test aborts";
    let first = ("aborted.txt", FAILED);
    let outcome = run("test", &[first, ("aborts_passed.txt", 0)]);
    outcome.must_end(0, &[ALL, again]);
    outcome.must_tell(
        "FLAKY",
        &[
            "\nall tests (-p beta --test aborts)\n",
            "    running 2 tests\n",
            "(signal: 6, SIGABRT: process abort signal)\n",
            "    test dies ... ok\n",
        ],
    );
    let outcome = run("test", &[first, ("aborted_again.txt", FAILED)]);
    outcome.must_end(FAILED, &[ALL, again]);
    outcome.must_tell("FAILED AGAIN", &["\nall tests (-p beta --test aborts)\n"]);
}

/// Its list of failures may not be all that was wrong with it.
#[test]
fn a_target_that_a_signal_ended_after_its_tests_is_run_as_a_whole() {
    let outcome = run(
        "test",
        &[("aborted_at_exit.txt", FAILED), ("late_passed.txt", 0)],
    );
    outcome.must_end(0, &[ALL, "test --locked -p beta --test late"]);
    outcome.must_tell("FLAKY", &["\nall tests (-p beta --test late)\n"]);
}

#[test]
fn a_documentation_test_is_found_by_its_line() {
    let outcome = run("test", &[("doc_failed.txt", FAILED), ("doc_passed.txt", 0)]);
    outcome.must_end(
        0,
        &[ALL, "test --locked -p alpha --doc -- --show-output 6)"],
    );
    outcome.must_tell(
        "FLAKY",
        &[
            "\nalpha/src/lib.rs - f (line 6) (-p alpha --doc)\n",
            "    ---- alpha/src/lib.rs - f (line 6) stdout ----\n",
            "    not this time\n",
            "    test alpha/src/lib.rs - f (line 6) ... ok\n",
        ],
    );
}

#[test]
fn what_does_not_compile_is_not_tried_again() {
    let outcome = run("test", &[("compile_error.txt", FAILED)]);
    outcome.must_end(FAILED, &[ALL]);
    let told = outcome.output.contains("\nerror: No test failed, but ");
    outcome.must(told, "it says so");
}

#[test]
fn many_failures_are_not_tried_again() {
    let outcome = run("test", &[("many_failed.txt", FAILED)]);
    outcome.must_end(FAILED, &[ALL]);
    let told = outcome.output.contains("\nerror: 21 tests failed: ");
    outcome.must(told, "it says so");
}

/// A failed test printed what cargo says of a target, and is not believed.
#[test]
fn where_tests_talk_like_cargo_nothing_is_tried_again() {
    let outcome = run("test", &[("printed_like_cargo.txt", FAILED)]);
    outcome.must_end(FAILED, &[ALL]);
    let told = outcome.output.contains("\nerror: Which tests failed ");
    outcome.must(told, "it says so");
}

#[test]
fn everything_that_ci_does_tells_of_flaky_tests_at_its_end() {
    let outcome = run("run", &[("one_failed.txt", FAILED), ("one_passed.txt", 0)]);
    outcome.must(outcome.status == Some(0), "a flaky test stops nothing");
    let (_, end) = outcome
        .output
        .split_once("\nEverything passed.\n")
        .unwrap_or_default();
    outcome.must(end.contains("\nFLAKY: "), "it stands at the end");
    let steps = end.contains("==>");
    outcome.must(!steps, "nothing is done after that");
    outcome.must_tell("FLAKY", &["\none (-p alpha --test flaky)\n"]);
}

#[test]
fn ci_builds_what_the_lock_file_says() {
    let outcome = run("run", &[("passed.txt", 0)]);
    outcome.must(outcome.status == Some(0), "everything passes");
    outcome.must_not_tell("FLAKY");
    for call in &outcome.calls {
        // `grade` is an alias that holds it.
        let builds = !call.ends_with("--version") && !call.starts_with("fmt ") && call != "grade";
        outcome.must(!builds || call.contains(" --locked"), call);
    }
}

#[test]
fn a_package_that_is_unknown_keeps_no_other_away() {
    let outcome = run("run", &[("passed.txt", 0)]);
    let installed = noted(&outcome.folder, "apt-get");
    for package in [
        "clang",
        "llvm",
        "libclang-rt-dev",
        "valgrind",
        "bubblewrap",
        "shellcheck",
    ] {
        let alone = format!("install --yes --no-install-recommends {package}");
        outcome.must(installed.contains(&alone), package);
    }
}
