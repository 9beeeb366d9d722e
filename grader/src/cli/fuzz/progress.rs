//! How far it has come, on standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::fuzz::{Budget, News};

/// How often a line is printed where there is no terminal to draw on.
const BETWEEN_LINES: Duration = Duration::from_secs(3);

/// A line that is drawn anew on a terminal; elsewhere a line now and then.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    printed: Instant,
    found: bool,
}

impl Progress {
    pub(super) fn new(budget: Budget) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let (bar, style) = match budget {
                Budget::Cases(cases) => (ProgressBar::new(cases), "{elapsed:>4} {wide_bar} {msg}"),
                Budget::Time(_) | Budget::Conversation(_) => {
                    (ProgressBar::no_length(), "{elapsed:>4} {spinner} {msg}")
                }
            };
            if let Ok(style) = ProgressStyle::with_template(style) {
                bar.set_style(style);
            }
            bar
        });
        Self {
            bar,
            printed: Instant::now(),
            found: false,
        }
    }

    pub(super) fn show(&mut self, news: News<'_>) {
        let words = match news {
            News::Played(tally) => {
                let (reached, all) = tally.reached();
                format!(
                    "{} cases, {:.0}/s, {:.0} steps/s, {reached} of {all} situations",
                    tally.cases,
                    tally.cases_per_second(),
                    tally.steps_per_second()
                )
            }
            News::Found(finding) => format!(
                "{} fails; {} of its steps are left",
                finding.origin, finding.steps
            ),
        };
        let is_found = matches!(news, News::Found(_));
        let is_new = is_found && !self.found;
        self.found |= is_found;
        if let Some(bar) = &self.bar {
            bar.set_message(words);
            if let News::Played(tally) = news {
                bar.set_position(tally.cases);
            }
        } else if is_new || self.printed.elapsed() >= BETWEEN_LINES {
            self.printed = Instant::now();
            let _lost = writeln!(anstream::stderr(), "{words}");
        }
    }

    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
