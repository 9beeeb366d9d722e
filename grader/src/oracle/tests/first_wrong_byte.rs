//! What a comparison shows of the first wrong byte.

use super::Stage;

#[test]
fn the_first_wrong_byte_is_named_exactly() {
    let mut stage = Stage::with(3);
    stage.say(0, "one\ntwo\n").then();
    let mismatch = stage.rejects(2, "client 0: one\ntwo\n");
    assert_eq!(mismatch.matched, b"client 0: one\n");
    assert_eq!(mismatch.matched_length, 14);
    assert_eq!(mismatch.line_begins, Some(14));
    assert_eq!(mismatch.expected, [b"client 0: two\n"]);
    assert_eq!(mismatch.received, b"two\n");
}

#[test]
fn a_wrong_byte_within_a_line_stands_after_what_was_right_of_it() {
    let mut stage = Stage::with(3);
    stage.say(0, "one\ntwo\n").then();
    let mismatch = stage.rejects(2, "client 0: one\nclient 0: tWo\n");
    assert_eq!(mismatch.matched, b"client 0: one\nclient 0: t");
    assert_eq!(mismatch.line_begins, Some(14));
    assert_eq!(mismatch.expected, [b"wo\n"]);
    assert_eq!(mismatch.received, b"Wo\n");
}

#[test]
fn of_several_lines_that_could_come_the_nearest_is_shown() {
    let mut stage = Stage::with(3);
    stage.say(0, "alpha\n").say(1, "beta\n").then();
    let mismatch = stage.rejects(2, "client 1: bexa\n");
    assert_eq!(mismatch.matched, b"client 1: be");
    assert_eq!(mismatch.expected, [&b"ta\n"[..], b"client 0: alpha\n"]);
}

#[test]
fn only_what_came_since_the_step_began_is_shown() {
    let mut stage = Stage::with(2);
    stage.say(0, "one\n").then();
    let mut stream = stage.stream(1);
    stream.feed(&stage.oracle, b"client 0: one\n").unwrap();
    stream.begin_step();
    stage.say(0, "two\n").then();
    let mismatch = stream.feed(&stage.oracle, b"client 0: tw!").unwrap_err();
    assert_eq!(mismatch.matched, b"client 0: tw");
    assert_eq!(mismatch.matched_length, 12);
    assert_eq!(mismatch.line_begins, Some(0));
    assert_eq!(mismatch.received, b"!");
}

#[test]
fn of_a_long_line_the_last_kibibyte_is_shown_and_its_length_told() {
    let mut stage = Stage::with(2);
    let text = "x".repeat(5000);
    stage.say(0, &format!("{text}\n")).then();
    let mismatch = stage.rejects(1, &format!("client 0: {text}x\n"));
    assert_eq!(mismatch.matched_length, 5010);
    assert_eq!(mismatch.matched, [b'x'; 1024]);
    assert_eq!(mismatch.line_begins, None);
    assert_eq!(mismatch.expected, [b"\n"]);
    assert_eq!(mismatch.received, b"x\n");
}

#[test]
fn a_line_that_others_interrupted_begins_where_its_first_piece_does() {
    let mut stage = Stage::with(3);
    stage.say(0, "hel").then().say(1, "x\n").then();
    stage.say(0, "lo\n").then();
    let mismatch = stage.rejects(2, "client 0: helclient 1: x\nlX\n");
    assert_eq!(mismatch.matched, b"client 0: helclient 1: x\nl");
    assert_eq!(mismatch.matched_length, 26);
    assert_eq!(mismatch.expected, [b"o\n"]);
    assert_eq!(mismatch.received, b"X\n");
    assert_eq!(mismatch.line_begins, Some(0));
}

#[test]
fn what_is_missing_is_told_in_the_order_in_which_it_must_come() {
    let mut stage = Stage::with(3);
    stage.say(0, "one\n").then().say(1, "two\n").then();
    let missing = stage.awaits_more(2, "");
    assert_eq!(missing.expected, [b"client 0: one\n", b"client 1: two\n"]);
    let missing = stage.awaits_more(2, "client 0: o");
    assert_eq!(missing.expected, [&b"ne\n"[..], b"client 1: two\n"]);
    assert_eq!(missing.matched, b"client 0: o");
    assert!(missing.received.is_empty());
    let missing = stage.awaits_more(2, "client 0: one\n");
    assert_eq!(missing.expected, [b"client 1: two\n"]);
}

#[test]
fn nothing_is_missing_of_what_may_be_lost_or_is_not_finished() {
    let mut stage = Stage::with(3);
    stage.say(1, "half").then().stop_reading(2);
    stage.say(0, "lost\n").then().caught_up(2).then();
    stage.say(0, "due\n").then();
    let missing = stage.awaits_more(2, "");
    assert_eq!(missing.expected, [b"client 0: due\n"]);
}

#[test]
fn an_extra_byte_after_everything_is_the_first_wrong_one() {
    let mut stage = Stage::with(2);
    stage.say(0, "x\n").then();
    let mismatch = stage.rejects(1, "client 0: x\nclient 0: x\n");
    assert_eq!(mismatch.matched, b"client 0: x\n");
    assert_eq!(mismatch.received, b"client 0: x\n");
    assert!(mismatch.expected.is_empty());
    assert_eq!(mismatch.line_begins, Some(12));
}

#[test]
fn a_line_that_was_begun_early_is_missing_after_what_was_said_before_it_ended() {
    let mut stage = Stage::with(3);
    stage.say(0, "hel").then().say(1, "x\n").then();
    stage.say(0, "lo\n").then();
    let missing = stage.awaits_more(2, "");
    assert_eq!(
        missing.expected,
        [&b"client 1: x\n"[..], b"client 0: hello\n"]
    );
}

/// The line in which the first wrong byte stands is told whole, and how much of it has come.
#[test]
fn the_line_of_the_first_wrong_byte_is_told_whole() {
    let mut stage = Stage::with(3);
    stage.say(0, "one\ntwo\n").then();
    let mismatch = stage.rejects(2, "client 0: one\nclient 0: tWo\n");
    assert_eq!(mismatch.line, b"client 0: two\n");
    assert_eq!(mismatch.line_offset, 11);
    assert_eq!(mismatch.before, b"client 0: one\n");
    let missing = stage.awaits_more(2, "client 0: one\n");
    assert_eq!(
        (missing.line.as_slice(), missing.line_offset),
        (&b"client 0: two\n"[..], 0)
    );
    // Of a line that was relayed from the middle on, what was relayed.
    let mut stage = Stage::with(1);
    stage.say(0, "hel").then().arrive(1).then();
    stage.say(0, "lo\n").then();
    let mismatch = stage.rejects(1, "lO\n");
    assert_eq!(
        (mismatch.line.as_slice(), mismatch.line_offset),
        (&b"lo\n"[..], 1)
    );
}

/// Two lines that may be lost begin alike, so that what has come of them is not decided yet.
#[test]
fn a_step_may_begin_while_it_is_not_decided_what_came() {
    let mut stage = Stage::with(2);
    stage.stop_reading(1).say(0, "ab\nac\n").then();
    stage.caught_up(1).then();
    let mut stream = stage.stream(1);
    stream.feed(&stage.oracle, b"client 0: a").unwrap();
    stream.begin_step();
    let mismatch = stream.feed(&stage.oracle, b"d").unwrap_err();
    assert_eq!(mismatch.matched, b"client 0: a");
    assert_eq!(mismatch.received, b"d");
    assert_eq!(mismatch.line_begins, Some(0));
}

#[test]
fn of_lines_that_are_equally_near_the_first_is_shown() {
    let mut stage = Stage::with(3);
    stage.say(0, "a\n").say(1, "b\n").then();
    let mismatch = stage.rejects(2, "client x: a\n");
    assert_eq!(mismatch.line, b"client 0: a\n");
    assert_eq!(mismatch.expected, [&b"0: a\n"[..], b"client 1: b\n"]);
}

#[test]
fn of_very_much_that_is_missing_about_a_mebibyte_is_listed() {
    let mut stage = Stage::with(2);
    let line = "x".repeat(100_000) + "\n";
    stage.say(0, &line.repeat(30)).then();
    let missing = stage.awaits_more(1, "");
    assert_eq!(missing.expected.len(), 11);
}
