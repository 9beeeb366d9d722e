//! Where scenarios are played, one after another or side by side.

use super::budget::Budget;
use super::check;
use super::circumstances::Circumstances;
use super::instrument::Instrument;
use super::pool::Settings;
use super::preflight;
use crate::scenario::Scenario;
use crate::verdict::{CheckReport, Failure};
use machine::StartError;
use machine::ports::Ports;

/// What every play has in common, ready to be used from several threads.
#[derive(Debug)]
pub struct Stage<'run> {
    settings: &'run Settings,
    ports: Ports,
    budget: Budget,
}

impl<'run> Stage<'run> {
    /// Makes everything ready for plays that may go on for ever; nothing is started.
    #[must_use]
    pub fn new(settings: &'run Settings) -> Self {
        Self {
            settings,
            ports: Ports::new(),
            budget: Budget::endless(),
        }
    }

    /// Makes everything ready for a run, which must come to its end.
    pub(super) fn of_a_run(settings: &'run Settings) -> Self {
        let instruments = settings.instruments.iter().map(Instrument::slower);
        let times = 1 + instruments.sum::<u32>();
        Self {
            budget: Budget::of_a_run(settings.patience, times, settings.require),
            ..Self::new(settings)
        }
    }

    /// Why no scenario can be passed that needs a serving server; `None` where the server serves.
    ///
    /// # Errors
    /// The program cannot be executed, or the machine forbids what is needed to run any.
    pub fn never_serves(&self) -> Result<Option<Failure>, StartError> {
        preflight::never_serves(&self.circumstances())
    }

    /// Plays a scenario on a fresh server, in the calling thread.
    #[must_use]
    pub fn play(&self, scenario: &Scenario) -> CheckReport {
        check::play(scenario, &self.circumstances())
    }

    pub(super) fn circumstances(&self) -> Circumstances<'_> {
        let settings = self.settings;
        Circumstances {
            host: &settings.host,
            program: &settings.program,
            reference: settings.reference.as_ref(),
            server_descriptors: settings.server_descriptors,
            other_kind: settings.other_kind,
            other_descriptors: settings.other_descriptors.as_deref(),
            unseen: &settings.unseen,
            other_language: settings.other_language,
            memory_tool: settings.memory_tool,
            place: None,
            ports: &self.ports,
            patience: settings.patience,
            budget: &self.budget,
            seed: settings.seed,
        }
    }
}
