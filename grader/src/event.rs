//! What a run tells its reporters, who see nothing else and so cannot disagree.

use std::time::Duration;

use crate::tier::Tier;
use crate::verdict::score::Weights;
use crate::verdict::{CheckReport, Summary};

/// Something that happened in a run.
#[derive(Clone, Debug)]
pub enum Event {
    /// The run begins.
    Started(RunDescription),
    /// A check has ended. Checks are reported in the order of the suite, whatever their order
    /// of play.
    Checked(CheckReport),
    /// Every check has been reported.
    Finished(RunResult),
    /// Somebody has interrupted the run: this is what is known by now, and nothing more comes.
    Interrupted(RunResult),
}

/// What is known before the first check.
#[derive(Clone, Debug)]
pub struct RunDescription {
    /// The version of the grader.
    pub grader: String,
    /// The server as the user named it, or `the built-in reference`.
    pub server: String,
    /// A shell command that starts the server, its port to follow: `./mini_serv`.
    pub command: String,
    /// The seed of everything random.
    pub seed: u64,
    /// How many checks will be reported.
    pub checks: usize,
    /// The tier that decides the exit status.
    pub require: Tier,
    /// Whether somebody has chosen among the checks, so that the verdict is over those only.
    pub is_of_a_choice: bool,
    /// How many points each rule is worth, where somebody has said so; else each has the same.
    pub weights: Option<Weights>,
    /// What the server was kept from while it ran, each a sentence.
    pub confinement: Vec<String>,
    /// What was not available on this machine, each a sentence.
    pub limitations: Vec<String>,
}

/// What is known after the last check.
#[derive(Clone, Debug)]
pub struct RunResult {
    /// How many checks ended in which way.
    pub summary: Summary,
    /// Wall time of the whole run.
    pub duration: Duration,
}
