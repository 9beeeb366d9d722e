//! What is wrong in a source: the line as it stands there, and a caret.

use std::collections::BTreeSet;
use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::layout::wrap;
use super::palette::{BAD, QUIET, Styled};
use crate::verdict::{Finding, Place};
use crate::visible::visible;

/// How many findings of a check are shown.
const SHOWN: usize = 8;

/// How wide a tab is shown.
const TAB: usize = 4;

/// The findings below one another.
pub(super) fn show(findings: &[Finding], width: usize) -> String {
    let mut text = String::new();
    let gutter = findings
        .iter()
        .take(SHOWN)
        .filter_map(Finding::line)
        .map(|line| line.to_string().len())
        .max()
        .unwrap_or(0)
        .max(2);
    let mut cures = BTreeSet::new();
    for finding in findings.iter().take(SHOWN) {
        // What mends several of them is said once.
        let cure = finding.cure.as_deref().filter(|cure| cures.insert(*cure));
        one(&mut text, finding, cure, gutter, width);
    }
    if findings.len() > SHOWN {
        let _ = writeln!(text, "    and {} more", findings.len() - SHOWN);
    }
    text
}

fn one(text: &mut String, finding: &Finding, cure: Option<&str>, gutter: usize, width: usize) {
    let bar = format!("    {} {}", " ".repeat(gutter), Styled(QUIET, "|"));
    let room = width - (4 + gutter + 3);
    match &finding.place {
        None => {
            for (number, line) in wrap(&visible(finding.message.as_bytes()), width - 6)
                .iter()
                .enumerate()
            {
                let mark = if number == 0 { "-" } else { " " };
                let _ = writeln!(text, "    {mark} {line}");
            }
        }
        Some(place) => {
            let Excerpt {
                shown,
                column,
                marked,
            } = Excerpt::new(place, room);
            let number = format!("{:>gutter$}", place.line);
            let line = format!(
                "    {} {} {shown}",
                Styled(QUIET, number),
                Styled(QUIET, "|")
            );
            let _ = writeln!(text, "{}", line.trim_end());
            let carets = "^".repeat(marked);
            let message = visible(finding.message.as_bytes());
            let indent = " ".repeat(column);
            if column + marked + 1 + message.width() <= room {
                let _ = writeln!(text, "{bar} {indent}{} {message}", Styled(BAD, carets));
            } else {
                let _ = writeln!(text, "{bar} {indent}{}", Styled(BAD, carets));
                for line in wrap(&message, room) {
                    let _ = writeln!(text, "{bar} {line}");
                }
            }
        }
    }
    let mut aside = |mark: &str, words: &str| {
        for (number, line) in wrap(&visible(words.as_bytes()), room)
            .into_iter()
            .enumerate()
        {
            let mark = if number == 0 { mark } else { " " };
            let _ = writeln!(
                text,
                "    {} {} {line}",
                " ".repeat(gutter),
                Styled(QUIET, mark)
            );
        }
    };
    if finding.stack.len() > 1 {
        let calls: Vec<String> = finding.stack[1..]
            .iter()
            .map(|frame| format!("{} at line {}", frame.function, frame.line))
            .collect();
        let own = &finding.stack[0].function;
        aside("=", &format!("in {own}, called by {}", calls.join(", by ")));
    }
    match finding.scenarios.as_slice() {
        [] => {}
        [one] => aside("=", &format!("seen in {one}")),
        [one, more @ ..] => aside("=", &format!("seen in {one} and {} more", more.len())),
    }
    if let Some(cure) = cure {
        aside("=", cure);
    }
}

/// A line of a source, cut where it is too wide.
struct Excerpt {
    shown: String,
    /// Where the carets begin, in columns of the terminal.
    column: usize,
    /// How many columns they take.
    marked: usize,
}

impl Excerpt {
    fn new(place: &Place, room: usize) -> Self {
        /// How much is left before the carets where the line is too wide.
        const BEFORE: usize = 20;
        // Each character as it is shown, with its column.
        let mut cells: Vec<(usize, String)> = Vec::new();
        let mut column = 0;
        let mut marks = (0, 0);
        for (number, character) in place.excerpt.chars().enumerate() {
            if number + 1 == place.column {
                marks.0 = column;
            }
            let cell = match character {
                '\t' => " ".repeat(TAB - column % TAB),
                ' ' => " ".into(),
                other if other.width().is_some_and(|width| width > 0) => other.to_string(),
                other => visible(other.to_string().as_bytes()),
            };
            let next = column + cell.width();
            cells.push((column, cell));
            column = next;
            if number + 2 == place.column + place.width {
                marks.1 = column;
            }
        }
        let whole = column;
        if place.column > cells.len() {
            marks = (whole, whole + 1);
        }
        let marks = (marks.0, marks.1.max(marks.0 + 1));
        if whole.max(marks.1) <= room {
            return Self {
                shown: cells.into_iter().map(|(_, cell)| cell).collect(),
                column: marks.0,
                marked: marks.1 - marks.0,
            };
        }
        // A window around what is meant, with an ellipsis where something is cut.
        let from = if marks.1 < room {
            0
        } else {
            marks.0.saturating_sub(BEFORE)
        };
        let cut_before = from > 0;
        let start = cells
            .iter()
            .map(|(column, _)| *column)
            .find(|column| *column >= from)
            .unwrap_or(whole);
        let lead = usize::from(cut_before);
        let end = start + room - lead;
        let cut_after = whole > end;
        let last = end - usize::from(cut_after);
        let mut shown = String::from(if cut_before { "…" } else { "" });
        for (column, cell) in cells {
            if column >= start && column + cell.width() <= last {
                shown.push_str(&cell);
            }
        }
        if cut_after {
            shown.push('…');
        }
        let column = marks.0 - start + lead;
        Self {
            shown,
            column,
            marked: (marks.1 - marks.0).min(room.saturating_sub(column)).max(1),
        }
    }
}
