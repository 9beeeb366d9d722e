//! `grader run`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use clap::Args;
use machine::{Host, Program, limits};

use super::amounts::jobs;
use super::grading::Grading;
use super::limitations::{descriptors, limitations, other_kind, unseen};
use super::so_far::{at_the_end, lock};
use super::variable::Variable;
use super::{CommandError, prepared};
use crate::conduct::{Need, Unseen};
use crate::event::{Event, RunDescription};
use crate::exit_code::ExitCode;
use crate::inspection::Inspector;
use crate::report::terminal::Terminal;
use crate::report::{Reporter, Target};
use crate::runner::{self, News, RunError, Settings};
use crate::submission::{Handed, Submission};
use crate::suite::{Aspect, Examines, Inspection, Throughout};
use crate::verdict::Outcome;

mod in_order;
mod instruments;
mod progress;
mod shorter;
mod told;

use in_order::InOrder;
use progress::Progress;
use shorter::Shorter;
use told::Told;

/// What `grader run` is told.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// The server: C source, a folder with mini_serv.c, or any executable in any language
    pub(super) server: Option<PathBuf>,

    #[command(flatten)]
    pub(super) grading: Grading,

    /// Scenarios played at once, without those that only wait [default: four for each processor]
    #[arg(long, short, value_name = "N", value_parser = jobs)]
    pub(super) jobs: Option<NonZeroUsize>,

    /// The seed of everything random [default: another each time]
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,

    /// Write a report as well; `-` is standard output. May be given several times
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(super) report: Vec<Target>,

    /// Say more about checks that passed, and show the calls before one that must not be made
    #[arg(long, short)]
    pub(super) verbose: bool,

    /// Say at the end which checks took longest; add --jobs 1 to see each alone
    #[arg(long)]
    pub(super) timings: bool,
}

/// Grades a server and reports.
pub(super) fn run(options: &Run) -> Result<ExitCode, CommandError> {
    let handed = options.server.as_deref().map(Handed::at).transpose()?;
    let everything = options.grading.selection.everything()?;
    let mut suite = everything.clone();
    options.grading.selection.filter(&mut suite)?;
    if handed.is_none() && !suite.scenarios.is_empty() {
        // The reference hands in no source, and its language makes calls of its own.
        let is_about_it = |it: &Inspection| it.examines == Examines::Plays(Throughout::Output);
        suite.inspections.retain(is_about_it);
    }
    let required = options.grading.required(&suite);
    let weights = options.grading.weights()?;
    let told = Arc::new(Mutex::new(Told::new(reporters(options)?, required)));
    let host = Host::of_this_executable();
    let farewell = {
        let told = Arc::clone(&told);
        move || lock(&told).farewell()
    };
    let mut limitations = limitations(farewell);
    let confine = options.grading.confine.unwrap_or_default();
    let (confinement, missing) = confine.in_force();
    limitations.extend(missing);
    let (server_descriptors, other_descriptors) =
        descriptors(&host, options.grading.playing.descriptors, &mut limitations)?;
    let other_kind = other_kind(&host, server_descriptors)?;
    let unseen = unseen(&host, &mut limitations)?;
    let sanitized = suite.inspections.iter().any(Inspection::needs_tools);
    let cc = options.grading.playing.compiler.cc.as_deref();
    let submission = prepared::submission(&host, handed, cc, sanitized)?;
    if submission.program.is_err() && !suite.scenarios.is_empty() {
        // Why nothing can be played is told whatever was chosen.
        suite.include(Examines::Source(Aspect::Compilation));
    }
    if let Some(source) = &submission.source {
        limitations.extend(source.compiler.unconfined().map(|why| {
            format!("The compiler could read files and reach the network here: {why}.")
        }));
    }
    let instruments = instruments::of(&submission, &suite, options.grading.valgrind);
    let seed = options.seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    let inspector = Inspector::new(&submission);
    let mut in_order = InOrder {
        checks: suite.checks().into_iter().peekable(),
        inspector: &inspector,
        start: Some(RunDescription {
            grader: env!("CARGO_PKG_VERSION").into(),
            server: submission.name.clone(),
            command: submission.command.clone(),
            seed,
            checks: suite.checks().len(),
            require: required.tier,
            is_of_a_choice: required.is_of_a_choice,
            weights,
            confinement,
            limitations,
        }),
        accept_skipped: options.grading.accept_skipped,
        played: 0,
        asides: Vec::new(),
        unseen_calls: unseen_calls(&submission, &unseen),
        tell: |event: &Event| lock(&told).tell(event),
    };
    let played = match &submission.program {
        Err(not_compiled) => in_order
            .start()
            .and_then(|()| {
                suite.scenarios.iter().try_for_each(|scenario| {
                    in_order.scenario(runner::not_compiled(scenario, &not_compiled.reason))
                })
            })
            .map(|()| Vec::new())
            .map_err(RunError::Report),
        Ok(program) => {
            // Whoever asks for nothing but what is seen in all plays still wants to see it.
            let untold = suite.scenarios.is_empty();
            let is_of_plays = |it: &Inspection| matches!(it.examines, Examines::Plays(_));
            let looks_at_plays = suite.inspections.iter().any(is_of_plays);
            let scenarios = if untold {
                &everything.scenarios
            } else {
                &suite.scenarios
            };
            let settings = Settings {
                host: host.clone(),
                program: Program {
                    confine,
                    environment: options
                        .grading
                        .env
                        .iter()
                        .filter_map(Variable::told)
                        .collect(),
                    ..program.clone()
                },
                reference: Submission::reference().ok().and_then(|it| it.program.ok()),
                server_descriptors,
                other_kind,
                other_descriptors,
                unseen,
                other_language: submission.other_language(),
                memory_tool: submission.memory_tool(),
                instruments: instruments.list,
                only_observe: untold && !looks_at_plays,
                jobs: options.jobs.map_or_else(usual_jobs, Into::into),
                descriptors: limits::raise_own(),
                patience: options.grading.playing.patience,
                seed,
                require: required.tier,
            };
            let is_ours = options.grading.selection.scenarios.is_none();
            let mut shorter = is_ours.then(|| Shorter::new(&settings));
            runner::run(&settings, scenarios, |news| match news {
                News::Begins => in_order.start(),
                News::Checked(check) if untold => {
                    in_order.untold(*check);
                    Ok(())
                }
                News::Checked(mut check) => {
                    if let Some(shorter) = &mut shorter {
                        shorter.look(&mut check);
                    }
                    in_order.scenario(*check)
                }
            })
        }
    };
    let observations = match played {
        Ok(observations) => observations,
        Err(RunError::NotStarted(error)) => return Err(prepared::not_started(&submission, error)),
        Err(RunError::Report(error)) => return Err(error.into()),
    };
    in_order.rest(&observations, instruments.no_valgrind.as_deref())?;
    let mut told = at_the_end(&told);
    told.finish()?;
    Ok(told.summary.verdict(required.tier).into())
}

/// How a check of the calls that the server makes in every scenario ends, where they cannot be seen.
fn unseen_calls(submission: &Submission, unseen: &Unseen) -> Option<Outcome> {
    if let Some(language) = submission.other_language() {
        return Some(Outcome::Skipped(format!(
            "the server is written in {language}, which makes calls of its own"
        )));
    }
    if let Some(tool) = submission.memory_tool() {
        return Some(Outcome::Skipped(format!(
            "the server is built with {tool}, whose calls cannot be told from the server's own"
        )));
    }
    let why = unseen.why(Need::Calls)?;
    Some(Outcome::Undecided(format!(
        "the server's system calls cannot be supervised here: {why}"
    )))
}

/// The reports that are asked for, opened before anything is played, and the one for people.
fn reporters(options: &Run) -> Result<Vec<Box<dyn Reporter + Send>>, CommandError> {
    // First, so that its line is gone before anything else is written at the end.
    let mut reporters: Vec<Box<dyn Reporter + Send>> = vec![Box::new(Progress::new())];
    if options.report.iter().any(Target::is_stdout) {
        reporters.push(Box::new(Terminal::on_stderr(
            options.verbose,
            options.timings,
        )));
    } else {
        reporters.push(Box::new(Terminal::on_stdout(
            options.verbose,
            options.timings,
        )));
    }
    for target in &options.report {
        reporters.push(target.open()?);
    }
    Ok(reporters)
}

/// Several for each processor: a play mostly waits for its server, and all the longer the less
/// the server does.
fn usual_jobs() -> usize {
    4 * std::thread::available_parallelism().map_or(1, usize::from)
}
