//! Makes a failing sequence of deeds as short and plain as it can be.
//!
//! First whole stretches are left out; then proptest's machinery leaves out single deeds and makes
//! those that stay plainer.

use std::cell::RefCell;
use std::collections::HashMap;

use proptest::num::usize::BinarySearch;
use proptest::strategy::{NewTree, Strategy};
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use proptest::tuple::TupleValueTree;

use super::deed::{Deed, Speech, Style};
use super::possible::possible;
use crate::script::Departure;

/// How often a shorter sequence is tried at most.
const TRIALS: u32 = 600;

/// How long proptest goes on at most, in milliseconds: a server that hangs takes its time.
const TIME: u32 = 60_000;

/// The shortest and plainest of these deeds with which it still `fails`.
pub(super) fn shrink(deeds: Vec<Deed>, fails: impl Fn(&[Deed]) -> bool) -> Vec<Deed> {
    let judged = RefCell::new(HashMap::new());
    let fails = |deeds: &[Deed]| {
        let key = format!("{deeds:?}");
        if let Some(known) = judged.borrow().get(&key) {
            return *known;
        }
        let verdict = fails(deeds);
        judged.borrow_mut().insert(key, verdict);
        verdict
    };
    let deeds = last_part(deeds, &fails);
    let deeds = without_stretches(deeds, &fails);
    plainest(deeds, &fails)
}

/// The last deeds alone, after the arrivals of those who take part in them; with the many who came
/// before, who cost the most, only where it does not fail without them.
fn last_part(deeds: Vec<Deed>, fails: &impl Fn(&[Deed]) -> bool) -> Vec<Deed> {
    let mut length = 4;
    while length < deeds.len() {
        let (before, last) = deeds.split_at(deeds.len() - length);
        let gone: Vec<_> = before
            .iter()
            .filter_map(|deed| match deed {
                Deed::Leave(who, _) | Deed::SendFails { to: who, .. } => Some(*who),
                _ => None,
            })
            .collect();
        let few = |deed: &&Deed| match deed {
            Deed::Arrive(who) => !gone.contains(who),
            Deed::Demand(_) => true,
            _ => false,
        };
        let many = |deed: &Deed| matches!(deed, Deed::Crowd(_) | Deed::Visits(_));
        let after = |present: Vec<Deed>| possible(present.into_iter().chain(last.to_vec())).0;
        let candidate = after(before.iter().filter(few).cloned().collect());
        if fails(&candidate) {
            return candidate;
        }
        if before.iter().any(many) {
            let all = before.iter().filter(|deed| few(deed) || many(deed));
            let candidate = after(all.cloned().collect());
            if fails(&candidate) {
                return candidate;
            }
        }
        length *= 2;
    }
    deeds
}

/// What is left when stretches that do not matter are left out, ever shorter ones.
fn without_stretches(mut deeds: Vec<Deed>, fails: &impl Fn(&[Deed]) -> bool) -> Vec<Deed> {
    let mut stretch = deeds.len() / 2;
    while stretch > 0 {
        let mut begin = 0;
        while begin < deeds.len() {
            let end = deeds.len().min(begin + stretch);
            let rest = deeds[..begin].iter().chain(&deeds[end..]).cloned();
            let (candidate, _) = possible(rest);
            if candidate.len() < deeds.len() && fails(&candidate) {
                deeds = candidate;
            } else {
                begin = end;
            }
        }
        stretch /= 2;
    }
    deeds
}

fn plainest(deeds: Vec<Deed>, fails: &impl Fn(&[Deed]) -> bool) -> Vec<Deed> {
    let strategies: Vec<Plainer> = deeds.iter().cloned().map(Plainer).collect();
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: TRIALS,
        max_shrink_time: TIME,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let Ok(tree) = strategies.new_tree(&mut runner) else {
        return deeds;
    };
    let written = |measures: &[Measures]| {
        let kept = deeds
            .iter()
            .zip(measures)
            .filter_map(|(deed, measures)| apply(deed, measures));
        possible(kept).0
    };
    let judge = |measures: Vec<Measures>| {
        if fails(&written(&measures)) {
            Err(TestCaseError::fail("it still fails"))
        } else {
            Ok(())
        }
    };
    match runner.run_one(tree, judge) {
        Err(TestError::Fail(_, measures)) => written(&measures),
        _ => deeds,
    }
}

/// A deed in numbers, each the plainer the smaller it is: whether it happens, then what
/// [`measures`] says.
type Measures = (
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
    usize,
);

type Tree = TupleValueTree<(
    BinarySearch,
    BinarySearch,
    BinarySearch,
    BinarySearch,
    BinarySearch,
    BinarySearch,
    BinarySearch,
    BinarySearch,
    BinarySearch,
)>;

/// A deed that can be left out or made plainer.
#[derive(Debug)]
struct Plainer(Deed);

impl Strategy for Plainer {
    type Tree = Tree;
    type Value = Measures;

    fn new_tree(&self, _runner: &mut TestRunner) -> NewTree<Self> {
        let (a, b, c, d, e, f, g, h, i) = measures(&self.0);
        let of = BinarySearch::new;
        Ok(TupleValueTree::new((
            of(a),
            of(b),
            of(c),
            of(d),
            of(e),
            of(f),
            of(g),
            of(h),
            of(i),
        )))
    }
}

const DEPARTURES: [Departure; 3] = [Departure::Close, Departure::HalfClose, Departure::Reset];

const STYLES: [Style; 7] = [
    Style::Plain,
    Style::Spaces,
    Style::Percent,
    Style::Announcement,
    Style::Printable,
    Style::Command,
    Style::Controls,
];

fn measures(deed: &Deed) -> Measures {
    match deed {
        Deed::Say(_, speech) | Deed::SendFails { speech, .. } => {
            let length = |line: usize| speech.lines.get(line).copied().unwrap_or(0);
            let style = STYLES.iter().position(|style| *style == speech.style);
            (
                1,
                speech.times - 1,
                speech.lines.len() - 1,
                speech.pieces.unwrap_or(0),
                usize::from(speech.unfinished),
                style.unwrap_or(0),
                length(0),
                length(1),
                length(2),
            )
        }
        Deed::Crowd(count) | Deed::Visits(count) => (1, count - 1, 0, 0, 0, 0, 0, 0, 0),
        Deed::Leave(_, how) => {
            let way = DEPARTURES.iter().position(|way| way == how);
            (1, way.unwrap_or(0), 0, 0, 0, 0, 0, 0, 0)
        }
        _ => (1, 0, 0, 0, 0, 0, 0, 0, 0),
    }
}

/// The deed by these measures; none where it is left out.
fn apply(deed: &Deed, measures: &Measures) -> Option<Deed> {
    let (happens, first, lines, pieces, unfinished, style, one, two, three) = *measures;
    if happens == 0 {
        return None;
    }
    let plainer = |speech: &Speech| {
        let mut lengths = speech.lines.clone();
        lengths.truncate(lines + 1);
        for (length, plainer) in lengths.iter_mut().zip([one, two, three]) {
            *length = plainer;
        }
        Speech {
            number: speech.number,
            lines: lengths,
            style: STYLES[style],
            unfinished: unfinished == 1,
            times: first + 1,
            pieces: (pieces > 0).then_some(pieces),
        }
    };
    Some(match deed {
        Deed::Say(who, speech) => Deed::Say(*who, plainer(speech)),
        Deed::SendFails {
            to,
            from,
            speech,
            error,
        } => Deed::SendFails {
            to: *to,
            from: *from,
            speech: plainer(speech),
            error: *error,
        },
        Deed::Crowd(_) => Deed::Crowd(first + 1),
        Deed::Visits(_) => Deed::Visits(first + 1),
        Deed::Leave(who, _) => Deed::Leave(*who, DEPARTURES[first]),
        other => other.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(number: usize, lines: Vec<usize>) -> Speech {
        Speech {
            number,
            lines,
            style: Style::Percent,
            unfinished: false,
            times: 3,
            pieces: Some(2),
        }
    }

    #[test]
    fn what_does_not_matter_is_left_out_and_the_rest_is_plain() {
        let mut deeds: Vec<Deed> = (0..40).map(Deed::Arrive).collect();
        deeds.push(Deed::Freeze);
        deeds.push(Deed::Say(
            7,
            Speech {
                pieces: None,
                ..says(1, vec![5, 1200, 7])
            },
        ));
        deeds.push(Deed::Leave(3, Departure::Reset));
        deeds.push(Deed::Thaw);
        // It fails whenever somebody says a line of at least a thousand bytes to another.
        let long = |deeds: &[Deed]| {
            let arrivals = deeds
                .iter()
                .filter(|deed| matches!(deed, Deed::Arrive(_)))
                .count();
            arrivals > 1
                && deeds.iter().any(|deed| {
                    matches!(deed, Deed::Say(_, speech) if speech.lines.iter().any(|it| *it >= 1000))
                })
        };
        let least = shrink(deeds, long);
        assert_eq!(least.len(), 3, "{least:?}");
        let Some(Deed::Say(7, speech)) = least.last() else {
            panic!("{least:?}");
        };
        assert_eq!(speech.lines, [0, 1000], "{speech:?}");
        assert_eq!((speech.times, speech.style), (1, Style::Plain));
    }
}
