//! Looks at a candidate's source and reports what was found: the checks without a scenario.
//!
//! The suite says which inspections there are, [`source`](crate::source) reads the text, the
//! submission's builds tell what the compiler makes of it; here, that becomes verdicts.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::runner::Observation;
use crate::source::defines::defines;
use crate::source::eagain::looks;
use crate::source::functions::functions;
use crate::source::starting_file::{Leftovers, leftovers};
use crate::source::syntax::{ParseError, Syntax};
use crate::submission::{Source, Submission};
use crate::suite::{Aspect, Examines, Inspection};
use crate::verdict::{CheckKind, CheckReport, Failure, Finding, Kind, NotPlayed, Outcome};

mod memory;
mod sanitizer;
mod throughout;
mod valgrind;

pub use throughout::Aside;

/// How many findings of a check are told: a source of a mebibyte can hold a hundred thousand, and
/// every report would carry them.
const MOST: usize = 1000;

/// Whoever inspects a submission.
#[derive(Debug)]
pub struct Inspector<'a> {
    submission: &'a Submission,
    /// What the text says, where there is one.
    syntax: Option<Result<Syntax, ParseError>>,
    leftovers: Leftovers,
}

/// What was observed while the scenarios were played.
#[derive(Clone, Copy, Debug, Default)]
pub struct Observed<'a> {
    /// What the tools said.
    pub observations: &'a [Observation],
    /// Why valgrind was not asked although it should be, where that is so.
    pub no_valgrind: Option<&'a str>,
    /// How many scenarios were played.
    pub played: usize,
    /// What was wrong in them besides.
    pub asides: &'a [Aside],
    /// How a check of the server's system calls ends, where these could not be seen.
    pub unseen_calls: Option<&'a Outcome>,
}

impl<'a> Inspector<'a> {
    /// Reads what there is of a submission.
    #[must_use]
    pub fn new(submission: &'a Submission) -> Self {
        let source = submission.source.as_ref();
        let syntax = source.map(|source| Syntax::new(&source.text, &source.built.branches));
        let leftovers = match (source, &syntax) {
            (Some(source), Some(Ok(syntax))) => leftovers(&source.text, syntax),
            _ => Leftovers::default(),
        };
        Self {
            submission,
            syntax,
            leftovers,
        }
    }

    /// Makes an inspection. `observed` is what one that needs plays goes by.
    #[must_use]
    pub fn inspect(&self, inspection: &Inspection, observed: Option<Observed<'_>>) -> CheckReport {
        let begun = Instant::now();
        let mut remarks = Vec::new();
        let mut path = self.submission.name.clone();
        let outcome = match inspection.examines {
            Examines::Plays(what) => throughout::judge(what, observed, &mut path),
            Examines::Source(aspect) => self.examine(aspect, observed, &mut remarks),
        };
        let hint = match &outcome {
            Outcome::Failed(failure) => failure.hint.clone(),
            _ => None,
        };
        let duration = if observed.is_some() {
            Duration::ZERO
        } else {
            begun.elapsed()
        };
        let mut check = CheckReport {
            hidden: false,
            kind: CheckKind::Inspection,
            scenario: inspection.name.into(),
            path,
            title: inspection.title.into(),
            rules: inspection.rules.iter().map(|rule| (*rule).into()).collect(),
            tier: inspection.tier,
            outcome,
            duration,
            hint,
            readings: BTreeSet::new(),
            remarks,
            asides: Vec::new(),
        };
        if matches!(inspection.examines, Examines::Plays(_)) {
            self.explain(&mut check);
        }
        check
    }

    fn examine(
        &self,
        aspect: Aspect,
        observed: Option<Observed<'_>>,
        remarks: &mut Vec<Finding>,
    ) -> Outcome {
        let (source, syntax) = match (&self.submission.source, &self.syntax) {
            (Some(source), Some(Ok(syntax))) => (source, syntax),
            (_, Some(Err(error))) => return Outcome::Error(error.to_string()),
            (None, _) | (_, None) => return Outcome::Skipped(self.no_source()),
        };
        let mut outcome = match aspect {
            Aspect::Compilation => compilation(source, remarks),
            Aspect::Defines => found(defines(&source.text), |count| match count {
                1 => "the file holds a #define".into(),
                count => format!("the file holds {count} #defines"),
            }),
            Aspect::Eagain => found(looks(&source.text, syntax), |_| {
                "the server looks whether a call would have had to wait".into()
            }),
            Aspect::Functions => match &source.built.inside {
                Err(why) => Outcome::Skipped(why.clone()),
                Ok(inside) => {
                    let findings =
                        functions(&source.text, syntax, &inside.preprocessed, &inside.symbols);
                    let mut outcome = found(findings, |count| match count {
                        1 => "the source uses something that is not allowed".into(),
                        count => format!("the source uses what is not allowed in {count} places"),
                    });
                    if let Outcome::Failed(failure) = &mut outcome {
                        failure.hint = self.given_prints();
                    }
                    outcome
                }
            },
            Aspect::Memory => memory::judge(source, observed.unwrap_or_default(), remarks),
        };
        if let Outcome::Failed(failure) = &mut outcome {
            locate(failure);
        }
        outcome
    }

    /// Adds to the report of a scenario what the source tells about its failure.
    pub fn explain(&self, check: &mut CheckReport) {
        let main = check.rules.first().cloned().unwrap_or_default();
        let Outcome::Failed(failure) = &mut check.outcome else {
            return;
        };
        let is_about_the_port = match failure.not_played {
            Some(why) => why == NotPlayed::NeverServed,
            None => main == "port-from-argument",
        };
        let is_about_output = failure
            .comparison
            .as_ref()
            .is_some_and(|comparison| comparison.who.starts_with("standard output"));
        if is_about_the_port && !self.leftovers.ports.is_empty() {
            failure.findings.clone_from(&self.leftovers.ports);
            let hint = "The port of the given starting file is left in: the first argument says \
                        which one it is.";
            failure.hint = Some(hint.into());
            check.hint = Some(hint.into());
        } else if is_about_output && !self.leftovers.prints.is_empty() {
            failure.findings.clone_from(&self.leftovers.prints);
            check.hint = self.given_prints();
        }
    }

    /// What to say of printf, where the source has it.
    fn given_prints(&self) -> Option<String> {
        (!self.leftovers.prints.is_empty()).then(|| {
            "The given starting file prints what it does, with printf, which is not allowed: take \
             out what is left of that."
                .into()
        })
    }

    fn no_source(&self) -> String {
        if self.submission.is_handed_in {
            format!(
                "{} is an executable: name the C file instead to have its source examined",
                self.submission.name
            )
        } else {
            "the built-in reference is not written in C".into()
        }
    }
}

/// Says in a failure where its findings are, also to reports that show none of them, and leaves out
/// what nobody would read.
fn locate(failure: &mut Failure) {
    failure.reason.push_str(&at_lines(&failure.findings));
    failure.findings.truncate(MOST);
    failure.line = failure
        .findings
        .iter()
        .find_map(Finding::line)
        .unwrap_or_default();
}

/// The lines of findings, as a remark in brackets: ` (line 3)`, ` (lines 3, 7 and 2 more)`.
fn at_lines(findings: &[Finding]) -> String {
    const SHOWN: usize = 5;
    let mut lines: Vec<usize> = findings.iter().filter_map(Finding::line).collect();
    lines.dedup();
    let shown: Vec<String> = lines.iter().take(SHOWN).map(usize::to_string).collect();
    match (shown.as_slice(), lines.len().saturating_sub(SHOWN)) {
        ([], _) => String::new(),
        ([line], _) => format!(" (line {line})"),
        ([lines @ .., last], 0) => format!(" (lines {} and {last})", lines.join(", ")),
        (lines, more) => format!(" (lines {} and {more} more)", lines.join(", ")),
    }
}

/// Failed if there is something to say.
fn found(findings: Vec<Finding>, reason: impl Fn(usize) -> String) -> Outcome {
    if findings.is_empty() {
        return Outcome::Passed;
    }
    Outcome::Failed(Box::new(Failure {
        kind: Kind::InSource,
        reason: reason(findings.len()),
        findings,
        ..Failure::default()
    }))
}

fn compilation(source: &Source, remarks: &mut Vec<Finding>) -> Outcome {
    if !source.beside.is_empty() {
        remarks.push(Finding::new(
            format!(
                "other C files are in the folder, and were not looked at: {}",
                source.beside.join(", ")
            ),
            None,
        ));
    }
    remarks.extend(source.built.remarks.iter().cloned());
    match &source.built.program {
        Ok(_) => Outcome::Passed,
        Err(not_compiled) => Outcome::Failed(Box::new(Failure {
            kind: Kind::NotCompiled,
            reason: not_compiled.reason.clone(),
            findings: not_compiled.findings.clone(),
            hint: not_compiled.hint.clone(),
            ..Failure::default()
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceText;

    #[test]
    fn of_very_many_findings_the_first_are_told_and_all_are_counted() {
        let source = SourceText::new("a.c", b"#define X\n".repeat(3000));
        let Outcome::Failed(mut failure) = found(defines(&source), |count| count.to_string())
        else {
            panic!("there are some");
        };
        locate(&mut failure);
        assert_eq!(failure.reason, "3000 (lines 1, 2, 3, 4, 5 and 2995 more)");
        assert_eq!((failure.findings.len(), failure.line), (MOST, 1));
    }
}
