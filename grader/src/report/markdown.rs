//! A summary in Markdown, as the pages of CI jobs show it: the verdict, the tiers, the failures.

use std::fmt::Write;
use std::io;

use super::explanation;
use super::kept::{Document, Progress};
use crate::tier::Tier;
use crate::verdict::{CheckReport, Outcome, Summary, Verdict};

/// A report for the page of a CI job.
#[derive(Debug)]
pub struct Markdown;

impl Document for Markdown {
    fn text(&self, progress: &Progress) -> io::Result<String> {
        let mut text = String::new();
        write_summary(&mut text, progress).map_err(io::Error::other)?;
        Ok(text)
    }
}

fn write_summary(text: &mut String, progress: &Progress) -> std::fmt::Result {
    let mut summary = Summary::default();
    for check in &progress.checks {
        summary.add(check);
    }
    let run = &progress.run;
    let verdict = match (&progress.result, summary.verdict(run.require)) {
        (None, _) => "⏳ The run goes on",
        (Some(_), Verdict::Passed) => "✅ Passed",
        (Some(_), Verdict::Failed) => "❌ Failed",
        (Some(_), Verdict::Undecided) => "⚠️ Undecided",
    };
    writeln!(text, "## {verdict} at `{}`\n", run.require)?;
    writeln!(text, "Server: {}\n", code(&run.server))?;
    writeln!(text, "| Tier | Passed | Failed | Skipped | Trouble |")?;
    writeln!(text, "|---|--:|--:|--:|--:|")?;
    for tier in Tier::ALL {
        let tally = summary.tally(tier);
        writeln!(
            text,
            "| `{tier}` | {} | {} | {} | {} |",
            tally.passed, tally.failed, tally.skipped, tally.error
        )?;
    }
    let failed = progress
        .checks
        .iter()
        .filter(|check| matches!(check.outcome, Outcome::Failed(_) | Outcome::Error(_)));
    for check in failed {
        write_failure(text, check, &run.command)?;
    }
    let skipped: Vec<_> = progress
        .checks
        .iter()
        .filter_map(|check| match &check.outcome {
            Outcome::Skipped(reason) => Some((check, reason)),
            _ => None,
        })
        .collect();
    if !skipped.is_empty() {
        writeln!(text, "\n### Skipped\n")?;
        for (check, reason) in skipped {
            writeln!(text, "- `{}`: {}", check.scenario, plain(reason))?;
        }
    }
    if !run.limitations.is_empty() {
        writeln!(text, "\n### Not available on this machine\n")?;
        for limitation in &run.limitations {
            writeln!(text, "- {}", plain(limitation))?;
        }
    }
    writeln!(text, "\ngrader {}, seed {}", run.grader, run.seed)
}

fn write_failure(text: &mut String, check: &CheckReport, command: &str) -> std::fmt::Result {
    let rule = check.rules.first().map_or("", String::as_str);
    let mark = match check.outcome {
        Outcome::Error(_) => "⚠️",
        _ => "❌",
    };
    writeln!(
        text,
        "\n<details><summary>{mark} <code>{rule}</code> {}</summary>\n",
        html(&check.title)
    )?;
    let explanation = explanation(check, command);
    let fence = fence(&explanation);
    writeln!(text, "{fence}text\n{explanation}{fence}\n\n</details>")
}

/// A fence that the text does not hold.
fn fence(text: &str) -> String {
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// A text as code within a line.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{text}{fence}")
}

/// A text in which nothing is markup.
fn plain(text: &str) -> String {
    let text = html(&text.replace(['\n', '\r'], " "));
    let mut plain = String::new();
    for character in text.chars() {
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#') {
            plain.push('\\');
        }
        plain.push(character);
    }
    plain
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(plain("a_b <c> `d`\n#"), "a\\_b &lt;c&gt; \\`d\\` \\#");
        assert_eq!(code("a`b"), "``a`b``");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_encloses() {
        assert_eq!(fence("none"), "```");
        assert_eq!(fence("a ```` b"), "`````");
    }
}
