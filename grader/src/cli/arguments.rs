//! The command line. Each option is defined here, once.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::exit_code;
use crate::harness::Descriptors;
use crate::report::Target;
use crate::tier::Tier;

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
    /// List the scenarios with their tiers and rules
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
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The server: any executable, in any language
    pub(super) server: Option<PathBuf>,

    #[command(flatten)]
    pub(super) selection: Selection,

    /// The strictest tier that must pass
    #[arg(long, value_name = "TIER", default_value_t = Tier::Subject, value_enum)]
    pub(super) require: Tier,

    /// Scenarios played at once [default: four for each processor]
    #[arg(long, short, value_name = "N", value_parser = jobs)]
    pub(super) jobs: Option<NonZeroUsize>,

    /// The seed of everything random [default: another each time]
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,

    /// How many seconds a server may do nothing before it counts as hanging; five times as long
    /// until it accepts its first connection
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    pub(super) patience: Duration,

    /// The descriptors that the server has of its clients; others than those of the exam are for
    /// comparison
    #[arg(long, value_name = "KIND", default_value = "exam", value_enum)]
    pub(super) descriptors: Descriptors,

    /// Write a report as well; `-` is standard output. May be given several times
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(super) report: Vec<Target>,

    /// How many points each rule is worth, in TOML; one each where nothing is said
    #[arg(long, value_name = "FILE")]
    pub(super) weights: Option<PathBuf>,

    /// Say more about checks that passed, and show the calls before one that must not be made
    #[arg(long, short)]
    pub(super) verbose: bool,
}

#[derive(Debug, Args)]
pub(super) struct Selection {
    /// Play the scenarios of this folder (or this file) instead of those that come with the grader
    #[arg(long, value_name = "PATH")]
    pub(super) scenarios: Option<PathBuf>,

    /// Only scenarios whose name, rule or tier matches, such as `lazy-*`. May be given several times
    #[arg(long, value_name = "PATTERN")]
    pub(super) only: Vec<String>,

    /// No scenarios whose name, rule or tier matches. May be given several times
    #[arg(long, value_name = "PATTERN")]
    pub(super) skip: Vec<String>,
}

/// Reads how many scenarios are played at once.
fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "a whole number of at least 1 is expected".into())
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
