//! What has an influence on a grade: the same for one server and for a class.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

use super::CommandError;
use super::playing::Playing;
use super::selection::Selection;
use super::variable::Variable;
use crate::suite::Suite;
use crate::tier::Tier;
use crate::verdict::Required;
use crate::verdict::score::Weights;
use machine::Confine;

/// What has an influence on a grade.
#[derive(Debug, Args)]
pub(super) struct Grading {
    #[command(flatten)]
    pub(super) selection: Selection,

    /// The strictest tier that must pass [default: subject; with --only: every chosen check must]
    #[arg(long, value_name = "TIER", value_enum)]
    pub(super) require: Option<Tier>,

    /// Go without the checks that this machine does not allow; else they leave their tier undecided
    #[arg(long)]
    pub(super) accept_skipped: bool,

    #[command(flatten)]
    pub(super) playing: Playing,

    /// How much the server is kept from [default: usual; for a class: strict]
    #[arg(long, value_name = "HOW", value_enum)]
    pub(super) confine: Option<Confine>,

    /// A variable that the server is told beside PATH, TERM and the language: by its name alone as
    /// it is here, or with its value. May be given several times
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = OsStringValueParser::new().try_map(Variable::read))]
    pub(super) env: Vec<Variable>,

    /// Play the scenarios in which memory can be lost under valgrind as well; needs C source
    #[arg(long)]
    pub(super) valgrind: bool,

    /// How many points each rule is worth, in TOML; one each where nothing is said
    #[arg(long, value_name = "FILE")]
    pub(super) weights: Option<PathBuf>,
}

impl Grading {
    /// What decides about these checks, which are those that are asked for.
    pub(super) fn required(&self, suite: &Suite) -> Required {
        let Selection { only, skip, .. } = &self.selection;
        let tiers = suite.checks().into_iter().map(|check| check.tier());
        Required::of(self.require, !only.is_empty(), !skip.is_empty(), tiers)
    }

    /// How many points each rule is worth, where somebody has said so.
    pub(super) fn weights(&self) -> Result<Option<Weights>, CommandError> {
        let Some(path) = &self.weights else {
            return Ok(None);
        };
        let unusable = |reason| CommandError::Weights(path.clone(), reason);
        let text = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
        Weights::read(&text).map(Some).map_err(unusable)
    }
}
