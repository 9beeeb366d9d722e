//! Lists of names and what they stand for: in columns where there is room, else below each other.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use crate::report::terminal::layout::{pad, wrap};

/// A name, what belongs to it in a word each, and what it stands for.
pub(super) struct Entry {
    pub(super) cells: Vec<String>,
    pub(super) text: String,
}

/// The entries, indented by so much. Where there is no width to keep to, each has one line.
pub(super) fn listed(entries: &[Entry], indent: usize, width: Option<usize>) -> String {
    /// A text in a narrower column is hard to read.
    const LEAST: usize = 30;
    let margin = " ".repeat(indent);
    let columns: Vec<usize> = (0..entries.first().map_or(0, |entry| entry.cells.len()))
        .map(|column| {
            let cells = entries.iter().map(|entry| entry.cells[column].width());
            cells.max().unwrap_or(0)
        })
        .collect();
    let before = indent + columns.iter().map(|column| column + 2).sum::<usize>();
    let mut text = String::new();
    for Entry { cells, text: told } in entries {
        let mut row = margin.clone();
        for (cell, column) in cells.iter().zip(&columns) {
            row.push_str(&pad(cell, column + 2));
        }
        match width {
            None => {
                let _ = writeln!(text, "{row}{told}");
            }
            Some(width) if width >= before + LEAST => {
                for line in wrap(told, width - before) {
                    let _ = writeln!(text, "{row}{line}");
                    row = " ".repeat(before);
                }
            }
            Some(width) => {
                let room = width.saturating_sub(indent + 2).max(1);
                for line in wrap(&cells.join("  "), room + 2) {
                    let _ = writeln!(text, "{margin}{line}");
                }
                for line in wrap(told, room) {
                    let _ = writeln!(text, "{margin}  {line}");
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries() -> Vec<Entry> {
        let entry = |cells: [&str; 2], text: &str| Entry {
            cells: cells.map(str::to_owned).to_vec(),
            text: text.into(),
        };
        vec![
            entry(
                ["relay", "subject"],
                "A line reaches everyone else, and nobody twice",
            ),
            entry(["漢字", "exam"], "Short"),
        ]
    }

    #[test]
    fn there_are_columns_where_there_is_room() {
        let in_columns = "  relay  subject  A line reaches everyone else, and\n                  nobody twice\n  \
                          漢字   exam     Short\n";
        assert_eq!(listed(&entries(), 2, Some(52)), in_columns);
        let one_below_the_other = "  relay  subject\n    A line reaches everyone\n    else, and nobody \
                                   twice\n  漢字  exam\n    Short\n";
        assert_eq!(listed(&entries(), 2, Some(27)), one_below_the_other);
        assert_eq!(listed(&entries(), 0, None).lines().count(), 2);
    }
}
