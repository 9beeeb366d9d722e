//! Things that happen at the same instant on different clients.

use super::Stage;

fn two_speak() -> Stage {
    let mut stage = Stage::with(3);
    stage.say(0, "a1\na2\n").say(1, "b1\nb2\n").then();
    stage
}

#[test]
fn lines_of_the_same_instant_may_be_interleaved() {
    let lines = [
        "client 0: a1\n",
        "client 0: a2\n",
        "client 1: b1\n",
        "client 1: b2\n",
    ];
    for order in [
        [0, 1, 2, 3],
        [0, 2, 1, 3],
        [0, 2, 3, 1],
        [2, 0, 1, 3],
        [2, 0, 3, 1],
        [2, 3, 0, 1],
    ] {
        two_speak().accepts(2, &order.map(|place| lines[place]).concat());
    }
}

#[test]
fn each_client_keeps_its_own_order() {
    two_speak().rejects(2, "client 0: a2\nclient 0: a1\n");
    two_speak().rejects(2, "client 1: b1\nclient 0: a2\n");
    two_speak().rejects(2, "client 0: a1\nclient 1: b2\n");
}

#[test]
fn a_torn_line_is_wrong() {
    two_speak().rejects(2, "client 0: aclient 1: b1\n1\n");
    two_speak().rejects(2, "client 0: a1client 1: b1\n\n");
    two_speak().rejects(2, "client 0: client 1: b1\na1\n");
    two_speak().rejects(2, "clientclient 1: b1\n 0: a1\n");
}

#[test]
fn a_duplicate_is_wrong() {
    two_speak().rejects(2, "client 0: a1\nclient 0: a1\n");
    two_speak().rejects(
        2,
        "client 0: a1\nclient 0: a2\nclient 1: b1\nclient 1: b2\nclient 1: b2\n",
    );
}

#[test]
fn a_lost_line_is_awaited_or_wrong() {
    let missing = two_speak().awaits_more(2, "client 0: a1\nclient 0: a2\nclient 1: b1\n");
    assert_eq!(missing.expected, [b"client 1: b2\n"]);
    let mut stage = two_speak();
    stage.say(0, "later\n").then();
    stage.rejects(
        2,
        "client 0: a1\nclient 0: a2\nclient 1: b1\nclient 0: later\n",
    );
}

#[test]
fn lines_of_different_instants_keep_their_order() {
    let mut stage = Stage::with(3);
    stage.say(0, "a\n").then().say(1, "b\n").then();
    stage.accepts(2, "client 0: a\nclient 1: b\n");
    stage.rejects(2, "client 1: b\nclient 0: a\n");
}

#[test]
fn the_same_line_of_two_clients_comes_once_from_each() {
    let mut stage = Stage::with(3);
    stage.say(0, "x\n").say(1, "x\n").then();
    stage.accepts(2, "client 0: x\nclient 1: x\n");
    stage.accepts(2, "client 1: x\nclient 0: x\n");
    stage.rejects(2, "client 0: x\nclient 0: x\n");
}

#[test]
fn the_same_line_said_three_times_comes_three_times() {
    let mut stage = Stage::with(3);
    stage.say(0, "x\nx\nx\n").then();
    stage.accepts(2, "client 0: x\nclient 0: x\nclient 0: x\n");
    stage.awaits_more(2, "client 0: x\nclient 0: x\n");
    stage.rejects(2, "client 0: x\nclient 0: x\nclient 0: x\nclient 0: x\n");
}

#[test]
fn clients_that_leave_at_the_same_instant_are_announced_in_any_order() {
    let mut stage = Stage::with(3);
    stage.leave(0).leave(1).then();
    stage.accepts(
        2,
        "server: client 0 just left\nserver: client 1 just left\n",
    );
    stage.accepts(
        2,
        "server: client 1 just left\nserver: client 0 just left\n",
    );
    stage.rejects(
        2,
        "server: client 0 just left\nserver: client 0 just left\n",
    );
}

#[test]
fn a_client_speaks_before_it_leaves_and_after_it_arrives() {
    let mut stage = Stage::with(2);
    stage.arrive(2).say(2, "hi\n").leave(2).then();
    stage.accepts(
        1,
        "server: client 2 just arrived\nclient 2: hi\nserver: client 2 just left\n",
    );
    stage.rejects(1, "client 2: hi\n");
    stage.rejects(
        1,
        "server: client 2 just arrived\nserver: client 2 just left\nclient 2: hi\n",
    );
}

#[test]
fn a_line_whose_last_piece_came_at_the_instant_may_stand_anywhere_in_it() {
    let mut stage = Stage::with(3);
    stage.say(0, "hel").then();
    stage.say(1, "x\n").say(0, "lo\n").then();
    stage.accepts(2, "client 0: hello\nclient 1: x\n");
    stage.accepts(2, "client 1: x\nclient 0: hello\n");
    stage.accepts(2, "client 0: helclient 1: x\nlo\n");
    stage.rejects(2, "client 0: hellclient 1: x\no\n");
}

#[test]
fn what_was_settled_before_does_not_mix_with_what_came_after() {
    let mut stage = two_speak();
    stage.say(0, "a3\n").say(1, "b3\n").then();
    stage.accepts(
        2,
        "client 0: a1\nclient 0: a2\nclient 1: b1\nclient 1: b2\nclient 1: b3\nclient 0: a3\n",
    );
    stage.rejects(2, "client 0: a1\nclient 0: a2\nclient 0: a3\n");
}
