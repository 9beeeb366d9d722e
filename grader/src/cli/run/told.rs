//! What the reports of a run have been told.

use std::io;
use std::time::Instant;

use crate::cli::so_far::SoFar;
use crate::event::{Event, RunResult};
use crate::report::Reporter;
use crate::verdict::{Required, Summary};

/// The reports, and what they have been told.
pub(super) struct Told {
    reporters: Vec<Box<dyn Reporter + Send>>,
    pub(super) summary: Summary,
    begun: Instant,
    interrupted: bool,
}

impl SoFar for Told {
    fn is_interrupted(&self) -> bool {
        self.interrupted
    }
}

impl Told {
    /// Nothing yet, of a run that begins now.
    pub(super) fn new(reporters: Vec<Box<dyn Reporter + Send>>, required: Required) -> Self {
        Self {
            reporters,
            summary: Summary::of(required),
            begun: Instant::now(),
            interrupted: false,
        }
    }

    /// Tells all reports, unless somebody has interrupted: servers that are killed then fail.
    pub(super) fn tell(&mut self, event: &Event) -> io::Result<()> {
        if self.interrupted {
            return Ok(());
        }
        if let Event::Checked(check) = event {
            self.summary.add(check);
        }
        self.pass_on(event)
    }

    /// The run has ended.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        let finished = Event::Finished(self.result());
        self.pass_on(&finished)
    }

    /// The run is interrupted: what is known by now is told.
    pub(super) fn farewell(&mut self) {
        self.interrupted = true;
        let interrupted = Event::Interrupted(self.result());
        let _lost = self.pass_on(&interrupted);
    }

    fn result(&self) -> RunResult {
        RunResult {
            summary: self.summary.clone(),
            duration: self.begun.elapsed(),
        }
    }

    fn pass_on(&mut self, event: &Event) -> io::Result<()> {
        let mut reporters = self.reporters.iter_mut();
        reporters.try_for_each(|reporter| reporter.event(event))
    }
}
