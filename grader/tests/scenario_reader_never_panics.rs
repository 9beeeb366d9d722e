//! Whatever a file holds, reading it gives a scenario or an error that can be shown.

use grader::scenario::file;
use proptest::prelude::*;

const RULES: [&str; 3] = ["arrival", "relay", "unfinished-line"];

/// A file with most of the keys, to be broken.
const VALID: &str = r#"title = "Everybody hears ✓"
rules = ["relay", "arrival"]
tier = "robust"
hint = "Say \"hello\"."
must_keep = ["unread", "unfinished-line"]
silent = true

[[step]]
start = { args = ["{port}", "extra"], may_refuse = true }

[[step]]
connect = ["alice", "bob", "carol"]

[[step]]
send = { from = "bob", text = "é {n} {random:7} {{}} {alice}\n", times = 3, pieces = 2 }

[[step]]
expect = { by = ["alice", "c*"], text = """
client {bob}: hi
""" }

[[step]]
crowd = { name = "guest", count = 3 }

[[step]]
visit = { name = "visitor", count = 3 }

[[step]]
stop_reading = ["alice"]

[[step]]
flood = { from = "bob", until_full = ["alice"] }

[[step]]
read_again = ["alice"]

[[step]]
freeze = true

[[step]]
leave = ["guest-*"]

[[step]]
thaw = true

[[step]]
refuse = "127.0.0.2"
"#;

/// Reads the bytes; an error must render, in colours and without.
fn read_and_show(bytes: &[u8]) {
    if let Err(error) = file::read_bytes("scenarios/any.toml", bytes, &RULES) {
        assert!(error.render(false).starts_with("error: "));
        assert!(!error.render(true).is_empty());
        let (line, column) = error
            .position()
            .expect("a text that was read has positions");
        assert!(line >= 1 && column >= 1);
    }
}

#[test]
fn the_file_to_be_broken_is_valid() {
    if let Err(error) = file::read_bytes("valid.toml", VALID.as_bytes(), &RULES) {
        panic!("{error}");
    }
}

/// Cutting the file anywhere is what a full disk does.
#[test]
fn every_beginning_of_a_file_is_survived() {
    for end in 0..VALID.len() {
        read_and_show(&VALID.as_bytes()[..end]);
    }
}

#[test]
fn every_line_can_be_missing_or_doubled() {
    let lines: Vec<&str> = VALID.lines().collect();
    for place in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(place);
        read_and_show(without.join("\n").as_bytes());
        let mut doubled = lines.clone();
        doubled.insert(place, lines[place]);
        read_and_show(doubled.join("\n").as_bytes());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        read_and_show(&bytes);
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,200}") {
        read_and_show(text.as_bytes());
    }

    #[test]
    fn any_value_of_any_key_is_survived(
        key in "title|rules|tier|hint|judge|must_keep|silent|step|other",
        value in r#"-?[0-9]{1,20}|true|"[a-z{}*:0-9\\n]{0,12}"|\[\]|\["relay", 1\]|\{ a = 1 \}|1979-05-27|inf|0x1F"#,
        verb in "start|connect|crowd|visit|send|expect|leave|reset|half_close|stop_reading|read_again|flood|freeze|thaw|refuse",
        inner in "args|name|count|from|text|times|pieces|cut|by|until_full|exit|output",
    ) {
        read_and_show(format!("{key} = {value}\n{VALID}").as_bytes());
        read_and_show(format!("{VALID}\n[[step]]\n{verb} = {value}\n").as_bytes());
        read_and_show(format!("{VALID}\n[[step]]\n{verb} = {{ {inner} = {value} }}\n").as_bytes());
        read_and_show(format!("{VALID}\n[[step]]\n[step.{verb}]\n{inner} = {value}\n").as_bytes());
    }

    #[test]
    fn any_text_of_a_send_is_survived(text in "[a-z{}:0-9 ]{0,30}") {
        read_and_show(format!("{VALID}\n[[step]]\nsend = {{ from = \"bob\", text = \"{text}\" }}\n").as_bytes());
    }

    #[test]
    fn a_few_wrong_bytes_are_survived(
        changes in proptest::collection::vec((0..VALID.len(), prop_oneof![any::<u8>(), Just(b'"'), Just(b'{'), Just(b'}'), Just(b'\n'), Just(b'=')]), 1..4),
    ) {
        let mut bytes = VALID.as_bytes().to_vec();
        for (place, byte) in changes {
            bytes[place] = byte;
        }
        read_and_show(&bytes);
    }

    #[test]
    fn a_missing_piece_is_survived(start in 0..VALID.len(), length in 1..60_usize) {
        let mut bytes = VALID.as_bytes().to_vec();
        bytes.drain(start..(start + length).min(VALID.len()));
        read_and_show(&bytes);
    }
}
