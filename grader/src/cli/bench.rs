//! `grader bench`.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Args;

use super::CommandError;
use super::amounts::{seconds, within};
use super::compiler::WhichCompiler;
use super::limitations::{descriptors, limitations};
use super::prepared;
use super::so_far::{self, at_the_end, lock};
use crate::bench::{self, Contestant, Document, Measurement, News, Plan, Results, Role};
use crate::exit_code::ExitCode;
use crate::submission::{Handed, Submission};
use machine::{Descriptors, Host, Program, limits};

mod progress;

use progress::Progress;

/// How many descriptors the bench needs besides those of the clients.
const OTHER_DESCRIPTORS: u64 = 64;

/// How much is said to those who do not read, in megabytes.
const UNREAD: usize = 100;

/// The statuses are those of the grader, and a bench has no verdict.
pub(super) const HELP: &str = "Exit status:
  0  it was measured, whatever came of it
  2  wrong usage, or a server that cannot be executed
  3  the grader could not do its work";

/// What `grader bench` is told.
#[derive(Debug, Args)]
pub(super) struct Bench {
    /// The server: C source, a folder with mini_serv.c, or any executable in any language [default:
    /// the built-in reference]
    pub(super) server: Option<PathBuf>,

    /// The server to compare it with [default: the built-in reference]
    #[arg(long, value_name = "SERVER")]
    pub(super) against: Option<PathBuf>,

    /// Measure only this. May be given several times
    #[arg(long, value_name = "WHAT", value_enum)]
    pub(super) only: Vec<Measurement>,

    /// How many listen in a burst
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1,10,100,900", value_parser = listeners)]
    pub(super) listeners: Vec<usize>,

    /// How many bytes a line of a burst has, with its newline
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "10,100,10000", value_parser = length)]
    pub(super) lengths: Vec<usize>,

    /// How many clients do not read while something is said
    #[arg(long, value_name = "N", default_value = "100", value_parser = listeners)]
    pub(super) lazy: usize,

    /// How many turns each server has
    #[arg(long, value_name = "N", default_value = "5", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(super) rounds: u16,

    /// How many seconds a turn lasts
    #[arg(long, value_name = "SECONDS", default_value = "0.3", value_parser = seconds)]
    pub(super) seconds: Duration,

    /// Write the results for programs; `-` is standard output, instead of the tables
    #[arg(long, value_name = "FILE")]
    pub(super) json: Option<PathBuf>,

    /// Draw how the cost grows with clients and bytes, as an SVG image
    #[arg(long, value_name = "FILE")]
    pub(super) plot: Option<PathBuf>,

    /// How many seconds a server may do nothing before it has failed
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(super) patience: Duration,

    /// The descriptors that the servers have of their clients
    #[arg(long, value_name = "KIND", default_value = "exam", value_enum)]
    pub(super) descriptors: Descriptors,

    #[command(flatten)]
    pub(super) compiler: WhichCompiler,
}

/// Reads a number of clients of the bench.
fn listeners(text: &str) -> Result<usize, String> {
    within(text, 1, 50_000, "clients")
}

/// Reads the length of a line of the bench.
fn length(text: &str) -> Result<usize, String> {
    within(text, 1, 10_000_000, "bytes")
}

/// Measures, and shows what came of it.
pub(super) fn bench(options: &Bench) -> Result<ExitCode, CommandError> {
    let so_far: Arc<Mutex<SoFar>> = Arc::default();
    let farewell = {
        let (so_far, showing) = (Arc::clone(&so_far), Showing::of(options));
        move || lock(&so_far).farewell(&showing)
    };
    let handed = |path: &PathBuf| Handed::at(path);
    let server = options.server.as_ref().map(handed).transpose()?;
    let against = options.against.as_ref().map(handed).transpose()?;
    let host = Host::of_this_executable();
    let mut limitations = limitations(farewell);
    let (given, _) = descriptors(&host, options.descriptors, &mut limitations)?;
    let descriptors = limits::raise_own();
    let measurements = measurements(options);
    for measurement in &measurements {
        let clients = match *measurement {
            Measurement::Burst { listeners, .. } => listeners,
            Measurement::Unread { lazy, .. } => lazy,
            Measurement::Latency | Measurement::Turnover | Measurement::Idle => 0,
        };
        if clients as u64 + OTHER_DESCRIPTORS > descriptors {
            return Err(CommandError::TooManyClients(clients, descriptors));
        }
    }

    let reference = Submission::reference()?;
    let is_reference = server.is_none();
    let prepared =
        |handed| prepared::submission(&host, handed, options.compiler.cc.as_deref(), false);
    let mut submissions = vec![(Role::Server, prepared(server)?)];
    if against.is_some() || !is_reference {
        submissions.push((Role::Other, prepared(against)?));
    }
    let mut contestants = submissions
        .iter()
        .map(|(role, submission)| contestant(*role, submission, given))
        .collect::<Result<Vec<_>, _>>()?;
    contestants.push(floor(&reference)?);
    let plan = Plan {
        host,
        contestants,
        measurements,
        rounds: options.rounds.into(),
        time: options.seconds,
        patience: options.patience,
    };
    for limitation in &limitations {
        let _lost = writeln!(anstream::stderr(), "{limitation}");
    }
    let mut progress = Progress::new(plan.turns());
    let results = bench::run(&plan, |news| {
        if let News::Measured(results) = news {
            lock(&so_far).remember(results);
        }
        progress.show(&news);
    });
    progress.clear();
    let _nobody_tells_it_twice = at_the_end(&so_far);
    let results = results.map_err(CommandError::Bench)?;
    Showing::of(options).show(&results, &mut anstream::stdout())?;
    Ok(ExitCode::Passed)
}

/// What is known by now, for whoever interrupts.
#[derive(Default)]
struct SoFar {
    results: Option<Results>,
    interrupted: bool,
}

impl so_far::SoFar for SoFar {
    fn is_interrupted(&self) -> bool {
        self.interrupted
    }
}

impl SoFar {
    /// Takes the results in, unless somebody has interrupted: servers that are killed then fail.
    fn remember(&mut self, results: &Results) {
        if !self.interrupted {
            self.results = Some(results.clone());
        }
    }

    /// The run is interrupted: what would be lost is shown.
    fn farewell(&mut self, showing: &Showing) {
        self.interrupted = true;
        if let Some(results) = &self.results {
            let _lost = writeln!(anstream::stderr(), "Interrupted; this is what there is.");
            let _lost = showing.show(results, &mut anstream::stdout());
        }
    }
}

/// What is measured, in the order of the run.
fn measurements(options: &Bench) -> Vec<Measurement> {
    let bursts = options.listeners.iter().flat_map(|listeners| {
        options.lengths.iter().map(|length| Measurement::Burst {
            listeners: *listeners,
            length: *length,
        })
    });
    let others = [
        Measurement::Latency,
        Measurement::Turnover,
        Measurement::Idle,
        Measurement::Unread {
            lazy: options.lazy,
            megabytes: UNREAD,
        },
    ];
    let mut measurements: Vec<_> = bursts.chain(others).collect();
    if !options.only.is_empty() {
        measurements.retain(|it| options.only.iter().any(|chosen| chosen.name() == it.name()));
    }
    measurements
}

fn contestant(
    role: Role,
    submission: &Submission,
    descriptors: Descriptors,
) -> Result<Contestant, CommandError> {
    Ok(Contestant {
        role,
        name: submission.name.clone(),
        program: prepared::program(submission)?,
        descriptors,
    })
}

/// The floor is the grader itself, in yet another role. It waits for those who do not read.
fn floor(reference: &Submission) -> Result<Contestant, CommandError> {
    let floor = contestant(Role::Floor, reference, Descriptors::Blocking)?;
    Ok(Contestant {
        name: "a bare relay, which sends on what it receives and nothing else".into(),
        program: Program {
            arguments: vec!["bare-relay".into()],
            ..floor.program
        },
        ..floor
    })
}

/// Where the results go.
struct Showing {
    json: Option<PathBuf>,
    plot: Option<PathBuf>,
}

impl Showing {
    fn of(options: &Bench) -> Self {
        Self {
            json: options.json.clone(),
            plot: options.plot.clone(),
        }
    }

    fn show(&self, results: &Results, out: &mut impl io::Write) -> Result<(), CommandError> {
        let document = Document::new(results);
        let text = serde_json::to_string_pretty(&document).map_err(io::Error::from)?;
        match self.json.as_deref() {
            Some(path) if path == Path::new("-") => writeln!(out, "{text}")?,
            path => {
                write!(out, "{}", bench::table(results))?;
                if let Some(path) = path {
                    written(path, &format!("{text}\n"))?;
                }
            }
        }
        if let Some(path) = &self.plot {
            let image = bench::plot(results).ok_or(CommandError::NothingToPlot)?;
            written(path, &image)?;
        }
        Ok(out.flush()?)
    }
}

fn written(path: &Path, text: &str) -> Result<(), CommandError> {
    std::fs::write(path, text).map_err(|error| CommandError::Unwritable(path.into(), error))
}
