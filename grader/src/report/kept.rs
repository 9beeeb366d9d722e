//! Reports that are one text about the whole run, and are valid as far as the run has come.

use std::fs::File;
use std::io::{self, Seek, Write};

use super::Reporter;
use crate::event::{Event, RunDescription, RunResult};
use crate::verdict::CheckReport;
use crate::verdict::score::Score;

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
    /// What the checks until now are worth in points.
    #[must_use]
    pub fn score(&self) -> Score {
        let weights = self.run.weights.clone().unwrap_or_default();
        Score::new(&self.checks, self.run.require, &weights)
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
pub struct Kept<D> {
    document: D,
    sink: Sink,
    /// What the report is called in errors.
    name: String,
    progress: Option<Progress>,
}

enum Sink {
    /// Written anew with every event.
    File(File),
    /// Written once, at the end.
    Stream(Box<dyn Write + Send>),
}

impl<D: Document> Kept<D> {
    /// A report that is kept up to date in a regular file.
    pub fn kept_up(document: D, file: File, name: impl Into<String>) -> Self {
        Self::new(document, Sink::File(file), name)
    }

    /// A report that is written when the run ends.
    pub fn at_the_end(document: D, out: Box<dyn Write + Send>, name: impl Into<String>) -> Self {
        Self::new(document, Sink::Stream(out), name)
    }

    fn new(document: D, sink: Sink, name: impl Into<String>) -> Self {
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
            Sink::File(file) => {
                // One write over the old text and then the cut: at no time is the file empty, and
                // it grows with every check, so that the cut hardly ever has anything to do.
                let text = self.document.text(progress)?;
                file.rewind()?;
                file.write_all(text.as_bytes())?;
                file.set_len(text.len() as u64)
            }
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
