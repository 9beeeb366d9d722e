//! How far it has come, on standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::bench::News;

/// How often a line is printed where there is no terminal to draw on.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// A bar that is drawn anew on a terminal; elsewhere a line now and then.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    printed: Option<Instant>,
    turns: usize,
    done: usize,
}

impl Progress {
    pub(super) fn new(turns: usize) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(turns as u64);
            let template = "{elapsed:>4} {wide_bar} {pos}/{len}, {eta} left: {msg}";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar
        });
        Self {
            bar,
            printed: None,
            turns,
            done: 0,
        }
    }

    pub(super) fn show(&mut self, news: &News<'_>) {
        match news {
            News::Begins(measurement, who) => {
                if let Some(bar) = &self.bar {
                    bar.set_message(format!("{measurement}, {}", who.name));
                }
            }
            News::Measured(_) => {
                self.done += 1;
                if let Some(bar) = &self.bar {
                    bar.inc(1);
                } else if self
                    .printed
                    .is_none_or(|last| last.elapsed() >= BETWEEN_LINES)
                {
                    self.printed = Some(Instant::now());
                    let _lost =
                        writeln!(anstream::stderr(), "{} of {} turns", self.done, self.turns);
                }
            }
        }
    }

    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
