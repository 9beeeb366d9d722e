//! `grader bench`.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::CommandError;
use super::arguments::{Bench, Measured};
use super::limitations::{descriptors, limitations};
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
    let prepared = |handed| super::submission(&host, handed, options.cc.as_deref(), false);
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
    let wanted = |what| options.only.is_empty() || options.only.contains(&what);
    let mut measurements = Vec::new();
    if wanted(Measured::Burst) {
        for listeners in &options.listeners {
            measurements.extend(options.lengths.iter().map(|length| Measurement::Burst {
                listeners: *listeners,
                length: *length,
            }));
        }
    }
    for (what, measurement) in [
        (Measured::Latency, Measurement::Latency),
        (Measured::Turnover, Measurement::Turnover),
        (Measured::Idle, Measurement::Idle),
        (
            Measured::Unread,
            Measurement::Unread {
                lazy: options.lazy,
                megabytes: UNREAD,
            },
        ),
    ] {
        if wanted(what) {
            measurements.push(measurement);
        }
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
        program: super::program(submission)?,
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
    std::fs::write(path, text).map_err(|error| CommandError::File(path.into(), error))
}
