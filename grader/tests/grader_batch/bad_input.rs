//! What cannot be graded, read or written: it is said in which words, and nothing is lost.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::class::{Class, FEW, Graded, results, row};
use super::invocation::{shown, status};
use super::servers;

/// It is refused with this status before anything is graded, and in these words.
#[track_caller]
fn assert_refused(graded: &Graded, code: i32, words: &str) {
    let said = shown(&graded.output);
    assert_eq!(status(&graded.output), code, "{said}");
    assert!(said.contains(words), "{words:?} is missing: {said}");
    assert!(graded.newly_graded().is_empty(), "{said}");
}

#[test]
fn an_empty_folder_and_one_without_submissions() {
    let class = Class::empty();
    assert_refused(&class.grade("results", &[]), 2, "holds no submission");
    class.hand_in_text("notes.txt", "x");
    assert_refused(
        &class.grade("results", &[]),
        2,
        "notes.txt: is neither a folder, nor C source, nor an executable",
    );
    assert!(!class.beside("results").exists());
}

#[test]
fn a_folder_that_is_not_there() {
    let class = Class::empty();
    fs::remove_dir(class.path()).expect("it is empty");
    assert_refused(
        &class.grade("results", &[]),
        2,
        "cannot be read: No such file",
    );
}

#[test]
fn links_that_loop_or_lead_out_are_listed() {
    let class = Class::empty();
    class.hand_in("ada", &servers::plain());
    class.hand_in_link("loop.c", "loop.c");
    class.hand_in_link("thief.c", "/etc/passwd");
    fs::create_dir(class.path().join("inner")).expect("room");
    class.hand_in_link("inner/mini_serv.c", "../../secret.c");
    fs::write(class.beside("secret.c"), "secret").expect("room");
    let graded = class.graded("results", &FEW);
    let results = graded.results();
    for (id, reason) in [
        ("loop", "symbolic links"),
        ("thief", "is a link that leads out of the folder"),
        ("inner", "its mini_serv.c is a link that leads out of it"),
    ] {
        let row = row(&results, id);
        assert_eq!(row["state"], "unrecognised");
        let told = row["reason"].as_str().expect("a reason");
        assert!(told.contains(reason), "{told}");
        assert!(graded.said().contains(reason));
    }
    assert_eq!(row(&results, "ada")["verdict"], "passed");
}

#[test]
fn two_submissions_of_one_name() {
    let class = Class::empty();
    class.hand_in_text("ada/mini_serv.c", "int main(void) { return 0; }\n");
    class.hand_in_text("ada.c", "int main(void) { return 1; }\n");
    let results = class.graded("results", &FEW).results();
    let reason = row(&results, "ada")["reason"].as_str().expect("a reason");
    assert!(
        reason.starts_with("ada and ada.c are all there"),
        "{reason}"
    );
}

#[test]
fn a_program_for_another_machine_is_listed() {
    let class = Class::empty();
    class.hand_in_text("ada", "\x7fELF and nothing else");
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(class.path().join("ada"), mode).expect("it is ours");
    let results = class.graded("results", &FEW).results();
    assert_eq!(row(&results, "ada")["state"], "unrecognised");
    let reason = row(&results, "ada")["reason"].as_str().expect("a reason");
    assert!(reason.contains("no program for this machine"), "{reason}");
}

#[test]
fn a_roster_with_a_mistake() {
    let class = Class::mixed();
    for (text, words) in [
        ("login,name\nada,Ada\n", "it has no column `id`"),
        ("id,mail\nada,a@x\n", "it has no column `name`"),
        (
            "id,name\nada,Ada\nada,Ada\n",
            "\"ada\" stands in line 2 and again in line 3",
        ),
        ("id,name\nada\n", "found record with 1 fields"),
    ] {
        let roster = class.beside("roster.csv");
        fs::write(&roster, text).expect("room");
        let roster = roster.to_str().expect("text");
        let graded = class.grade("results", &["--roster", roster]);
        assert_refused(&graded, 2, words);
        assert!(shown(&graded.output).contains("roster.csv cannot be used: "));
    }
    let graded = class.grade("results", &["--roster", "none.csv"]);
    assert_refused(&graded, 2, "No such file");
}

#[test]
fn a_share_that_is_none() {
    let class = Class::mixed();
    for share in ["0/2", "3/2", "two"] {
        let graded = class.grade("results", &["--shard", share]);
        assert_refused(&graded, 2, "such as 2/8");
    }
}

#[test]
fn a_folder_for_results_that_holds_something_else() {
    let class = Class::mixed();
    let out = class.beside("results");
    fs::create_dir(&out).expect("room");
    fs::write(out.join("thesis.txt"), "years of work").expect("room");
    for options in [&[][..], &["--resume"]] {
        assert_refused(
            &class.grade("results", options),
            2,
            "holds no results of a class",
        );
    }
    assert_eq!(fs::read_dir(&out).expect("a folder").count(), 1);
}

#[test]
fn a_folder_for_results_in_the_class_itself() {
    let class = Class::mixed();
    for out in ["class/results", "class"] {
        assert_refused(&class.grade(out, &[]), 2, "which is in the class itself");
    }
}

#[test]
fn a_folder_with_results_already() {
    let class = Class::mixed();
    let before = class.graded("results", &FEW).grades();
    let again = class.grade("results", &FEW);
    assert_refused(&again, 2, "holds results already: --resume continues");
    assert_eq!(again.grades(), before);
}

#[test]
fn the_results_of_another_class() {
    let class = Class::mixed();
    let before = class.graded("results", &FEW).grades();
    let other = Class::empty();
    other.hand_in("yan", &servers::plain());
    let out = class.beside("results");
    let graded = other.grade(
        out.to_str().expect("text"),
        &[&FEW[..], &["--resume"]].concat(),
    );
    assert_refused(
        &graded,
        2,
        "holds the results of another class (ada, bob, cem, …)",
    );
    assert_eq!(graded.grades(), before);
}

#[test]
fn results_that_are_damaged() {
    let class = Class::mixed();
    let graded = class.graded("results", &FEW);
    fs::write(graded.out.join("results.json"), "{").expect("room");
    let again = class.grade("results", &[&FEW[..], &["--resume"]].concat());
    assert_refused(&again, 2, "cannot be used: EOF");
}

#[test]
fn a_folder_to_which_another_grader_writes() {
    let class = Class::mixed();
    let graded = class.graded("results", &FEW);
    let lock = fs::File::open(graded.out.join(".lock")).expect("a lock");
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).expect("it is free");
    let again = class.grade("results", &[&FEW[..], &["--resume"]].concat());
    assert_refused(&again, 2, "another grader is writing results");
}

/// A limit on the size of files stands in for a full disk: both are told of when a file is
/// written.
#[test]
fn a_full_disk() {
    let class = Class::empty();
    for number in 0..40 {
        class.hand_in_text(&format!("p{number}/README"), "nothing else");
    }
    class.hand_in("ada", &servers::plain());
    let out = class.beside("results");
    let grade = |limit: &str, more: &[&str]| {
        let output = Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f $0; exec \"$@\"", limit])
            .arg(assert_cmd::cargo::cargo_bin!("grader"))
            .arg("batch")
            .arg(class.path())
            .arg("--out")
            .arg(&out)
            .args(FEW)
            .args(more)
            .output();
        output.expect("sh")
    };
    let output = grade("unlimited", &[]);
    assert_eq!(status(&output), 0, "{}", shown(&output));
    let before = results(&out);
    // The tables have some twenty thousand bytes by now, and the limit is in blocks of 512.
    class.hand_in("bob", &servers::plain());
    let output = grade("8", &["--resume"]);
    assert_eq!(status(&output), 3, "{}", shown(&output));
    let said = shown(&output);
    assert!(
        said.contains("grader: cannot write ") && said.contains("File too large"),
        "{said}"
    );
    assert_eq!(results(&out), before, "what was there is still there");
    assert!(!out.join(".unfinished").exists());
    let output = grade("unlimited", &["--resume"]);
    assert_eq!(status(&output), 0, "{}", shown(&output));
    assert_eq!(row(&results(&out), "bob")["verdict"], "passed");
}
