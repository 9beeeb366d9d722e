//! Plays that are about what a tool says of the program: a build with sanitizers, or valgrind.
//!
//! How such a play ends says nothing: the tool makes the server slower and larger, and gives it
//! memory in other ways. What the tool wrote counts.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rustix::process::Signal;

use super::check::{Short, try_play};
use super::circumstances::Circumstances;
use crate::scenario::{Action, Scenario};
use crate::verdict::CheckReport;
use machine::Program;

/// How much a server may write to its standard error where sanitizers write, in bytes.
const WRITTEN: u64 = 1 << 20;

/// How much of what a tool wrote is read, in bytes.
const READ: u64 = 4 << 20;

/// How many clients a scenario may have at once to be played with sanitizers. A larger crowd makes
/// the server do the same more often, which takes as long as all the rest.
const CROWD: usize = 500;

/// A tool, and the program that it watches.
#[derive(Clone, Debug)]
pub struct Instrument {
    /// The tool.
    pub tool: Tool,
    /// The executable.
    pub server: PathBuf,
    /// A folder for what the tool writes.
    pub folder: PathBuf,
}

/// A tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Sanitizers that are built into the executable, with the program that gives their addresses
    /// names, where they need one.
    Sanitizers(Option<PathBuf>),
    /// Valgrind, by its path.
    Valgrind(PathBuf),
}

/// What a tool wrote while a scenario was played.
#[derive(Clone, Debug)]
pub struct Observation {
    /// Whether the tool was valgrind.
    pub by_valgrind: bool,
    /// The scenario's name.
    pub scenario: String,
    /// What it wrote; empty where it had nothing to say.
    pub said: Vec<u8>,
    /// Why it could not be asked, where that is the grader's trouble.
    pub trouble: Option<String>,
}

impl Instrument {
    /// Whether the scenario is worth playing with it.
    pub(super) fn wants(&self, scenario: &Scenario) -> bool {
        let is = |rule: &str| scenario.rules.iter().any(|it| it == rule);
        let measures = scenario
            .steps
            .iter()
            .any(|step| matches!(step.action, Action::Measure(_)));
        // Where calls are watched or memory is withheld, it is the tool's that would be met.
        let meets_the_tool = !scenario.watch.is_empty() || scenario.exhausts_memory();
        match self.tool {
            Tool::Sanitizers(_) => {
                !meets_the_tool && !measures && scenario.clients_at_once() <= CROWD
            }
            Tool::Valgrind(_) => {
                let loses = [
                    "no-memory-leak",
                    "departure",
                    "unfinished-line",
                    "lazy-stays",
                ];
                !meets_the_tool && loses.into_iter().any(is) && scenario.clients_at_once() <= 32
            }
        }
    }

    /// Plays a scenario and returns what the tool wrote. `place` is a number that no other play
    /// of it has.
    pub(super) fn observe(
        &self,
        place: usize,
        scenario: &Scenario,
        circumstances: &Circumstances<'_>,
    ) -> Result<Observation, Short> {
        let file = self.folder.join(place.to_string());
        let _told_by_the_tool = try_play(
            scenario,
            &Circumstances {
                program: &Program {
                    confine: circumstances.program.confine,
                    ..self.program(circumstances.program, &file)
                },
                other_kind: None,
                patience: circumstances.patience * self.slower(),
                ..*circumstances
            },
        )?;
        let mut said = Vec::new();
        if let Ok(file) = File::open(&file) {
            let _as_far_as_it_goes = file.take(READ).read_to_end(&mut said);
        }
        Ok(Observation {
            by_valgrind: matches!(self.tool, Tool::Valgrind(_)),
            scenario: scenario.name.clone(),
            said,
            trouble: None,
        })
    }

    /// How many times longer things may take with it.
    pub(super) const fn slower(&self) -> u32 {
        match self.tool {
            Tool::Sanitizers(_) => 3,
            Tool::Valgrind(_) => 10,
        }
    }

    /// What there is of a play that could not be.
    pub(super) fn observed_nothing(&self, report: &CheckReport) -> Observation {
        Observation {
            by_valgrind: matches!(self.tool, Tool::Valgrind(_)),
            scenario: report.scenario.clone(),
            said: Vec::new(),
            trouble: report.outcome.reason().map(Into::into),
        }
    }

    /// What is executed in the place of the `usual` program.
    fn program(&self, usual: &Program, file: &Path) -> Program {
        match &self.tool {
            Tool::Sanitizers(symbolizer) => {
                let mut environment: Vec<(OsString, OsString)> = vec![
                    // Where there is no memory, malloc says so, as it does without sanitizers.
                    (
                        "ASAN_OPTIONS".into(),
                        "allocator_may_return_null=1:detect_leaks=1".into(),
                    ),
                    ("UBSAN_OPTIONS".into(), "print_stacktrace=1".into()),
                    ("LSAN_OPTIONS".into(), "".into()),
                ];
                if let Some(symbolizer) = symbolizer {
                    environment.push(("ASAN_SYMBOLIZER_PATH".into(), symbolizer.into()));
                }
                // The first of a name counts.
                environment.extend(usual.environment.iter().cloned());
                Program {
                    path: self.server.clone(),
                    arguments: Vec::new(),
                    environment,
                    // Not all of them keep to a file that options name; all keep to this.
                    errors: Some((file.into(), WRITTEN)),
                    farewell: Some(Signal::USR2),
                    readable: vec![self.server.clone()],
                    writable: vec![self.folder.clone()],
                    ..Program::default()
                }
            }
            Tool::Valgrind(valgrind) => {
                let mut to_file = OsString::from("--xml-file=");
                to_file.push(file);
                Program {
                    path: valgrind.clone(),
                    arguments: vec![
                        "--xml=yes".into(),
                        to_file,
                        "--leak-check=full".into(),
                        "--show-leak-kinds=definite".into(),
                        self.server.clone().into(),
                    ],
                    environment: [
                        vec![("VALGRIND_OPTS".into(), "".into())],
                        usual.environment.clone(),
                    ]
                    .concat(),
                    errors: None,
                    // It looks for what is lost when its program ends, also of a signal.
                    farewell: Some(Signal::TERM),
                    readable: vec![self.server.clone()],
                    writable: vec![self.folder.clone()],
                    ..Program::default()
                }
            }
        }
    }
}
