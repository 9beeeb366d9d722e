//! What a program reads of a run.
//!
//! The form is [`document::Document`]; `docs/report.schema.json` is generated from it. A report
//! in a file is valid after every check, so that a run that is cut off keeps what it has found.

use std::io;

use super::kept::{Document as Form, Progress};

pub mod document;
pub(crate) mod group;
mod text;

pub use text::Text;

use document::Document;

/// A report for programs.
#[derive(Debug)]
pub struct Json;

impl Form for Json {
    fn text(&self, progress: &Progress) -> io::Result<String> {
        Document::so_far(progress).to_json()
    }
}
