//! What a candidate reads about five saboteurs, each played in the one scenario that is about it.

use std::os::unix::fs::symlink;

use super::assert_golden;
use super::invocation::grader;
use super::servers;

/// The saboteurs, the scenarios, and the patience: short for the one that is waited for in vain,
/// long for those that hang never, however busy the machine is.
const FAILURES: [(&str, &str, &str); 5] = [
    (
        "prefix_on_the_first_line_only",
        "several-lines-in-one-send",
        "60",
    ),
    ("empty_lines_swallowed", "empty-lines", "2"),
    ("ids_given_again", "ids-after-leaving", "60"),
    ("lines_cut_at_4096", "lines-around-4096", "60"),
    ("reset_is_fatal", "reset", "60"),
];

#[test]
fn five_saboteurs() {
    for (saboteur, scenario, patience) in FAILURES {
        // The names of paths would be part of the text, and break its lines.
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("mini_serv");
        symlink(servers::saboteur(saboteur).path, link).expect("a link");
        let output = grader()
            .current_dir(folder.path())
            .args(["run", "./mini_serv"])
            .args(["--seed", "1", "--only", scenario])
            .args(["--patience", patience])
            .output()
            .expect("the grader can be called");
        assert_eq!(output.status.code(), Some(1), "{saboteur}");
        let text = String::from_utf8(output.stdout).expect("text");
        assert_golden(
            &format!("grader/tests/golden/expected/run/{saboteur}.txt"),
            &without_duration(&text),
        );
    }
}

/// The text without what differs from run to run: the time that it took.
fn without_duration(text: &str) -> String {
    let (before, end) = text.trim_end().rsplit_once(' ').expect("words");
    assert_eq!(end, "s.", "{text}");
    let (before, _seconds) = before.rsplit_once(' ').expect("more words");
    format!("{before} 0.1 s.\n")
}
