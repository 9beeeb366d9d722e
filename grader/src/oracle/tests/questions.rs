//! What the driver and the diagnosis ask the oracle besides whether a stream is right.

use super::{ClientId, Departure, Oracle, Stage};
use crate::oracle::{Duty, LineState};

const ALICE: ClientId = ClientId(0);
const BOB: ClientId = ClientId(1);
const CAROL: ClientId = ClientId(2);

#[test]
fn who_is_here_is_known() {
    let mut stage = Stage::with(2);
    assert!(stage.oracle.is_here(ALICE) && stage.oracle.is_here(BOB));
    assert!(!stage.oracle.is_here(CAROL));
    stage.leave(0).half_close(1);
    assert!(!stage.oracle.is_here(ALICE) && !stage.oracle.is_here(BOB));
}

#[test]
fn an_open_line_is_one_without_its_newline() {
    let mut stage = Stage::with(2);
    assert!(!stage.oracle.has_open_line(ALICE));
    stage.say(0, "x\nhal");
    assert!(stage.oracle.has_open_line(ALICE) && !stage.oracle.has_open_line(BOB));
    stage.then().say(0, "f\n");
    assert!(!stage.oracle.has_open_line(ALICE));
    stage.say(0, "half").leave(0);
    assert!(!stage.oracle.has_open_line(ALICE));
}

#[test]
fn who_must_hear_of_an_actor_at_this_instant_is_its_witness() {
    let mut stage = Stage::with(3);
    assert!(!stage.oracle.witnesses(BOB, ALICE), "nothing was said");
    stage.say(0, "x\n");
    assert!(stage.oracle.witnesses(BOB, ALICE) && stage.oracle.witnesses(CAROL, ALICE));
    assert!(!stage.oracle.witnesses(ALICE, ALICE), "nobody hears itself");
    assert!(!stage.oracle.witnesses(ALICE, BOB), "bob said nothing");
    stage.say(0, "half");
    assert!(
        !stage.oracle.witnesses(BOB, ALICE),
        "the rest may be unread"
    );
    stage.then();
    assert!(!stage.oracle.witnesses(BOB, ALICE), "that is long ago");
    // It was begun before, and others have spoken since.
    stage.say(1, "y\n").say(0, "done\n");
    assert!(stage.oracle.witnesses(CAROL, ALICE) && stage.oracle.witnesses(CAROL, BOB));
    stage.leave(2);
    assert!(!stage.oracle.witnesses(CAROL, ALICE), "carol has left");
    assert!(stage.oracle.witnesses(ALICE, CAROL), "which alice is told");
}

#[test]
fn who_sleeps_is_no_witness() {
    let mut stage = Stage::with(2);
    stage.stop_reading(1).say(0, "x\n");
    assert!(!stage.oracle.witnesses(BOB, ALICE));
}

#[test]
fn instants_are_counted() {
    let mut stage = Stage::empty(&[]);
    assert_eq!(stage.oracle.instant(), 0);
    stage.arrive(0).then().then().then().arrive(1);
    assert_eq!(stage.oracle.instant(), 3);
    assert_eq!(stage.oracle.arrival_instant(ALICE), 0);
    assert_eq!(stage.oracle.arrival_instant(BOB), 3);
}

/// Nothing before it need be looked at, and nothing from it on may be passed over.
#[test]
fn the_first_line_for_somebody_is_of_the_instant_of_the_arrival_or_was_open_then() {
    let mut stage = Stage::with(1);
    stage.say(0, "old\n").then();
    stage.say(0, "same\n").arrive(1);
    assert_eq!(stage.oracle.first_line_for(BOB), 2);
    let mut stage = Stage::with(2);
    stage.say(0, "op").then().say(1, "x\n").then().arrive(2);
    assert_eq!(stage.oracle.first_line_for(CAROL), 2);
    let mut stage = Stage::empty(&[]);
    stage.arrive(0).arrive(1);
    assert_eq!(stage.oracle.first_line_for(BOB), 0);
}

#[test]
fn a_text_is_due_again_where_one_who_is_awake_must_hear_it_once_more() {
    let again = |moves: fn(&mut Stage)| {
        let mut stage = Stage::with(2);
        stage.stop_reading(1).say(0, "x\n").then();
        moves(&mut stage);
        let first = stage.oracle.log().iter().position(|line| line.is_speech());
        stage.oracle.is_due_again(BOB, first.expect("it was said"))
    };
    assert!(!again(|_| ()));
    // Again while bob sleeps: that may be lost too.
    assert!(!again(|stage| {
        stage.say(0, "x\n").caught_up(1).then();
    }));
    assert!(again(|stage| {
        stage.caught_up(1).then().say(0, "x\n").then();
    }));
    // Something else, or somebody else.
    assert!(!again(|stage| {
        stage.caught_up(1).then().say(0, "y\n").then();
    }));
    assert!(!again(|stage| {
        stage.arrive(2).caught_up(1).then().say(2, "x\n").then();
    }));
    let mut stage = Stage::with(2);
    stage.say(0, "x\n").then().say(0, "y\n").then();
    assert!(!stage.oracle.is_due_again(BOB, 2), "it is the only one");
}

#[test]
fn what_comes_at_the_instant_of_the_awakening_may_be_lost_as_well() {
    let mut stage = Stage::with(2);
    stage.stop_reading(1).then();
    stage.caught_up(1).say(0, "x\n").then();
    stage.accepts(1, "");
    stage.accepts(1, "client 0: x\n");
    stage.say(0, "y\n").then();
    stage.awaits_more(1, "client 0: x\n");
}

#[test]
fn a_line_is_carried_over_an_arrival_in_its_middle_and_goes_on_at_a_piece() {
    let carried = |oracle: &Oracle, index: usize| -> Vec<usize> {
        assert!(oracle.is_carried(BOB, index));
        oracle.carried_on(BOB, index).collect()
    };
    let prefix = "client 0: ".len();
    let mut stage = Stage::with(1);
    stage.say(0, "ab").then().arrive(1).say(0, "cd").then();
    stage.say(0, "ef\n").then();
    assert_eq!(carried(&stage.oracle, 1), [prefix + 2, prefix + 4]);
    // All of it came before: nothing of it can follow.
    let mut stage = Stage::with(1);
    stage.say(0, "ab").then().arrive(1).then();
    assert_eq!(carried(&stage.oracle, 1), [0; 0]);
    // Begun at the instant itself, and ended later.
    let mut stage = Stage::with(1);
    stage.say(0, "ab").arrive(1).then().say(0, "cd\n").then();
    assert_eq!(carried(&stage.oracle, 1), [prefix + 2]);
    // Whole at the instant itself: it comes whole or not at all.
    let mut stage = Stage::with(1);
    stage.say(0, "ab\n").arrive(1).then();
    assert!(!stage.oracle.is_carried(BOB, 1));
}

#[test]
fn lines_know_what_they_are() {
    let mut stage = Stage::with(1);
    stage.say(0, "x").say(0, "y\n").then().say(0, "a").then();
    stage.say(0, "b\nc").leave(0);
    let log = stage.oracle.log();
    let kinds: Vec<_> = log
        .iter()
        .map(|line| (line.is_arrival(), line.is_speech(), line.is_abandoned()))
        .collect();
    let speech = (false, true, false);
    assert_eq!(
        kinds,
        [
            (true, false, false),
            speech,
            speech,
            (false, true, true),
            (false, false, false)
        ]
    );
    // What was sent at one instant cannot be told apart.
    let pieces: Vec<_> = log.iter().map(|line| line.has_pieces()).collect();
    assert_eq!(pieces, [false, false, true, false, false]);
    assert_eq!(log[3].state, LineState::Abandoned { at: 3 });
}

#[test]
fn a_line_may_be_lost_to_one_who_slept_at_any_of_its_pieces_and_at_no_other_time() {
    // Pieces at the instants 2, 4, 6 and 8; each spell of sleep begins at one and ends at one.
    for from in 2..10 {
        for until in from..10 {
            let mut stage = Stage::with(2);
            for instant in 2..10 {
                if instant == from {
                    stage.stop_reading(1);
                }
                if instant % 2 == 0 {
                    stage.say(0, if instant == 8 { "\n" } else { "x" });
                }
                if instant == until {
                    stage.caught_up(1);
                }
                stage.then();
            }
            let sleeps = |piece: &u32| (from..=until).contains(piece);
            let wanted = if [2, 4, 6, 8].iter().any(sleeps) {
                Duty::May
            } else {
                Duty::Must
            };
            assert_eq!(
                stage.oracle.duty(BOB, 2),
                wanted,
                "from {from} until {until}"
            );
        }
    }
}

#[test]
fn a_half_closed_client_is_told_of_nothing_that_begins_later() {
    let mut stage = Stage::with(2);
    stage.oracle.leaves(BOB, Departure::HalfClose);
    stage.then().say(0, "x\n").then();
    assert_eq!(stage.oracle.duty(BOB, 3), Duty::Never);
    assert_eq!(stage.oracle.duty(ALICE, 2), Duty::Must);
}
