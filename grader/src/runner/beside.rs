//! Failures that are beside the point of their scenario.
//!
//! Every byte is judged in every scenario, so a server that misspells an arrival fails wherever
//! somebody arrives. Such a failure counts for the rule that is broken and not for the one that
//! the scenario is about: who is told that lines in pieces are wrong looks in the wrong place.
//!
//! A scenario that looks at system calls, at what the server has of the machine, or at what it
//! does when a call fails, needs a server that serves its clients well until then: there, all
//! that clients see is beside the point.

use std::collections::BTreeSet;

use super::play::Play;
use super::stop::Stop;
use crate::rules::{self, Group};
use crate::scenario::{Action, ClientId, Judge, Scenario, Step};
use crate::tier::Tier;
use crate::verdict::kind::Mistake;
use crate::verdict::{Comparison, Failure, Kind, Matter};

/// From here on, what goes wrong may come from the number of clients.
const CROWD: usize = 100;

impl Play<'_> {
    /// The rule that a failure counts for, where that is not the one that the scenario is mainly
    /// about.
    pub(super) fn beside(&self, failure: &Failure) -> Option<&'static str> {
        // The real examiner's tests are about everything at once.
        if self.scenario.judge == Judge::SortedLines {
            return None;
        }
        if failure.kind.matter() == Matter::Pace {
            return Some("prompt");
        }
        let own = |rule: &&str| self.scenario.rules.first().is_some_and(|main| main == rule);
        if let Some(rule) = self.rule_of_its_own(failure.kind) {
            return Some(rule).filter(|rule| !own(rule));
        }
        if failure.kind.matter() != Matter::Conduct {
            return None;
        }
        let seen = failure.comparison.as_ref().map(|it| Seen::new(it, self));
        let rule = seen.as_ref().and_then(Seen::broken_rule);
        let rule = if self.adversity {
            // What is missing is so because something was made to fail. No call that fails
            // changes a text.
            rule.filter(|_| seen.is_some_and(|seen| seen.is_misspelt()))
        } else if looks_at_something_else(self.scenario) {
            let otherwise = if seen.is_some() { "relay" } else { "survives" };
            rule.or(Some(otherwise))
        } else if seen.is_some() && is_about_the_start(self.scenario) {
            let speaks = |step: &Step| matches!(step.action, Action::Send(_));
            let somebody_speaks = self.scenario.steps.iter().any(speaks);
            let otherwise = if somebody_speaks { "relay" } else { "arrival" };
            rule.or(Some(otherwise))
        } else if self.arrived > CROWD {
            None
        } else {
            // Who says nothing may be waiting for somebody who does not read.
            rule.filter(|_| seen.is_some_and(|seen| seen.contradicts) || !self.somebody_was_lazy())
        };
        rule.filter(|rule| !own(rule))
    }

    /// The rule that is broken by what is wrong, whatever the scenario is about.
    fn rule_of_its_own(&self, kind: Kind) -> Option<&'static str> {
        let is_crowded = self.arrived > CROWD;
        match kind {
            Kind::Died { .. } => self
                .history
                .plain_rule()
                .or_else(|| kind.tier().map(|_| "survives")),
            // It stands before anything that anybody could have said.
            Kind::Text(Mistake::Uninvited) => {
                self.history.plain_rule().filter(|rule| *rule == "arrival")
            }
            Kind::Text(_) if is_crowded => None,
            _ => kind.rule(),
        }
    }

    fn somebody_was_lazy(&self) -> bool {
        self.scenario
            .steps
            .iter()
            .take_while(|step| step.line <= self.line)
            .any(|step| matches!(step.action, Action::StopReading(_)))
    }
}

/// Attributes what is wrong with a server that is only started.
pub(super) fn at_start(stop: Stop, scenario: &Scenario) -> Stop {
    let Stop::Wrong(mut failure) = stop else {
        return stop;
    };
    let own = |rule: &&str| scenario.rules.first().is_some_and(|main| main == rule);
    if scenario.judge == Judge::EveryByte && scenario.tier != Tier::Exam {
        failure.beside = failure.kind.rule().filter(|rule| !own(rule));
    }
    Stop::Wrong(failure)
}

/// Whether a scenario is about how the server starts: clients only show that it serves.
fn is_about_the_start(scenario: &Scenario) -> bool {
    let main = scenario
        .rules
        .first()
        .and_then(|rule| rules::find(rule).ok());
    main.is_some_and(|rule| rule.group == Group::Start)
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

/// A line that a client had to receive, and what it did receive, both without their newline.
#[derive(Debug)]
struct Seen {
    /// The client's id, if it is a client.
    reader: Option<usize>,
    /// The id of the client that arrived last.
    newest: usize,
    /// The clients that are connected and do not read.
    lazy: BTreeSet<usize>,
    /// Empty: nothing more.
    expected: Vec<u8>,
    /// Empty: nothing, or an empty line.
    received: Vec<u8>,
    /// Whether anything wrong was received.
    contradicts: bool,
}

impl Seen {
    fn new(comparison: &Comparison, play: &Play<'_>) -> Self {
        let mut clients = play.scenario.clients.iter();
        let reader = clients.position(|name| *name == comparison.who);
        let newest = play.arrived.saturating_sub(1);
        let here = play.lazy.iter().filter(|lazy| play.oracle.is_here(**lazy));
        let lazy = here.map(|ClientId(id)| *id).collect();
        Self::of(comparison, reader, newest, lazy)
    }

    fn of(
        comparison: &Comparison,
        reader: Option<usize>,
        newest: usize,
        lazy: BTreeSet<usize>,
    ) -> Self {
        let begun = comparison.matched.rsplit(|byte| *byte == b'\n').next();
        let begun = begun.unwrap_or_default();
        let line = |rest: &[u8]| {
            let end = rest.iter().position(|byte| *byte == b'\n');
            [begun, &rest[..end.unwrap_or(rest.len())]].concat()
        };
        let contradicts = !comparison.received.is_empty();
        Self {
            reader,
            newest,
            lazy,
            expected: line(&comparison.expected),
            received: if contradicts {
                line(&comparison.received)
            } else {
                Vec::new()
            },
            contradicts,
        }
    }

    /// The rule that is broken, where the lines say so.
    fn broken_rule(&self) -> Option<&'static str> {
        let expected = Announcement::read(&self.expected);
        let received = Announcement::read(&self.received);
        // What is not an announcement, not even a misspelt one, is somebody's text.
        let announces = !self.contradicts || self.received.starts_with(SERVER);
        match (expected, received) {
            (Some(Announcement::Arrived(_)), Some(Announcement::Arrived(_))) => {
                Some("ids-count-up")
            }
            (_, Some(Announcement::Left(id))) if self.lazy.contains(&id) => Some("lazy-stays"),
            (Some(Announcement::Arrived(_)), _) if announces => Some("arrival"),
            (Some(Announcement::Left(_)), _) if announces => Some("departure"),
            // Somebody's text may be what is missing before an announcement that is right.
            (None, Some(Announcement::Arrived(id))) => {
                let text_is_missing = !self.expected.is_empty() && id == self.newest;
                (!text_is_missing || self.reader == Some(id)).then_some("arrival")
            }
            (None, Some(Announcement::Left(id))) => {
                (speaker(&self.expected) != Some(id)).then_some("departure")
            }
            _ if self.is_its_own() => Some("relay"),
            _ if self.has_a_wrong_prefix() => Some("prefix-every-line"),
            _ => None,
        }
    }

    /// Whether something came in the place of a text that is right nowhere.
    fn is_misspelt(&self) -> bool {
        let announced = Announcement::read(&self.received);
        self.contradicts
            && match Announcement::read(&self.expected) {
                Some(Announcement::Arrived(id)) => match announced {
                    Some(Announcement::Arrived(other)) => other != id,
                    Some(Announcement::Left(_)) => false,
                    None => self.received.starts_with(SERVER),
                },
                Some(Announcement::Left(_)) => {
                    announced.is_none() && self.received.starts_with(SERVER)
                }
                None => self.is_its_own() || self.has_a_wrong_prefix(),
            }
    }

    /// Whether the reader received what it said itself.
    fn is_its_own(&self) -> bool {
        self.reader.is_some() && speaker(&self.received) == self.reader
    }

    /// Whether the right text came behind a wrong prefix, or behind none.
    fn has_a_wrong_prefix(&self) -> bool {
        let (Some(expected), received) = (prefixed(&self.expected), prefixed(&self.received))
        else {
            return false;
        };
        let texts = [Some(&self.received[..]), received.map(|it| it.text)];
        let wrong = received.is_none_or(|it| it.prefix != expected.prefix);
        // Long texts are cut, each somewhere else.
        let same = |text: &[u8]| {
            let both = text.len().min(expected.text.len());
            text.is_empty() == expected.text.is_empty() && text[..both] == expected.text[..both]
        };
        self.contradicts && wrong && texts.into_iter().flatten().any(same)
    }
}

/// How every announcement begins.
const SERVER: &[u8] = b"server: ";

/// A line of the server's own that is spelt as it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Announcement {
    Arrived(usize),
    Left(usize),
}

impl Announcement {
    fn read(line: &[u8]) -> Option<Self> {
        let text = str::from_utf8(line).ok()?;
        let (id, event) = text.strip_prefix("server: client ")?.split_once(' ')?;
        let id = id.parse().ok()?;
        match event {
            "just arrived" => Some(Self::Arrived(id)),
            "just left" => Some(Self::Left(id)),
            _ => None,
        }
    }
}

/// The id in the prefix of a line that has a right one.
fn speaker(line: &[u8]) -> Option<usize> {
    let digits = line.strip_prefix(b"client ")?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
    digits[end..].starts_with(b": ").then_some(())?;
    str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

/// A line in its two parts.
#[derive(Clone, Copy, Debug)]
struct Prefixed<'line> {
    prefix: &'line [u8],
    text: &'line [u8],
}

/// The parts of a line that has a prefix, be it without the space at its end.
fn prefixed(line: &[u8]) -> Option<Prefixed<'_>> {
    let rest = line.strip_prefix(b"client ")?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let text = rest[digits..].strip_prefix(b":")?;
    let text = text.strip_prefix(b" ").unwrap_or(text);
    let prefix = &line[..line.len() - text.len()];
    (digits > 0).then_some(Prefixed { prefix, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    /// What bob (1) had to receive, and did. Carol (2) arrived last; dave (3) does not read.
    fn seen(matched: &str, expected: &str, received: &str) -> Seen {
        let comparison = Comparison {
            who: "bob".into(),
            matched: matched.into(),
            matched_length: matched.len(),
            expected: expected.into(),
            expected_length: expected.len(),
            received: received.into(),
            received_length: received.len(),
            here: String::new(),
        };
        Seen::of(&comparison, Some(1), 2, BTreeSet::from([3]))
    }

    fn rule(matched: &str, expected: &str, received: &str) -> Option<&'static str> {
        seen(matched, expected, received).broken_rule()
    }

    #[test]
    fn a_line_counts_for_the_rule_that_it_breaks() {
        let cases = [
            (
                "server: client ",
                "2 just arrived\n",
                "1 just arrived\n",
                "ids-count-up",
            ),
            ("", "server: client 2 just arrived\n", "", "arrival"),
            ("server: client 2 just ar", "rived\n", "ived\n", "arrival"),
            (
                "",
                "client 0: hi\n",
                "server: client 1 just arrived\n",
                "arrival",
            ),
            ("", "", "server: client 1 just arrived\n", "arrival"),
            (
                "one\nserver: client 2 just ",
                "left\n",
                "leaves\n",
                "departure",
            ),
            ("", "server: client 2 just left\n", "", "departure"),
            ("client ", "0: hi\n", "1: hello\n", "relay"),
            ("", "client 0: hi\n", "hi\n", "prefix-every-line"),
            ("client ", "0: hi\n", "2: hi\n", "prefix-every-line"),
            ("client 0:", " hi\n", "hi\n", "prefix-every-line"),
            ("", "client 0: \n", "\n", "prefix-every-line"),
        ];
        for (matched, expected, received, wanted) in cases {
            assert_eq!(
                rule(matched, expected, received),
                Some(wanted),
                "{received}"
            );
            assert!(rules::find(wanted).is_ok());
        }
    }

    #[test]
    fn who_sends_a_reader_away_that_does_not_read_breaks_the_rule_about_that() {
        let left = "server: client 3 just left\n";
        assert_eq!(rule("", "client 0: hi\n", left), Some("lazy-stays"));
    }

    #[test]
    fn what_is_misspelt_is_so_whatever_fails() {
        let cases = [
            (
                "server: client 2 just arrived\n",
                "server: client 2 just arived\n",
                true,
            ),
            (
                "server: client 2 just arrived\n",
                "server: client 1 just arrived\n",
                true,
            ),
            ("client 0: hi\n", "hi\n", true),
            ("server: client 2 just arrived\n", "", false),
            ("server: client 2 just arrived\n", "client 0: hi\n", false),
            (
                "server: client 2 just left\n",
                "server: client 3 just arrived\n",
                false,
            ),
            ("client 0: hi\n", "server: client 0 just left\n", false),
        ];
        for (expected, received, wanted) in cases {
            assert_eq!(
                seen("", expected, received).is_misspelt(),
                wanted,
                "{received}"
            );
        }
    }

    #[test]
    fn other_lines_count_for_what_the_scenario_is_about() {
        let cases = [
            ("one\n", "client 0: hi\n", "client 0: ho\n"),
            ("one\n", "client 0: hi\n", ""),
            ("", "client 0: hi\n", "hello\n"),
            ("", "client 0: \n", "client 2: hi\n"),
            ("client 2: server: client ", "2 just left\n", ""),
            ("", "server: client 2 just left\n", "half a line\n"),
            ("", "client 0: hi\n", "server: client 2 just arrived\n"),
            ("", "client 0: half", "server: client 0 just left\n"),
        ];
        for (matched, expected, received) in cases {
            assert_eq!(rule(matched, expected, received), None, "{received}");
        }
    }
}
