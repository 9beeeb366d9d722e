//! What a program reads of a run.
//!
//! The form is [`document::Document`]; `docs/report.schema.json` is generated from it. A report
//! in a file is valid after every check, so that a run that is cut off keeps what it has found.

use std::fs::File;
use std::io::{self, Seek, Write};

use super::Reporter;
use crate::event::Event;

pub mod document;
mod text;

pub use text::Text;

use document::Document;

/// A report for programs.
pub struct Json {
    sink: Sink,
    /// What the report is called in errors.
    name: String,
    document: Option<Document>,
}

enum Sink {
    /// Written anew with every event.
    File(File),
    /// Written once, at the end.
    Stream(Box<dyn Write>),
}

impl Json {
    /// A report that is kept up to date in a regular file.
    pub fn kept_up(file: File, name: impl Into<String>) -> Self {
        Self {
            sink: Sink::File(file),
            name: name.into(),
            document: None,
        }
    }

    /// A report that is written when the run ends.
    pub fn at_the_end(out: Box<dyn Write>, name: impl Into<String>) -> Self {
        Self {
            sink: Sink::Stream(out),
            name: name.into(),
            document: None,
        }
    }

    fn write(&mut self, finished: bool) -> io::Result<()> {
        let Some(document) = &self.document else {
            return Ok(());
        };
        match &mut self.sink {
            Sink::File(file) => {
                // One write over the old text and then the cut: at no time is the file empty, and
                // it grows with every check, so that the cut hardly ever has anything to do.
                let text = document.to_json()?;
                file.rewind()?;
                file.write_all(text.as_bytes())?;
                file.set_len(text.len() as u64)
            }
            Sink::Stream(out) if finished => {
                out.write_all(document.to_json()?.as_bytes())?;
                out.flush()
            }
            Sink::Stream(_) => Ok(()),
        }
    }
}

impl Reporter for Json {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match (event, &mut self.document) {
            (Event::Started(run), document) => *document = Some(Document::new(run)),
            (Event::Checked(check), Some(document)) => document.add(check),
            (Event::Finished(result), Some(document)) => document.finish(result),
            (Event::Checked(_) | Event::Finished(_), None) => {}
        }
        self.write(matches!(event, Event::Finished(_)))
            .map_err(|error| {
                io::Error::new(
                    error.kind(),
                    format!("cannot write the report {}: {error}", self.name),
                )
            })
    }
}
