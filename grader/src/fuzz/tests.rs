//! What is made up can be played, is the same for the same seed, and is seen as it is played.

use super::deed::{Deed, Speech, Style};
use super::finding;
use super::generator::Generator;
use super::life::Means;
use super::possible::possible;
use crate::script::{self, Departure, Move};
use crate::tier::Tier;

fn lives(seed: u64, require: Tier, count: usize) -> Vec<Vec<Deed>> {
    let means = Means {
        require,
        supervised: true,
        own_calls: true,
        room: 900,
    };
    let mut generator = Generator::new(seed, means);
    (0..count).map(|_| generator.life(10).deeds()).collect()
}

#[test]
fn the_same_seed_brings_the_same_cases() {
    assert_eq!(lives(7, Tier::Robust, 6), lives(7, Tier::Robust, 6));
    assert_ne!(lives(7, Tier::Robust, 6), lives(8, Tier::Robust, 6));
}

#[test]
fn every_life_is_a_scenario_and_asks_for_nothing_stricter() {
    for require in [Tier::Subject, Tier::Robust] {
        for deeds in lives(1, require, 25) {
            let scenario = finding::scenario("random.toml", &deeds, 3)
                .unwrap_or_else(|error| panic!("{error}\n{deeds:?}"));
            assert!(scenario.tier <= require);
        }
    }
}

/// The coverage sees pieces as the driver sends them.
#[test]
fn what_is_seen_is_what_is_sent() {
    for deeds in lives(3, Tier::Robust, 12) {
        let scenario = finding::scenario("random.toml", &deeds, 3).expect("a scenario");
        let sent: Vec<Vec<bool>> = script::moves(&scenario, 0)
            .into_iter()
            .filter_map(|planned| match planned.action {
                Move::Say { bytes, .. } => Some(bytes.iter().map(|it| *it != b'\n').collect()),
                _ => None,
            })
            .collect();
        let seen: Vec<Vec<bool>> = deeds
            .iter()
            .flat_map(|deed| match deed {
                Deed::Say(_, speech) | Deed::SendFails { speech, .. } => speech.pieces(),
                _ => Vec::new(),
            })
            .collect();
        // What is longer than the buffers on the way is sent in batches.
        let short = |pieces: &[Vec<bool>]| pieces.iter().all(|piece| piece.len() < 200_000);
        assert!(!short(&seen) || sent == seen, "{scenario:?}");
    }
}

/// Also where everybody has left a server that is stopped, and no second newcomer may come.
#[test]
fn there_is_always_something_left_to_do() {
    for seed in 0..3 {
        assert_eq!(lives(seed, Tier::Subject, 40).len(), 40);
    }
}

/// What is special about a life is not left to chance, whatever happened before.
#[test]
fn the_many_come_in_every_life_that_is_meant_for_them() {
    for seed in 0..5 {
        let lives = lives(seed, Tier::Robust, 21);
        let count = |wanted: fn(&Deed) -> bool| {
            let lives = lives.iter().enumerate();
            let numbers = lives.filter(|(_, deeds)| deeds.iter().any(wanted));
            numbers.map(|(number, _)| number).collect::<Vec<_>>()
        };
        assert_eq!(count(|deed| matches!(deed, Deed::Crowd(_))), [10]);
        assert_eq!(count(|deed| matches!(deed, Deed::Visits(_))), [20]);
    }
}

fn says(length: usize) -> Speech {
    Speech {
        number: 1,
        lines: vec![length],
        style: Style::Plain,
        unfinished: false,
        times: 1,
        pieces: None,
    }
}

/// A server that relays pieces at once sends a newcomer the rest of what it had begun to relay.
#[test]
fn nobody_says_more_than_a_recv_takes_while_somebody_arrives() {
    let kept = |length, arrives_first| {
        let mut at_once = vec![Deed::Say(0, says(length)), Deed::Arrive(1)];
        if arrives_first {
            at_once.reverse();
        }
        let deeds = [Deed::Arrive(0), Deed::Freeze].into_iter().chain(at_once);
        possible(deeds.chain([Deed::Thaw])).0.len()
    };
    for arrives_first in [false, true] {
        assert_eq!(kept(900, arrives_first), 5);
        assert_eq!(kept(4097, arrives_first), 4);
    }
    let begins = Speech {
        unfinished: true,
        ..says(1)
    };
    let kept = |at_once: [Deed; 2]| {
        let deeds = [Deed::Arrive(0), Deed::Freeze].into_iter().chain(at_once);
        possible(deeds).0.len()
    };
    let (says, arrives) = (Deed::Say(0, begins), Deed::Arrive(1));
    assert_eq!(kept([arrives.clone(), says.clone()]), 4);
    assert_eq!(kept([says, arrives]), 4);
}

/// A long line that was begun fills a small buffer, and the departure behind it has no room.
#[test]
fn nobody_leaves_much_behind_for_somebody_with_a_small_buffer() {
    let begins = Speech {
        unfinished: true,
        ..says(65_000)
    };
    let kept = |others| {
        let begun = [Deed::Arrive(0), Deed::Say(0, begins.clone())];
        let others = (1..=others).map(Deed::Arrive);
        let left = [Deed::Leave(0, Departure::HalfClose)];
        possible(begun.into_iter().chain(others).chain(left))
            .0
            .len()
    };
    assert_eq!((kept(1), kept(2)), (4, 4));
}

/// A server that drops what there is no room for may drop it for somebody with a small buffer, who
/// reads as fast as he can.
#[test]
fn nobody_who_reads_by_a_small_buffer_is_flooded() {
    let kept = |second_is_lazy| {
        let mut deeds: Vec<Deed> = (0..6).map(Deed::Arrive).collect();
        deeds.push(Deed::StopReading(2));
        if second_is_lazy {
            deeds.push(Deed::StopReading(5));
        }
        deeds.push(Deed::Flood(0, 2));
        possible(deeds).0.len()
    };
    assert_eq!(kept(true), 9);
    assert_eq!(kept(false), 7);
}

/// The kernel counts more for a line than its bytes, and small buffers stay small.
#[test]
fn nobody_who_was_lazy_is_told_many_lines() {
    let kept = |lines| {
        let arrivals = (0..3).map(Deed::Arrive);
        let lazy = [Deed::StopReading(2), Deed::ReadAgain(2)];
        let times = Speech {
            times: lines,
            ..says(0)
        };
        possible(arrivals.chain(lazy).chain([Deed::Say(0, times)]))
            .0
            .len()
    };
    assert_eq!((kept(3), kept(177)), (6, 5));
}

/// A line may be said in parts, and is as long as they are together.
#[test]
fn a_line_in_two_parts_is_as_long_as_both() {
    let begins = Speech {
        unfinished: true,
        ..says(85_000)
    };
    let tier = |rest| possible([Deed::Arrive(0), Deed::Say(0, begins.clone()), rest]).1;
    assert_eq!(tier(Deed::Say(0, says(10_000))), Tier::Subject);
    assert_eq!(tier(Deed::Say(0, says(65_000))), Tier::Robust);
}

/// Of what waits in a connection that was reset the kernel says nothing, and a server may read it
/// byte by byte, after it has dealt with whoever else came.
#[test]
fn nobody_says_much_and_vanishes_at_the_same_instant() {
    let kept = |length, how| {
        let deeds = [
            Deed::Arrive(0),
            Deed::Freeze,
            Deed::Say(0, says(length)),
            Deed::Leave(0, how),
            Deed::Thaw,
        ];
        possible(deeds).0.len()
    };
    assert_eq!(kept(10, Departure::Close), 5);
    assert_eq!(kept(800, Departure::HalfClose), 5);
    assert_eq!(kept(800, Departure::Close), 4);
    assert_eq!(kept(800, Departure::Reset), 4);
}
