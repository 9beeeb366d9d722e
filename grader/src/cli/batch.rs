//! `grader batch`.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{ArgMatches, Args, ValueEnum};

use super::CommandError;
use super::amounts::jobs;
use super::conclusion::{conclude, note};
use super::grading::Grading;
use super::handed_on::handed_on;
use crate::batch::{
    self, Class, Isolation, Progress, Results, ResultsFolder, Roster, Settings, Shard, Worker,
    discover,
};
use crate::exit_code::ExitCode;
use crate::submission::{Compiler, Recognised};
use crate::visible::visible;
use machine::{Confine, Host, interruption};

/// The statuses are those of the grader, and a class has no verdict.
pub(super) const HELP: &str = "Exit status:
  0  every submission was graded, whatever its grade
  2  wrong usage, or a scenario, roster or folder that cannot be used
  3  the grader could not do its work, or not for every submission";

/// What `grader batch` is told.
#[derive(Debug, Args)]
pub(super) struct Batch {
    /// The folder of the class: each submission in it is a folder with mini_serv.c at its top or
    /// in mini_serv/, a .c file, or an executable
    pub(super) submissions: PathBuf,

    /// The folder for the results; it is made where it is missing
    #[arg(long, value_name = "RESULTS")]
    pub(super) out: PathBuf,

    /// Who belongs to the class: CSV with a header, the columns id and name, and any others
    #[arg(long, value_name = "CSV")]
    pub(super) roster: Option<PathBuf>,

    /// Submissions graded at once [default: one for each processor]
    #[arg(long, short, value_name = "N", value_parser = jobs)]
    pub(super) jobs: Option<NonZeroUsize>,

    /// The seed of everything random, the same for everybody
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) seed: u64,

    /// Continue with the results that are there: what has not changed is not graded again
    #[arg(long)]
    pub(super) resume: bool,

    /// Grade each submission in namespaces of its own, the network's included, by a tool that must
    /// be installed
    #[arg(long, value_name = "TOOL", value_enum)]
    pub(super) isolate: Option<Isolate>,

    /// Grade one share only, such as 2/8: the same people each time, whoever else is there
    #[arg(long, value_name = "I/N")]
    pub(super) shard: Option<Shard>,

    #[command(flatten)]
    pub(super) grading: Grading,
}

/// What makes namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Isolate {
    /// Bubblewrap
    Bwrap,
}

/// Grades a class.
pub(super) fn batch(options: &Batch, given: &ArgMatches) -> Result<ExitCode, CommandError> {
    // Whatever is wrong with the command line is known before anything is graded.
    let settings = settings(options, given)?;
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
    let worker = Worker::new(
        host,
        worker_options(options, given, processors, jobs),
        isolation,
    )?;
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
        Compiler::find(host, options.grading.playing.compiler.cc.as_deref())
            .map_err(crate::submission::SubmissionError::from)?;
    }
    Ok(class)
}

/// Everything that has an influence on a grade.
fn settings(options: &Batch, given: &ArgMatches) -> Result<Settings, CommandError> {
    let grading = &options.grading;
    let suite = grading.selection.suite()?;
    let weights = grading.weights()?;
    // What is in a file counts, whatever it is called.
    let handed_on = handed_on::<Grading>(given).into_iter();
    let handed_on = handed_on.filter(|option| !option.is_a_path);
    let isolate = options.isolate.map(|_| "--isolate=bwrap".into());
    let counted = (handed_on.map(|option| option.word))
        .chain(strict(options))
        .chain(isolate)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    Ok(Settings {
        grader: env!("CARGO_PKG_VERSION").into(),
        build: batch::this_grader(),
        require: grading.required(&suite).tier,
        seed: options.seed,
        patience_s: grading.playing.patience.as_secs_f64(),
        checks: batch::fingerprint(&format!("{suite:?}")),
        weights: batch::fingerprint(&format!("{weights:?}")),
        options: counted,
    })
}

/// The options that each `grader run` gets.
fn worker_options(
    options: &Batch,
    given: &ArgMatches,
    processors: usize,
    jobs: usize,
) -> Vec<OsString> {
    let handed_on = handed_on::<Grading>(given).into_iter();
    let mut all: Vec<OsString> = handed_on.map(|option| option.word).collect();
    all.extend(strict(options));
    // As many scenarios at once as usual, shared among the submissions.
    let scenarios = (4 * processors / jobs).max(2);
    all.push(format!("--seed={}", options.seed).into());
    all.push(format!("--jobs={scenarios}").into());
    all
}

/// A class is more strictly confined than one's own server, unless somebody says how.
fn strict(options: &Batch) -> Option<OsString> {
    let strict = Confine::Strict.to_possible_value()?;
    let is_said = options.grading.confine.is_some();
    (!is_said).then(|| format!("--confine={}", strict.get_name()).into())
}
