//! How far a run has come, on a terminal: what is wrong is told in a line as soon as it is known.

use std::io;

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};

use crate::event::Event;
use crate::report::Reporter;
use crate::verdict::{CheckReport, Kind, wording};

/// A line that is drawn anew on standard error, and goes away when the run ends.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    told: Vec<(Kind, String)>,
    failed: usize,
}

impl Progress {
    pub(super) fn new() -> Self {
        // It is drawn where standard error is a terminal, and nowhere else.
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{elapsed:>4} {wide_bar} {pos}/{len} {msg}")
        {
            bar.set_style(style);
        }
        Self {
            bar,
            told: Vec::new(),
            failed: 0,
        }
    }

    fn check(&mut self, check: &CheckReport) {
        self.bar.inc(1);
        let Some(found) = check.found() else { return };
        self.failed += 1;
        self.bar.set_message(format!("{} failed", self.failed));
        let is_told = |(kind, meaning): &(Kind, String)| found.is_one_with(*kind, meaning);
        if !self.told.iter().any(is_told) {
            let rule = found.rule;
            let red = Style::new().fg_color(Some(AnsiColor::Red.into()));
            let title = wording::title(check, found);
            self.bar.println(format!("{red}✗{red:#} {rule}: {title}"));
            self.told.push((found.kind, found.meaning.to_owned()));
        }
    }
}

impl Reporter for Progress {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            // No thread of its own draws it: a run may have none to spare.
            Event::Started(run) => self.bar.set_length(run.checks as u64),
            Event::Checked(check) => self.check(check),
            Event::Finished(_) | Event::Interrupted(_) => self.bar.finish_and_clear(),
        }
        Ok(())
    }
}
