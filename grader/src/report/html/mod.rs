//! Pages for a browser: what is wrong with one server, why, and how to see it.
//!
//! A page is one file, needs no network, and says so to the browser, which then loads nothing
//! (Content-Security-Policy). All that comes from a submission is put in by a template that
//! escapes it: names, texts and a server's output may be hostile.
//!
//! | File | What it knows |
//! |---|---|
//! | `page` | the frame of every page, its style and what a browser may do |
//! | `person` | the page about one server |
//! | `finding` | one thing that is wrong, and the checks in which it was seen |
//! | `check` | one check that did not pass |
//! | `comparison` | what must have come beside what came |
//! | `diagram` | what happened between the clients and the server, as a picture |

use std::io;

use super::json::document::Document as Json;
use super::kept::{Document, Progress};

mod check;
mod comparison;
mod diagram;
mod finding;
pub mod page;
mod person;

pub use person::{About, person};

/// A report for a browser.
#[derive(Debug)]
pub struct Html;

impl Document for Html {
    fn text(&self, progress: &Progress) -> io::Result<String> {
        let report = Json::so_far(progress);
        let about = About {
            title: &progress.run.server,
            command: &progress.run.command,
            facts: Vec::new(),
            is_for_candidates: false,
            has_index: false,
        };
        Ok(person(&about, &report))
    }
}
