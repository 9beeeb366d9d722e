//! From the command line to an exit status. Each command is a file here, with its options.

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::exit_code::{self, ExitCode};
use error::CommandError;
use machine::last_words::LastWords;

mod amounts;
mod bare_relay;
mod batch;
mod bench;
mod compiler;
mod conclusion;
mod entries;
mod error;
mod explain;
mod fuzz;
mod grading;
mod handed_on;
mod limitations;
mod list;
mod merge;
mod playing;
mod prepared;
mod reference;
mod rules;
mod run;
mod schema;
mod selection;
mod show;
mod so_far;
mod variable;

/// What a grader says that cannot go on.
pub const LAST_WORDS: LastWords = LastWords {
    no_memory: "grader: it could not have the memory that it needs; raise the limit of memory \
                (ulimit -v, ulimit -d), or give it fewer plays at once (--jobs)\n",
    aborted: "grader: it has been aborted, by a defect of its own or for want of memory\n",
    panicked: "grader: a defect of the grader",
    status: ExitCode::Trouble.number(),
};

/// Grades any mini_serv: plays clients against it, judges every byte, explains what is wrong.
///
/// Unofficial: it holds no exam material, and passing it promises nothing.
#[derive(Debug, Parser)]
#[command(name = "grader", version, after_help = exit_code::help(), max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Grade a server, or the built-in reference where none is named
    #[command(after_help = exit_code::help())]
    Run(run::Run),
    /// Grade every submission of a folder
    #[command(after_help = batch::HELP)]
    Batch(batch::Batch),
    /// Join the results of several machines
    Merge(merge::Merge),
    /// Play random scenarios until one fails, and write the shortest of them down
    #[command(after_help = exit_code::help())]
    Fuzz(fuzz::Fuzz),
    /// Measure how fast a server is, beside another one and beside the least that any relay can do
    #[command(after_help = bench::HELP)]
    Bench(bench::Bench),
    /// List the checks with their tiers and rules
    List(list::List),
    /// List the rules
    Rules(rules::Rules),
    /// Explain a rule or a check: what it asks, why, what breaking it usually comes from
    Explain(explain::Explain),
    /// Print the file of a scenario as it is
    Show(show::Show),
    /// Print the JSON Schema of scenario files, for editors
    Schema,
    /// Be the reference server: `grader reference PORT`
    // Handled before the command line is parsed, since a server's arguments are its own.
    Reference(reference::Reference),
    /// Be the least that any relay can do, for the bench
    #[command(hide = true)]
    BareRelay(bare_relay::BareRelay),
}

/// Does what the command line asks for.
#[must_use]
pub fn main() -> ExitCode {
    let read = CommandLine::command()
        .try_get_matches()
        .and_then(|matches| {
            CommandLine::from_arg_matches(&matches)
                .map(|command_line| (command_line.command, matches))
        });
    let (command, matches) = match read {
        Ok(read) => read,
        Err(error) => {
            let _lost = error.print();
            // Help and version are asked for and no mistake.
            return if error.use_stderr() {
                ExitCode::Usage
            } else {
                ExitCode::Passed
            };
        }
    };
    command.carry_out(&matches).unwrap_or_else(|error| {
        error.tell();
        error.exit_code()
    })
}

impl Command {
    /// Does it; `matches` are the words of the command line that it was read from.
    fn carry_out(self, matches: &ArgMatches) -> Result<ExitCode, CommandError> {
        match self {
            Self::Run(options) => run::run(&options),
            Self::Batch(options) => {
                let given = matches.subcommand().map(|(_, given)| given);
                batch::batch(&options, given.unwrap_or(matches))
            }
            Self::Merge(options) => merge::merge(&options),
            Self::Fuzz(options) => fuzz::fuzz(&options),
            Self::Bench(options) => bench::bench(&options),
            Self::List(options) => list::list(&options),
            Self::Rules(options) => rules::rules(&options),
            Self::Explain(options) => explain::explain(&options),
            Self::Show(options) => show::show(&options),
            Self::Schema => schema::schema(),
            Self::Reference(options) => Ok(reference::reference(options)),
            Self::BareRelay(options) => bare_relay::bare_relay(&options),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }
}
