//! A summary in Markdown, as the pages of CI jobs show it: the verdict, what is wrong, the tiers.
//!
//! Such a page is written by several programs, one below the other: in a file, the summary follows
//! what is there already.

use std::fmt::Write;
use std::io;

use super::explanation;
use super::findings::{Findings, also_in, count};
use super::kept::{Document, Progress};
use crate::tier::Tier;
use crate::verdict::{CheckReport, Group, Outcome, Verdict, wording};

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
    let summary = progress.summary();
    let run = &progress.run;
    let verdict = match (&progress.result, summary.verdict(run.require)) {
        (None, _) if progress.is_interrupted => "⚠️ Interrupted",
        (None, _) => "⏳ The run goes on",
        (Some(_), Verdict::Passed) => "✅ Passed",
        (Some(_), Verdict::Failed) => "❌ Failed",
        (Some(_), Verdict::Undecided) => "⚠️ Undecided",
    };
    let of_which = if run.is_of_a_choice {
        ", over the chosen checks only"
    } else {
        ""
    };
    let decides = summary.decides(run.require);
    writeln!(text, "## {verdict} at `{decides}`{of_which}\n")?;
    writeln!(text, "Server: {}\n", code(&run.server))?;
    let findings = Findings::new(&progress.checks, &run.command);
    if !findings.groups.is_empty() {
        writeln!(text, "### What is wrong\n")?;
    }
    for group in &findings.groups {
        write_finding(text, group, &findings)?;
    }
    writeln!(text, "### How the checks ended\n")?;
    writeln!(
        text,
        "| Tier | Passed | Failed | Skipped | Undecided | Trouble |"
    )?;
    writeln!(text, "|---|--:|--:|--:|--:|--:|")?;
    for tier in Tier::ALL {
        let tally = summary.tally(tier);
        writeln!(
            text,
            "| `{tier}` | {} | {} | {} | {} | {} |",
            tally.passed, tally.failed, tally.skipped, tally.undecided, tally.error
        )?;
    }
    let trouble = |check: &&CheckReport| matches!(check.outcome, Outcome::Error(_));
    for check in progress.checks.iter().filter(trouble) {
        write_trouble(text, check, &run.command)?;
    }
    write_list(text, "Undecided", progress, |outcome| match outcome {
        Outcome::Undecided(reason) => Some(reason),
        _ => None,
    })?;
    write_list(text, "Skipped", progress, |outcome| match outcome {
        Outcome::Skipped(reason) => Some(reason),
        _ => None,
    })?;
    if !run.confinement.is_empty() {
        writeln!(text, "\n### In force while the server ran\n")?;
        for sentence in &run.confinement {
            writeln!(text, "- {}", plain(sentence))?;
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

/// The checks that ended in one way, and why.
fn write_list(
    text: &mut String,
    heading: &str,
    progress: &Progress,
    why: impl Fn(&Outcome) -> Option<&str>,
) -> std::fmt::Result {
    let checks = progress.checks.iter();
    let listed: Vec<_> = checks
        .filter_map(|check| Some((check, why(&check.outcome)?)))
        .collect();
    if !listed.is_empty() {
        writeln!(text, "\n### {heading}\n")?;
    }
    for (check, reason) in listed {
        writeln!(text, "- {}: {}", code(&check.scenario), plain(reason))?;
    }
    Ok(())
}

/// A finding, shown by one check, and below it where else it was seen and what may come from it.
fn write_finding(
    text: &mut String,
    group: &Group<'_>,
    findings: &Findings<'_>,
) -> std::fmt::Result {
    let title = wording::title(group.check, group.found);
    writeln!(
        text,
        "<details><summary>❌ <code>{}</code> {} ({}, <code>{}</code>)</summary>\n",
        group.found.rule,
        html(&title),
        count(group),
        group.tier
    )?;
    write_block(text, &findings.told(group))?;
    if let Some(also) = also_in(group, code) {
        writeln!(text, "\n{also}")?;
    }
    if !group.consequences.is_empty() {
        writeln!(text, "\nPerhaps of the same cause:\n")?;
    }
    for consequence in &group.consequences {
        write_finding(text, consequence, findings)?;
    }
    writeln!(text, "\n</details>\n")
}

fn write_trouble(text: &mut String, check: &CheckReport, command: &str) -> std::fmt::Result {
    writeln!(
        text,
        "\n<details><summary>⚠️ <code>{}</code> {}</summary>\n",
        check.counted_rule(),
        html(&check.title)
    )?;
    write_block(text, &explanation(check, command))?;
    writeln!(text, "\n</details>")
}

/// A text as it is.
fn write_block(text: &mut String, block: &str) -> std::fmt::Result {
    let fence = fence(block);
    writeln!(text, "{fence}text\n{block}{fence}")
}

/// A fence that the text does not hold.
fn fence(text: &str) -> String {
    "`".repeat(longest_run(text).max(2) + 1)
}

/// How many backticks stand in a row at most.
fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

/// A text as code within a line.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let fence = "`".repeat(longest_run(&text) + 1);
    // A backtick at an end needs a space, of which one on each side is not shown.
    let space = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A text in which nothing is markup, at the beginning of a line or an item or further on.
fn plain(text: &str) -> String {
    let text = html(&text.replace(['\n', '\r'], " "));
    let text = text.trim_start();
    // What would begin a list or a heading of its own is a number and one more character, or one.
    let number = text.len()
        - text
            .trim_start_matches(|it: char| it.is_ascii_digit())
            .len();
    let mut plain = String::new();
    for (place, character) in text.char_indices() {
        let begins = place == number && matches!(character, '-' | '+' | '=' | '.' | ')');
        if begins
            || matches!(
                character,
                '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~'
            )
        {
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
        assert_eq!(plain("  - a - b"), "\\- a - b");
        assert_eq!(plain("1. a"), "1\\. a");
        assert_eq!(plain("~~~"), "\\~\\~\\~");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("``a`"), "``` ``a` ```");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_encloses() {
        assert_eq!(fence("none"), "```");
        assert_eq!(fence("a ```` b"), "`````");
    }
}
