//! The command line. Each option is defined here, once.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::variable::Variable;

use crate::batch::Shard;
use crate::exit_code;
use crate::report::Target;
use crate::tier::Tier;
use machine::{Confine, Descriptors};

/// Grades any mini_serv: plays clients against it, judges every byte, explains what is wrong.
///
/// Unofficial: it holds no exam material, and passing it promises nothing.
#[derive(Debug, Parser)]
#[command(name = "grader", version, after_help = exit_code::help(), max_term_width = 100)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Grade a server, or the built-in reference where none is named
    #[command(after_help = exit_code::help())]
    Run(Run),
    /// Grade every submission of a folder
    #[command(after_help = BATCH_HELP)]
    Batch(Batch),
    /// Join the results of several machines
    Merge(Merge),
    /// Play random scenarios until one fails, and write the shortest of them down
    #[command(after_help = exit_code::help())]
    Fuzz(Fuzz),
    /// Measure how fast a server is, beside another one and beside the least that any relay can do
    #[command(after_help = BENCH_HELP)]
    Bench(Bench),
    /// List the checks with their tiers and rules
    List(Selection),
    /// List the rules
    Rules {
        /// Print docs/rules.md instead
        #[arg(long)]
        markdown: bool,
    },
    /// Explain a rule: what it says, why, what breaking it usually comes from
    Explain {
        /// The rule, such as `prefix-every-line`; `grader rules` lists them
        rule: String,
    },
    /// Print the JSON Schema of scenario files, for editors
    Schema,
    /// Be the reference server: `grader reference PORT`
    // Handled before the command line is parsed, since a server's arguments are its own.
    Reference {
        /// The port to listen on, on 127.0.0.1
        port: String,
    },
    /// Be the least that any relay can do, for the bench
    #[command(hide = true)]
    BareRelay {
        /// The port to listen on, on 127.0.0.1
        port: u16,
    },
}

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

/// What has an influence on a grade.
#[derive(Debug, Args)]
pub(super) struct Grading {
    #[command(flatten)]
    pub(super) selection: Selection,

    /// The strictest tier that must pass
    #[arg(long, value_name = "TIER", default_value_t = Tier::Subject, value_enum)]
    pub(super) require: Tier,

    /// Go without the checks that this machine does not allow; else they leave their tier undecided
    #[arg(long)]
    pub(super) accept_skipped: bool,

    /// How many seconds a server may do nothing before it counts as hanging; five times as long
    /// until it accepts its first connection
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    pub(super) patience: Duration,

    /// The descriptors that the server has of its clients; others than those of the exam are for
    /// comparison
    #[arg(long, value_name = "KIND", default_value = "exam", value_enum)]
    pub(super) descriptors: Descriptors,

    /// How much the server is kept from [default: usual; for a class: strict]
    #[arg(long, value_name = "HOW", value_enum)]
    pub(super) confine: Option<Confine>,

    /// A variable that the server is told beside PATH, TERM and the language: by its name alone as
    /// it is here, or with its value. May be given several times
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = OsStringValueParser::new().try_map(Variable::read))]
    pub(super) env: Vec<Variable>,

    /// The compiler for C source, by its name or path, such as gcc or clang [default: gcc, or the
    /// one that is there]
    #[arg(long, value_name = "COMPILER")]
    pub(super) cc: Option<String>,

    /// Play the scenarios in which memory can be lost under valgrind as well; needs C source
    #[arg(long)]
    pub(super) valgrind: bool,

    /// How many points each rule is worth, in TOML; one each where nothing is said
    #[arg(long, value_name = "FILE")]
    pub(super) weights: Option<PathBuf>,
}

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

/// The statuses are those of the grader, and a class has no verdict.
const BATCH_HELP: &str = "Exit status:
  0  every submission was graded, whatever its grade
  2  wrong usage, or a scenario, roster or folder that cannot be used
  3  the grader could not do its work, or not for every submission";

#[derive(Debug, Args)]
pub(super) struct Merge {
    /// The folders with results of `grader batch`
    #[arg(required = true, value_name = "RESULTS")]
    pub(super) results: Vec<PathBuf>,

    /// The folder for all of them, which must be new or empty
    #[arg(long, value_name = "RESULTS")]
    pub(super) out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Fuzz {
    /// The server: C source, a folder with mini_serv.c, or any executable in any language [default:
    /// the built-in reference]
    pub(super) server: Option<PathBuf>,

    /// End after so many seconds without a failure [default: 10]
    #[arg(long, value_name = "N", value_parser = seconds, conflicts_with = "cases")]
    pub(super) seconds: Option<Duration>,

    /// End after so many cases without a failure
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) cases: Option<u64>,

    /// The seed of everything random [default: another each time]; the same seed brings the same
    /// cases
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub(super) seed: Option<u64>,

    /// Play nothing that only stricter tiers ask for
    #[arg(long, value_name = "TIER", default_value_t = Tier::Subject, value_enum)]
    pub(super) require: Tier,

    /// The folder for the scenario that fails
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(super) folder: PathBuf,

    /// Servers played with at once [default: two for each processor]
    #[arg(long, short, value_name = "N", value_parser = jobs)]
    pub(super) jobs: Option<NonZeroUsize>,

    /// How many seconds a server may do nothing before it counts as hanging; five times as long
    /// until it accepts its first connection
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    pub(super) patience: Duration,

    /// The descriptors that the server has of its clients; others than those of the exam are for
    /// comparison
    #[arg(long, value_name = "KIND", default_value = "exam", value_enum)]
    pub(super) descriptors: Descriptors,

    /// The compiler for C source, by its name or path, such as gcc or clang [default: gcc, or the
    /// one that is there]
    #[arg(long, value_name = "COMPILER")]
    pub(super) cc: Option<String>,

    /// Print how often each situation was brought about
    #[arg(long, short)]
    pub(super) verbose: bool,
}

/// The statuses are those of the grader, and a bench has no verdict.
const BENCH_HELP: &str = "Exit status:
  0  it was measured, whatever came of it
  2  wrong usage, or a server that cannot be executed
  3  the grader could not do its work";

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
    pub(super) only: Vec<Measured>,

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

    /// The compiler for C source, by its name or path, such as gcc or clang [default: gcc, or the
    /// one that is there]
    #[arg(long, value_name = "COMPILER")]
    pub(super) cc: Option<String>,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Measured {
    /// Lines as fast as they go
    Burst,
    /// How long one line takes
    Latency,
    /// Clients that come and go
    Turnover,
    /// Processor time when there is nothing to do
    Idle,
    /// Memory for what clients do not read
    Unread,
}

#[derive(Debug, Args)]
pub(super) struct Selection {
    /// Play the scenarios of this folder (or this file) instead of those that come with the grader
    #[arg(long, value_name = "PATH")]
    pub(super) scenarios: Option<PathBuf>,

    /// Only checks whose name, rule or tier matches, such as `lazy-*`. May be given several times
    #[arg(long, value_name = "PATTERN")]
    pub(super) only: Vec<String>,

    /// No checks whose name, rule or tier matches. May be given several times
    #[arg(long, value_name = "PATTERN")]
    pub(super) skip: Vec<String>,
}

/// Reads how many scenarios are played at once.
fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "a whole number of at least 1 is expected".into())
}

/// Reads a number of clients of the bench.
fn listeners(text: &str) -> Result<usize, String> {
    within(text, 1, 50_000, "clients")
}

/// Reads the length of a line of the bench.
fn length(text: &str) -> Result<usize, String> {
    within(text, 1, 10_000_000, "bytes")
}

fn within(text: &str, least: usize, most: usize, what: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("{least} to {most} {what} are expected")),
    }
}

/// Reads a number of seconds, such as `2` or `0.5`.
fn seconds(text: &str) -> Result<Duration, String> {
    /// The longest patience, in seconds: an hour.
    const LONGEST: f64 = 3600.0;
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= LONGEST => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(format!(
            "a number of seconds above 0 and up to {LONGEST} is expected"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn patience_is_a_positive_number_of_seconds() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["0", "-1", "nan", "inf", "soon", "1e9"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
