//! What must have come above what came, with a caret under the first wrong byte.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::layout::{clip, is_narrow, pad, wrap};
use super::palette::{BAD, GOOD, QUIET, Styled};
use crate::verdict::Comparison;
use crate::visible::{byte_count, count_mark, end, mark_that_fits, start, visible};

/// The columns of a transcript: a margin, who, did, and the text that goes with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    /// The width of the names.
    pub(super) who: usize,
    /// The width of what they did.
    pub(super) did: usize,
    /// The width of the whole. Where it is narrow, each text stands below who did what.
    pub(super) width: usize,
}

impl Columns {
    /// What stands before the names.
    pub(super) const MARGIN: usize = 4;
    pub(super) const MUST_RECEIVE: &'static str = "must receive";
    pub(super) const RECEIVED: &'static str = "received";

    /// Names that are wider are cut.
    pub(super) const WIDEST_NAME: usize = 16;

    /// How many columns there are for the texts.
    pub(super) const fn room(self) -> usize {
        // Too few to be of use, but more than nothing.
        const LEAST: usize = 9;
        let room = self.width.saturating_sub(self.text());
        if room < LEAST { LEAST } else { room }
    }

    /// Where the texts begin.
    pub(super) const fn text(self) -> usize {
        if is_narrow(self.width) {
            return Self::MARGIN + 2;
        }
        Self::MARGIN + self.who + 1 + self.did + 2
    }

    /// A row, the end of which may be coloured.
    pub(super) fn row(self, who: &str, did: &str, text: &str) -> String {
        let margin = " ".repeat(Self::MARGIN);
        let who = clip(who, Self::WIDEST_NAME);
        if is_narrow(self.width) {
            let deed = format!("{who} {did}");
            let mut lines = wrap(deed.trim(), self.width - Self::MARGIN);
            if !text.is_empty() {
                lines.push(format!("  {text}"));
            }
            let lines = lines.into_iter();
            return lines.map(|line| format!("{margin}{line}\n")).collect();
        }
        let head = format!("{margin}{} {}  ", pad(&who, self.who), pad(did, self.did));
        format!("{}\n", format!("{head}{text}").trim_end())
    }
}

/// Shows a comparison in these columns.
pub(super) fn show(comparison: &Comparison, columns: Columns) -> String {
    let room = columns.room();
    let matched = matched(comparison, room);
    let rest = room.saturating_sub(matched.width());
    let expected = Rest::new(&comparison.expected, comparison.expected_length, rest);
    let received = Rest::new(&comparison.received, comparison.received_length, rest);

    let mut block = String::new();
    let must = expected.after(&matched, GOOD);
    let did = received.after(&matched, BAD);
    block.push_str(&columns.row(&comparison.who, Columns::MUST_RECEIVE, &must));
    block.push_str(&columns.row("", Columns::RECEIVED, &did));
    block.push_str(&caret(
        columns.text() + matched.width(),
        &comparison.here,
        columns.width,
    ));
    block
}

/// The end of what was right, as far as it is of use beside what is not.
fn matched(comparison: &Comparison, room: usize) -> String {
    let wanted = Rest::wanted(&comparison.expected, comparison.expected_length).max(Rest::wanted(
        &comparison.received,
        comparison.received_length,
    ));
    let room = room - wanted.min(room / 2);
    let shown = visible(&comparison.matched);
    if comparison.matched.len() == comparison.matched_length && shown.width() <= room {
        return shown;
    }
    let mark = |left_out| mark_that_fits(count_mark(left_out), room);
    let (shown, length) = end(
        &comparison.matched,
        room - mark(comparison.matched_length).width(),
    );
    format!(
        "{}{shown}",
        mark(comparison.matched_length.saturating_sub(length))
    )
}

/// What follows what was right.
struct Rest {
    shown: String,
    /// Set where `shown` is a remark and not what was sent.
    remark: bool,
}

impl Rest {
    /// How many columns the whole would take.
    fn wanted(bytes: &[u8], length: usize) -> usize {
        if length == 0 {
            Self::nothing().shown.width()
        } else if bytes.len() == length {
            visible(bytes).width()
        } else {
            usize::MAX
        }
    }

    fn nothing() -> Self {
        Self {
            shown: "(nothing)".to_owned(),
            remark: true,
        }
    }

    fn new(bytes: &[u8], length: usize, room: usize) -> Self {
        if length == 0 {
            return Self::nothing();
        }
        if Self::wanted(bytes, length) <= room {
            return Self {
                shown: visible(bytes),
                remark: false,
            };
        }
        let mark = |left_out| mark_that_fits(format!("… {}", byte_count(left_out)), room);
        let (shown, used) = start(bytes, room.saturating_sub(mark(length).width()));
        Self {
            shown: format!("{shown}{}", mark(length.saturating_sub(used))),
            remark: false,
        }
    }

    fn after(&self, matched: &str, style: anstyle::Style) -> String {
        // A space at the end would not be seen.
        let visible_end = |text: &str| crate::visible::with_visible_end(text.to_owned());
        let style = if self.remark { QUIET } else { style };
        let shown = Styled(style, visible_end(&self.shown)).to_string();
        format!("{matched}{shown}")
    }
}

/// The caret at this column, and what it points at: beside it, or below where there is no room.
fn caret(column: usize, here: &str, width: usize) -> String {
    let beside = format!("^ here: {here}");
    if column + beside.width() <= width {
        return format!("{}{}\n", " ".repeat(column), Styled(BAD, beside));
    }
    let mut block = format!("{}{}\n", " ".repeat(column), Styled(BAD, "^"));
    let lines = wrap(&format!("here: {here}"), width - Columns::MARGIN);
    let widest = lines.iter().map(|line| line.width()).max().unwrap_or(0);
    let indent = " ".repeat(column.min(width.saturating_sub(widest)));
    for line in lines {
        let _ = writeln!(block, "{indent}{}", Styled(BAD, line));
    }
    block
}
