//! What a person sees while a run goes on, and after it.

use std::io::{self, Stderr, Stdout, Write};

use anstream::AutoStream;

use super::Reporter;
use crate::event::{Event, RunDescription};
use crate::verdict::{CheckReport, Group, grouped};

mod check;
mod comparison;
mod finding;
mod findings;
pub(crate) mod layout;
mod palette;
mod summary;
mod timings;

/// The width that is used where there is no terminal to ask, in columns.
const WIDTH_OF_A_PIPE: usize = 100;
/// Below this, a line has no room for a word; what is written is then wider than the terminal.
const NARROWEST: usize = 40;

/// A check as a person sees it where there is no terminal, with all that is known; it holds ANSI
/// colours.
pub(super) fn explain(check: &CheckReport, command: &str) -> String {
    check::show(check, command, WHERE_NO_TERMINAL_IS)
}

/// A finding in the same manner, as the check that shows it best tells it.
pub(super) fn explain_finding(group: &Group<'_>, command: &str) -> String {
    check::show_finding(group, command, None, WHERE_NO_TERMINAL_IS)
}

const WHERE_NO_TERMINAL_IS: Options = Options {
    width: WIDTH_OF_A_PIPE,
    verbose: false,
    timings: false,
};

/// How much is shown, and how wide.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The width in columns; what is written keeps within it, down to 40.
    pub width: usize,
    /// Whether passed checks show where they stand, how long they took and what was seen.
    pub verbose: bool,
    /// Whether the end says which scenarios took longest.
    pub timings: bool,
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
    /// The checks until now.
    checks: Vec<CheckReport>,
}

impl Terminal<AutoStream<Stdout>> {
    /// A report on standard output, as wide as `COLUMNS` or its terminal says; coloured only on a terminal, and as
    /// `NO_COLOR` and its like wish.
    #[must_use]
    pub fn on_stdout(verbose: bool, timings: bool) -> Self {
        let width = layout::columns_of(io::stdout());
        Self::new(
            AutoStream::auto(io::stdout()),
            Options::of(width, verbose, timings),
        )
    }
}

impl Terminal<AutoStream<Stderr>> {
    /// The same on standard error, for when standard output carries another report.
    #[must_use]
    pub fn on_stderr(verbose: bool, timings: bool) -> Self {
        let width = layout::columns_of(io::stderr());
        Self::new(
            AutoStream::auto(io::stderr()),
            Options::of(width, verbose, timings),
        )
    }
}

impl Options {
    fn of(width: Option<usize>, verbose: bool, timings: bool) -> Self {
        Self {
            width: width.unwrap_or(WIDTH_OF_A_PIPE),
            verbose,
            timings,
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
            checks: Vec::new(),
        }
    }

    /// Shows one check by itself, as the end of a run would; `command` starts the server.
    ///
    /// # Errors
    /// The writer's.
    pub fn finding(&mut self, check: &CheckReport, command: &str) -> io::Result<()> {
        let ends = findings::Ends {
            groups: grouped(std::slice::from_ref(check)),
            checks: std::slice::from_ref(check),
            is_interrupted: false,
        };
        let text = findings::show(&ends, command, self.options);
        self.out.write_all(text.as_bytes())
    }

    /// Takes the writer back.
    pub fn into_inner(self) -> W {
        self.out
    }
}

impl<W: Write> Reporter for Terminal<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Started(run) => self.run = Some(run.clone()),
            Event::Checked(check) => {
                if self.options.verbose
                    && let Some(run) = &self.run
                {
                    let text = check::show(check, &run.command, self.options);
                    self.out.write_all(text.as_bytes())?;
                }
                self.checks.push(check.clone());
            }
            Event::Finished(result) | Event::Interrupted(result) => {
                if let Some(run) = &self.run {
                    let ends = findings::Ends {
                        groups: grouped(&self.checks),
                        checks: &self.checks,
                        is_interrupted: matches!(event, Event::Interrupted(_)),
                    };
                    let mut text = String::new();
                    if !self.options.verbose {
                        text.push_str(&findings::show(&ends, &run.command, self.options));
                    }
                    text.push_str(&summary::show(run, result, &ends, self.options));
                    self.out.write_all(text.as_bytes())?;
                }
            }
        }
        self.out.flush()
    }
}
