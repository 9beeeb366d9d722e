//! What each step becomes.

use super::*;
use crate::oracle::tests::scenario;
use crate::scenario::{Expect, Flood, Step, Text};

const ALICE: ClientId = ClientId(0);
const BOB: ClientId = ClientId(1);

/// The moves of these steps, each on a line of its own.
fn moves_of(steps: Vec<Action>) -> Vec<Move> {
    actions(moves(&in_order(steps), 7))
}

fn in_order(steps: Vec<Action>) -> Scenario {
    let mut scenario = scenario(&[]);
    scenario.steps = steps
        .into_iter()
        .enumerate()
        .map(|(place, action)| Step {
            line: place + 1,
            action,
        })
        .collect();
    scenario
}

fn say(from: ClientId, text: &str) -> Move {
    Move::Say {
        from,
        bytes: text.as_bytes().into(),
    }
}

fn send(text: &str, times: usize, delivery: Delivery) -> Action {
    Action::Send(Send {
        from: ALICE,
        text: Text::from(text),
        times,
        delivery,
    })
}

#[test]
fn clients_connect_one_after_another() {
    assert_eq!(
        moves_of(vec![Action::Connect(vec![ALICE, BOB])]),
        [
            Move::Arrive(ALICE),
            Move::Settle,
            Move::Arrive(BOB),
            Move::Settle
        ]
    );
}

#[test]
fn a_crowd_connects_in_bursts_and_in_order() {
    let crowd: Vec<ClientId> = (0..70).map(ClientId).collect();
    let moves = moves_of(vec![Action::Connect(crowd.clone())]);
    let bursts: Vec<usize> = moves
        .split(|action| *action == Move::Settle)
        .map(<[Move]>::len)
        .collect();
    assert_eq!(bursts, [32, 32, 6, 0]);
    let arrivals = moves.into_iter().filter(|action| *action != Move::Settle);
    assert!(arrivals.eq(crowd.into_iter().map(Move::Arrive)));
}

#[test]
fn each_visitor_is_seen_to_leave_before_the_next_comes() {
    let leaves = |who| Move::Leave {
        who,
        how: Departure::Close,
    };
    assert_eq!(
        moves_of(vec![Action::Visit(Visit {
            clients: vec![ALICE, BOB],
            says: None,
        })]),
        [
            Move::Arrive(ALICE),
            Move::Settle,
            leaves(ALICE),
            Move::Settle,
            Move::Arrive(BOB),
            Move::Settle,
            leaves(BOB),
            Move::Settle,
        ]
    );
}

#[test]
fn a_text_is_said_whole_as_often_as_it_is_repeated() {
    assert_eq!(
        moves_of(vec![send("x\n", 3, Delivery::Whole)]),
        [say(ALICE, "x\nx\nx\n"), Move::Settle]
    );
}

#[test]
fn a_text_in_pieces_is_dealt_with_piece_by_piece() {
    assert_eq!(
        moves_of(vec![send("abc\n", 2, Delivery::Pieces(3))]),
        [
            say(ALICE, "abc"),
            Move::Settle,
            say(ALICE, "\n"),
            Move::Settle,
            say(ALICE, "abc"),
            Move::Settle,
            say(ALICE, "\n"),
            Move::Settle,
        ]
    );
}

#[test]
fn a_text_is_cut_at_every_place() {
    assert_eq!(
        moves_of(vec![send("ab\n", 1, Delivery::CutEverywhere)]),
        [
            say(ALICE, "a"),
            Move::Settle,
            say(ALICE, "b\n"),
            Move::Settle,
            say(ALICE, "ab"),
            Move::Settle,
            say(ALICE, "\n"),
            Move::Settle,
        ]
    );
}

#[test]
fn each_way_of_leaving_is_kept_and_settled() {
    for (action, how) in [
        (Action::Leave(vec![BOB]), Departure::Close),
        (Action::Reset(vec![BOB]), Departure::Reset),
        (Action::HalfClose(vec![BOB]), Departure::HalfClose),
    ] {
        let moves = moves_of(vec![action]);
        assert_eq!(moves, [Move::Leave { who: BOB, how }, Move::Settle]);
    }
}

#[test]
fn what_happens_while_the_server_is_frozen_is_settled_only_after_the_thaw() {
    assert_eq!(
        moves_of(vec![
            Action::Freeze,
            send("a\n", 1, Delivery::Whole),
            Action::Connect(vec![BOB]),
            Action::Leave(vec![ALICE]),
            Action::Thaw,
        ]),
        [
            Move::Freeze,
            say(ALICE, "a\n"),
            Move::Arrive(BOB),
            Move::Leave {
                who: ALICE,
                how: Departure::Close
            },
            Move::Thaw,
            Move::Settle,
        ]
    );
}

#[test]
fn who_stops_reading_does_so_at_once_and_who_reads_again_is_waited_for() {
    assert_eq!(
        moves_of(vec![
            Action::StopReading(vec![ALICE, BOB]),
            Action::Flood(Flood {
                from: ALICE,
                until_full: vec![BOB]
            }),
            Action::ReadAgain(vec![ALICE, BOB]),
        ]),
        [
            Move::StopReading(ALICE),
            Move::StopReading(BOB),
            Move::Flood {
                from: ALICE,
                until_full: vec![BOB]
            },
            Move::Settle,
            Move::ReadAgain(ALICE),
            Move::Settle,
            Move::ReadAgain(BOB),
            Move::Settle,
        ]
    );
}

/// To the server it is lazy until that goes on; it is waited for after that, unless it has left.
#[test]
fn who_reads_again_while_the_server_is_frozen_is_waited_for_after_the_thaw() {
    let left = Move::Leave {
        who: BOB,
        how: Departure::Close,
    };
    assert_eq!(
        moves_of(vec![
            Action::Freeze,
            Action::ReadAgain(vec![ALICE, BOB]),
            Action::Leave(vec![BOB]),
            Action::Thaw,
        ]),
        [
            Move::Freeze,
            Move::Wake(ALICE),
            Move::Wake(BOB),
            left,
            Move::Thaw,
            Move::Settle,
            Move::ReadAgain(ALICE),
            Move::Settle,
        ]
    );
}

#[test]
fn an_expectation_and_a_refusal_are_no_events_for_the_server() {
    assert_eq!(
        moves_of(vec![
            Action::Expect(Expect {
                by: vec![BOB],
                text: Text::from("x\n")
            }),
            Action::Refuse(Ipv4Addr::new(127, 0, 0, 2)),
        ]),
        [
            Move::Expect {
                by: vec![BOB],
                text: b"x\n".to_vec()
            },
            Move::Refuse(Ipv4Addr::new(127, 0, 0, 2)),
        ]
    );
}

#[test]
fn every_move_knows_the_line_that_asked_for_it() {
    let mut scenario = scenario(&[]);
    scenario.steps = vec![
        Step {
            line: 3,
            action: Action::Connect(vec![ALICE, BOB]),
        },
        Step {
            line: 9,
            action: send("x\n", 1, Delivery::Whole),
        },
    ];
    let lines: Vec<usize> = moves(&scenario, 0)
        .iter()
        .map(|planned| planned.line)
        .collect();
    assert_eq!(lines, [3, 3, 3, 3, 9, 9]);
}

#[test]
fn a_batch_of_short_lines_fits_with_the_prefixes_they_are_relayed_with() {
    let text = b"\n".repeat(BATCH);
    let batches = batches(&text, 10);
    assert!(batches.len() > 10);
    assert!(batches.iter().all(|batch| batch.len() * 11 <= BATCH));
    assert_eq!(prefix_length(ClientId(7)), b"client 7: ".len());
    assert_eq!(prefix_length(ClientId(1234)), b"client 1234: ".len());
}

#[test]
fn batches_are_whole_lines_that_fit() {
    let text = b"0123456789\n".repeat(100_000);
    let batches = batches(&text, 10);
    assert_eq!(batches.concat(), text);
    for batch in &batches {
        assert!(batch.ends_with(b"\n"));
        assert!(batch.len() / 11 * 21 <= BATCH);
    }
}

#[test]
fn a_line_longer_than_a_batch_stays_whole() {
    let mut text = vec![b'x'; 2 * BATCH];
    text.push(b'\n');
    text.extend_from_slice(b"short\nrest");
    let batches = batches(&text, 10);
    assert_eq!(batches.len(), 2);
    assert_eq!(batches[1], b"short\nrest");
}

#[test]
fn an_empty_text_is_no_batch() {
    assert!(batches(b"", 10).is_empty());
}

#[test]
fn the_same_seed_makes_the_same_moves() {
    let file = r#"
title = "Seeded"
rules = ["relay"]
tier = "subject"

[[step]]
connect = ["alice", "bob"]

[[step]]
send = { from = "alice", text = "{random:40}\n", times = 3 }
"#;
    let seeded =
        crate::scenario::file::read_bytes("seeded.toml", file.as_bytes(), &["relay"]).unwrap();
    assert_eq!(moves(&seeded, 1), moves(&seeded, 1));
    assert_ne!(moves(&seeded, 1), moves(&seeded, 2));
}

/// The moves of these steps in a test of the exam.
fn exam_moves_of(steps: Vec<Action>) -> Vec<Planned> {
    let mut scenario = in_order(steps);
    scenario.judge = Judge::SortedLines;
    moves(&scenario, 7)
}

fn actions(moves: Vec<Planned>) -> Vec<Move> {
    moves.into_iter().map(|planned| planned.action).collect()
}

fn by(from: ClientId, text: &str, delivery: Delivery) -> Action {
    Action::Send(Send {
        from,
        text: Text::from(text),
        times: 1,
        delivery,
    })
}

#[test]
fn in_a_test_of_the_exam_nothing_is_waited_for_before_the_end_of_all_that_is_said() {
    let moves = exam_moves_of(vec![
        by(ALICE, "abc\nd", Delivery::Pieces(3)),
        by(BOB, "e\n", Delivery::Whole),
        by(ALICE, "\n", Delivery::Whole),
        Action::Leave(vec![ALICE]),
    ]);
    // The wait stands where the last of it was said.
    assert_eq!((moves[7].line, &moves[7].action), (3, &Move::Settle));
    assert_eq!(
        actions(moves),
        [
            say(ALICE, "abc"),
            Move::LetRead,
            say(ALICE, "\nd"),
            Move::LetRead,
            say(BOB, "e\n"),
            Move::LetRead,
            say(ALICE, "\n"),
            Move::Settle,
            Move::Leave {
                who: ALICE,
                how: Departure::Close
            },
            Move::Settle,
        ]
    );
}

#[test]
fn in_a_test_of_the_exam_what_is_said_last_is_waited_for_as_well() {
    let moves = exam_moves_of(vec![by(ALICE, "x\n", Delivery::Whole)]);
    assert_eq!(actions(moves), [say(ALICE, "x\n"), Move::Settle]);
    let moves = exam_moves_of(vec![Action::Visit(Visit {
        clients: vec![ALICE],
        says: Some(Text::from("x\n")),
    })]);
    assert_eq!(
        actions(moves)[2..4],
        [say(ALICE, "x\n"), Move::Settle],
        "before the visitor leaves"
    );
}

#[test]
fn a_test_of_the_exam_waits_where_a_client_could_be_owed_too_much() {
    let half_a_batch = "x".repeat(BATCH / 2) + "\n";
    let moves = exam_moves_of(vec![
        by(ALICE, &half_a_batch, Delivery::Whole),
        by(BOB, &half_a_batch, Delivery::Whole),
        by(BOB, "y\n", Delivery::Whole),
        by(BOB, "y\n", Delivery::Whole),
    ]);
    let waits: Vec<Move> = actions(moves).into_iter().skip(1).step_by(2).collect();
    let expected = [Move::Settle, Move::LetRead, Move::LetRead, Move::Settle];
    assert_eq!(waits, expected);
    // In the middle of a line nothing is owed yet.
    let long = "x".repeat(3 * BATCH) + "\n";
    let moves = exam_moves_of(vec![by(ALICE, &long, Delivery::Pieces(BATCH))]);
    let settles = actions(moves);
    assert_eq!(
        settles.iter().filter(|made| **made == Move::Settle).count(),
        1
    );
}

#[test]
fn what_a_test_of_the_exam_says_to_a_server_that_is_stopped_is_waited_for_when_it_goes_on() {
    let moves = exam_moves_of(vec![
        Action::Freeze,
        by(ALICE, "x\ny\n", Delivery::Pieces(2)),
        Action::Thaw,
    ]);
    assert_eq!(
        actions(moves),
        [
            Move::Freeze,
            say(ALICE, "x\n"),
            say(ALICE, "y\n"),
            Move::Thaw,
            Move::Settle,
        ]
    );
}
