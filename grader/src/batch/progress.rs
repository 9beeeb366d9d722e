//! What is said while a class is graded: a bar on a terminal, a line for each submission
//! elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::grades;
use super::results::Results;
use super::row::{Row, State};
use crate::verdict::Verdict;
use crate::visible::visible;

/// Tells how far the grading has come.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    done: usize,
    of: usize,
    failing: usize,
}

impl Progress {
    /// For whoever reads standard error or, where that is no terminal, standard output.
    #[must_use]
    pub fn new() -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template(
                "{bar:30} {pos}/{len} graded, {msg}  {elapsed_precise}, {eta} left",
            );
            ProgressBar::no_length()
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self {
            bar,
            done: 0,
            of: 0,
            failing: 0,
        }
    }

    /// So many are to be graded; the others are known already.
    pub(super) fn begin(&mut self, results: &Results, waiting: usize) {
        self.of = waiting;
        let known = results.count(State::Graded);
        if let Some(bar) = &self.bar {
            bar.set_length(waiting as u64);
            bar.set_message("0 failing");
            // It moves by a thread of its own, for which there may be no room.
            if std::thread::Builder::new().spawn(|| ()).is_ok() {
                bar.enable_steady_tick(Duration::from_millis(500));
            }
        } else if known > 0 {
            say(&format!("{known} are graded already and have not changed."));
        }
    }

    /// One more is done.
    pub(super) fn done(&mut self, row: &Row, results: &Results) {
        self.done += 1;
        let fails = row.verdict == Some(Verdict::Failed);
        self.failing += usize::from(fails);
        let line = line(row, results);
        match &self.bar {
            None => say(&format!("[{}/{}] {line}", self.done, self.of)),
            Some(bar) => {
                bar.set_message(format!("{} failing", self.failing));
                bar.inc(1);
                if row.state != State::Graded {
                    bar.println(line);
                }
            }
        }
    }

    /// Nothing more will come.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

/// What became of one, on one line.
fn line(row: &Row, results: &Results) -> String {
    let id = visible(row.id.as_bytes());
    let tier = results.settings.require;
    match (row.state, row.verdict) {
        (State::Graded, Some(verdict)) => {
            let verdict = match verdict {
                Verdict::Passed => format!("passes at {tier}"),
                Verdict::Failed => format!("fails at {tier}"),
                Verdict::Undecided => "cannot be decided".into(),
            };
            let score = row.score.unwrap_or_default();
            format!("{id}: {verdict}, {} of {} points", score.points, score.of)
        }
        (state, _) => {
            let reason = row.reason.as_deref().unwrap_or_default();
            let reason = visible(reason.as_bytes());
            format!("{id}: {}: {reason}", grades::state(state))
        }
    }
}

/// Where nobody reads it, the grading goes on all the same.
fn say(line: &str) {
    let _lost = writeln!(io::stdout(), "{line}");
}
