//! A disagreement as a scenario file that people can read and play again.

use std::fmt;
use std::time::Duration;

use super::deed::{Deed, Demand};
use super::possible::possible;
use super::wording::{self, Expectation, Heading};
use crate::oracle::{Duty, LineState, Oracle};
use crate::rules;
use crate::runner;
use crate::scenario::{ClientId, Scenario, ScenarioError};
use crate::script;
use crate::suite;
use crate::verdict::{CheckReport, Comparison, Failure, Matter, Outcome};

/// Longer texts are not put into an `expect`: nobody would read them.
const LONGEST_EXPECTATION: usize = 400;

/// How much of what is wrong a title says, in characters.
const LONGEST_TITLE: usize = 120;

/// What a disagreement was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// One of the cases that a seed brings.
    Case {
        /// The seed.
        seed: u64,
        /// The case, from 1.
        number: u64,
    },
    /// One of the conversations that every run plays, by its number from 1.
    Conversation(usize),
}

impl Origin {
    /// What stands above the steps of the file.
    fn comment(self) -> String {
        match self {
            Self::Case { seed, number } => {
                format!("Found by `grader fuzz --seed {seed}`, in case {number}.")
            }
            Self::Conversation(number) => {
                format!("What fails of conversation-{number}, made short by `grader fuzz`.")
            }
        }
    }

    /// The seed of what is random in it.
    const fn seed(self) -> u64 {
        match self {
            Self::Case { seed, .. } => seed,
            Self::Conversation(number) => number as u64,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Case { seed, number } => write!(out, "case {number} of seed {seed}"),
            Self::Conversation(number) => write!(out, "conversation {number}"),
        }
    }
}

/// A disagreement.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What it was found in.
    pub origin: Origin,
    /// Where the file is to be.
    pub path: String,
    /// The file.
    pub text: String,
    /// What came of playing it, or of playing the case as long as the file has not been played.
    pub check: CheckReport,
    /// How many steps it has, without the `expect` that was filled in.
    pub steps: usize,
    /// Whether the file has failed when it was played.
    pub again: bool,
}

impl Finding {
    /// What these deeds led to, before the file that they make has been played.
    pub(super) fn new(path: String, origin: Origin, deeds: &[Deed], failure: &Failure) -> Self {
        let (text, line) = file(&path, &origin.comment(), deeds, failure, origin.seed());
        let failure = Failure {
            line,
            ..failure.clone()
        };
        let check = match read(&path, &text) {
            Ok(scenario) => runner::report(
                &scenario,
                Outcome::Failed(Box::new(failure)),
                Duration::ZERO,
            ),
            Err(error) => runner::unplayable(&path, error.to_string()),
        };
        Self {
            origin,
            path,
            text,
            check,
            steps: deeds.iter().map(Deed::steps).sum(),
            again: false,
        }
    }
}

/// What a failure is, however it came about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The server died, in this way. What its clients had received by then is up to chance.
    Died(String),
    /// A rule was broken.
    Broken(&'static str, Matter),
}

impl Kind {
    pub(super) fn of(failure: &Failure) -> Self {
        match &failure.death {
            Some(death) => Self::Died(death.how.clone()),
            None => Self::Broken(broken_rule(failure), failure.kind.matter()),
        }
    }
}

/// Reads deeds as a scenario of this name.
pub(super) fn scenario(
    name: &str,
    deeds: &[Deed],
    seed: u64,
) -> Result<Scenario, Box<ScenarioError>> {
    let heading = Heading {
        comment: "",
        title: "A random scenario",
        rule: "survives",
        tier: possible(deeds.iter().cloned()).1,
        seed,
    };
    read(name, &wording::file(&heading, deeds))
}

/// The text of a file for the failure of these deeds, and the line where they failed: a title that
/// says what went wrong, and the `expect` that was not met, where there is one.
fn file(
    path: &str,
    comment: &str,
    deeds: &[Deed],
    failure: &Failure,
    seed: u64,
) -> (String, usize) {
    let heading = Heading {
        comment,
        title: &title(failure),
        rule: told_rule(failure, deeds),
        tier: possible(deeds.iter().cloned()).1,
        seed,
    };
    let text = wording::file(&heading, deeds);
    // The steps stand lower than where they failed, by what stands above them.
    let plain = scenario(path, deeds, seed);
    let Ok((plain, written)) = plain.and_then(|plain| Ok((plain, read(path, &text)?))) else {
        return (text, failure.line);
    };
    let last = |scenario: &Scenario| scenario.steps.last().map_or(0, |step| step.line);
    let line = failure.line + last(&written) - last(&plain);
    let expectation = expectation(&written, failure, line);
    let filled = expectation.map(|expectation| wording::with_expectation(&text, &expectation));
    // An `expect` cannot say everything: where several orders are right, it is left out.
    match filled {
        Some(filled) if read(path, &filled).is_ok() => (filled, line),
        _ => (text, line),
    }
}

/// Reads and checks a file as `grader run --scenarios` would.
pub(super) fn read(path: &str, text: &str) -> Result<Scenario, Box<ScenarioError>> {
    let rules: Vec<&str> = rules::all().iter().map(|rule| rule.id.as_str()).collect();
    Ok(suite::read_text(path, text, &rules)?)
}

/// The rule that is broken by what a client received, or by a server that serves nobody.
fn broken_rule(failure: &Failure) -> &'static str {
    let otherwise = match failure.comparison {
        Some(_) => "relay",
        None => "survives",
    };
    failure.beside.unwrap_or(otherwise)
}

/// The rule that a file is about: what was asked for besides and must have been, or else it would
/// not stand there any more; otherwise what clients saw, or how many it took for that.
fn told_rule(failure: &Failure, deeds: &[Deed]) -> &'static str {
    let on_its_outputs = |it: &Comparison| it.who.starts_with("standard ");
    let silent = failure
        .comparison
        .as_ref()
        .is_none_or(|it| !on_its_outputs(it));
    let decides = |demand: &Demand| match demand {
        Demand::Silence => !silent,
        Demand::Unread | Demand::Unfinished => silent && failure.comparison.is_some(),
        Demand::SelectFirst | Demand::NeverEagain | Demand::AllowedFunctions => {
            failure.kind.matter() == Matter::Calls
        }
    };
    let mut demands = deeds.iter().filter_map(|deed| match deed {
        Deed::Demand(demand) => Some(*demand),
        _ => None,
    });
    if let Some(demand) = demands.find(decides) {
        return demand.rule();
    }
    let many = deeds.iter().find_map(|deed| match deed {
        Deed::Crowd(_) => Some("many-clients"),
        Deed::Visits(_) => Some("many-ids"),
        _ => None,
    });
    match many {
        Some(rule) if failure.beside.is_none() => rule,
        _ => broken_rule(failure),
    }
}

/// What is wrong, in a sentence.
fn title(failure: &Failure) -> String {
    let reason = failure.reason.trim_end_matches('.').replace('\n', "⏎");
    let reason = reason.replace(char::is_control, " ");
    let mut characters = reason.chars();
    let mut title: String = characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect());
    title.extend(characters.by_ref().take(LONGEST_TITLE));
    if characters.next().is_some() {
        title.push('…');
    }
    title
}

/// What must have come of the step on that line to the client that it did not come to.
fn expectation(scenario: &Scenario, failure: &Failure, line: usize) -> Option<Expectation> {
    let by = &failure.comparison.as_ref()?.who;
    let who = ClientId(scenario.clients.iter().position(|name| name == by)?);
    let mut oracle = Oracle::new(scenario);
    let mut began = 0;
    let mut now = 0;
    for planned in script::moves(scenario, 0) {
        if planned.line > line {
            break;
        }
        if planned.line != now {
            now = planned.line;
            began = oracle.instant();
        }
        oracle.follows(&planned.action);
    }
    let due = (oracle.log().iter().enumerate()).filter(|(place, due)| {
        due.state == LineState::Ended
            && due.last_instant() >= began
            && oracle.duty(who, *place) == Duty::Must
    });
    let mut text = String::new();
    for (_, line) in due {
        let said = String::from_utf8_lossy(&line.bytes);
        let name = scenario.clients.get(line.source.0)?;
        let id = format!("client {}", line.source.0);
        let (before, after) = said.split_once(&id)?;
        text.push_str(&format!(
            "{before}client {{{name}}}{}",
            wording::escaped(after).as_str()
        ));
    }
    // Something was due that this does not say.
    let comparison = failure.comparison.as_ref()?;
    if text.is_empty() && !comparison.expected.is_empty() {
        return None;
    }
    let text = text.replace('\n', "\\n");
    (text.len() <= LONGEST_EXPECTATION).then(|| Expectation {
        after: line,
        by: by.clone(),
        text,
    })
}
