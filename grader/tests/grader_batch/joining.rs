//! Several machines grade a class, and their results are joined.

use std::path::Path;

use super::class::{Class, FEW, Graded};
use super::invocation::{grader, shown, status};

fn merge(parts: &[&Path], out: &Path) -> Graded {
    let output = grader()
        .arg("merge")
        .args(parts)
        .arg("--out")
        .arg(out)
        .output()
        .expect("the grader can be called");
    Graded {
        out: out.into(),
        output,
    }
}

#[track_caller]
fn assert_refused(merged: &Graded, words: &str) {
    let said = shown(&merged.output);
    assert_eq!(status(&merged.output), 2, "{said}");
    assert!(said.contains(words), "{words:?} is missing: {said}");
}

#[test]
fn the_shares_of_a_class_make_the_whole() {
    let class = Class::mixed();
    let roster = class.beside("roster.csv");
    std::fs::write(&roster, "id,name\nzoe,Z\neve,E\nyan,Y\nada,A\n").expect("room");
    class.hand_in_text("notes.txt", "x");
    class.hand_in_text("fay/README", "x");
    let options = [&FEW[..], &["--roster", roster.to_str().expect("text")]].concat();
    let whole = class.graded("whole", &options);
    let parts = ["1/3", "2/3", "3/3"].map(|share| {
        let out = share.replace('/', "-of-");
        class.graded(&out, &[&options[..], &["--shard", share]].concat())
    });
    let graded: usize = parts.iter().map(|part| part.newly_graded().len()).sum();
    assert_eq!(graded, 5);
    let paths: Vec<&Path> = parts.iter().map(|part| part.out.as_path()).collect();
    let merged = merge(&paths, &class.beside("merged"));
    assert_eq!(status(&merged.output), 0, "{}", shown(&merged.output));
    assert_eq!(merged.grades(), whole.grades());
    assert_eq!(merged.results(), whole.results());

    // A share that is missing is told of, and what is there is joined.
    let part = merge(&paths[1..], &class.beside("part"));
    assert_eq!(status(&part.output), 3);
    assert!(shown(&part.output).contains("shares of the class are missing: 1/3"));
    part.results();
}

#[test]
fn results_that_do_not_belong_together_are_not_joined() {
    let class = Class::mixed();
    let one = class.graded("one", &FEW);
    let seed = class.graded("seed", &[&FEW[..], &["--seed", "2"]].concat());
    let out = class.beside("merged");
    assert_refused(
        &merge(&[&one.out, &seed.out], &out),
        "the options, scenarios or weights differ",
    );
    class.hand_in("ada", &super::servers::saboteur("arrival_misspelt").path);
    let other = class.graded("other", &FEW);
    assert_refused(
        &merge(&[&one.out, &other.out], &out),
        "ada has different results in ",
    );
    assert_refused(&merge(&[&one.out, &class.path()], &out), "cannot read ");
    assert_refused(&merge(&[&one.out], &other.out), "holds results already");
    // The same results twice are the same results.
    let merged = merge(&[&one.out, &one.out], &out);
    assert_eq!(merged.grades(), one.grades());
}
