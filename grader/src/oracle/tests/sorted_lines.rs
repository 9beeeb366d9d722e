//! The judge that knows no order, as the real examiner does not.

use super::{Judge, Keep, Stage};

fn three_lines() -> Stage {
    let mut stage = Stage::sorted(3);
    stage.say(0, "a\nb\n").then().say(1, "c\n").then();
    stage
}

#[test]
fn lines_may_come_in_any_order() {
    let lines = ["client 0: a\n", "client 0: b\n", "client 1: c\n"];
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        three_lines().accepts(2, &order.map(|place| lines[place]).concat());
    }
}

#[test]
fn a_line_too_many_is_wrong() {
    three_lines().rejects(2, "client 0: a\nclient 0: a\n");
    three_lines().rejects(2, "client 2: own\n");
    Stage::sorted(3).rejects(2, "x");
    Stage::sorted(3).rejects(2, "\n");
}

#[test]
fn a_line_too_few_is_awaited() {
    let missing = three_lines().awaits_more(2, "client 1: c\nclient 0: a\n");
    assert_eq!(missing.expected, [b"client 0: b\n"]);
}

#[test]
fn a_line_said_twice_comes_twice() {
    let mut stage = Stage::sorted(3);
    stage.say(0, "x\nx\n").then();
    stage.accepts(2, "client 0: x\nclient 0: x\n");
    stage.awaits_more(2, "client 0: x\n");
    stage.rejects(2, "client 0: x\nclient 0: x\nclient 0: x\n");
}

#[test]
fn the_beginning_of_a_line_is_awaited_only_if_it_can_become_right() {
    three_lines().awaits_more(2, "client 0: a\nclient 1: ");
    three_lines().awaits_more(2, "client 0: a\nclient 1: c");
    let mismatch = three_lines().rejects(2, "client 0: a\nclient 1: x");
    assert_eq!(mismatch.matched, b"client 1: ");
    assert_eq!(mismatch.received, b"x");
    three_lines().rejects(2, "client 0: a\nclient 0: ax");
}

#[test]
fn a_piece_may_come_at_once() {
    let mut stage = Stage::sorted(3);
    stage.say(0, "hel").then();
    stage.accepts(2, "");
    let mut stream = stage.accepts(2, "client 0: hel");
    stage.say(0, "lo\n").then();
    assert!(!stream.is_complete(&stage.oracle));
    stream.feed(&stage.oracle, b"lo\n").unwrap();
    assert!(stream.is_complete(&stage.oracle));
    stage.rejects(2, "client 0: helclient 0: lo\n");
}

#[test]
fn a_newcomer_may_see_what_others_do_at_the_same_instant_or_not() {
    let mut stage = Stage::sorted(1);
    stage.say(0, "x\n").arrive(1).then().say(0, "y\n").then();
    stage.accepts(1, "client 0: y\n");
    stage.accepts(1, "client 0: x\nclient 0: y\n");
    stage.awaits_more(1, "client 0: x\n");
    stage.rejects(1, "client 0: x\nclient 0: x\n");
}

#[test]
fn a_lazy_client_may_miss_lines_or_find_them() {
    let mut stage = Stage::sorted(2);
    stage.stop_reading(1).say(0, "x\nx\n").then();
    stage.caught_up(1).then().say(0, "x\ny\n").then();
    stage.accepts(1, "client 0: x\nclient 0: y\n");
    stage.accepts(1, "client 0: x\nclient 0: x\nclient 0: y\nclient 0: x\n");
    stage.awaits_more(1, "client 0: y\n");
    stage.rejects(
        1,
        "client 0: x\nclient 0: x\nclient 0: x\nclient 0: x\nclient 0: y\n",
    );
}

#[test]
fn an_unfinished_line_may_be_dropped_or_come() {
    let mut stage = Stage::sorted(3);
    stage.say(0, "bye").then().leave(0).then();
    stage.accepts(2, "server: client 0 just left\n");
    stage.accepts(2, "client 0: bye\nserver: client 0 just left\n");
    stage.accepts(2, "client 0: byeserver: client 0 just left\n");
    stage.awaits_more(2, "client 0: bye\n");
    stage.awaits_more(2, "client 0: bye");
    stage.rejects(2, "client 0: by\n");
    stage.rejects(2, "byeserver: client 0 just left\n");
}

#[test]
fn one_who_comes_in_the_middle_of_a_line_receives_all_of_it_or_only_the_rest() {
    let mut stage = Stage::sorted(1);
    stage.say(0, "hel").then().arrive(1).then();
    stage.say(0, "lo\n").then();
    stage.accepts(1, "client 0: hello\n");
    stage.accepts(1, "lo\n");
    stage.awaits_more(1, "");
    stage.rejects(1, "llo\n");
    stage.rejects(1, "lo\nlo\n");
    stage.rejects(1, "client 0: hello\nlo\n");
}

#[test]
fn own_lines_that_come_back_are_wrong() {
    let mut stage = Stage::sorted(2);
    stage.say(1, "x\n").then();
    stage.accepts(0, "server: client 1 just arrived\nclient 1: x\n");
    stage.accepts(1, "");
    stage.rejects(1, "client 1: x\n");
    stage.say(1, "half").then();
    stage.rejects(1, "client 1: half");
}

#[test]
fn an_unfinished_line_that_must_be_kept_is_not_dropped() {
    let mut stage = Stage::keeping(&[Keep::UnfinishedLine], 3);
    stage.judge = Judge::SortedLines;
    stage.say(0, "bye").then().leave(0).then();
    stage.awaits_more(2, "server: client 0 just left\n");
    stage.accepts(2, "client 0: byeserver: client 0 just left\n");
    // One who came in the middle of it may have missed it.
    let mut stage = Stage::keeping(&[Keep::UnfinishedLine], 1);
    stage.judge = Judge::SortedLines;
    stage.say(0, "bye").then().arrive(1).then().leave(0).then();
    stage.accepts(1, "server: client 0 just left\n");
    stage.accepts(1, "\nserver: client 0 just left\n");
}

/// A newline of its own is all that is left of a line only for one who came in its middle.
#[test]
fn a_newline_of_its_own_is_wrong_for_one_who_was_there() {
    let mut stage = Stage::sorted(3);
    stage.say(0, "bye").then().leave(0).then();
    stage.rejects(2, "\n");
    let mut stage = Stage::sorted(1);
    stage.say(0, "hel").then().arrive(1).then();
    stage.say(0, "lo\n").then();
    stage.rejects(1, "\n");
}

#[test]
fn what_follows_an_unfinished_line_must_be_able_to_become_right() {
    let mut stage = Stage::sorted(3);
    stage.say(0, "bye").then().leave(0).then();
    stage.awaits_more(2, "client 0: byeserv");
    stage.rejects(2, "client 0: byex");
    // Whatever their order, half of it is not all of it.
    stage.accepts(2, "server: client 0 just left\nclient 0: bye");
    stage.awaits_more(2, "server: client 0 just left\nclient 0: by");
}

#[test]
fn what_is_still_due_is_listed_after_the_nearest() {
    let mut stage = Stage::sorted(2);
    stage.say(0, "one\none\ntwo\n").then();
    let mismatch = stage.rejects(1, "client 0: twx\n");
    assert_eq!(
        mismatch.expected,
        [&b"o\n"[..], b"client 0: one\n", b"client 0: one\n"]
    );
    assert_eq!(mismatch.line, b"client 0: two\n");
    assert_eq!(mismatch.line_offset, 12);
}

#[test]
fn of_a_long_line_the_last_kibibyte_is_shown() {
    let mut stage = Stage::sorted(2);
    let text = "x".repeat(5000);
    stage.say(0, &format!("{text}\n")).then();
    let mismatch = stage.rejects(1, &format!("client 0: {text}y\n"));
    assert_eq!(mismatch.matched, [b'x'; 1024]);
    assert_eq!((mismatch.line_begins, mismatch.line_offset), (None, 5010));
    let mismatch = stage.rejects(1, "client 0: xy\n");
    assert_eq!((mismatch.line_begins, mismatch.line_offset), (Some(0), 11));
}

/// Two lines are the same to the newcomer, and the one that only may come is looked at first.
#[test]
fn a_line_that_came_is_the_one_that_must() {
    let mut stage = Stage::sorted(3);
    stage.say(0, "same").then();
    stage.say(0, "same\n").arrive(3).say(0, "same").then();
    stage.say(0, "same\n").then();
    stage.accepts(3, "client 0: samesame\n");
    stage.accepts(3, "client 0: samesame\nclient 0: samesame\n");
    stage.accepts(3, "same\nclient 0: samesame\n");
    stage.awaits_more(3, "");
}

/// What came before a line was said is not that line, however alike they are.
#[test]
fn a_line_that_came_before_is_not_one_that_was_said_later() {
    let mut stage = Stage::sorted(1);
    stage.say(0, "x\n").arrive(1).then();
    let mut stream = stage.accepts(1, "client 0: x\n");
    stage.say(0, "x\n").then();
    assert!(!stream.is_complete(&stage.oracle));
    stream.feed(&stage.oracle, b"client 0: x\n").unwrap();
    assert!(stream.is_complete(&stage.oracle));
}
