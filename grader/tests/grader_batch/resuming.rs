//! What is not graded again, and what is.

use std::fs;

use super::class::{Class, FEW, row};
use super::servers;

fn resume() -> Vec<&'static str> {
    [&FEW[..], &["--resume"]].concat()
}

#[test]
fn what_has_not_changed_is_not_graded_again() {
    let class = Class::mixed();
    let first = class.graded("results", &FEW);
    assert_eq!(first.newly_graded(), ["ada", "bob", "cem", "dan", "eve"]);
    let again = class.graded("results", &resume());
    assert!(again.newly_graded().is_empty());
    assert!(
        again
            .said()
            .contains("5 are graded already and have not changed.")
    );
    assert_eq!(again.grades(), first.grades());
    again.results();
}

#[test]
fn what_has_changed_or_lost_its_report_is_graded_again() {
    let class = Class::mixed();
    let first = class.graded("results", &FEW);
    class.hand_in("bob", &servers::plain());
    class.hand_in("fay", &servers::plain());
    fs::remove_file(first.out.join("people/cem.json")).expect("it was graded");
    fs::remove_file(class.path().join("dan")).expect("it was handed in");
    let again = class.graded("results", &resume());
    assert_eq!(again.newly_graded(), ["bob", "cem", "fay"]);
    let results = again.results();
    assert_eq!(row(&results, "bob")["verdict"], "passed");
    assert!(
        results["people"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|row| row["id"] != "dan")
    );
    let said = String::from_utf8_lossy(&again.output.stderr).into_owned();
    assert!(
        said.contains("no longer in this class, and left out of the tables: dan"),
        "{said}"
    );
}

#[test]
fn other_checks_or_seeds_grade_everybody_again() {
    let class = Class::mixed();
    class.graded("results", &FEW);
    let seed = [&resume()[..], &["--seed", "2"]].concat();
    assert_eq!(class.graded("results", &seed).newly_graded().len(), 5);
    let other = ["--only", "exam-1", "--resume"];
    assert_eq!(class.graded("results", &other).newly_graded().len(), 5);
}
