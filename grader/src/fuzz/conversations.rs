//! The conversations that every run plays: made up like those of a trial, once and for everybody,
//! and kept as scenario files, since grades must be comparable.

use std::collections::BTreeMap;

use super::deed::Deed;
use super::generator::Generator;
use super::life::{CASES_OF_A_LIFE, Life, Means};
use super::possible::possible;
use super::situation::Situation;
use super::wording::{self, Heading};
use crate::tier::Tier;

/// Which set these are. It goes up with every change of what is played, as grades may with it.
const SET: u32 = 2;

/// How many conversations there are.
pub const COUNT: usize = 6;

/// From how many lives they are chosen.
const LIVES: usize = 300;

/// How many bytes may be said in one: all of them together must not take long.
const MOST_SAID: usize = 50_000;

/// How often a situation should come, each time with something else around it.
const TIMES: usize = 3;

/// The scenario files, by name.
#[must_use]
pub fn conversations() -> Vec<(String, String)> {
    let files = lives().into_iter().enumerate();
    files
        .map(|(place, life)| {
            let number = place + 1;
            (format!("conversation-{number}"), file(number, &life))
        })
        .collect()
}

/// Those lives of many that together bring about the most.
pub(super) fn lives() -> Vec<Life> {
    let means = Means {
        require: Tier::Subject,
        supervised: false,
        own_calls: false,
        room: 0,
    };
    let mut generator = Generator::plain(SET.into(), means);
    let mut lives: Vec<Life> = (0..LIVES)
        .map(|_| generator.life(CASES_OF_A_LIFE))
        .filter(|life| said(life) <= MOST_SAID)
        .collect();
    let mut seen: BTreeMap<Situation, usize> = BTreeMap::new();
    let mut chosen = Vec::new();
    while chosen.len() < COUNT && !lives.is_empty() {
        let place = (0..lives.len())
            .max_by_key(|place| (worth(&lives[*place], &seen), usize::MAX - place))
            .unwrap_or_default();
        let life = lives.swap_remove(place);
        for situation in life.cases.iter().flat_map(|case| &case.reached) {
            *seen.entry(*situation).or_default() += 1;
        }
        chosen.push(life);
    }
    // What is asked for besides belongs to the scenarios that are about it.
    for case in chosen
        .iter_mut()
        .flat_map(|life: &mut Life| &mut life.cases)
    {
        case.deeds.retain(|deed| !matches!(deed, Deed::Demand(_)));
    }
    chosen
}

/// How many situations it brings about that have come too seldom.
fn worth(life: &Life, seen: &BTreeMap<Situation, usize>) -> usize {
    let mut seen = seen.clone();
    let reached = life.cases.iter().flat_map(|case| &case.reached);
    reached
        .map(|situation| {
            let times = seen.entry(*situation).or_default();
            let before = std::mem::replace(times, *times + 1);
            TIMES.saturating_sub(before)
        })
        .sum()
}

fn said(life: &Life) -> usize {
    let deeds = life.deeds();
    let lengths = deeds.iter().map(|deed| match deed {
        Deed::Say(_, speech) => speech.length(),
        _ => 0,
    });
    lengths.sum()
}

fn file(number: usize, life: &Life) -> String {
    let (deeds, tier) = possible(life.deeds());
    wording::file(
        &Heading {
            comment: &format!(
                "Made up by the grader, set {SET}: `UPDATE_GOLDEN=1 cargo test -p grader --test \
                 conversations` writes it."
            ),
            title: &format!(
                "In conversation {number}, of many that nobody wrote, everybody receives all that \
                 is due"
            ),
            rule: "conversation",
            tier,
            seed: number as u64,
        },
        &deeds,
    )
}
