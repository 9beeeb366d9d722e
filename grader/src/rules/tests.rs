//! The catalogue keeps its own promises.

use std::collections::BTreeSet;

use super::{Group, Needs, Said, all, find};
use crate::tier::Tier;

/// The rules that the project set out with; one that is dropped by mistake is missed here.
const NAMES: [&str; 41] = [
    "no-argument",
    "port-from-argument",
    "fatal-error",
    "out-of-memory",
    "loopback-only",
    "silent",
    "ids-count-up",
    "arrival",
    "departure",
    "relay",
    "prefix-every-line",
    "line-in-pieces",
    "long-line",
    "verbatim",
    "order",
    "prompt",
    "unfinished-line",
    "lazy-stays",
    "lazy-harmless",
    "lazy-catches-up",
    "many-ids",
    "many-clients",
    "survives",
    "no-fd-leak",
    "no-memory-leak",
    "sleeps-when-idle",
    "conversation",
    "select-first",
    "never-eagain",
    "allowed-functions",
    "no-define",
    "compiles",
    "memory-safe",
    "exam-1",
    "exam-2",
    "exam-3",
    "exam-4",
    "exam-5",
    "exam-6",
    "exam-7",
    "exam-8",
];

#[test]
fn every_rule_is_there_once() {
    let ids: Vec<_> = all().iter().map(|rule| rule.id.as_str()).collect();
    let expected: Vec<_> = NAMES.into_iter().chain(["exam-9"]).collect();
    assert_eq!(ids, expected);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

#[test]
fn rules_stand_in_the_order_of_their_groups() {
    assert!(all().is_sorted_by_key(|rule| rule.group));
    for group in Group::ALL {
        assert!(
            all().iter().any(|rule| rule.group == group),
            "{group:?} is empty"
        );
    }
}

#[test]
fn ids_are_kebab_case() {
    for rule in all() {
        let words = rule.id.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        assert!(words, "{}", rule.id);
    }
}

#[test]
fn texts_are_whole_sentences() {
    for rule in all() {
        let texts = [
            Some(&rule.rule),
            Some(&rule.because),
            Some(&rule.hint),
            rule.checked_part.as_ref(),
        ];
        for text in texts.into_iter().flatten() {
            assert!(
                text.starts_with(|c: char| c.is_ascii_uppercase()),
                "{}: {text}",
                rule.id
            );
            assert!(text.ends_with('.'), "{}: {text}", rule.id);
            assert!(
                text.len() >= 20 && !text.contains('\n'),
                "{}: {text}",
                rule.id
            );
        }
    }
}

#[test]
fn hints_follow_a_label() {
    // The report writes `usually` before them.
    for rule in all() {
        assert!(
            !rule.hint.to_lowercase().contains("usually"),
            "{}: {}",
            rule.id,
            rule.hint
        );
    }
}

#[test]
fn quotations_are_a_few_words() {
    for rule in all() {
        if let Said::Subject(words) = &rule.said {
            assert!(
                (1..=7).contains(&words.split(' ').count()),
                "{}: {words}",
                rule.id
            );
        }
    }
}

#[test]
fn tiers_agree_with_their_sources() {
    for rule in all() {
        match rule.said {
            Said::Nowhere => assert_eq!(rule.tier, Tier::Robust, "{}", rule.id),
            Said::Exam => assert_eq!(rule.tier, Tier::Exam, "{}", rule.id),
            Said::Subject(_) => assert_ne!(rule.tier, Tier::Robust, "{}", rule.id),
        }
        assert!(
            rule.group != Group::Exam || rule.tier == Tier::Exam,
            "{}",
            rule.id
        );
    }
}

#[test]
fn every_rule_can_be_seen_by_hand() {
    // A line that is longer breaks in a terminal of 80 columns, behind the report's margin.
    const WIDEST: usize = 80 - "  by hand  ".len();
    for rule in all() {
        let commands: Vec<_> = rule.commands("./mini_serv").collect();
        assert!(!commands.is_empty(), "{}", rule.id);
        for command in commands {
            assert!(
                !command.contains('{') || !command.contains("{server}"),
                "{}",
                rule.id
            );
            assert!(
                !command.trim().is_empty() && command.is_ascii(),
                "{}: {command}",
                rule.id
            );
            assert!(
                command.len() <= WIDEST,
                "{}: {} columns: {command}",
                rule.id,
                command.len()
            );
        }
        if rule.needs != Some(Needs::Source) {
            assert!(rule.by_hand.contains("{server}"), "{}", rule.id);
        }
    }
}

#[test]
fn what_is_checked_in_part_lacks_something() {
    for rule in all() {
        assert!(
            rule.checked_part.is_none() || rule.needs.is_some(),
            "{}",
            rule.id
        );
    }
}

#[test]
fn a_gap_is_told() {
    assert_eq!(find("arrival").unwrap().gap(), None);
    assert_eq!(
        find("no-define").unwrap().gap().unwrap(),
        "Checked only where C source is handed in."
    );
    assert!(
        find("never-eagain")
            .unwrap()
            .gap()
            .unwrap()
            .starts_with("Checked in full only where C source is handed in. Of an executable, ")
    );
}

#[test]
fn an_unknown_rule_is_answered_with_the_nearest() {
    let error = find("prefix-evry-line").unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no rule `prefix-evry-line`; did you mean `prefix-every-line`?"
    );
    let error = find("zzz").unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no rule `zzz`; `grader rules` lists them all"
    );
}
