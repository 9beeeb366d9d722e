//! What a class gets.

use std::fs;

use super::class::{Class, FEW, row};
use super::servers;

#[test]
fn everybody_gets_a_grade_and_a_row() {
    let class = Class::mixed();
    let roster = class.beside("roster.csv");
    fs::write(
        &roster,
        "\u{feff}id,name,group\r\nzoe,Zoé,A\r\nbob,\"Bob \"\"B\"\", Jr.\",B\r\nada,Ada,A\r\n",
    )
    .expect("room");
    class.hand_in_text("notes.txt", "not a submission");
    class.hand_in_text("fay/README", "nothing else");
    let roster = roster.to_str().expect("text");
    let graded = class.graded("results", &[&FEW[..], &["--roster", roster]].concat());
    let results = graded.results();
    let states: Vec<_> = results["people"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| {
            (
                row["id"].as_str(),
                row["state"].as_str(),
                row["verdict"].as_str(),
            )
        })
        .map(|(id, state, verdict)| {
            format!(
                "{} {} {}",
                id.unwrap(),
                state.unwrap(),
                verdict.unwrap_or("-")
            )
        })
        .collect();
    assert_eq!(
        states,
        [
            "zoe absent -",
            "bob graded failed",
            "ada graded passed",
            "cem graded failed",
            "dan graded passed",
            "eve graded failed",
            "fay unrecognised -",
        ]
    );
    assert_eq!(row(&results, "bob")["name"], "Bob \"B\", Jr.");
    assert_eq!(row(&results, "bob")["more"][0], "B");
    assert_eq!(row(&results, "bob")["rules"]["exam-4"], "failed");
    assert_eq!(results["left_out"][0]["place"], "notes.txt");

    let mut grades = csv::Reader::from_path(graded.out.join("grades.csv")).expect("a table");
    let header = grades.headers().expect("a header").clone();
    assert_eq!(
        header.iter().take(5).collect::<Vec<_>>(),
        ["id", "name", "group", "state", "verdict"]
    );
    let column = |name: &str| header.iter().position(|it| it == name).expect("a column");
    let records: Vec<_> = grades.records().map(|it| it.expect("a row")).collect();
    assert_eq!(records.len(), 7);
    let bob = &records[1];
    assert_eq!(&bob[column("exam")], "failed");
    assert!(
        bob[column("first_failures")].starts_with("exam-4: "),
        "{bob:?}"
    );
    assert!(records[6][column("reason")].starts_with("holds no mini_serv.c, "));

    let said = graded.said();
    assert!(
        said.contains("7 people: 2 pass at exam, 3 fail, 1 handed in nothing, 1 not"),
        "{said}"
    );
}

#[test]
fn grades_do_not_depend_on_how_many_are_graded_at_once() {
    let class = Class::mixed();
    class.hand_in("nobody", &servers::hostile("exits_at_once"));
    let options = FEW;
    let all = ["1", "2", "8"].map(|jobs| {
        let graded = class.graded(jobs, &[&options[..], &["--jobs", jobs]].concat());
        let results = fs::read_to_string(graded.out.join("results.json")).expect("results");
        (graded.grades(), results)
    });
    assert_eq!(all[0], all[1], "1 and 2 at once");
    assert_eq!(all[0], all[2], "1 and 8 at once");
}

#[test]
fn sources_are_compiled_and_looked_at() {
    let class = Class::empty();
    let plain = servers::plain().with_extension("c");
    let text = fs::read_to_string(plain).expect("the source is there");
    class.hand_in_text("ada/mini_serv/mini_serv.c", &text);
    class.hand_in_text("bob.c", "int main(void) { return 0 }\n");
    class.hand_in_text("cem/mini_serv.c", &format!("#define X 1\n{text}"));
    let options = ["--only", "compiles", "--only", "no-define"];
    let results = class.graded("results", &options).results();
    assert_eq!(row(&results, "ada")["verdict"], "passed");
    assert_eq!(row(&results, "bob")["rules"]["compiles"], "failed");
    assert_eq!(row(&results, "cem")["rules"]["no-define"], "failed");
    assert_eq!(row(&results, "cem")["rules"]["compiles"], "passed");
}

#[test]
fn whatever_a_submission_is_called_it_has_files_of_its_own() {
    let class = Class::empty();
    let long = "x".repeat(200);
    let names = [
        "a b",
        "quote\"'",
        "new\nline",
        "🦀",
        "<script>alert(1)<",
        "-rf",
        "Ada",
        "ada",
        "'; --",
        &long,
    ];
    for name in names {
        class.hand_in(name, &servers::plain());
    }
    let results = class.graded("results", &["--only", "exam-1"]).results();
    let mut files = std::collections::BTreeSet::new();
    for name in names {
        let row = row(&results, name);
        assert_eq!(row["verdict"], "passed", "{name}");
        files.insert(row["file"].as_str().expect("a name").to_lowercase());
    }
    assert_eq!(files.len(), names.len());
}
