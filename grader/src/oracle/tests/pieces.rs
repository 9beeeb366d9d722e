//! A piece of a line before its newline.

use super::Stage;

fn two_halves() -> Stage {
    let mut stage = Stage::with(3);
    stage.say(0, "hel").then().say(0, "lo\n").then();
    stage
}

#[test]
fn a_piece_may_be_held_until_its_newline() {
    let mut stage = Stage::with(3);
    stage.say(0, "hel").then();
    stage.accepts(2, "");
    stage.say(0, "lo\n").then();
    let stream = stage.accepts(2, "client 0: hello\n");
    assert!(stream.observed(&stage.oracle).pieces_held);
    assert!(!stream.observed(&stage.oracle).piece_at_once);
}

#[test]
fn a_piece_may_be_relayed_at_once() {
    let mut stage = Stage::with(3);
    stage.say(0, "hel").then();
    let mut stream = stage.accepts(2, "client 0: hel");
    assert!(stream.observed(&stage.oracle).piece_at_once);
    stage.say(0, "lo\n").then();
    assert!(!stream.is_complete(&stage.oracle));
    stream.feed(&stage.oracle, b"lo\n").unwrap();
    assert!(stream.is_complete(&stage.oracle));
    assert!(!stream.observed(&stage.oracle).pieces_held);
}

#[test]
fn a_part_of_a_piece_may_be_relayed_at_once_and_the_rest_held() {
    let mut stage = Stage::with(3);
    stage.say(0, "hello wor").then();
    let mut stream = stage.accepts(2, "client 0: hello");
    stage.say(0, "ld\n").then();
    assert!(!stream.is_complete(&stage.oracle));
    stream.feed(&stage.oracle, b" world\n").unwrap();
    assert!(stream.is_complete(&stage.oracle));
}

#[test]
fn a_second_prefix_in_a_line_is_wrong() {
    two_halves().rejects(2, "client 0: helclient 0: lo\n");
}

#[test]
fn a_prefix_that_is_missing_is_wrong() {
    two_halves().rejects(2, "hello\n");
    two_halves().rejects(2, "lo\n");
}

#[test]
fn a_lost_piece_is_wrong() {
    two_halves().rejects(2, "client 0: lo\n");
    two_halves().rejects(2, "client 0: hel\n");
}

#[test]
fn a_piece_that_comes_twice_is_wrong() {
    two_halves().rejects(2, "client 0: helhello\n");
}

#[test]
fn a_newline_where_the_sender_made_none_is_wrong() {
    two_halves().rejects(2, "client 0: hel\nclient 0: lo\n");
    let mut stage = Stage::with(3);
    stage.say(0, "hel").then();
    stage.rejects(2, "client 0: hel\n");
}

#[test]
fn what_comes_between_two_pieces_comes_between_them_or_before_the_held_line() {
    let mut stage = Stage::with(3);
    stage.say(0, "hel").then();
    stage.say(1, "between\n").then();
    stage.say(0, "lo\n").then();
    stage.accepts(2, "client 1: between\nclient 0: hello\n");
    stage.accepts(2, "client 0: helclient 1: between\nlo\n");
}

#[test]
fn a_held_line_never_comes_before_what_happened_before_its_newline() {
    let mut stage = Stage::with(3);
    stage.say(0, "hel").then();
    stage.say(1, "between\n").then();
    stage.say(0, "lo\n").then();
    stage.rejects(2, "client 0: hello\nclient 1: between\n");
}

#[test]
fn another_clients_bytes_within_a_piece_are_wrong() {
    let mut stage = Stage::with(3);
    stage.say(0, "hel").then();
    stage.say(1, "between\n").then();
    stage.say(0, "lo\n").then();
    stage.rejects(2, "client 0: heclient 1: between\nllo\n");
    stage.rejects(2, "client 0: hellclient 1: between\no\n");
}

#[test]
fn every_piece_of_many_may_be_relayed_at_once_with_others_between() {
    let mut stage = Stage::with(3);
    stage.say(0, "a").then().say(1, "x\n").then();
    stage.say(0, "b").then().say(1, "y\n").then();
    stage.say(0, "c\n").then();
    stage.accepts(2, "client 0: aclient 1: x\nbclient 1: y\nc\n");
    stage.accepts(2, "client 1: x\nclient 1: y\nclient 0: abc\n");
    stage.rejects(2, "client 0: abclient 1: x\nclient 1: y\nc\n");
    stage.rejects(2, "client 0: aclient 1: x\nclient 1: y\nc\n");
    stage.rejects(2, "client 1: x\nclient 0: abc\nclient 1: y\n");
}

#[test]
fn two_lines_in_pieces_may_be_interleaved_by_their_pieces() {
    let mut stage = Stage::with(3);
    stage.say(0, "a").then().say(1, "x").then();
    stage.say(0, "b\n").then().say(1, "y\n").then();
    stage.accepts(2, "client 0: ab\nclient 1: xy\n");
    stage.accepts(2, "client 0: aclient 1: xb\ny\n");
    stage.rejects(2, "client 1: xy\nclient 0: ab\n");
}

#[test]
fn a_newline_on_its_own_ends_the_line() {
    let mut stage = Stage::with(3);
    stage.say(0, "hello").then().say(0, "\n").then();
    stage.accepts(2, "client 0: hello\n");
    stage.rejects(2, "client 0: helloclient 0: \n");
    stage.awaits_more(2, "client 0: hello");
}

#[test]
fn a_piece_that_holds_lines_and_a_half_is_relayed_line_by_line() {
    let mut stage = Stage::with(3);
    stage.say(0, "one\ntwo\nthr").then();
    stage.accepts(2, "client 0: one\nclient 0: two\n");
    stage.accepts(2, "client 0: one\nclient 0: two\nclient 0: thr");
    stage.awaits_more(2, "client 0: one\n");
    stage.rejects(2, "client 0: one\ntwo\n");
    stage.say(0, "ee\n\n").then();
    stage.accepts(
        2,
        "client 0: one\nclient 0: two\nclient 0: three\nclient 0: \n",
    );
    stage.rejects(
        2,
        "client 0: one\nclient 0: two\nclient 0: thrclient 0: ee\n",
    );
}

#[test]
fn the_same_text_said_byte_by_byte_is_one_line() {
    let mut stage = Stage::with(3);
    for byte in "hello\n".chars() {
        stage.say(0, &byte.to_string()).then();
    }
    stage.accepts(2, "client 0: hello\n");
    stage.rejects(2, "client 0: hclient 0: e");
}

#[test]
fn half_of_a_held_line_is_not_complete_once_it_has_ended() {
    let missing = two_halves().awaits_more(2, "client 0: hel");
    assert_eq!(missing.expected, [b"lo\n"]);
}

/// At an instant at which others spoke first, a server that holds lines has all of it.
#[test]
fn a_line_that_was_held_is_not_torn_where_its_last_piece_came() {
    let mut stage = Stage::with(3);
    stage.say(0, "ab").then();
    stage.say(1, "x\ny\n").say(0, "cd\n").then();
    stage.accepts(2, "client 0: abclient 1: x\ncd\nclient 1: y\n");
    stage.accepts(2, "client 1: x\nclient 0: abcd\nclient 1: y\n");
    stage.rejects(2, "client 1: x\nclient 0: abclient 1: y\ncd\n");
}

#[test]
fn a_server_that_has_relayed_one_piece_may_hold_the_next() {
    let mut stage = Stage::with(3);
    stage.say(0, "ab").then().say(1, "x\n").then();
    stage.say(0, "cd").then();
    stage.accepts(2, "client 0: abclient 1: x\n");
    stage.accepts(2, "client 0: abclient 1: x\ncd");
    stage.say(0, "\n").then();
    stage.awaits_more(2, "client 0: abclient 1: x\n");
}
