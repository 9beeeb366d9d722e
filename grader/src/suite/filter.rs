//! `--only` and `--skip`: patterns over rules, checks and tiers.

use globset::{Glob, GlobMatcher};

use super::{Check, Suite};
use crate::spelling::nearest;

/// Which checks of a suite are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    only: Vec<Pattern>,
    skip: Vec<Pattern>,
}

/// A pattern that matches nothing, or is none: most likely a slip of the pen, and a run without
/// the check that was meant would say something else than it seems to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnmatchedPattern {
    /// It matches no rule, check or tier.
    #[error("{option} {pattern}: no rule, check or tier is called that{}", meant(.nearest.as_deref()))]
    Nothing {
        /// `--only` or `--skip`.
        option: &'static str,
        /// The pattern.
        pattern: String,
        /// The name that is most like it.
        nearest: Option<String>,
    },
    /// It is not a glob.
    #[error("{option} {pattern}: {reason}")]
    NotAGlob {
        /// `--only` or `--skip`.
        option: &'static str,
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Together they leave nothing to check.
    #[error("--only and --skip together leave no check to make")]
    NothingLeft,
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "; see `grader list`".into(),
        |nearest| format!("; did you mean `{nearest}`?"),
    )
}

#[derive(Clone, Debug)]
struct Pattern {
    option: &'static str,
    text: String,
    glob: GlobMatcher,
}

impl Filter {
    /// Takes the patterns of `--only` and `--skip`, each a glob such as `lazy-*`.
    ///
    /// # Errors
    /// A pattern is not a glob.
    pub fn new(only: &[String], skip: &[String]) -> Result<Self, UnmatchedPattern> {
        let parse = |option, patterns: &[String]| {
            patterns
                .iter()
                .map(|text| Pattern::new(option, text))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            only: parse("--only", only)?,
            skip: parse("--skip", skip)?,
        })
    }

    /// Leaves the wanted checks in the suite.
    ///
    /// # Errors
    /// A pattern matches nothing, or nothing is left.
    pub fn apply(&self, suite: &mut Suite) -> Result<(), UnmatchedPattern> {
        for pattern in self.only.iter().chain(&self.skip) {
            if !suite.checks().iter().any(|check| pattern.matches(check)) {
                return Err(pattern.unmatched(suite));
            }
        }
        suite
            .scenarios
            .retain(|scenario| self.wants(&Check::Scenario(scenario)));
        suite
            .inspections
            .retain(|inspection| self.wants(&Check::Inspection(inspection)));
        if suite.checks().is_empty() {
            return Err(UnmatchedPattern::NothingLeft);
        }
        Ok(())
    }

    fn wants(&self, check: &Check<'_>) -> bool {
        let wanted = self.only.is_empty() || self.only.iter().any(|pattern| pattern.matches(check));
        wanted && !self.skip.iter().any(|pattern| pattern.matches(check))
    }
}

impl Pattern {
    fn new(option: &'static str, text: &str) -> Result<Self, UnmatchedPattern> {
        match Glob::new(text) {
            Ok(glob) => Ok(Self {
                option,
                text: text.into(),
                glob: glob.compile_matcher(),
            }),
            Err(error) => Err(UnmatchedPattern::NotAGlob {
                option,
                pattern: text.into(),
                reason: error.kind().to_string(),
            }),
        }
    }

    fn matches(&self, check: &Check<'_>) -> bool {
        names(check)
            .into_iter()
            .any(|name| self.glob.is_match(name))
    }

    fn unmatched(&self, suite: &Suite) -> UnmatchedPattern {
        let checks = suite.checks();
        let nearest = nearest(&self.text, checks.iter().flat_map(names));
        UnmatchedPattern::Nothing {
            option: self.option,
            pattern: self.text.clone(),
            nearest: nearest.map(str::to_owned),
        }
    }
}

/// Everything by which a check can be named.
fn names<'suite>(check: &Check<'suite>) -> Vec<&'suite str> {
    let mut names = vec![check.name(), check.tier().name()];
    names.extend(check.rules());
    names
}
