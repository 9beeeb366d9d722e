//! What a lazy client finds when it wakes.

use super::Stage;
use crate::scenario::Keep;

/// The client 2 slept while three lines came.
fn slept(keep: &[Keep]) -> Stage {
    let mut stage = Stage::keeping(keep, 3);
    stage.stop_reading(2);
    stage.say(0, "one\n").then().say(1, "two\n").then();
    stage.say(0, "three\n").then();
    stage
}

const ONE: &str = "client 0: one\n";
const TWO: &str = "client 1: two\n";
const THREE: &str = "client 0: three\n";

#[test]
fn a_lazy_client_may_find_everything() {
    let mut stage = slept(&[]);
    stage.caught_up(2).then();
    let stream = stage.accepts(2, &[ONE, TWO, THREE].concat());
    assert!(!stream.observed(&stage.oracle).line_lost);
}

#[test]
fn a_lazy_client_may_miss_whole_lines() {
    let mut stage = slept(&[]);
    stage.caught_up(2).then();
    for found in [
        &[][..],
        &[ONE],
        &[TWO],
        &[THREE],
        &[ONE, TWO],
        &[ONE, THREE],
        &[TWO, THREE],
    ] {
        stage.accepts(2, &found.concat());
    }
    assert!(stage.accepts(2, THREE).observed(&stage.oracle).line_lost);
}

#[test]
fn a_lazy_client_misses_nothing_that_must_be_kept() {
    let mut stage = slept(&[Keep::Unread]);
    stage.caught_up(2).then();
    stage.accepts(2, &[ONE, TWO, THREE].concat());
    stage.awaits_more(2, &[ONE, TWO].concat());
    stage.rejects(2, &[ONE, THREE].concat());
    stage.rejects(2, TWO);
}

#[test]
fn a_torn_line_is_wrong_for_a_lazy_client_too() {
    let mut stage = slept(&[]);
    stage.caught_up(2).then();
    stage.rejects(2, "client 0: onclient 1: two\n");
    stage.rejects(2, "client 0: oneclient 1: two\n");
    stage.rejects(2, "ne\nclient 1: two\n");
    stage.awaits_more(2, "client 0: one\nclient 1: t");
}

#[test]
fn a_torn_end_of_what_was_found_is_wrong_when_more_comes() {
    let mut stage = slept(&[]);
    stage.caught_up(2).then().say(1, "awake\n").then();
    stage.rejects(2, "client 0: onclient 1: awake\n");
}

#[test]
fn a_duplicate_is_wrong_for_a_lazy_client_too() {
    let mut stage = slept(&[]);
    stage.caught_up(2).then();
    stage.rejects(2, &[ONE, ONE].concat());
    stage.rejects(2, &[ONE, TWO, THREE, THREE].concat());
}

#[test]
fn a_changed_order_is_wrong_for_a_lazy_client_too() {
    let mut stage = slept(&[]);
    stage.caught_up(2).then();
    stage.rejects(2, &[THREE, ONE].concat());
    stage.rejects(2, &[TWO, ONE].concat());
    stage.rejects(2, &[THREE, TWO].concat());
}

#[test]
fn a_line_that_was_begun_early_does_not_come_before_what_came_in_between() {
    let mut stage = Stage::with(3);
    stage.stop_reading(2);
    stage.say(0, "hel").then().say(1, "x\n").then();
    stage.say(0, "lo\n").then().caught_up(2).then();
    stage.accepts(2, "client 1: x\nclient 0: hello\n");
    stage.accepts(2, "client 0: hello\n");
    stage.accepts(2, "client 0: helclient 1: x\nlo\n");
    stage.rejects(2, "client 0: hello\nclient 1: x\n");
}

#[test]
fn what_comes_after_catching_up_is_due() {
    let mut stage = slept(&[]);
    stage.caught_up(2).then().say(1, "awake\n").then();
    stage.accepts(2, "client 1: awake\n");
    stage.accepts(2, &[ONE, TWO, THREE, "client 1: awake\n"].concat());
    stage.awaits_more(2, &[ONE, TWO, THREE].concat());
    stage.awaits_more(2, "");
    stage.rejects(2, &["client 1: awake\n", THREE].concat());
}

#[test]
fn what_came_before_the_laziness_is_due() {
    let mut stage = Stage::with(3);
    stage.say(0, "before\n").then();
    stage.stop_reading(2).say(0, "asleep\n").then();
    stage.accepts(2, "client 0: before\n");
    stage.accepts(2, "client 0: before\nclient 0: asleep\n");
    stage.rejects(2, "client 0: asleep\n");
}

#[test]
fn a_text_that_was_lost_is_due_when_it_is_said_again_to_one_who_reads() {
    let mut stage = Stage::with(3);
    stage.stop_reading(2).say(0, "same\n").then();
    stage.caught_up(2).then().say(0, "same\n").then();
    stage.accepts(2, "client 0: same\n");
    stage.accepts(2, "client 0: same\nclient 0: same\n");
    stage.awaits_more(2, "");
    stage.rejects(2, "client 0: same\nclient 0: same\nclient 0: same\n");
}

#[test]
fn a_text_that_was_lost_once_and_said_twice_more_is_due_twice() {
    let mut stage = Stage::with(3);
    stage.stop_reading(2).say(0, "same\n").then();
    stage.say(0, "other\n").then().caught_up(2).then();
    stage.say(0, "same\nsame\n").then();
    stage.accepts(2, "client 0: same\nclient 0: same\n");
    stage.accepts(
        2,
        "client 0: same\nclient 0: other\nclient 0: same\nclient 0: same\n",
    );
    stage.accepts(2, "client 0: other\nclient 0: same\nclient 0: same\n");
    stage.awaits_more(2, "client 0: other\nclient 0: same\n");
    stage.rejects(
        2,
        "client 0: same\nclient 0: same\nclient 0: same\nclient 0: same\n",
    );
}

#[test]
fn a_lost_line_of_the_same_beginning_does_not_stand_in_the_way() {
    let mut stage = Stage::with(3);
    stage.stop_reading(2).say(0, "x1\nx2\nx22\n").then();
    stage.caught_up(2).then();
    stage.accepts(2, "client 0: x1\n");
    stage.accepts(2, "client 0: x2\n");
    stage.accepts(2, "client 0: x22\n");
    stage.accepts(2, "client 0: x2\nclient 0: x22\n");
    stage.awaits_more(2, "client 0: x2");
    stage.rejects(2, "client 0: x3");
    stage.rejects(2, "client 0: x22\nclient 0: x2\n");
}

#[test]
fn a_line_begun_while_a_client_slept_may_be_lost_whole() {
    let mut stage = Stage::with(3);
    stage.stop_reading(2).say(0, "hel").then();
    stage.caught_up(2).then().say(0, "lo\n").then();
    // One that relays at once had no room for the beginning, and keeps the line whole.
    stage.accepts(2, "");
    stage.accepts(2, "client 0: hello\n");
    stage.rejects(2, "lo\n");
    stage.rejects(2, "client 0: lo\n");
}

#[test]
fn a_line_of_which_the_beginning_has_come_is_not_lost() {
    let mut stage = Stage::with(3);
    stage.say(0, "hel").then();
    let mut stream = stage.accepts(2, "client 0: hel");
    stage.stop_reading(2).say(0, "lo\n").then();
    stage.caught_up(2).then();
    assert!(!stream.is_complete(&stage.oracle));
    stage.say(1, "x\n").then();
    let lost = stream.clone().feed(&stage.oracle, b"client 1: x\n");
    assert!(lost.is_err());
    stream.feed(&stage.oracle, b"lo\nclient 1: x\n").unwrap();
}

#[test]
fn who_reads_loses_nothing_while_somebody_else_is_lazy() {
    let stage = slept(&[]);
    let arrived = "server: client 2 just arrived\n";
    stage.accepts(1, &[arrived, ONE, THREE].concat());
    stage.rejects(1, &[arrived, THREE].concat());
    stage.awaits_more(1, &[arrived, ONE].concat());
}

#[test]
fn a_client_may_be_lazy_twice() {
    let mut stage = slept(&[]);
    stage.caught_up(2).then().say(1, "awake\n").then();
    stage.stop_reading(2).say(1, "again\n").then();
    stage.caught_up(2).then().say(1, "end\n").then();
    stage.accepts(2, "client 1: awake\nclient 1: end\n");
    stage.accepts(2, "client 1: awake\nclient 1: again\nclient 1: end\n");
    stage.rejects(2, "client 1: again\n");
}

#[test]
fn announcements_may_be_lost_to_a_lazy_client_and_never_changed() {
    let mut stage = Stage::with(3);
    stage.stop_reading(2).arrive(3).then().leave(3).then();
    stage.caught_up(2).then();
    stage.accepts(2, "");
    stage.accepts(2, "server: client 3 just left\n");
    stage.accepts(2, "server: client 3 just arrived\n");
    stage.rejects(
        2,
        "server: client 3 just left\nserver: client 3 just arrived\n",
    );
    stage.rejects(2, "server: client 4 just arrived\n");
}

#[test]
fn a_lost_line_in_pieces_is_not_taken_for_one_that_is_as_long_as_its_first_piece() {
    let mut stage = Stage::with(3);
    stage.stop_reading(2);
    stage.say(0, "same").then().say(0, " again\n").then();
    stage.say(0, "same\n").then().caught_up(2).then();
    stage.accepts(2, "client 0: same\n");
    stage.accepts(2, "client 0: same again\n");
    stage.accepts(2, "client 0: same again\nclient 0: same\n");
    stage.rejects(2, "client 0: same\nclient 0: same again\n");
}

#[test]
fn a_text_that_is_said_again_during_the_sleep_only_is_not_due() {
    let mut stage = Stage::with(3);
    stage.stop_reading(2).say(0, "same\nother\nsame\n").then();
    stage.caught_up(2).then().say(1, "same\n").then();
    let due = "client 1: same\n";
    stage.accepts(2, due);
    stage.accepts(2, &format!("client 0: same\n{due}"));
    stage.accepts(2, &format!("client 0: same\nclient 0: other\n{due}"));
    stage.accepts(2, &format!("client 0: other\nclient 0: same\n{due}"));
    stage.rejects(2, "client 0: same\nclient 0: same\nclient 0: same\n");
}

/// What came after a line that is still open counts as come, whatever comes after it.
#[test]
fn a_line_that_came_is_not_lost_although_an_earlier_one_is_open() {
    let mut stage = Stage::with(3);
    stage.say(0, "half").then().stop_reading(2);
    stage.say(1, "x\n").then().say(1, "y\n").then();
    stage.caught_up(2).then();
    let stream = stage.accepts(2, "client 1: x\nclient 1: y\n");
    assert!(!stream.observed(&stage.oracle).line_lost);
    assert!(
        stage
            .accepts(2, "client 1: y\n")
            .observed(&stage.oracle)
            .line_lost
    );
}

/// It may have come too late for it, which has nothing to do with its laziness later.
#[test]
fn what_was_said_as_somebody_came_is_not_lost_by_laziness() {
    let mut stage = Stage::with(2);
    stage.say(0, "x\n").arrive(2).then();
    stage.stop_reading(2).say(1, "y\n").then();
    stage.caught_up(2).then();
    let stream = stage.accepts(2, "client 1: y\n");
    assert!(!stream.observed(&stage.oracle).line_lost);
}

#[test]
fn what_is_lost_does_not_come_later_although_a_piece_has_come() {
    let mut stage = Stage::with(3);
    stage.say(0, "half").then().stop_reading(2);
    stage.say(1, "x\n").then().say(1, "y\n").then();
    stage.caught_up(2).then();
    let stream = stage.accepts(2, "client 0: halfclient 1: y\n");
    assert!(stream.observed(&stage.oracle).line_lost);
    stage.rejects(2, "client 0: halfclient 1: y\nclient 1: x\n");
}
