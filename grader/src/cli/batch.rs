//! `grader batch` and `grader merge`.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use clap::ValueEnum;

use super::arguments::{Batch, Grading, Merge};
use super::run::weights;
use super::{CommandError, suite};
use crate::batch::{
    self, Class, Isolation, Progress, Results, ResultsFolder, Roster, Settings, State, Worker,
    discover,
};
use crate::exit_code::ExitCode;
use crate::submission::{Compiler, Recognised};
use crate::verdict::Verdict;
use crate::visible::visible;
use machine::{Confine, Host, interruption};

/// Grades a class.
pub(super) fn batch(options: &Batch) -> Result<ExitCode, CommandError> {
    // Whatever is wrong with the command line is known before anything is graded.
    let settings = settings(options)?;
    let host = Host::of_this_executable();
    let class = class(&host, options)?;
    let isolation = isolation(options)?;
    let (folder, earlier) = ResultsFolder::open(&options.out, options.resume)?;
    let mut results = Results {
        settings,
        shard: options.shard.map(|shard| shard.to_string()),
        has_roster: class.has_roster,
        columns: class.columns,
        rules: Vec::new(),
        people: class.people,
        left_out: class.left_out,
    };
    if let Some(earlier) = &earlier {
        let gone = results.resume(earlier, &folder)?;
        if !gone.is_empty() {
            note(&format!(
                "no longer in this class, and left out of the tables: {}",
                gone.join(", ")
            ));
        }
    }
    for it in &results.left_out {
        note(&format!("left out: {}: {}", it.place, it.reason));
    }
    let watched = interruption::watch(|| {
        note("interrupted: what was graded is kept, and --resume goes on from there");
    });
    if let Err(error) = watched {
        note(&format!(
            "a grader that is interrupted may leave files behind here: {error}"
        ));
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = options.jobs.map_or(processors, Into::into);
    let worker = Worker::new(host, worker_options(options, processors, jobs), isolation)?;
    batch::grade(
        &mut results,
        &class.submissions,
        &folder,
        &worker,
        jobs,
        &mut Progress::new(),
    )?;
    conclude(&results, folder.path())
}

/// What hides the rest of the class from each submission, where that is asked for.
fn isolation(options: &Batch) -> Result<Option<Isolation>, CommandError> {
    if options.isolate.is_none() {
        return Ok(None);
    }
    let class = options.submissions.canonicalize();
    let hidden = class.map_err(|error| CommandError::Class(options.submissions.clone(), error))?;
    Isolation::new(vec![hidden])
        .map(Some)
        .ok_or(CommandError::NoBubblewrap)
}

/// Joins results.
pub(super) fn merge(options: &Merge) -> Result<ExitCode, CommandError> {
    let merged = batch::merge(&options.results, &options.out)?;
    let status = conclude(&merged.results, &options.out)?;
    if merged.missing.is_empty() {
        return Ok(status);
    }
    let missing: Vec<String> = merged.missing.iter().map(ToString::to_string).collect();
    note(&format!(
        "shares of the class are missing: {}",
        missing.join(", ")
    ));
    Ok(ExitCode::Trouble)
}

/// Who is there, and what was handed in.
fn class(host: &Host, options: &Batch) -> Result<Class, CommandError> {
    let path = &options.submissions;
    let unreadable = |error| CommandError::Class(path.clone(), error);
    let real = path.canonicalize().map_err(unreadable)?;
    let out = std::path::absolute(&options.out).map_err(unreadable)?;
    let out = out.canonicalize().unwrap_or(out);
    if out.starts_with(&real) {
        return Err(CommandError::Inside(options.out.clone()));
    }
    let roster = options.roster.as_deref().map(|roster| {
        Roster::at(roster).map_err(|error| CommandError::Roster(roster.into(), error))
    });
    let roster = roster.transpose()?;
    let mut class = Class::new(roster.as_ref(), discover(path).map_err(unreadable)?);
    if class.people.is_empty() {
        let what: String = class
            .left_out
            .iter()
            .map(|it| format!("\n  {}: {}", visible(it.place.as_bytes()), it.reason))
            .collect();
        return Err(CommandError::Nobody(path.clone(), what));
    }
    if let Some(shard) = options.shard {
        class.keep(shard);
    }
    let is_source = |path: &Path| matches!(Recognised::at(path), Ok(Recognised::Source { .. }));
    if class.submissions.values().any(|it| is_source(&it.path)) {
        // Rather than being told so of each of them.
        Compiler::find(host, options.grading.cc.as_deref())
            .map_err(crate::submission::SubmissionError::from)?;
    }
    Ok(class)
}

/// Everything that has an influence on a grade.
fn settings(options: &Batch) -> Result<Settings, CommandError> {
    let grading = &options.grading;
    let suite = suite(&grading.selection)?;
    let weights = grading.weights.as_deref().map(weights).transpose()?;
    Ok(Settings {
        grader: env!("CARGO_PKG_VERSION").into(),
        build: batch::this_grader(),
        require: grading.require,
        seed: options.seed,
        patience_s: grading.patience.as_secs_f64(),
        checks: batch::fingerprint(&format!("{suite:?}")),
        weights: batch::fingerprint(&format!("{weights:?}")),
        options: lossy(&handed_on(grading), options.isolate.is_some()),
    })
}

fn lossy(options: &[OsString], isolated: bool) -> Vec<String> {
    let handed_on = options.iter().map(|it| it.to_string_lossy().into_owned());
    let isolate = isolated.then(|| "--isolate=bwrap".to_owned());
    handed_on.chain(isolate).collect()
}

/// The options that each `grader run` gets.
fn worker_options(options: &Batch, processors: usize, jobs: usize) -> Vec<OsString> {
    let mut all = handed_on(&options.grading);
    // As many scenarios at once as usual, shared among the submissions.
    let scenarios = (4 * processors / jobs).max(2);
    for (name, value) in [
        ("--seed", options.seed.to_string()),
        ("--jobs", scenarios.to_string()),
        ("--require", options.grading.require.to_string()),
        (
            "--patience",
            options.grading.patience.as_secs_f64().to_string(),
        ),
    ] {
        all.extend([name.into(), value.into()]);
    }
    let files = [
        ("--weights", &options.grading.weights),
        ("--scenarios", &options.grading.selection.scenarios),
    ];
    for (name, file) in files {
        if let Some(file) = file {
            all.extend([name.into(), file.into()]);
        }
    }
    all
}

/// The options that are handed on as they are.
fn handed_on(grading: &Grading) -> Vec<OsString> {
    let mut all: Vec<OsString> = Vec::new();
    for (name, patterns) in [
        ("--only", &grading.selection.only),
        ("--skip", &grading.selection.skip),
    ] {
        for pattern in patterns {
            all.push(format!("{name}={pattern}").into());
        }
    }
    if let Some(descriptors) = grading.descriptors.to_possible_value() {
        all.push(format!("--descriptors={}", descriptors.get_name()).into());
    }
    let confine = grading.confine.unwrap_or(Confine::Strict);
    if let Some(confine) = confine.to_possible_value() {
        all.push(format!("--confine={}", confine.get_name()).into());
    }
    if let Some(compiler) = &grading.cc {
        all.push(format!("--cc={compiler}").into());
    }
    for variable in &grading.env {
        let mut option = OsString::from("--env=");
        option.push(variable.written());
        all.push(option);
    }
    if grading.accept_skipped {
        all.push("--accept-skipped".into());
    }
    if grading.valgrind {
        all.push("--valgrind".into());
    }
    all
}

/// Says what came of a class, and what that means for the shell.
fn conclude(results: &Results, folder: &Path) -> Result<ExitCode, CommandError> {
    let verdicts = |verdict| {
        let mut all = results.people.iter().map(|row| row.verdict);
        all.by_ref().filter(|it| *it == Some(verdict)).count()
    };
    let tier = results.settings.require;
    let mut parts = vec![
        format!("{} pass at {tier}", verdicts(Verdict::Passed)),
        format!("{} fail", verdicts(Verdict::Failed)),
    ];
    let counted = [
        (verdicts(Verdict::Undecided), "cannot be decided"),
        (results.count(State::Absent), "handed in nothing"),
        (results.count(State::Unrecognised), "not recognised"),
        (
            results.count(State::Trouble),
            "in which the grader had trouble",
        ),
        (results.count(State::Waiting), "not graded yet"),
    ];
    for (count, what) in counted {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    let mut out = anstream::stdout();
    writeln!(
        out,
        "{} people: {}.",
        results.people.len(),
        parts.join(", ")
    )?;
    for row in &results.people {
        if row.state == State::Unrecognised {
            let reason = visible(row.reason.as_deref().unwrap_or_default().as_bytes());
            writeln!(
                out,
                "  not recognised: {}: {reason}",
                visible(row.id.as_bytes())
            )?;
        }
    }
    writeln!(out, "Results in {}.", folder.display())?;
    let is_incomplete = results.count(State::Trouble) + results.count(State::Waiting) > 0
        || verdicts(Verdict::Undecided) > 0;
    Ok(if is_incomplete {
        ExitCode::Trouble
    } else {
        ExitCode::Passed
    })
}

/// Says something on standard error.
fn note(text: &str) {
    let _lost = writeln!(std::io::stderr(), "grader: {}", visible(text.as_bytes()));
}
