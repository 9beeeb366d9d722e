//! An unfinished line when its client leaves.

use super::Stage;
use crate::scenario::Keep;

fn left_unfinished(keep: &[Keep]) -> Stage {
    let mut stage = Stage::keeping(keep, 3);
    stage.say(0, "bye").then().leave(0).then();
    stage
}

#[test]
fn an_unfinished_line_may_be_dropped() {
    let stage = left_unfinished(&[]);
    let stream = stage.accepts(2, "server: client 0 just left\n");
    assert!(stream.observed(&stage.oracle).unfinished_dropped);
}

#[test]
fn an_unfinished_line_may_come_as_it_is() {
    let stage = left_unfinished(&[]);
    let stream = stage.accepts(2, "client 0: byeserver: client 0 just left\n");
    assert!(stream.observed(&stage.oracle).unfinished_as_it_is);
    assert!(!stream.observed(&stage.oracle).unfinished_with_newline);
}

#[test]
fn an_unfinished_line_may_come_with_a_newline() {
    let stage = left_unfinished(&[]);
    let stream = stage.accepts(2, "client 0: bye\nserver: client 0 just left\n");
    assert!(stream.observed(&stage.oracle).unfinished_with_newline);
    assert!(!stream.observed(&stage.oracle).unfinished_as_it_is);
}

#[test]
fn an_unfinished_line_that_must_be_kept_is_not_dropped() {
    let stage = left_unfinished(&[Keep::UnfinishedLine]);
    stage.rejects(2, "server: client 0 just left\n");
    stage.accepts(2, "client 0: byeserver: client 0 just left\n");
    stage.accepts(2, "client 0: bye\nserver: client 0 just left\n");
    stage.awaits_more(2, "");
    stage.awaits_more(2, "client 0: bye");
}

#[test]
fn an_unfinished_line_that_must_be_kept_may_still_be_held_while_its_client_is_there() {
    let mut stage = Stage::keeping(&[Keep::UnfinishedLine], 3);
    stage.say(0, "bye").then();
    stage.accepts(2, "");
}

#[test]
fn only_half_of_an_unfinished_line_is_wrong() {
    for keep in [&[][..], &[Keep::UnfinishedLine]] {
        let stage = left_unfinished(keep);
        stage.rejects(2, "client 0: byserver: client 0 just left\n");
        stage.rejects(2, "client 0: by\nserver: client 0 just left\n");
        stage.rejects(2, "client 0: \nserver: client 0 just left\n");
        stage.rejects(2, "client 0: server: client 0 just left\n");
    }
}

#[test]
fn an_unfinished_line_without_its_prefix_is_wrong() {
    left_unfinished(&[]).rejects(2, "byeserver: client 0 just left\n");
    left_unfinished(&[]).rejects(2, "\nserver: client 0 just left\n");
}

#[test]
fn an_unfinished_line_in_front_of_somebody_elses_line_is_wrong() {
    let mut stage = left_unfinished(&[]);
    stage.say(1, "hello\n").then();
    stage.rejects(2, "server: client 0 just left\nbyeclient 1: hello\n");
    stage.rejects(2, "server: client 0 just left\nclient 1: byehello\n");
}

#[test]
fn an_unfinished_line_never_comes_after_the_departure() {
    let mut stage = left_unfinished(&[]);
    stage.rejects(2, "server: client 0 just left\nclient 0: bye\n");
    stage.rejects(2, "server: client 0 just left\nclient 0: bye");
    stage.say(1, "hello\n").then();
    stage.rejects(
        2,
        "server: client 0 just left\nclient 0: byeclient 1: hello\n",
    );
    stage.rejects(
        2,
        "server: client 0 just left\nclient 1: hello\nclient 0: bye\n",
    );
}

#[test]
fn an_unfinished_line_never_comes_from_a_newcomer_on_a_reused_descriptor() {
    let mut stage = left_unfinished(&[]);
    stage.arrive(3).then().say(3, "new\n").then();
    let before = "server: client 0 just left\nserver: client 3 just arrived\n";
    stage.accepts(2, &format!("{before}client 3: new\n"));
    stage.rejects(2, &format!("{before}client 3: byenew\n"));
    stage.rejects(2, &format!("{before}client 0: byenew\n"));
}

#[test]
fn a_newcomer_after_the_departure_never_sees_the_unfinished_line() {
    let mut stage = left_unfinished(&[]);
    stage.arrive(3).then();
    stage.accepts(3, "");
    stage.rejects(3, "client 0: bye");
    stage.rejects(3, "server: client 0 just left\n");
}

#[test]
fn a_newline_is_added_only_once_and_only_before_the_departure() {
    let stage = left_unfinished(&[]);
    stage.rejects(2, "client 0: bye\n\nserver: client 0 just left\n");
    stage.rejects(2, "client 0: byeserver: client 0 just left\n\n");
}

#[test]
fn a_piece_relayed_at_once_is_all_of_the_line_if_its_sender_leaves() {
    let mut stage = Stage::keeping(&[Keep::UnfinishedLine], 3);
    stage.say(0, "bye").then().say(1, "x\n").then();
    stage.leave(0).then();
    stage.accepts(2, "client 0: byeclient 1: x\nserver: client 0 just left\n");
    stage.accepts(
        2,
        "client 0: byeclient 1: x\n\nserver: client 0 just left\n",
    );
    stage.accepts(2, "client 1: x\nclient 0: byeserver: client 0 just left\n");
}

#[test]
fn a_newline_is_not_added_after_a_later_event() {
    let mut stage = Stage::with(3);
    stage.stop_reading(2);
    stage.say(0, "bye").then().leave(0).then();
    stage.say(1, "x\n").then();
    // The departure may be lost to one who does not read; a torn newline may not come later.
    stage.rejects(2, "client 0: byeclient 1: x\n\n");
}

#[test]
fn another_clients_line_of_the_same_instant_may_stand_on_either_side() {
    let mut stage = Stage::with(3);
    stage.say(0, "bye").then();
    stage.leave(0).say(1, "x\n").then();
    stage.accepts(2, "client 1: x\nserver: client 0 just left\n");
    stage.accepts(2, "server: client 0 just left\nclient 1: x\n");
    stage.accepts(
        2,
        "client 0: bye\nclient 1: x\nserver: client 0 just left\n",
    );
    stage.rejects(2, "byeclient 1: x\nserver: client 0 just left\n");
}

#[test]
fn lines_before_the_unfinished_one_are_due_whatever_becomes_of_it() {
    let mut stage = Stage::with(3);
    stage.say(0, "whole\nhalf").leave(0).then();
    stage.accepts(2, "client 0: whole\nserver: client 0 just left\n");
    stage.accepts(
        2,
        "client 0: whole\nclient 0: half\nserver: client 0 just left\n",
    );
    stage.rejects(2, "server: client 0 just left\n");
    stage.rejects(2, "client 0: half\nserver: client 0 just left\n");
}

#[test]
fn a_client_that_shuts_down_its_sending_side_has_left() {
    let mut stage = Stage::with(3);
    stage.half_close(0).then();
    stage.accepts(2, "server: client 0 just left\n");
    stage.awaits_more(2, "");
    assert!(!stage.oracle.is_here(crate::scenario::ClientId(0)));
}

#[test]
fn a_client_that_shut_down_its_sending_side_receives_nothing_of_what_comes_later() {
    let mut stage = Stage::with(3);
    stage.say(0, "before\n").then().half_close(2).then();
    stage.say(0, "after\n").then();
    stage.accepts(2, "client 0: before\n");
    stage.rejects(2, "client 0: before\nclient 0: after\n");
    stage.rejects(2, "client 0: before\nserver: client 2 just left\n");
}

#[test]
fn what_happens_while_a_client_shuts_down_may_reach_it_or_not() {
    let mut stage = Stage::with(3);
    stage.half_close(2).say(0, "x\n").then();
    stage.accepts(2, "");
    stage.accepts(2, "client 0: x\n");
}

#[test]
fn an_unfinished_line_of_one_who_shuts_down_is_treated_like_any_other() {
    let mut stage = Stage::with(3);
    stage.say(0, "bye").then().half_close(0).then();
    stage.accepts(2, "server: client 0 just left\n");
    stage.accepts(2, "client 0: byeserver: client 0 just left\n");
    stage.accepts(2, "client 0: bye\nserver: client 0 just left\n");
}

#[test]
fn two_unfinished_lines_may_each_be_given_a_newline() {
    let mut stage = Stage::with(3);
    stage.say(0, "a").then().say(1, "b").then();
    stage.leave(0).leave(1).then();
    let left = [
        "server: client 0 just left\n",
        "server: client 1 just left\n",
    ];
    let pieces = "client 0: aclient 1: b";
    stage.accepts(2, &[pieces, "\n", left[0], "\n", left[1]].concat());
    stage.accepts(2, &[pieces, "\n", left[1], "\n", left[0]].concat());
    stage.accepts(2, &[pieces, left[0], "\n", left[1]].concat());
    stage.rejects(2, &[pieces, "\n\n\n"].concat());
    stage.rejects(2, &[pieces, left[0], left[1], "\n"].concat());
}

/// What is listed as missing is what must come: an unfinished line only where it must be kept,
/// and never what of it has come already.
#[test]
fn an_unfinished_line_is_missed_only_where_it_must_be_kept() {
    const LEFT: &[u8] = b"server: client 0 just left\n";
    for (keep, whole, rest) in [
        (&[][..], vec![LEFT], vec![b"cd\n", LEFT]),
        (
            &[Keep::UnfinishedLine],
            vec![b"client 0: abcd\n", LEFT],
            vec![b"cd\n", LEFT],
        ),
    ] {
        let mut stage = Stage::keeping(keep, 3);
        stage.say(0, "ab").then().say(1, "x\n").then();
        stage.say(0, "cd").then().leave(0).then();
        let missing = stage.awaits_more(2, "client 1: x\n");
        assert_eq!(missing.expected, whole);
        let missing = stage.awaits_more(2, "client 0: abclient 1: x\n");
        assert_eq!(missing.expected, rest);
        let mut stage = Stage::keeping(keep, 3);
        stage.say(0, "ab").then().say(1, "x\n").then();
        stage.leave(0).then();
        let missing = stage.awaits_more(2, "client 0: abclient 1: x\n");
        assert_eq!(missing.expected, [LEFT]);
    }
}

#[test]
fn nothing_is_missing_of_an_unfinished_line_that_came_before_its_client_left() {
    for keep in [&[][..], &[Keep::UnfinishedLine]] {
        let mut stage = Stage::keeping(keep, 3);
        stage.say(0, "ab").then().say(1, "x\n").then();
        let mut stream = stage.stream(2);
        let heard = b"client 0: abclient 1: x\n";
        stream.feed(&stage.oracle, heard).unwrap();
        stage.leave(0).then();
        let missing = stream.missing(&stage.oracle);
        assert_eq!(missing.expected, [b"server: client 0 just left\n"]);
    }
}
