//! Failures that are beside the point of their scenario.
//!
//! A scenario that looks at system calls, at what the server has of the machine, or at what it
//! does when a call fails, needs a server that serves its clients well until then. Where it does
//! not, that is wrong as well, and counts for the rule that is broken.

use super::play::Play;
use crate::scenario::{Action, Scenario};
use crate::verdict::{Comparison, Failure, Matter};

impl Play<'_> {
    /// The rule that a failure counts for, where that is not the scenario's own.
    pub(super) fn beside(&self, failure: &Failure) -> Option<&'static str> {
        let beside = failure.matter == Matter::Conduct
            && !self.adversity
            && looks_at_something_else(self.scenario);
        beside.then(|| broken_rule(failure.comparison.as_ref()))
    }
}

/// Whether what clients see is not what the scenario is about, at least until something is made
/// to fail.
fn looks_at_something_else(scenario: &Scenario) -> bool {
    !scenario.watch.is_empty()
        || scenario.steps.iter().any(|step| {
            matches!(
                step.action,
                Action::Measure(_) | Action::Fail(_) | Action::NoMemory
            )
        })
}

/// The rule that is broken by what a client received, or by a server that serves nobody.
fn broken_rule(comparison: Option<&Comparison>) -> &'static str {
    let Some(Comparison {
        matched,
        expected,
        received,
        ..
    }) = comparison
    else {
        return "survives";
    };
    let begun = matched.rsplit(|byte| *byte == b'\n').next();
    let begun = begun.unwrap_or_default();
    let line = |rest: &[u8]| {
        let end = rest.iter().position(|byte| *byte == b'\n');
        [begun, &rest[..end.unwrap_or(rest.len())]].concat()
    };
    let (expected, received) = (line(expected), line(received));
    let is = |line: &[u8], end: &[u8]| line.starts_with(b"server: ") && line.ends_with(end);
    let arrived = b" just arrived";
    if is(&expected, arrived) && is(&received, arrived) {
        return "ids-count-up";
    }
    let kinds: [(&[u8], _); 2] = [(arrived, "arrival"), (b" just left", "departure")];
    kinds
        .into_iter()
        .find(|(end, _)| is(&expected, end) || is(&received, end))
        .map_or("relay", |(_, rule)| rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    fn rule(matched: &str, expected: &str, received: &str) -> &'static str {
        broken_rule(Some(&Comparison {
            who: "alice".into(),
            matched: matched.into(),
            matched_length: matched.len(),
            expected: expected.into(),
            expected_length: expected.len(),
            received: received.into(),
            received_length: received.len(),
            here: String::new(),
        }))
    }

    #[test]
    fn a_line_counts_for_the_rule_that_it_breaks() {
        let cases = [
            (
                rule("server: client ", "2 just arrived\n", "1 just arrived\n"),
                "ids-count-up",
            ),
            (rule("", "server: client 2 just arrived\n", ""), "arrival"),
            (
                rule("", "client 0: hi\n", "server: client 1 just arrived\n"),
                "arrival",
            ),
            (
                rule("one\nserver: client 2 just ", "left\n", "leaves\n"),
                "departure",
            ),
            (rule("one\n", "client 0: hi\n", "client 0: ho\n"), "relay"),
            (
                rule("client 1: server: client ", "2 just left\n", ""),
                "relay",
            ),
            (broken_rule(None), "survives"),
        ];
        for (found, wanted) in cases {
            assert_eq!(found, wanted);
            assert!(rules::find(found).is_ok());
        }
    }
}
