//! What the checks make of the server.

use std::fmt::Write;
use std::path::Path;

use super::check::listed;
use super::findings::Ends;
use super::layout::{hang, wrap};
use super::palette::{ASIDE, BAD, GOOD, QUIET, STRONG, Styled};
use super::{Options, timings};
use crate::event::{RunDescription, RunResult};
use crate::shell;
use crate::suite::files;
use crate::tier::Tier;
use crate::verdict::score::Score;
use crate::verdict::{CheckKind, CheckReport, Group, Outcome, Tally, Verdict, wording};

/// The end of the report.
pub(super) fn show(
    run: &RunDescription,
    result: &RunResult,
    ends: &Ends<'_>,
    options: Options,
) -> String {
    let Options { width, verbose, .. } = options;
    let mut text = String::new();
    if !verbose && !ends.groups.is_empty() {
        text.push('\n');
    }
    for tier in Tier::ALL {
        let tally = result.summary.tally(tier);
        let mut counts = counts(tally, width - COUNTS).into_iter();
        let first = counts.next().unwrap_or_default();
        let _ = writeln!(text, "{} {:<7}  {first}", mark(tally), tier.name());
        for counts in counts {
            let _ = writeln!(text, "{}{counts}", " ".repeat(COUNTS));
        }
    }

    let readings: Vec<_> = result
        .summary
        .readings()
        .map(|reading| reading.describe())
        .collect();
    section(
        &mut text,
        "Seen where the subject leaves a choice:",
        &readings,
        width,
    );
    if verbose {
        let confinement: Vec<_> = run.confinement.iter().map(String::as_str).collect();
        section(
            &mut text,
            "In force while the server ran:",
            &confinement,
            width,
        );
    }
    for (heading, why) in [
        ("Not checked:", skipped as fn(&Outcome) -> Option<&str>),
        ("Undecided:", undecided),
        ("Trouble of the grader's own:", trouble),
    ] {
        let reasons = reasons(ends.checks, why, width);
        let reasons: Vec<_> = reasons.iter().map(String::as_str).collect();
        section(&mut text, heading, &reasons, width);
    }
    let limitations: Vec<_> = run.limitations.iter().map(String::as_str).collect();
    section(
        &mut text,
        "Not available on this machine:",
        &limitations,
        width,
    );
    if options.timings {
        let slowest = timings::slowest(ends.checks);
        let slowest: Vec<_> = slowest.iter().map(String::as_str).collect();
        section(&mut text, "Took longest:", &slowest, width);
    }
    recap(&mut text, &ends.groups, width);

    text.push('\n');
    let (style, verdict) = if ends.is_interrupted {
        let ended = ends.checks.len();
        let sentence = format!("Interrupted: {ended} of {} checks had ended.", run.checks);
        (ASIDE, sentence)
    } else {
        verdict(run, result)
    };
    for line in wrap(&verdict, width) {
        let _ = writeln!(text, "{}", Styled(style, line));
    }
    if let Some(weights) = &run.weights
        && !ends.is_interrupted
    {
        let score = score(&Score::new(ends.checks, run.require, weights), run.require);
        for line in wrap(&score, width) {
            let _ = writeln!(text, "{line}");
        }
    }
    if let Some(group) = ends.groups.first() {
        for line in wrap(&more(group), width) {
            let _ = writeln!(text, "{line}");
        }
    }
    let seconds = result.duration.as_secs_f64();
    let end = format!("Server {}, seed {}, {seconds:.1} s.", run.server, run.seed);
    for line in wrap(&end, width) {
        let _ = writeln!(text, "{}", Styled(QUIET, line));
    }
    text
}

/// Where more is said of what is to be mended first.
fn more(group: &Group<'_>) -> String {
    let rule = group.found.rule;
    let scenario = &shell::quoted(Path::new(&group.check.scenario));
    let mut text =
        format!("Add --only {scenario} to play the first alone; `grader explain {rule}`");
    // Who plays other scenarios has their files.
    if group.check.kind == CheckKind::Scenario
        && files::content(&group.check.scenario, None).is_ok()
    {
        if scenario != rule {
            text.push_str(&format!(" and `grader explain {scenario}` say more"));
        } else {
            text.push_str(" says more");
        }
        text.push_str(&format!(", `grader show {scenario}` prints the scenario."));
    } else {
        text.push_str(" says more.");
    }
    text
}

/// What is wrong in a line each, what to mend first at the top.
fn recap(text: &mut String, groups: &[Group<'_>], width: usize) {
    /// More are counted.
    const TOLD: usize = 8;
    if groups.len() < 2 {
        return;
    }
    let _ = writeln!(text, "\n{}", Styled(STRONG, "What to mend first:"));
    for (place, group) in groups.iter().take(TOLD).enumerate() {
        let title = wording::title(group.check, group.found);
        let what = format!(
            "{}: {title} ({}, `{}`)",
            group.found.rule,
            checks(group.count()),
            group.tier
        );
        hang(text, &format!("{}.", place + 1), &what, width);
    }
    if groups.len() > TOLD {
        let _ = writeln!(text, "and {} more.", groups.len() - TOLD);
    }
}

/// The points in a sentence.
fn score(score: &Score, require: Tier) -> String {
    if !score.is_grade() {
        return format!("No score at `{require}`: this machine does not let everything be judged.");
    }
    format!(
        "Score: {} of {} points for the rules at `{require}`.",
        score.points(),
        score.of()
    )
}

fn skipped(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Skipped(reason) => Some(reason),
        _ => None,
    }
}

fn undecided(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Undecided(reason) => Some(reason),
        _ => None,
    }
}

fn trouble(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Error(reason) => Some(reason),
        _ => None,
    }
}

/// Why checks were not made, each reason once, and which.
fn reasons(
    checks: &[CheckReport],
    why: impl Fn(&Outcome) -> Option<&str>,
    width: usize,
) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for check in checks {
        let Some(reason) = why(&check.outcome) else {
            continue;
        };
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, names)) => names.push(&check.scenario),
            None => reasons.push((reason, vec![&check.scenario])),
        }
    }
    let told = |(reason, names): (&str, Vec<&str>)| format!("{}: {reason}", listed(&names, width));
    reasons.into_iter().map(told).collect()
}

fn mark(tally: Tally) -> String {
    match tally {
        Tally { failed: 1.., .. } => Styled(BAD, "✗"),
        Tally { error: 1.., .. } => Styled(ASIDE, "!"),
        Tally { undecided: 1.., .. } => Styled(ASIDE, "?"),
        Tally { passed: 0, .. } => Styled(ASIDE, "–"),
        _ => Styled(GOOD, "✓"),
    }
    .to_string()
}

/// Where the counts of a tier begin.
const COUNTS: usize = "✓ subject  ".len() - "✓".len() + 1;

/// How many checks ended in which way, in lines of this width.
fn counts(tally: Tally, width: usize) -> Vec<String> {
    let Tally {
        passed,
        failed,
        skipped,
        undecided,
        error,
    } = tally;
    let mut parts = [
        (passed, "passed", GOOD),
        (failed, "failed", BAD),
        (skipped, "skipped", ASIDE),
        (undecided, "undecided", ASIDE),
        (error, "with trouble", ASIDE),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .peekable();
    if parts.peek().is_none() {
        return vec!["no check".to_owned()];
    }
    let mut lines = vec![String::new()];
    // Colours take no room.
    let mut taken = 0;
    while let Some((count, word, style)) = parts.next() {
        let comma = if parts.peek().is_some() { "," } else { "" };
        let room = format!(" {count} {word}{comma}").len();
        if taken > 0 && taken + room > width {
            lines.push(String::new());
            taken = 0;
        }
        if let Some(line) = lines.last_mut() {
            let space = if taken == 0 { "" } else { " " };
            let _ = write!(line, "{space}{count} {}{comma}", Styled(style, word));
        }
        taken += room;
    }
    lines
}

/// The verdict in a sentence, and in the sentences that keep it from misleading.
fn verdict(run: &RunDescription, result: &RunResult) -> (anstyle::Style, String) {
    let summary = &result.summary;
    let verdict = summary.verdict(run.require);
    let require = summary.decides(run.require);
    let label = if run.is_of_a_choice {
        "Verdict over the chosen checks only:"
    } else {
        "Verdict:"
    };
    let required = Tier::ALL.into_iter().filter(|tier| *tier <= require);
    let total = |count: fn(Tally) -> usize| -> usize {
        required
            .clone()
            .map(|tier| count(summary.tally(tier)))
            .sum()
    };
    match verdict {
        Verdict::Passed => {
            let mut sentence = format!("{label} passes at `{require}`");
            let not_asked = |tier: &Tier| summary.tally(*tier) == Tally::default();
            if !run.is_of_a_choice && required.clone().any(|tier| not_asked(&tier)) {
                sentence.push_str(", as far as it was played");
            }
            let skipped = total(|tally| tally.skipped);
            if skipped > 0 {
                let _ = write!(sentence, ", {skipped} of its checks skipped");
            }
            // The reader should know how far it is from the next tier.
            let stricter = Tier::ALL
                .into_iter()
                .find(|tier| *tier > require && summary.tally(*tier).failed > 0);
            if let Some(tier) = stricter {
                let _ = write!(
                    sentence,
                    "; {} at `{tier}`",
                    failed(summary.tally(tier).failed)
                );
            } else if Tier::ALL
                .into_iter()
                .all(|tier| summary.passes_in_full(tier))
            {
                sentence = format!("{label} passes at every tier");
            }
            (GOOD, sentence + ".")
        }
        Verdict::Failed => {
            let mut sentence = format!(
                "{label} fails at `{require}`: {}",
                failed(total(|tally| tally.failed))
            );
            let lenient = Tier::ALL
                .into_iter()
                .rev()
                .find(|tier| *tier < require && summary.passes_alone(*tier));
            if let Some(tier) = lenient {
                let _ = write!(sentence, ". It passes at `{tier}`");
            }
            (BAD, sentence + ".")
        }
        Verdict::Undecided if total(|tally| tally.error) > 0 => (
            ASIDE,
            format!(
                "{label} undecided at `{require}`: the grader had trouble with {}, which says nothing about the server.",
                checks(total(|tally| tally.error))
            ),
        ),
        Verdict::Undecided if total(|tally| tally.undecided) > 0 => {
            let undecided = total(|tally| tally.undecided);
            let sentence = format!(
                "{label} undecided at `{require}`: this machine does not allow {}, which says \
                 nothing about the server. --accept-skipped goes without {}.",
                checks(undecided),
                if undecided == 1 { "it" } else { "them" }
            );
            (ASIDE, sentence)
        }
        Verdict::Undecided => (
            ASIDE,
            format!("{label} undecided at `{require}`: no check of it could be played."),
        ),
    }
}

fn checks(count: usize) -> String {
    if count == 1 {
        "1 check".to_owned()
    } else {
        format!("{count} checks")
    }
}

fn failed(count: usize) -> String {
    format!("{} failed", checks(count))
}

fn section(text: &mut String, heading: &str, items: &[&str], width: usize) {
    if items.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", Styled(STRONG, heading));
    for item in items {
        hang(text, "-", item, width);
    }
}
