//! What a run says and how it ends where some of the checks were chosen.

use std::path::{Path, PathBuf};

use super::invocation::{Played, grader, named, play};
use super::servers;

const CHOSEN: &str = "Verdict over the chosen checks only: ";

fn stranger(name: &str) -> PathBuf {
    servers::stranger(name).path.expect("it is written in C")
}

#[track_caller]
fn assert_told(played: &Played, status: i32, sentence: &str) {
    assert_eq!(played.status, status, "{}", played.stdout);
    let words = played.stdout.split_whitespace().collect::<Vec<_>>();
    let words = words.join(" ");
    assert!(words.contains(sentence), "{sentence}\n{}", played.stdout);
}

#[test]
fn who_chooses_robust_checks_learns_whether_they_pass() {
    let only = ["--only", "sleeps-when-idle"];
    let played = play(None, &only);
    assert_told(&played, 0, &format!("{CHOSEN}passes at `robust`."));
    assert_eq!(played.report["require"], "robust");
    assert_eq!(played.report["chosen"], true);
}

#[test]
fn a_chosen_check_that_fails_decides_at_its_own_tier() {
    let server = stranger("never_rests");
    let only = ["--only", "sleeps-when-idle"];
    let played = play(Some(&server), &only);
    assert_told(
        &played,
        1,
        &format!("{CHOSEN}fails at `robust`: 1 check failed."),
    );
    // Whoever names a tier is asked no more than that; nothing of it was played.
    let required = [&only[..], &["--require", "subject"]].concat();
    let played = play(Some(&server), &required);
    assert_told(&played, 3, &format!("{CHOSEN}undecided at `subject`"));
    let both = ["--only", "sleeps-when-idle", "--only", "silent"];
    let played = play(Some(&server), &both);
    assert_told(
        &played,
        1,
        &format!("{CHOSEN}fails at `robust`: 1 check failed."),
    );
    let played = play(
        Some(&server),
        &[&both[..], &["--require", "subject"]].concat(),
    );
    assert_told(
        &played,
        0,
        &format!("{CHOSEN}passes at `subject`; 1 check failed at `robust`."),
    );
}

/// Its death counts at `robust` only, which says nothing of whoever asks for no more. Who asks for
/// this check wants to know of it.
#[test]
fn a_chosen_check_that_fails_at_a_stricter_tier_fails() {
    let server = stranger("dies_of_sigpipe");
    let played = play(Some(&server), &["--only", "reset*"]);
    if played.ended("failed").is_empty() {
        assert_eq!(played.status, 0, "{}", played.stdout);
    } else {
        assert_told(&played, 1, &format!("{CHOSEN}fails at `robust`"));
    }
}

#[test]
fn who_skips_something_asks_of_the_rest_what_is_asked_of_all() {
    let server = stranger("never_rests");
    let rest = [
        "--only",
        "sleeps-when-idle",
        "--only",
        "silent",
        "--skip",
        "silent",
    ];
    assert_eq!(play(Some(&server), &rest).status, 1);
    let folder = tempfile::tempdir().expect("a folder");
    for (name, tier, rule) in [
        ("asleep", "robust", "sleeps-when-idle"),
        ("quiet", "subject", "silent"),
    ] {
        let measured = if rule == "silent" {
            "silent = true\nstep = [{ connect = [\"alice\"] }]"
        } else {
            "step = [{ connect = [\"alice\"] }, { measure = \"idleness\" }]"
        };
        let text =
            format!("title = \"Mine\"\nrules = [\"{rule}\"]\ntier = \"{tier}\"\n{measured}\n");
        std::fs::write(folder.path().join(format!("{name}.toml")), text).expect("a file");
    }
    let mine = [
        "--scenarios",
        folder.path().to_str().expect("text"),
        "--skip",
    ];
    let source = ["compiles", "allowed-functions", "no-define"].map(|name| ["--skip", name]);
    let skipping = |what| [&mine[..], &[what], &source.concat()[..]].concat();
    let played = play(Some(&server), &skipping("memory-safe"));
    let sentence = format!(
        "{CHOSEN}passes at `subject`, 1 of its checks skipped; 1 check failed at `robust`."
    );
    assert_told(&played, 0, &sentence);
    let robust_only = [&skipping("subject")[..], &["--skip", "exam"]].concat();
    let played = play(Some(&server), &robust_only);
    assert_told(
        &played,
        1,
        &format!("{CHOSEN}fails at `robust`: 1 check failed."),
    );
}

#[test]
fn nothing_to_check_is_no_success() {
    let server = servers::plain();
    let played = play(Some(&server), &["--only", "no-define"]);
    assert_told(&played, 3, &format!("{CHOSEN}undecided at `subject`"));
}

/// The commands can be pasted into a shell, whatever the server and its folder are called.
#[test]
fn a_server_with_an_odd_name_is_quoted() {
    let server = named(&servers::saboteur("newcomer_inherits_text").path);
    let odd = server.folder().join("it's my server");
    std::os::unix::fs::symlink(&server.path, &odd).expect("a link");
    let told = |path: &Path| {
        let mut run = grader();
        run.current_dir(server.folder()).env("COLUMNS", "400");
        run.args(["run", "--only", "newcomer-inherits-nothing"])
            .arg(path);
        String::from_utf8(run.output().expect("it runs").stdout).expect("text")
    };
    let here = told(Path::new("it's my server"));
    assert!(
        here.contains("by hand  \"./it's my server\" 4242 &\n"),
        "{here}"
    );
    let there = told(&odd);
    let quoted = format!("by hand  \"{}\" 4242 &\n", odd.display());
    assert!(there.contains(&quoted), "{there}");
    let more = "Add --only newcomer-inherits-nothing to play the first alone; `grader explain \
                unfinished-line` and `grader explain newcomer-inherits-nothing` say more, `grader \
                show newcomer-inherits-nothing` prints the scenario.\n";
    assert!(here.contains(more), "{here}");
}
