//! `grader run`.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::time::Instant;

use super::arguments::Run;
use super::{CommandError, suite};
use crate::event::{Event, RunDescription, RunResult};
use crate::exit_code::ExitCode;
use crate::harness::socket_state::SocketStates;
use crate::harness::{Descriptors, Supervision, descendants, interruption, limits, supervisor};
use crate::report::terminal::Terminal;
use crate::report::{Reporter, Target};
use crate::runner::{self, RunError, Settings};
use crate::scenario::Watch;
use crate::submission::Submission;
use crate::verdict::Summary;
use crate::verdict::score::Weights;

/// Grades a server and reports.
pub(super) fn run(options: &Run) -> Result<ExitCode, CommandError> {
    let submission = match &options.server {
        Some(path) => Submission::executable(path)?,
        None => Submission::reference()?,
    };
    let suite = suite(&options.selection)?;
    let weights = options.weights.as_deref().map(weights).transpose()?;
    let mut reporters = reporters(options)?;
    let mut limitations = limitations();
    let settings = Settings {
        program: submission.program.clone(),
        server_descriptors: descriptors(options.descriptors, &mut limitations),
        unsupervised: unsupervised(&mut limitations),
        other_language: submission.other_language(),
        jobs: options.jobs.map_or_else(usual_jobs, Into::into),
        descriptors: limits::raise_own(),
        patience: options.patience,
        // Short enough to be typed again.
        seed: options.seed.unwrap_or_else(|| fastrand::u64(..1_000_000)),
    };
    let mut tell = |event: &Event| -> io::Result<()> {
        reporters
            .iter_mut()
            .try_for_each(|reporter| reporter.event(event))
    };

    let begun = Instant::now();
    let mut summary = Summary::default();
    let mut started = false;
    let mut start = |tell: &mut dyn FnMut(&Event) -> io::Result<()>| {
        if started {
            return Ok(());
        }
        started = true;
        tell(&Event::Started(RunDescription {
            grader: env!("CARGO_PKG_VERSION").into(),
            server: submission.name.clone(),
            command: submission.command.clone(),
            seed: settings.seed,
            checks: suite.scenarios.len(),
            require: options.require,
            weights: weights.clone(),
            limitations: limitations.clone(),
        }))
    };
    // Nothing is reported of a program that turns out not to be one, so the first check brings
    // the start with it.
    let played = runner::run(&settings, &suite.scenarios, |check| {
        start(&mut tell)?;
        summary.add(&check);
        tell(&Event::Checked(check))
    });
    match played {
        Ok(()) => {}
        Err(RunError::CannotExecute(error)) => return Err(submission.refused(error).into()),
        Err(RunError::Report(error)) => return Err(error.into()),
    }
    let verdict = summary.verdict(options.require);
    let duration = begun.elapsed();
    tell(&Event::Finished(RunResult { summary, duration }))?;
    Ok(verdict.into())
}

/// Reads how many points each rule is worth.
fn weights(path: &Path) -> Result<Weights, CommandError> {
    let unusable = |reason| CommandError::Weights(path.into(), reason);
    let text = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    Weights::read(&text).map_err(unusable)
}

/// The reports that are asked for, opened before anything is played, and the one for people.
fn reporters(options: &Run) -> Result<Vec<Box<dyn Reporter>>, CommandError> {
    let mut reporters: Vec<Box<dyn Reporter>> = Vec::new();
    if options.report.iter().any(Target::is_stdout) {
        reporters.push(Box::new(Terminal::on_stderr(options.verbose)));
    } else {
        reporters.push(Box::new(Terminal::on_stdout(options.verbose)));
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

/// Prepares what keeps processes from being left behind, and says in sentences what this machine
/// does not offer.
fn limitations() -> Vec<String> {
    let mut limitations = Vec::new();
    if let Err(error) = descendants::adopt() {
        limitations.push(format!(
            "Processes that a server forks may outlive it here: {error}."
        ));
    }
    if let Err(error) = interruption::watch() {
        limitations.push(format!(
            "Processes that a server forks outlive a grader that is interrupted: {error}."
        ));
    }
    if let Err(error) = SocketStates::open() {
        limitations.push(format!(
            "What a server has read cannot be seen here, so that scenarios that need to know are \
             skipped: {error}."
        ));
    }
    limitations
}

/// The descriptors that can be had here, and a sentence where they are not those asked for.
fn descriptors(wanted: Descriptors, limitations: &mut Vec<String>) -> Descriptors {
    let supervision = Supervision {
        descriptors: wanted,
        ..Supervision::default()
    };
    let Err(error) = supervisor::probe(&supervision) else {
        return wanted;
    };
    let those = match wanted {
        Descriptors::Exam | Descriptors::Blocking => "those of the exam",
        Descriptors::Nonblocking => "non-blocking ones",
    };
    limitations.push(format!(
        "The server's descriptors are plain blocking ones, since {those} cannot be had here: \
         {error}."
    ));
    Descriptors::Blocking
}

/// Why the server's system calls cannot be supervised here, where they cannot, and a sentence
/// about it.
fn unsupervised(limitations: &mut Vec<String>) -> Option<String> {
    let supervision = Supervision {
        watch: BTreeSet::from([Watch::SelectFirst]),
        ..Supervision::default()
    };
    let error = supervisor::probe(&supervision).err()?.to_string();
    limitations.push(format!(
        "The server's system calls cannot be watched or made to fail here, so that scenarios that \
         need it are skipped: {error}."
    ));
    Some(error)
}
