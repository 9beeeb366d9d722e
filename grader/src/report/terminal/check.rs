//! One check: a line, and below it why it did not pass.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::Options;
use super::comparison::{self, Columns};
use super::finding;
use super::layout::{clip, is_narrow, labelled_from, pad, wrap, wrap_command, wrap_path};
use super::palette::{ASIDE, BAD, GOOD, PLAIN, QUIET, STRONG, Styled};
use crate::rules;
use crate::tier::Tier;
use crate::verdict::{CheckKind, CheckReport, Failure, Group, Outcome, TranscriptRow, wording};
use crate::visible::{shortened, visible, with_visible_end};

/// The width of the tiers' names.
const TIER: usize = 7;

/// The check as it is shown for a server that `command` starts.
pub(super) fn show(check: &CheckReport, command: &str, options: Options) -> String {
    let Options { width, verbose, .. } = options;
    let headed = |style, mark, whole| {
        let heading = Heading {
            rule: check.counted_rule(),
            title: &check.title,
            tier: check.counts_for(),
        };
        line(&heading, &Styled(style, mark).to_string(), whole, width)
    };
    let mut text;
    match &check.outcome {
        Outcome::Passed => {
            text = headed(GOOD, "✓", false);
            if verbose {
                text.push_str(&place(check, None, width));
            }
        }
        Outcome::Failed(failure) => {
            text = headed(BAD, "✗", true);
            text.push_str(&place(check, Some(failure.line), width));
            text.push_str(&why(check, failure, command, options));
        }
        Outcome::Skipped(reason) => {
            text = headed(ASIDE, "–", true);
            text.push_str(&labelled("skipped", reason, width));
        }
        Outcome::Undecided(reason) => {
            text = headed(ASIDE, "?", true);
            text.push_str(&labelled("missing", reason, width));
        }
        Outcome::Error(reason) => {
            text = headed(ASIDE, "!", true);
            text.push_str(&place(check, None, width));
            text.push_str(&labelled("trouble", reason, width));
        }
    }
    if !check.remarks.is_empty() {
        text.push_str(&labelled(
            "remark",
            "this is worth knowing, and not wrong:",
            width,
        ));
        text.push_str(&finding::show(&check.remarks, width));
    }
    if verbose {
        for reading in &check.readings {
            text.push_str(&labelled("seen", reading.describe(), width));
        }
        text.push_str(&labelled(
            "took",
            &format!("{} ms", check.duration.as_millis()),
            width,
        ));
    }
    text
}

/// How many rows of what happened are told of a finding.
const ROWS: usize = 14;

/// How much is told of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// All that is known.
    Full,
    /// What is wrong, and what it usually comes from.
    Brief,
}

/// Something that is wrong, as it was seen in the check that shows it best, and where else.
pub(super) fn show_group(
    group: &Group<'_>,
    command: &str,
    detail: Detail,
    options: Options,
) -> String {
    let width = options.width;
    let mut text = match detail {
        Detail::Full => show_finding(group, command, Some(ROWS), options),
        Detail::Brief => {
            let mut text = found(group, width);
            text.push_str(&labelled("wrong", &group.found.failure.reason, width));
            if let Some(hint) = wording::hint(group.check) {
                text.push_str(&labelled("usually", hint, width));
            }
            text
        }
    };
    if !group.also.is_empty() {
        let names: Vec<&str> = (group.also.iter())
            .map(|check| check.scenario.as_str())
            .collect();
        let was_played = |check: &&CheckReport| {
            let found = check.found();
            found.is_none_or(|found| found.failure.not_played.is_none())
        };
        let not_played = if group.also.iter().any(was_played) {
            ""
        } else {
            ", which were not played"
        };
        let also = format!(
            "{} more{not_played}: {}",
            names.len(),
            listed(&names, width)
        );
        text.push_str(&labelled("also in", &also, width));
    }
    for consequence in &group.consequences {
        let headline = wording::headline(consequence.found.kind);
        let seen = format!(
            "{} ({})",
            headline.unwrap_or_else(|| consequence.found.failure.reason.clone()),
            consequence.check.scenario
        );
        text.push_str(&labelled(
            "perhaps",
            &format!("of the same cause: {seen}"),
            width,
        ));
    }
    text
}

/// Something that is wrong, with what happened in the check that shows it best: all of it, or so
/// many rows.
pub(super) fn show_finding(
    group: &Group<'_>,
    command: &str,
    rows: Option<usize>,
    options: Options,
) -> String {
    let mut text = found(group, options.width);
    let failure = group.found.failure;
    let shortened = rows.map(|rows| failure.with_at_most(rows));
    let failure = shortened.as_ref().unwrap_or(failure);
    text.push_str(&why(group.check, failure, command, options));
    text
}

/// What is wrong, in a line, and where it was seen.
fn found(group: &Group<'_>, width: usize) -> String {
    let Group { check, found, .. } = group;
    let title = wording::title(check, *found);
    let heading = Heading {
        rule: found.rule,
        title: &title,
        tier: group.tier,
    };
    let mut text = line(&heading, &Styled(BAD, "✗").to_string(), true, width);
    text.push_str(&place(check, Some(found.failure.line), width));
    text
}

/// Names one after another, as many as fit a few lines of this width.
pub(super) fn listed(names: &[&str], width: usize) -> String {
    /// In how many lines.
    const LINES: usize = 2;
    let room = width.saturating_sub(labelled_from(width)) * LINES;
    let mut text = String::new();
    for (place, name) in names.iter().enumerate() {
        let left = names.len() - place;
        // The end must fit as well.
        if place > 0 && left > 1 && text.width() + name.width() + " and 99 more".len() > room {
            text.push_str(&format!(" and {left} more"));
            return text;
        }
        if place > 0 {
            text.push_str(", ");
        }
        text.push_str(name);
    }
    text
}

/// What stands in the first line.
struct Heading<'a> {
    rule: &'a str,
    title: &'a str,
    tier: Tier,
}

/// Mark, rule, title and tier in columns. A title that is too wide is cut, or, where `whole` says
/// that somebody will want to read it, goes on below.
fn line(heading: &Heading<'_>, mark: &str, whole: bool, width: usize) -> String {
    let Heading { rule, title, tier } = *heading;
    let style = if whole { STRONG } else { PLAIN };
    if is_narrow(width) {
        let mut text = format!(
            "{mark} {}  {}\n",
            Styled(style, rule),
            Styled(QUIET, tier.name())
        );
        for title in wrap(title, width - 2) {
            let _ = writeln!(text, "  {}", Styled(style, title));
        }
        return text;
    }
    // Checks come one by one, so the column cannot wait for the widest of them.
    let widest = rules::all()
        .iter()
        .map(|rule| rule.id.width())
        .max()
        .unwrap_or(0);
    let room = width - 2 - widest - 2 - 2 - TIER;
    let titles = if whole {
        wrap(title, room)
    } else {
        vec![clip(title, room)]
    };

    let mut titles = titles.into_iter();
    let title = pad(&titles.next().unwrap_or_default(), room);
    let mut text = format!(
        "{mark} {}  {}  {}\n",
        Styled(style, pad(rule, widest)),
        Styled(style, title),
        Styled(QUIET, tier.name()),
    );
    for title in titles {
        let _ = writeln!(
            text,
            "{}{}",
            " ".repeat(2 + widest + 2),
            Styled(style, title)
        );
    }
    text
}

/// Where the check is written down.
fn place(check: &CheckReport, line: Option<usize>, width: usize) -> String {
    let place = match line {
        Some(line @ 1..) => format!("{}:{line}", check.path),
        _ => check.path.clone(),
    };
    // A newline in the name of a file is none of the report.
    let place = visible(place.as_bytes());
    let lines = wrap_path(&place, width - 2).into_iter();
    lines
        .map(|line| format!("  {}\n", Styled(QUIET, line)))
        .collect()
}

fn why(check: &CheckReport, failure: &Failure, command: &str, options: Options) -> String {
    let Options { width, verbose, .. } = options;
    let mut text = played(failure, width);
    text.push_str(&finding::show(&failure.findings, width));
    if verbose {
        text.push_str(&block("calls", calls(failure, width), width));
    }
    text.push_str(&labelled("wrong", &failure.reason, width));
    if let Some(death) = &failure.death {
        // The reason has told how it ended, unless something else was wrong first.
        if !failure.reason.contains(&death.how) {
            text.push_str(&labelled("server", &death.how, width));
        } else if !death.last_words.is_empty() {
            text.push_str(&labelled("server", "its last words:", width));
        }
        for line in death.last_words.lines() {
            let line = with_visible_end(visible(line.as_bytes()));
            let margin = labelled_from(width);
            for part in wrap(&line, width - margin - 2) {
                let _ = writeln!(text, "{}| {part}", " ".repeat(margin));
            }
        }
    }
    let rule = check.found().and_then(|found| rules::find(found.rule).ok());
    let hint = wording::hint(check);
    if check.kind == CheckKind::Inspection
        && let Some(rule) = rule
    {
        text.push_str(&labelled("rule", &rule.rule, width));
    }
    if let Some(hint) = hint {
        text.push_str(&labelled("usually", hint, width));
    }
    let commands = rule.into_iter().flat_map(|rule| rule.commands(command));
    let lines = commands.flat_map(|line| wrap_command(&line, width - labelled_from(width)));
    text.push_str(&block("by hand", lines, width));
    text
}

/// What happened until then, and what came of it.
fn played(failure: &Failure, width: usize) -> String {
    let comparison = failure.comparison.as_ref();
    let rows = failure.transcript.iter();
    let names = rows.clone().map(|row| row.who.width());
    let deeds = rows.map(|row| row.did.width());
    let columns = Columns {
        who: names
            .chain(comparison.map(|it| it.who.width()))
            .max()
            .unwrap_or(0)
            .min(Columns::WIDEST_NAME),
        did: deeds
            .chain(comparison.map(|_| Columns::MUST_RECEIVE.width()))
            .max()
            .unwrap_or(0),
        width,
    };
    let mut text = String::new();
    for TranscriptRow { who, did, with } in &failure.transcript {
        let with = with_visible_end(shortened(with, columns.room()));
        text.push_str(&columns.row(who, did, &with));
    }
    if let Some(comparison) = comparison {
        text.push_str(&comparison::show(comparison, columns));
    }
    text
}

/// The server's last calls, a line for each.
fn calls(failure: &Failure, width: usize) -> impl Iterator<Item = String> {
    let name = |call: &TranscriptRow| call.did.trim_start_matches("calls ").to_owned();
    let column = failure.calls.iter().map(|call| name(call).width()).max();
    let column = column.unwrap_or(0) + 2;
    failure.calls.iter().map(move |call| {
        let with = shortened(
            &call.with,
            width.saturating_sub(labelled_from(width) + column),
        );
        let row = format!("{}{with}", pad(&name(call), column));
        row.trim_end().to_owned()
    })
}

/// A text behind a label, wrapped beside it.
fn labelled(label: &str, text: &str, width: usize) -> String {
    block(
        label,
        wrap(text, width - labelled_from(width)).into_iter(),
        width,
    )
}

fn block(label: &str, lines: impl Iterator<Item = String>, width: usize) -> String {
    let mut text = String::new();
    let column = labelled_from(width) - 2;
    let mut lines = lines.peekable();
    let mut label = label;
    if is_narrow(width) && lines.peek().is_some() {
        let _ = writeln!(text, "  {}", Styled(QUIET, label));
        label = "";
    }
    let labels = std::iter::once(label).chain(std::iter::repeat(""));
    for (label, line) in labels.zip(lines) {
        let _ = writeln!(text, "  {}{line}", Styled(QUIET, pad(label, column)));
    }
    text
}
