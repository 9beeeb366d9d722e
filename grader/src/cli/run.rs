//! `grader run`.

use std::path::Path;
use std::sync::{Arc, Mutex};

use machine::{Host, Program, limits};

use super::arguments::Run;
use super::limitations::{descriptors, limitations, other_kind, unseen};
use super::so_far::{at_the_end, lock};
use super::variable::Variable;
use super::{CommandError, filter, whole_suite};
use crate::event::{Event, RunDescription};
use crate::exit_code::ExitCode;
use crate::inspection::Inspector;
use crate::report::terminal::Terminal;
use crate::report::{Reporter, Target};
use crate::runner::{self, News, RunError, Settings};
use crate::submission::{Handed, Submission};
use crate::suite::{Examines, Inspection};
use crate::verdict::score::Weights;

mod in_order;
mod instruments;
mod progress;
mod told;

use in_order::InOrder;
use progress::Progress;
use told::Told;

/// Grades a server and reports.
pub(super) fn run(options: &Run) -> Result<ExitCode, CommandError> {
    let handed = options.server.as_deref().map(Handed::at).transpose()?;
    let everything = whole_suite(&options.grading.selection)?;
    let mut suite = everything.clone();
    filter(&options.grading.selection, &mut suite)?;
    let weights = options
        .grading
        .weights
        .as_deref()
        .map(weights)
        .transpose()?;
    let told = Arc::new(Mutex::new(Told::new(reporters(options)?)));
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
        descriptors(&host, options.grading.descriptors, &mut limitations)?;
    let other_kind = other_kind(&host, server_descriptors)?;
    let unseen = unseen(&host, &mut limitations)?;
    let sanitized = suite.inspections.iter().any(Inspection::needs_tools);
    let submission = super::submission(&host, handed, options.grading.cc.as_deref(), sanitized)?;
    if !submission.is_handed_in && !suite.scenarios.is_empty() {
        suite.inspections.retain(|it| !it.needs_source());
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
            require: options.grading.require,
            weights,
            confinement,
            limitations,
        }),
        accept_skipped: options.grading.accept_skipped,
        played: 0,
        printed: Vec::new(),
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
            let wants_output = suite
                .inspections
                .iter()
                .any(|it| it.examines == Examines::Output);
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
                only_observe: untold && !wants_output,
                jobs: options.jobs.map_or_else(usual_jobs, Into::into),
                descriptors: limits::raise_own(),
                patience: options.grading.patience,
                seed,
            };
            runner::run(&settings, scenarios, |news| match news {
                News::Begins => in_order.start(),
                News::Checked(check) if untold => {
                    in_order.untold(*check);
                    Ok(())
                }
                News::Checked(check) => in_order.scenario(*check),
            })
        }
    };
    let observations = match played {
        Ok(observations) => observations,
        Err(RunError::NotStarted(error)) => return Err(super::not_started(&submission, error)),
        Err(RunError::Report(error)) => return Err(error.into()),
    };
    in_order.rest(&observations, instruments.no_valgrind.as_deref())?;
    let mut told = at_the_end(&told);
    told.finish()?;
    Ok(told.summary.verdict(options.grading.require).into())
}

/// Reads how many points each rule is worth.
pub(super) fn weights(path: &Path) -> Result<Weights, CommandError> {
    let unusable = |reason| CommandError::Weights(path.into(), reason);
    let text = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    Weights::read(&text).map_err(unusable)
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
