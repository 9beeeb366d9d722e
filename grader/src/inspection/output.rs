//! The rule `silent`, in every scenario: what the server wrote where nothing else was wrong.

use super::Observed;
use crate::verdict::{CheckReport, Failure, Outcome};

/// How many scenarios are named.
const NAMED: usize = 3;

/// A scenario in which the server wrote something.
#[derive(Clone, Debug)]
pub struct Printed {
    scenario: String,
    path: String,
    failure: Box<Failure>,
}

impl Printed {
    /// What the report of a scenario holds of it.
    pub fn take_from(check: &mut CheckReport) -> Option<Self> {
        Some(Self {
            failure: check.printed.take()?,
            scenario: check.scenario.clone(),
            path: check.path.clone(),
        })
    }
}

/// Judges what was written while the scenarios were played; `path` becomes that of the scenario
/// which shows it.
pub(super) fn judge(observed: Option<Observed<'_>>, path: &mut String) -> Outcome {
    let observed = observed.unwrap_or_default();
    let Some((first, others)) = observed.printed.split_first() else {
        return if observed.played > 0 {
            Outcome::Passed
        } else {
            Outcome::Skipped("no scenario was played in which the server could have printed".into())
        };
    };
    path.clone_from(&first.path);
    let mut failure = first.failure.clone();
    failure.reason = format!("in {}, {}", first.scenario, failure.reason);
    if !others.is_empty() {
        let named: Vec<&str> = others
            .iter()
            .take(NAMED)
            .map(|it| it.scenario.as_str())
            .collect();
        let more = match others.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        failure.reason.push_str(&format!(
            "; it wrote something in {}{more} as well",
            named.join(", ")
        ));
    }
    Outcome::Failed(failure)
}
