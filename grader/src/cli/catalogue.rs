//! `grader list`, `rules`, `explain` and `schema`: what there is.

use std::io::Write;

use super::arguments::Selection;
use super::{CommandError, rule_ids, suite};
use crate::exit_code::ExitCode;
use crate::rules::{self, Group, page};
use crate::scenario::schema;
use crate::suite::Suite;

/// Lists the checks, one on each line.
pub(super) fn list(selection: &Selection) -> Result<ExitCode, CommandError> {
    let checks = suite(selection)?.coverage();
    let rules: Vec<String> = checks.iter().map(|check| check.rules.join(",")).collect();
    let names = longest(checks.iter().map(|check| &check.name));
    let rules_width = longest(&rules);
    let mut out = anstream::stdout().lock();
    for (check, rules) in checks.iter().zip(&rules) {
        // The title comes last: it is what a narrow terminal may wrap.
        writeln!(
            out,
            "{:names$}  {:7}  {rules:rules_width$}  {}",
            check.name, check.tier, check.title
        )?;
    }
    Ok(ExitCode::Passed)
}

/// Lists the rules, group by group.
pub(super) fn rules() -> Result<ExitCode, CommandError> {
    let ids = longest(rules::all().iter().map(|rule| &rule.id));
    let mut out = anstream::stdout().lock();
    for group in Group::ALL {
        writeln!(out, "{}", group.heading())?;
        for rule in rules::all().iter().filter(|rule| rule.group == group) {
            let gap = if rule.gap().is_some() {
                "  (in full only of C source)"
            } else {
                ""
            };
            let first_sentence = rule
                .rule
                .split_inclusive(". ")
                .next()
                .unwrap_or_default()
                .trim();
            writeln!(
                out,
                "  {:ids$}  {:7}  {first_sentence}{gap}",
                rule.id, rule.tier
            )?;
        }
    }
    Ok(ExitCode::Passed)
}

/// Prints `docs/rules.md`.
pub(super) fn rules_page() -> Result<ExitCode, CommandError> {
    let suite = Suite::shipped(&rule_ids())?;
    write!(
        anstream::stdout().lock(),
        "{}",
        page::page(&suite.coverage())
    )?;
    Ok(ExitCode::Passed)
}

/// Explains a rule.
pub(super) fn explain(id: &str) -> Result<ExitCode, CommandError> {
    let rule = rules::find(id)?;
    let suite = Suite::shipped(&rule_ids())?;
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}  ({})\n", rule.id, rule.tier)?;
    writeln!(out, "{}\n", wrapped(&rule.rule))?;
    let mut told =
        |label: &str, text: &str| writeln!(out, "{label}\n{}\n", wrapped(&format!("  {text}")));
    told("Said by", &rule.said.describe())?;
    told("Why this tier", &rule.because)?;
    told("Breaking it usually comes from", &rule.hint)?;
    if let Some(gap) = rule.gap() {
        told("Note", &gap)?;
    }
    writeln!(out, "By hand")?;
    for command in rule.commands("./mini_serv") {
        writeln!(out, "  {command}")?;
    }
    let covering: Vec<_> = suite
        .coverage()
        .into_iter()
        .filter(|scenario| scenario.rules.contains(&rule.id))
        .collect();
    if !covering.is_empty() {
        writeln!(out, "\nChecks")?;
        let names = longest(covering.iter().map(|scenario| &scenario.name));
        for scenario in &covering {
            writeln!(
                out,
                "  {:names$}  {:7}  {}",
                scenario.name, scenario.tier, scenario.title
            )?;
        }
    }
    Ok(ExitCode::Passed)
}

/// Prints the JSON Schema of scenario files.
pub(super) fn schema() -> Result<ExitCode, CommandError> {
    writeln!(anstream::stdout().lock(), "{:#}", schema::schema())?;
    Ok(ExitCode::Passed)
}

fn longest<'a>(words: impl IntoIterator<Item = &'a String>) -> usize {
    words.into_iter().map(String::len).max().unwrap_or(0)
}

/// Wraps a paragraph to the terminal, its indentation kept on every line.
fn wrapped(text: &str) -> String {
    /// Wider lines are hard to read.
    const WIDEST: usize = 100;
    let columns = terminal_size::terminal_size().map_or(WIDEST, |(width, _)| usize::from(width.0));
    let indent = &text[..text.len() - text.trim_start().len()];
    let options = textwrap::Options::new(columns.clamp(40, WIDEST)).subsequent_indent(indent);
    textwrap::fill(text, options)
}
