//! Lines that nobody should have received.

use super::Stage;

#[test]
fn own_lines_that_come_back_are_wrong() {
    let mut stage = Stage::with(2);
    stage.say(1, "hello\n").then();
    stage.accepts(1, "");
    stage.rejects(1, "client 1: hello\n");
    stage.rejects(1, "hello\n");
    stage.say(0, "x\n").then();
    stage.rejects(1, "client 1: hello\nclient 0: x\n");
}

#[test]
fn a_wrong_id_is_wrong() {
    let mut stage = Stage::with(3);
    stage.say(0, "x\n").then();
    for wrong in [
        "client 1: x\n",
        "client 2: x\n",
        "client 00: x\n",
        "client 10: x\n",
    ] {
        stage.rejects(2, wrong);
    }
    Stage::with(2).rejects(0, "server: client 2 just arrived\n");
    Stage::with(2).rejects(0, "server: client 0 just arrived\n");
    let mut eleven = Stage::with(11);
    eleven.say(10, "x\n").then();
    eleven.rejects(9, "server: client 10 just arrived\nclient 1: x\n");
    eleven.rejects(9, "server: client 1 just arrived\n");
}

#[test]
fn extra_bytes_with_nothing_due_are_wrong() {
    for extra in ["\0", "\n", " ", "server: ", "client 1: x\n"] {
        let mismatch = Stage::with(1).rejects(0, extra);
        assert_eq!(mismatch.received, extra.as_bytes());
        assert!(mismatch.matched.is_empty());
        assert!(mismatch.expected.is_empty());
    }
}

#[test]
fn a_terminating_nul_is_wrong() {
    let mut stage = Stage::with(2);
    stage.say(0, "x\n").then();
    stage.rejects(1, "client 0: x\n\0");
    stage.rejects(1, "client 0: x\0\n");
}

#[test]
fn an_announcement_that_comes_twice_is_wrong() {
    Stage::with(2).rejects(
        0,
        "server: client 1 just arrived\nserver: client 1 just arrived\n",
    );
}

#[test]
fn an_announcement_of_what_did_not_happen_is_wrong() {
    Stage::with(2).rejects(
        0,
        "server: client 1 just arrived\nserver: client 1 just left\n",
    );
}

#[test]
fn text_that_looks_like_the_server_is_only_text() {
    let mut stage = Stage::with(3);
    stage
        .say(0, "server: client 1 just left\nclient 1: x\n")
        .then();
    stage.accepts(
        2,
        "client 0: server: client 1 just left\nclient 0: client 1: x\n",
    );
    stage.rejects(2, "server: client 1 just left\n");
    stage.rejects(2, "client 1: x\n");
}

#[test]
fn every_byte_counts() {
    let mut stage = Stage::with(2);
    stage.say(0, "two  spaces \r\n").then();
    stage.accepts(1, "client 0: two  spaces \r\n");
    for wrong in [
        "client 0: two spaces \r\n",
        "client 0: two  spaces\r\n",
        "client 0: two  spaces \n",
        "client 0:two  spaces \r\n",
        "Client 0: two  spaces \r\n",
    ] {
        stage.rejects(1, wrong);
    }
}
