//! What a person sees while a run goes on, and after it.

use std::io::{self, Stderr, Stdout, Write};

use anstream::AutoStream;

use super::Reporter;
use crate::event::{Event, RunDescription};
use crate::verdict::score::Score;
use crate::verdict::{CheckReport, Outcome};

mod check;
mod comparison;
mod layout;
mod palette;
mod summary;

/// The width that is used where there is no terminal to ask, in columns.
const WIDTH_OF_A_PIPE: usize = 100;
/// Below this, columns cannot be kept apart; what is written is then wider than the terminal.
const NARROWEST: usize = 60;

/// A check as a person sees it where there is no terminal, with all that is known; it holds ANSI
/// colours.
pub(super) fn explain(check: &CheckReport, command: &str) -> String {
    let options = Options {
        width: WIDTH_OF_A_PIPE,
        verbose: false,
    };
    check::show(check, command, options)
}

/// How much is shown, and how wide.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The width in columns; what is written keeps within it, down to 60.
    pub width: usize,
    /// Whether passed checks show where they stand, how long they took and what was seen.
    pub verbose: bool,
}

/// A report for a person, line by line.
///
/// It writes ANSI colours; [`Terminal::on_stdout`] and [`Terminal::on_stderr`] leave them away
/// where nobody would see them.
#[derive(Debug)]
pub struct Terminal<W> {
    out: W,
    options: Options,
    run: Option<RunDescription>,
    /// Checks that were not played because the server never served, after the first of them.
    folded: usize,
    /// Whether such a check has been shown in full.
    never_served_shown: bool,
    /// Whether the last check takes several lines, so that what follows needs a line of distance.
    apart: bool,
    /// The scenario that failed first: the one to play again.
    failed: Option<String>,
    /// The checks until now, where somebody wants to know what they are worth.
    scored: Vec<CheckReport>,
}

impl Terminal<AutoStream<Stdout>> {
    /// A report on standard output, as wide as its terminal; coloured only on a terminal, and as
    /// `NO_COLOR` and its like wish.
    #[must_use]
    pub fn on_stdout(verbose: bool) -> Self {
        let width = terminal_size::terminal_size_of(io::stdout());
        Self::new(AutoStream::auto(io::stdout()), Options::of(width, verbose))
    }
}

impl Terminal<AutoStream<Stderr>> {
    /// The same on standard error, for when standard output carries another report.
    #[must_use]
    pub fn on_stderr(verbose: bool) -> Self {
        let width = terminal_size::terminal_size_of(io::stderr());
        Self::new(AutoStream::auto(io::stderr()), Options::of(width, verbose))
    }
}

impl Options {
    fn of(size: Option<(terminal_size::Width, terminal_size::Height)>, verbose: bool) -> Self {
        // Some terminals that are not on a screen say that they have no columns.
        let width = size
            .map(|(width, _)| usize::from(width.0))
            .filter(|width| *width > 0);
        Self {
            width: width.unwrap_or(WIDTH_OF_A_PIPE),
            verbose,
        }
    }
}

impl<W: Write> Terminal<W> {
    /// A report that is written to `out`.
    pub const fn new(out: W, options: Options) -> Self {
        let width = if options.width < NARROWEST {
            NARROWEST
        } else {
            options.width
        };
        Self {
            out,
            options: Options { width, ..options },
            run: None,
            folded: 0,
            never_served_shown: false,
            apart: false,
            failed: None,
            scored: Vec::new(),
        }
    }

    /// Takes the writer back.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn check(&mut self, check: &CheckReport) -> io::Result<()> {
        if let Outcome::Failed(failure) = &check.outcome {
            if failure.not_played && self.never_served_shown {
                self.folded += 1;
                return Ok(());
            }
            self.never_served_shown |= failure.not_played;
            self.failed.get_or_insert_with(|| check.scenario.clone());
        }
        let command = self.run.as_ref().map_or("./mini_serv", |run| &run.command);
        let text = check::show(check, command, self.options);
        if std::mem::replace(&mut self.apart, matches!(check.outcome, Outcome::Failed(_))) {
            writeln!(self.out)?;
        }
        self.out.write_all(text.as_bytes())
    }
}

impl<W: Write> Reporter for Terminal<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Started(run) => self.run = Some(run.clone()),
            Event::Checked(check) => {
                if self.run.as_ref().is_some_and(|run| run.weights.is_some()) {
                    self.scored.push(check.clone());
                }
                self.check(check)?;
            }
            Event::Finished(result) => {
                if let Some(run) = &self.run {
                    let score = run
                        .weights
                        .as_ref()
                        .map(|weights| Score::new(&self.scored, run.require, weights));
                    let ends = summary::Ends {
                        folded: self.folded,
                        failed: self.failed.as_deref(),
                        score,
                    };
                    let text = summary::show(run, result, &ends, self.options.width);
                    self.out.write_all(text.as_bytes())?;
                }
            }
        }
        self.out.flush()
    }
}
