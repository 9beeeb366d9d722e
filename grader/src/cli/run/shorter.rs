//! Conversations that fail, as short as they can be made in a moment.

use std::time::Duration;

use crate::fuzz;
use crate::runner::Settings;
use crate::verdict::{CheckReport, Kind, Outcome};

/// For how long shorter forms of a conversation are tried.
const TIME: Duration = Duration::from_secs(1);

/// Makes those conversations short that show what no scenario before has shown.
pub(super) struct Shorter {
    settings: Settings,
    /// What has been shown until now, and by which rule.
    shown: Vec<(Kind, String)>,
}

impl Shorter {
    /// One for a run of the scenarios that come with the grader.
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            settings: settings.clone(),
            shown: Vec::new(),
        }
    }

    /// Looks at a scenario that has been played, in the order of the suite. Of a conversation that
    /// fails by something new, only what that takes is left.
    pub(super) fn look(&mut self, check: &mut CheckReport) {
        let Some(found) = check.found() else { return };
        let is_shown = |(kind, rule): &(Kind, String)| found.is_one_with(*kind, rule);
        if self.shown.iter().any(is_shown) {
            return;
        }
        self.shown.push((found.kind, found.meaning.to_owned()));
        let number = check.scenario.strip_prefix("conversation-");
        let Some(number) = number.and_then(|number| number.parse().ok()) else {
            return;
        };
        let Some(finding) = fuzz::shortened(&self.settings, number, TIME) else {
            return;
        };
        if let (Outcome::Failed(whole), Outcome::Failed(short)) =
            (&mut check.outcome, finding.check.outcome)
        {
            whole.kind = short.kind;
            whole.transcript = short.transcript;
            whole.calls = short.calls;
            whole.comparison = short.comparison;
            whole.death = short.death;
            whole.reason = format!(
                "{} Shown is only what that takes of the conversation; `grader fuzz \
                 --conversation {number}` writes it into a file.",
                short.reason
            );
        }
    }
}
