//! A server with one mistake by which many checks fail, in the reports that tell it once.

use grader::tier::Tier;
use grader::verdict::kind::Mistake;
use grader::verdict::{CheckReport, Failure, Kind, Outcome, TranscriptRow};

use super::machine::written;
use super::{assert_golden, samples};

/// A check that fails since an id is given again, or by something that looks as if it came of that.
fn failed(name: &str, rule: &str, tier: Tier, mistake: Mistake) -> CheckReport {
    let row = |who: &str, did: &str, with: &str| TranscriptRow {
        who: who.into(),
        did: did.into(),
        with: with.into(),
    };
    let (own, reason) = match mistake {
        Mistake::OwnArrival => ("arrival", "bob was told of his own arrival"),
        _ => ("ids-count-up", "alice was told of another client 0"),
    };
    let failure = Failure {
        kind: Kind::Text(mistake),
        beside: (tier != Tier::Exam && rule != own).then_some(own),
        line: 5,
        reason: reason.into(),
        transcript: vec![
            row("alice", "connects", "id 0"),
            row("bob", "connects", "id 1"),
        ],
        ..Failure::default()
    };
    let outcome = Outcome::Failed(Box::new(failure));
    samples::check(name, rule, tier, "Whoever comes is served", outcome)
}

fn checks() -> Vec<CheckReport> {
    let again = |name: &str, rule: &str, tier| failed(name, rule, tier, Mistake::IdAgain);
    let mut checks = vec![
        again("exam-4", "exam-4", Tier::Exam),
        again("ids-after-a-departure", "ids-count-up", Tier::Subject),
        failed("own-arrival", "arrival", Tier::Subject, Mistake::OwnArrival),
    ];
    for rule in [
        "relay",
        "departure",
        "lazy-harmless",
        "long-line",
        "order",
        "verbatim",
    ] {
        checks.push(again(rule, rule, Tier::Subject));
    }
    checks.push(samples::check(
        "no-argument",
        "no-argument",
        Tier::Subject,
        "Without an argument it says so",
        Outcome::Passed,
    ));
    checks
}

#[test]
fn what_many_checks_fail_by_is_told_once() {
    let events = samples::run(checks(), &[]);
    for (format, ending) in [
        ("junit", "xml"),
        ("markdown", "md"),
        ("gradescope", "gradescope.json"),
    ] {
        let text = written(format, &events);
        // One transcript for the finding, and one for what may have come from it.
        assert_eq!(
            text.matches("alice connects").count(),
            2,
            "{format}: {text}"
        );
        for check in checks().iter().filter(|check| check.found().is_some()) {
            assert!(
                text.contains(&check.scenario),
                "{format}: {}",
                check.scenario
            );
        }
        let path = format!("grader/tests/golden/expected/grouped.{ending}");
        assert_golden(&path, &text);
    }
}
