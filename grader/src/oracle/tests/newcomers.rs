//! Clients that arrive while others do something, or in the middle of a line.

use super::Stage;

#[test]
fn a_newcomer_receives_nothing_of_what_happened_before() {
    let mut stage = Stage::with(2);
    stage.say(0, "before\n").then().arrive(2).then();
    stage.accepts(2, "");
    stage.rejects(2, "client 0: before\n");
    stage.rejects(2, "server: client 1 just arrived\n");
}

#[test]
fn a_newcomer_is_not_told_of_its_own_arrival() {
    Stage::with(1).rejects(0, "server: client 0 just arrived\n");
    Stage::with(3).rejects(2, "server: client 2 just arrived\n");
    Stage::with(3).rejects(
        1,
        "server: client 1 just arrived\nserver: client 2 just arrived\n",
    );
}

#[test]
fn newcomers_of_the_same_instant_are_told_of_those_after_them() {
    let mut stage = Stage::with(1);
    stage.arrive(1).arrive(2).arrive(3).then();
    stage.accepts(
        1,
        "server: client 2 just arrived\nserver: client 3 just arrived\n",
    );
    stage.awaits_more(1, "server: client 2 just arrived\n");
    stage.accepts(3, "");
}

#[test]
fn a_newcomer_may_see_what_others_do_at_the_same_instant_or_not() {
    for newcomer_first in [false, true] {
        let mut stage = Stage::with(2);
        if newcomer_first {
            stage.arrive(2);
        }
        stage.say(0, "x\ny\n").leave(1);
        if !newcomer_first {
            stage.arrive(2);
        }
        stage.then();
        stage.accepts(2, "");
        stage.accepts(2, "client 0: x\nclient 0: y\n");
        stage.accepts(2, "client 0: y\n");
        stage.accepts(2, "server: client 1 just left\nclient 0: x\nclient 0: y\n");
        stage.rejects(2, "client 0: y\nclient 0: x\n");
        stage.rejects(2, "client 0: xclient 0: y\n");
        stage.rejects(2, "client 0: x\nclient 0: x\n");
    }
}

#[test]
fn what_a_later_newcomer_of_the_same_instant_does_must_reach_the_earlier_one() {
    let mut stage = Stage::with(1);
    stage.arrive(1).arrive(2).say(2, "x\n").leave(2).then();
    stage.accepts(
        1,
        "server: client 2 just arrived\nclient 2: x\nserver: client 2 just left\n",
    );
    stage.awaits_more(1, "server: client 2 just arrived\n");
    stage.awaits_more(1, "server: client 2 just arrived\nclient 2: x\n");
}

#[test]
fn what_comes_after_the_instant_of_the_arrival_is_due() {
    let mut stage = Stage::with(1);
    stage.arrive(1).say(0, "x\n").then().say(0, "y\n").then();
    stage.accepts(1, "client 0: x\nclient 0: y\n");
    stage.accepts(1, "client 0: y\n");
    stage.awaits_more(1, "");
    stage.awaits_more(1, "client 0: x\n");
}

#[test]
fn a_line_that_others_missed_before_and_is_said_again_is_due() {
    let mut stage = Stage::with(1);
    stage.arrive(1).say(0, "x\n").then().say(0, "x\n").then();
    stage.accepts(1, "client 0: x\nclient 0: x\n");
    stage.accepts(1, "client 0: x\n");
    stage.awaits_more(1, "");
}

/// The client 1 comes in the middle of a line of the client 0, which ends later.
fn in_the_middle() -> Stage {
    let mut stage = Stage::with(1);
    stage.say(0, "hel").then().arrive(1).then();
    stage
}

#[test]
fn one_who_comes_in_the_middle_of_a_line_receives_all_of_it_or_only_the_rest() {
    let mut stage = in_the_middle();
    stage.accepts(1, "");
    stage.rejects(1, "hel");
    stage.say(0, "lo\n").then();
    stage.accepts(1, "client 0: hello\n");
    stage.accepts(1, "lo\n");
    stage.awaits_more(1, "");
    stage.awaits_more(1, "lo");
    stage.rejects(1, "client 0: lo\n");
    stage.rejects(1, "llo\n");
    stage.rejects(1, "o\n");
    stage.rejects(1, "lo\nclient 0: hello\n");
}

#[test]
fn the_rest_of_a_line_may_come_in_pieces_too() {
    let mut stage = in_the_middle();
    stage.say(0, "l").then();
    stage.accepts(1, "l");
    stage.accepts(1, "");
    stage.say(0, "o\n").then();
    stage.accepts(1, "lo\n");
    stage.rejects(1, "o\n");
    stage.rejects(1, "client 0: helo\n");
}

#[test]
fn a_line_begun_at_the_instant_of_the_arrival_comes_whole_or_its_rest_does() {
    for newcomer_first in [false, true] {
        let mut stage = Stage::with(1);
        if newcomer_first {
            stage.arrive(1).say(0, "hel");
        } else {
            stage.say(0, "hel").arrive(1);
        }
        stage.then();
        stage.accepts(1, "");
        stage.accepts(1, "client 0: hel");
        stage.say(0, "lo\n").then();
        stage.accepts(1, "client 0: hello\n");
        // Relayed at once, before the server saw the newcomer.
        stage.accepts(1, "lo\n");
        stage.awaits_more(1, "");
        stage.rejects(1, "client 0: lo\n");
    }
}

#[test]
fn a_line_that_goes_on_at_the_instant_of_the_arrival_comes_from_any_piece_on() {
    for newcomer_first in [false, true] {
        let mut stage = Stage::with(1);
        stage.say(0, "a").then();
        if newcomer_first {
            stage.arrive(1).say(0, "b");
        } else {
            stage.say(0, "b").arrive(1);
        }
        stage.then().say(0, "c\n").then();
        stage.accepts(1, "client 0: abc\n");
        stage.accepts(1, "bc\n");
        stage.accepts(1, "c\n");
        stage.awaits_more(1, "");
        stage.rejects(1, "abc\n");
    }
}

#[test]
fn a_line_that_ends_at_the_instant_of_the_arrival_may_come_or_not() {
    for newcomer_first in [false, true] {
        let mut stage = Stage::with(1);
        stage.say(0, "hel").then();
        if newcomer_first {
            stage.arrive(1).say(0, "lo\n");
        } else {
            stage.say(0, "lo\n").arrive(1);
        }
        stage.then();
        stage.accepts(1, "");
        stage.accepts(1, "client 0: hello\n");
        stage.accepts(1, "lo\n");
        stage.rejects(1, "hello\n");
    }
}

#[test]
fn a_line_given_up_at_the_instant_of_the_arrival_may_come_or_not() {
    for newcomer_first in [false, true] {
        let mut stage = Stage::with(1);
        stage.say(0, "bye").then();
        if newcomer_first {
            stage.arrive(1).leave(0);
        } else {
            stage.leave(0).arrive(1);
        }
        stage.then();
        stage.accepts(1, "");
        stage.accepts(1, "server: client 0 just left\n");
        stage.accepts(1, "client 0: byeserver: client 0 just left\n");
        stage.accepts(1, "client 0: bye\nserver: client 0 just left\n");
    }
}

#[test]
fn a_lost_line_never_hides_a_piece_that_begins_like_it() {
    let mut stage = Stage::with(1);
    stage.arrive(1).say(0, "hello\n").then();
    stage.say(0, "hel").then();
    // Not relayed to the newcomer, and then the piece at once.
    stage.accepts(1, "client 0: hel");
    stage.accepts(1, "client 0: hello\n");
    stage.accepts(1, "client 0: hello\nclient 0: hel");
    stage.say(0, "p\n").then();
    stage.accepts(1, "client 0: help\n");
    stage.accepts(1, "client 0: hello\nclient 0: help\n");
}

#[test]
fn a_newline_may_end_the_rest_of_an_unfinished_line() {
    let mut stage = in_the_middle();
    stage.say(0, "lo").then().leave(0).then();
    let left = "server: client 0 just left\n";
    stage.accepts(1, left);
    stage.accepts(1, &format!("client 0: hello{left}"));
    stage.accepts(1, &format!("client 0: hello\n{left}"));
    stage.accepts(1, &format!("lo{left}"));
    stage.accepts(1, &format!("lo\n{left}"));
}

#[test]
fn one_who_comes_after_all_pieces_of_an_unfinished_line_may_receive_only_the_newline() {
    let mut stage = in_the_middle();
    stage.leave(0).then();
    let left = "server: client 0 just left\n";
    stage.accepts(1, left);
    stage.accepts(1, &format!("\n{left}"));
    stage.accepts(1, &format!("client 0: hel{left}"));
    stage.accepts(1, &format!("client 0: hel\n{left}"));
    stage.rejects(1, &format!("\n\n{left}"));
    stage.rejects(1, &format!("{left}\n"));
    stage.rejects(1, &format!("hel{left}"));
}
