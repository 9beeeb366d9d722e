//! What a person sees while a run goes on, and after it.

use std::collections::BTreeSet;
use std::io::{self, Stderr, Stdout, Write};

use anstream::AutoStream;

use super::Reporter;
use crate::event::{Event, RunDescription};
use crate::verdict::score::Score;
use crate::verdict::{CheckReport, NotPlayed, Outcome};

mod check;
mod comparison;
mod finding;
mod layout;
mod palette;
mod summary;
mod timings;

use timings::Timings;

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
        timings: false,
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
    /// Whether the end says which scenarios took longest.
    pub timings: bool,
}

/// Checks that are not shown, since others have said the same.
#[derive(Clone, Copy, Debug, Default)]
struct Folded {
    /// Those that were not played.
    not_played: usize,
    /// Why the last of them was not.
    why: Option<NotPlayed>,
    /// Those that were skipped for a reason that was shown.
    skipped: usize,
    /// Those that the machine does not allow for a reason that was shown.
    undecided: usize,
}

impl Folded {
    const fn new() -> Self {
        Self {
            not_played: 0,
            why: None,
            skipped: 0,
            undecided: 0,
        }
    }
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
    /// What is not shown again.
    folded: Folded,
    /// Whether a check has been shown in full that was not played.
    not_played_shown: bool,
    /// The reasons for which checks were not made that have been shown.
    not_made_shown: BTreeSet<String>,
    /// Whether the last check takes several lines, so that what follows needs a line of distance.
    apart: bool,
    /// The scenario that failed first: the one to play again.
    failed: Option<String>,
    /// The checks until now, where somebody wants to know what they are worth.
    scored: Vec<CheckReport>,
    /// How long each play took, where somebody wants to know.
    timings: Timings,
}

impl Terminal<AutoStream<Stdout>> {
    /// A report on standard output, as wide as its terminal; coloured only on a terminal, and as
    /// `NO_COLOR` and its like wish.
    #[must_use]
    pub fn on_stdout(verbose: bool, timings: bool) -> Self {
        let width = terminal_size::terminal_size_of(io::stdout());
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
        let width = terminal_size::terminal_size_of(io::stderr());
        Self::new(
            AutoStream::auto(io::stderr()),
            Options::of(width, verbose, timings),
        )
    }
}

impl Options {
    fn of(
        size: Option<(terminal_size::Width, terminal_size::Height)>,
        verbose: bool,
        timings: bool,
    ) -> Self {
        // Some terminals that are not on a screen say that they have no columns.
        let width = size
            .map(|(width, _)| usize::from(width.0))
            .filter(|width| *width > 0);
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
            folded: Folded::new(),
            not_played_shown: false,
            not_made_shown: BTreeSet::new(),
            apart: false,
            failed: None,
            scored: Vec::new(),
            timings: Timings::new(),
        }
    }

    /// Takes the writer back.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn check(&mut self, check: &CheckReport) -> io::Result<()> {
        if let Outcome::Failed(failure) = &check.outcome {
            if let Some(why) = failure.not_played
                && self.not_played_shown
            {
                self.folded.not_played += 1;
                self.folded.why = Some(why);
                return Ok(());
            }
            // That it does not compile is shown by the check of just that.
            let compiles = check.rules.first().is_some_and(|rule| rule == "compiles");
            self.not_played_shown |= failure.not_played.is_some() || compiles;
            self.failed.get_or_insert_with(|| check.scenario.clone());
        }
        let not_made = match &check.outcome {
            Outcome::Skipped(reason) => Some((reason, &mut self.folded.skipped)),
            Outcome::Undecided(reason) => Some((reason, &mut self.folded.undecided)),
            _ => None,
        };
        if let Some((reason, folded)) = not_made
            && !self.options.verbose
            && !self.not_made_shown.insert(reason.clone())
        {
            *folded += 1;
            return Ok(());
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
                if self.options.timings {
                    self.timings.add(check);
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
                        folded: &self.folded,
                        failed: self.failed.as_deref(),
                        score,
                        timings: &self.timings,
                    };
                    let text = summary::show(run, result, &ends, self.options);
                    self.out.write_all(text.as_bytes())?;
                }
            }
        }
        self.out.flush()
    }
}
