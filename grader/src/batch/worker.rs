//! How one submission is graded: by a `grader run` of its own, which reports to a file.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::grading::Outcome;
use super::isolation::{IN_FORCE, Isolation};
use crate::exit_code::ExitCode;
use machine::confinement::{Ended, Errand};
use machine::{Exit, Host, Scratch};

/// How long one submission may take. The slowest hostile ones take a few minutes.
const PATIENCE: Duration = Duration::from_secs(20 * 60);

/// How large a report may be, in bytes. One of a server that fails everything has some hundred
/// thousand.
const LARGEST: u64 = 64 << 20;

/// Grades submissions, one at a time.
#[derive(Clone, Debug)]
pub struct Worker {
    host: Host,
    grader: PathBuf,
    options: Vec<OsString>,
    isolation: Option<Isolation>,
}

impl Worker {
    /// A worker that hands these options to `grader run`.
    ///
    /// # Errors
    /// The grader cannot find its own executable.
    pub fn new(
        host: Host,
        options: Vec<OsString>,
        isolation: Option<Isolation>,
    ) -> io::Result<Self> {
        Ok(Self {
            host,
            grader: std::env::current_exe()?,
            options,
            isolation,
        })
    }

    /// Grades a submission. Whatever happens, nothing of it is left behind.
    pub(super) fn grade(&self, submission: &Path) -> Outcome {
        match self.run(submission) {
            Ok(outcome) => outcome,
            Err(error) => Outcome::Trouble(error.to_string()),
        }
    }

    fn run(&self, submission: &Path) -> io::Result<Outcome> {
        let scratch = Scratch::new()?;
        let report = scratch.path().join("report.json");
        let mut target = OsString::from("json=");
        target.push(&report);
        let mut arguments: Vec<OsString> = vec!["run".into(), "--report".into(), target];
        arguments.extend(self.options.iter().cloned());
        // Whatever it is called, it is no option.
        arguments.extend(["--".into(), submission.into()]);
        let mut program = self.grader.clone();
        if let Some(isolation) = &self.isolation {
            let mut isolated = isolation.options(submission, scratch.path());
            isolated.push(program.into());
            isolated.append(&mut arguments);
            arguments = isolated;
            program = isolation.program().into();
        }
        let others = std::env::vars_os().filter(|(name, _)| name != "TMPDIR");
        let own = [("TMPDIR".into(), scratch.path().into())];
        let errand = Errand {
            program,
            arguments,
            environment: others.chain(own).collect(),
            folder: std::env::current_dir()?,
            // What it starts is confined by itself.
            confinement: None,
            patience: PATIENCE,
        };
        let ended = errand.run(&self.host)?;
        let mut outcome = outcome(&ended, &report);
        if let (Outcome::Graded(report), Some(_)) = (&mut outcome, &self.isolation) {
            report.confinement.push(IN_FORCE.into());
        }
        Ok(outcome)
    }
}

/// Makes of a worker's end what it means.
fn outcome(ended: &Ended, report: &Path) -> Outcome {
    let said = told(&ended.output);
    let code = |code: ExitCode| Some(Exit::Status(code.number().into()));
    if ended.exit == code(ExitCode::Usage) {
        return Outcome::Refused(said);
    }
    let Some(exit) = ended.exit else {
        let minutes = PATIENCE.as_secs() / 60;
        return Outcome::Trouble(format!("it was not graded within {minutes} minutes"));
    };
    match read(report) {
        Ok(document) if document.verdict.is_some() => Outcome::Graded(Box::new(document)),
        _ if said.is_empty() => Outcome::Trouble(format!("its grader {exit}")),
        _ => Outcome::Trouble(said),
    }
}

fn read(report: &Path) -> io::Result<crate::report::json::document::Document> {
    let mut text = Vec::new();
    File::open(report)?.take(LARGEST).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}

/// What a grader says on its own behalf, without its name.
fn told(output: &[u8]) -> String {
    let output = String::from_utf8_lossy(output);
    let own = output
        .split("grader: ")
        .last()
        .filter(|_| output.contains("grader: "));
    own.unwrap_or_default().trim().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(exit: Option<Exit>, output: &str) -> Ended {
        Ended {
            exit,
            output: output.into(),
        }
    }

    #[test]
    fn an_end_without_a_report_says_nothing_about_the_submission() {
        let nowhere = Path::new("/nowhere/report.json");
        let trouble = |exit, output: &str| match outcome(&ended(exit, output), nowhere) {
            Outcome::Trouble(why) => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(trouble(None, ""), "it was not graded within 20 minutes");
        assert_eq!(
            trouble(
                Some(Exit::Status(3)),
                "…\ngrader: the compiler gcc does not run: x\n"
            ),
            "the compiler gcc does not run: x"
        );
        assert!(trouble(Some(Exit::Signal(9)), "").starts_with("its grader was killed"));
    }

    #[test]
    fn what_cannot_be_graded_is_refused_with_the_reason() {
        let ended = ended(
            Some(Exit::Status(2)),
            "grader: x cannot be executed: no\n  why\n",
        );
        match outcome(&ended, Path::new("/nowhere")) {
            Outcome::Refused(why) => assert_eq!(why, "x cannot be executed: no\n  why"),
            other => panic!("{other:?}"),
        }
    }
}
