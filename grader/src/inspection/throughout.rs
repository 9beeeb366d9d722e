//! Rules that hold in every scenario, whatever that is about: `silent`, `allowed-functions`. Judged
//! where nothing else was wrong.

use super::Observed;
use crate::suite::Throughout;
use crate::verdict::{CheckReport, Failure, Kind, Outcome};

/// How many scenarios are named.
const NAMED: usize = 3;

/// What was wrong in a scenario that is not about it.
#[derive(Clone, Debug)]
pub struct Aside {
    scenario: String,
    path: String,
    failure: Failure,
}

impl Aside {
    /// What the report of a scenario holds of this.
    pub fn take_from(check: &mut CheckReport) -> impl Iterator<Item = Self> {
        let asides = std::mem::take(&mut check.asides).into_iter();
        asides.map(|failure| Self {
            scenario: check.scenario.clone(),
            path: check.path.clone(),
            failure,
        })
    }

    const fn is_about(&self, what: Throughout) -> bool {
        match what {
            Throughout::Output => matches!(self.failure.kind, Kind::Prints),
            Throughout::Calls => matches!(self.failure.kind, Kind::Forbidden { .. }),
        }
    }
}

/// Judges what was wrong besides while the scenarios were played; `path` becomes that of the
/// scenario which shows it.
pub(super) fn judge(
    what: Throughout,
    observed: Option<Observed<'_>>,
    path: &mut String,
) -> Outcome {
    let observed = observed.unwrap_or_default();
    let asides = || observed.asides.iter().filter(|aside| aside.is_about(what));
    // Shown by the scenario that tells it in the fewest steps.
    let Some(shown) = asides().min_by_key(|aside| aside.failure.transcript.len()) else {
        return match (what, observed.unseen_calls) {
            (Throughout::Calls, Some(outcome)) => outcome.clone(),
            _ if observed.played == 0 => Outcome::Skipped(
                "no scenario was played in which the server could have done it".into(),
            ),
            _ => Outcome::Passed,
        };
    };
    path.clone_from(&shown.path);
    let mut failure = shown.failure.clone();
    failure.reason = format!("in {}, {}", shown.scenario, failure.reason);
    let same = |aside: &&Aside| {
        aside.scenario != shown.scenario && aside.failure.kind == shown.failure.kind
    };
    let others: Vec<&str> = asides()
        .filter(same)
        .map(|aside| &*aside.scenario)
        .collect();
    if !others.is_empty() {
        let named = &others[..others.len().min(NAMED)];
        let more = match others.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        failure
            .reason
            .push_str(&format!("; the same in {}{more}", named.join(", ")));
    }
    Outcome::Failed(Box::new(failure))
}
