//! `grader fuzz`.

use std::io::{self, Write as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Args;

use super::CommandError;
use super::amounts::{jobs, seconds};
use super::limitations::{descriptors, limitations, unseen};
use super::playing::Playing;
use super::prepared;
use super::so_far::{self, at_the_end, lock};
use crate::event::RunDescription;
use crate::exit_code::ExitCode;
use crate::fuzz::{self, Budget, Finding, FuzzError, News, Origin, Tally, Trial};
use crate::report::terminal::Terminal;
use crate::runner::Settings;
use crate::shell;
use crate::submission::{Handed, Submission};
use crate::tier::Tier;
use machine::{Host, limits};

mod progress;

use progress::Progress;

/// How long random scenarios are played where nothing is said.
const USUAL_TIME: Duration = Duration::from_secs(10);

/// What `grader fuzz` is told.
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

    /// Play this one of the conversations of `grader run`, and make it short where it fails
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(1..=fuzz::CONVERSATIONS as u64),
        conflicts_with_all = ["seconds", "cases", "seed"]
    )]
    pub(super) conversation: Option<u64>,

    /// Play nothing that only stricter tiers ask for
    #[arg(long, value_name = "TIER", default_value_t = Tier::Subject, value_enum)]
    pub(super) require: Tier,

    /// The folder for the scenario that fails
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(super) folder: PathBuf,

    /// Servers played with at once [default: two for each processor]
    #[arg(long, short, value_name = "N", value_parser = jobs)]
    pub(super) jobs: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(super) playing: Playing,

    /// Print how often each situation was brought about
    #[arg(long, short)]
    pub(super) verbose: bool,
}

/// Plays random scenarios and reports the first that fails.
pub(super) fn fuzz(options: &Fuzz) -> Result<ExitCode, CommandError> {
    let handed = options.server.as_deref().map(Handed::at).transpose()?;
    let folder = options.folder.display().to_string();
    std::fs::create_dir_all(&options.folder)
        .map_err(|error| CommandError::Folder(folder.clone(), error))?;
    // What is random in a conversation has the seed that its file names.
    let seed = options.seed.or(options.conversation);
    let seed = seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    let so_far = Arc::new(Mutex::new(SoFar::default()));
    let farewell = {
        let so_far = Arc::clone(&so_far);
        move || lock(&so_far).farewell()
    };
    let host = Host::of_this_executable();
    let mut limitations = limitations(farewell);
    let (server_descriptors, other_descriptors) =
        descriptors(&host, options.playing.descriptors, &mut limitations)?;
    if let Some(why) = other_descriptors {
        return Err(CommandError::OtherDescriptors(why));
    }
    let unseen = unseen(&host, &mut limitations)?;
    let submission =
        prepared::submission(&host, handed, options.playing.compiler.cc.as_deref(), false)?;
    let program = prepared::program(&submission)?;
    let trial = Trial {
        settings: Settings {
            host,
            program,
            reference: None,
            server_descriptors,
            other_kind: None,
            other_descriptors: None,
            unseen,
            other_language: submission.other_language(),
            memory_tool: submission.memory_tool(),
            instruments: Vec::new(),
            only_observe: false,
            jobs: options.jobs.map_or_else(usual_jobs, Into::into),
            descriptors: limits::raise_own(),
            patience: options.playing.patience,
            seed,
            require: options.require,
        },
        budget: match (options.conversation, options.cases, options.seconds) {
            (Some(number), ..) => Budget::Conversation(number as usize),
            (None, Some(cases), _) => Budget::Cases(cases),
            (None, None, time) => Budget::Time(time.unwrap_or(USUAL_TIME)),
        },
        require: options.require,
        path: file_name,
        folder,
        shrinking: None,
    };
    let mut out = anstream::stdout();
    match trial.budget {
        Budget::Conversation(number) => {
            writeln!(out, "Conversation {number} for {}.", submission.name)?;
        }
        _ => writeln!(
            out,
            "Random scenarios for {}, seed {seed}.",
            submission.name
        )?,
    }
    for limitation in &limitations {
        writeln!(out, "{limitation}")?;
    }
    lock(&so_far).teller = Some(Teller::new(options, &submission, seed, limitations));
    let mut progress = Progress::new(trial.budget);
    let result = fuzz::run(&trial, |news| {
        if lock(&so_far).remember(news) {
            progress.show(news);
        }
    });
    progress.clear();
    let mut told = at_the_end(&so_far);
    let Some(teller) = told.teller.take() else {
        unreachable!("it was put there above, and nobody else takes it");
    };
    let (tally, finding) = match result {
        Err(FuzzError::NotStarted(error)) => return Err(prepared::not_started(&submission, error)),
        other => other?,
    };
    let code = match &finding {
        Some(finding) => {
            teller.write(finding)?;
            teller.finding(finding, &mut out)?;
            ExitCode::Failed
        }
        None => {
            writeln!(out, "No disagreement in {}.", counted(tally.cases, "case"))?;
            ExitCode::Passed
        }
    };
    let code = blame_the_grader(&tally.neglected(), code, &mut out)?;
    teller.summary(&tally, &mut out)?;
    Ok(code)
}

/// Says which situations were never brought about, after which a server that did nothing wrong has
/// not been tried as it should; a case that failed has failed all the same.
fn blame_the_grader(
    neglected: &[String],
    code: ExitCode,
    out: &mut impl io::Write,
) -> io::Result<ExitCode> {
    for situation in neglected {
        writeln!(
            out,
            "Never brought about, which is the grader's fault: {situation}."
        )?;
    }
    Ok(match code {
        ExitCode::Passed if !neglected.is_empty() => ExitCode::Trouble,
        other => other,
    })
}

/// Where a finding is written.
fn file_name(folder: &str, origin: Origin) -> String {
    let name = match origin {
        Origin::Case { seed, number } => format!("fuzz-{seed}-{number}.toml"),
        Origin::Conversation(number) => format!("conversation-{number}-short.toml"),
    };
    match folder {
        "." => name,
        folder => format!("{}/{name}", folder.trim_end_matches('/')),
    }
}

/// A play mostly waits for its server.
fn usual_jobs() -> usize {
    2 * std::thread::available_parallelism().map_or(1, usize::from)
}

/// Says what came of it all.
struct Teller {
    about: RunDescription,
    /// The server as it stands on a command line, after a space.
    server: String,
    folder: String,
    verbose: bool,
}

impl Teller {
    fn new(options: &Fuzz, submission: &Submission, seed: u64, limitations: Vec<String>) -> Self {
        let server = options.server.as_ref();
        Self {
            about: RunDescription {
                grader: env!("CARGO_PKG_VERSION").into(),
                server: submission.name.clone(),
                command: submission.command.clone(),
                seed,
                checks: 1,
                require: options.require,
                is_of_a_choice: false,
                confinement: Vec::new(),
                limitations,
                weights: None,
            },
            server: server.map_or_else(String::new, |path| format!(" {}", shell::quoted(path))),
            folder: options.folder.display().to_string(),
            verbose: options.verbose,
        }
    }

    /// Writes the file.
    fn write(&self, finding: &Finding) -> Result<(), CommandError> {
        std::fs::write(&finding.path, &finding.text)
            .map_err(|error| CommandError::Folder(self.folder.clone(), error))
    }

    /// Says what is wrong and how to play it again.
    fn finding(&self, finding: &Finding, out: &mut impl io::Write) -> io::Result<()> {
        let mut terminal = Terminal::on_stdout(self.verbose, false);
        terminal.finding(&finding.check, &self.about.command)?;
        let required = match self.about.require {
            Tier::Subject => String::new(),
            other => format!(" --require {other}"),
        };
        let origin = finding.origin.to_string();
        writeln!(
            out,
            "\n{}{} fails; its shortest form has {}. Play it again with\n  grader \
             run{}{required} --scenarios {}",
            origin[..1].to_uppercase(),
            &origin[1..],
            counted(finding.steps as u64, "step"),
            self.server,
            shell::quoted(Path::new(&finding.path))
        )?;
        if !finding.again {
            writeln!(
                out,
                "It has not failed again so far: what is wrong may depend on timing."
            )?;
        }
        Ok(())
    }

    /// How much was played, and what that brought about.
    fn summary(&self, tally: &Tally, out: &mut impl io::Write) -> io::Result<()> {
        if self.verbose {
            writeln!(out, "\nSituations, and how many cases brought them about:")?;
            for (situation, count) in tally.situations() {
                writeln!(out, "  {count:>7}  {situation}")?;
            }
            writeln!(out)?;
        }
        let (reached, all) = tally.reached();
        writeln!(
            out,
            "Seed {}: {} ({}) on {} in {:.1} s, {:.0} cases and {:.0} steps per \
             second; {reached} of {all} situations.",
            self.about.seed,
            counted(tally.cases, "case"),
            counted(tally.steps, "step"),
            counted(tally.servers, "server"),
            tally.duration.as_secs_f64(),
            tally.cases_per_second(),
            tally.steps_per_second(),
        )
    }
}

/// `1 step`, `2 steps`.
fn counted(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// What is known by now, for whoever interrupts.
#[derive(Default)]
struct SoFar {
    teller: Option<Teller>,
    tally: Option<Tally>,
    finding: Option<Finding>,
    interrupted: bool,
}

impl so_far::SoFar for SoFar {
    fn is_interrupted(&self) -> bool {
        self.interrupted
    }
}

impl SoFar {
    /// Takes the news in, unless somebody has interrupted: servers that are killed then fail.
    fn remember(&mut self, news: News<'_>) -> bool {
        if self.interrupted {
            return false;
        }
        match news {
            News::Played(tally) => self.tally = Some(tally.clone()),
            News::Found(finding) => self.finding = Some(finding.clone()),
        }
        true
    }

    /// The run is interrupted: what would be lost is told.
    fn farewell(&mut self) {
        self.interrupted = true;
        let (Some(teller), Some(tally)) = (&self.teller, &self.tally) else {
            return;
        };
        let mut out = anstream::stdout();
        let _lost = self.last_words(teller, tally, &mut out);
        let _lost = out.flush();
    }

    fn last_words(
        &self,
        teller: &Teller,
        tally: &Tally,
        out: &mut impl io::Write,
    ) -> io::Result<()> {
        match &self.finding {
            None => writeln!(out, "\nInterrupted, without a disagreement so far.")?,
            Some(finding) => {
                writeln!(out, "\nInterrupted while what fails was being made short.")?;
                if let Err(error) = teller.write(finding) {
                    writeln!(out, "grader: {error}")?;
                }
                teller.finding(finding, out)?;
            }
        }
        teller.summary(tally, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_never_brought_about_is_the_graders_fault() {
        let never = ["one arrives after everybody has left".to_owned()];
        for (neglected, before, after) in [
            (&[][..], ExitCode::Passed, ExitCode::Passed),
            (&never, ExitCode::Passed, ExitCode::Trouble),
            (&never, ExitCode::Failed, ExitCode::Failed),
        ] {
            let mut said = Vec::new();
            let code = blame_the_grader(neglected, before, &mut said).expect("a list can grow");
            assert_eq!(code, after);
            let words = "Never brought about, which is the grader's fault: one arrives after \
                         everybody has left.\n";
            let expected = if neglected.is_empty() { "" } else { words };
            assert_eq!(String::from_utf8_lossy(&said), expected);
        }
    }
}
