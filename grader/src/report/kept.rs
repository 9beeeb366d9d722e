//! Reports that are one text about the whole run, and are valid as far as the run has come.

use std::io::{self, Write};

use super::Reporter;
use super::sink::Sink;
use crate::event::{Event, RunDescription, RunResult};
use crate::verdict::score::Score;
use crate::verdict::{CheckReport, Summary};

/// What a run has brought until now.
#[derive(Clone, Debug)]
pub struct Progress {
    /// What was known before the first check.
    pub run: RunDescription,
    /// The checks that have ended, in the order of the suite.
    pub checks: Vec<CheckReport>,
    /// What is known after the last check.
    pub result: Option<RunResult>,
    /// Whether somebody has interrupted it.
    pub is_interrupted: bool,
}

impl Progress {
    /// How the checks until now ended; at the end, as the run itself counts them.
    #[must_use]
    pub fn summary(&self) -> Summary {
        if let Some(result) = &self.result {
            return result.summary.clone();
        }
        let mut summary = Summary::default();
        for check in &self.checks {
            summary.add(check);
        }
        summary
    }

    /// What the checks until now are worth in points.
    #[must_use]
    pub fn score(&self) -> Score {
        let weights = self.run.weights.clone().unwrap_or_default();
        Score::new(&self.checks, self.run.require, &weights)
    }

    /// Whether that is a grade: not before the run has ended, nor where not everything could be
    /// judged.
    #[must_use]
    pub fn is_grade(&self, score: &Score) -> bool {
        self.result.is_some() && score.is_grade()
    }
}

/// A form of report that is one text.
pub trait Document {
    /// The whole report of a run that has come so far.
    ///
    /// # Errors
    /// It cannot be put into this form.
    fn text(&self, progress: &Progress) -> io::Result<String>;
}

/// A report that is one text, and where it goes.
pub(super) struct Kept<D> {
    document: D,
    sink: Sink,
    /// What the report is called in errors.
    name: String,
    progress: Option<Progress>,
}

impl<D: Document> Kept<D> {
    /// A report that goes there.
    pub(super) fn new(document: D, sink: Sink, name: impl Into<String>) -> Self {
        Self {
            document,
            sink,
            name: name.into(),
            progress: None,
        }
    }

    fn write(&mut self) -> io::Result<()> {
        let Some(progress) = &self.progress else {
            return Ok(());
        };
        match &mut self.sink {
            Sink::File(file) => file.write(self.document.text(progress)?),
            Sink::Stream(out) if progress.result.is_some() || progress.is_interrupted => {
                out.write_all(self.document.text(progress)?.as_bytes())?;
                out.flush()
            }
            Sink::Stream(_) => Ok(()),
        }
    }
}

impl<D: Document> Reporter for Kept<D> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match (event, &mut self.progress) {
            (Event::Started(run), progress) => {
                *progress = Some(Progress {
                    run: run.clone(),
                    checks: Vec::new(),
                    result: None,
                    is_interrupted: false,
                });
            }
            (Event::Checked(check), Some(progress)) => progress.checks.push(check.clone()),
            (Event::Finished(result), Some(progress)) => progress.result = Some(result.clone()),
            (Event::Interrupted(_), Some(progress)) => progress.is_interrupted = true,
            (Event::Checked(_) | Event::Finished(_) | Event::Interrupted(_), None) => {}
        }
        self.write().map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("cannot write the report {}: {error}", self.name),
            )
        })
    }
}
