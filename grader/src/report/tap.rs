//! TAP version 14: a line for each check, and below it why it did not pass.
//!
//! The text after the number is the scenario and its title. A check for which there is nothing to
//! check is skipped; one that the machine does not allow, or in which the grader had trouble, is
//! not ok, and its severity says so.

use std::fmt::Write;
use std::io;

use super::explanation;
use super::kept::{Document, Progress};
use crate::verdict::{CheckReport, Outcome};

/// A report in the Test Anything Protocol.
#[derive(Debug)]
pub struct Tap;

impl Document for Tap {
    fn text(&self, progress: &Progress) -> io::Result<String> {
        let mut text = format!("TAP version 14\n1..{}\n", progress.run.checks);
        for (place, check) in progress.checks.iter().enumerate() {
            line(&mut text, place + 1, check, &progress.run.command)?;
        }
        for sentence in &progress.run.confinement {
            writeln!(text, "# In force: {}", escaped(sentence)).map_err(io::Error::other)?;
        }
        Ok(text)
    }
}

fn line(text: &mut String, number: usize, check: &CheckReport, command: &str) -> io::Result<()> {
    let rule = check.counted_rule();
    let name = escaped(&format!("{rule} - {}: {}", check.scenario, check.title));
    let written = match &check.outcome {
        Outcome::Passed => writeln!(text, "ok {number} - {name}"),
        Outcome::Skipped(reason) => {
            writeln!(text, "ok {number} - {name} # SKIP {}", escaped(reason))
        }
        Outcome::Failed(failure) => {
            let at = format!("{}:{}", check.path, failure.line);
            let rest = [
                ("message", failure.reason.as_str()),
                ("severity", "fail"),
                ("at", &at),
            ];
            return not_ok(text, number, &name, &rest, &explanation(check, command));
        }
        Outcome::Undecided(reason) | Outcome::Error(reason) => {
            let severity = match check.outcome {
                Outcome::Undecided(_) => "undecided",
                _ => "error",
            };
            let rest = [("message", reason.as_str()), ("severity", severity)];
            return not_ok(text, number, &name, &rest, "");
        }
    };
    written.map_err(io::Error::other)
}

/// A check that did not pass, with a block of YAML.
fn not_ok(
    text: &mut String,
    number: usize,
    name: &str,
    rest: &[(&str, &str)],
    explanation: &str,
) -> io::Result<()> {
    let mut block = format!("not ok {number} - {name}\n  ---\n");
    for (key, value) in rest {
        // A text of JSON is one of YAML.
        let value = serde_json::to_string(value)?;
        writeln!(block, "  {key}: {value}").map_err(io::Error::other)?;
    }
    if !explanation.is_empty() {
        block.push_str("  explanation: |\n");
        for line in explanation.lines() {
            let line = format!("    {line}");
            block.push_str(line.trim_end());
            block.push('\n');
        }
    }
    block.push_str("  ...\n");
    text.push_str(&block);
    Ok(())
}

/// A description may not hold a bare `#`, which begins a directive, nor a newline.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('#', "\\#");
    text.split(['\n', '\r']).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_holds_no_directive_and_no_newline() {
        assert_eq!(escaped("a # b\nc \\ d"), "a \\# b c \\\\ d");
    }
}
