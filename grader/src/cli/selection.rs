//! Which checks are meant.

use std::path::PathBuf;

use clap::Args;

use super::CommandError;
use crate::rules;
use crate::suite::{Filter, Suite};

/// Which checks are meant.
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

impl Selection {
    /// The checks that are asked for.
    pub(super) fn suite(&self) -> Result<Suite, CommandError> {
        let mut suite = self.everything()?;
        self.filter(&mut suite)?;
        Ok(suite)
    }

    /// Every check that there is to choose from.
    pub(super) fn everything(&self) -> Result<Suite, CommandError> {
        let rules = rules::ids();
        Ok(match &self.scenarios {
            Some(path) => Suite::at(path, &rules)?,
            None => Suite::shipped(&rules)?,
        })
    }

    /// Leaves the checks that are asked for.
    pub(super) fn filter(&self, suite: &mut Suite) -> Result<(), CommandError> {
        Ok(Filter::new(&self.only, &self.skip)?.apply(suite)?)
    }
}
