//! Texts in columns. All widths are display widths, in columns of the terminal.

use std::fmt::Write;
use std::os::fd::AsFd;

use textwrap::{Options, WordSplitter, WrapAlgorithm};
use unicode_width::UnicodeWidthStr;

use crate::visible::without_controls;

/// Whether there are too few columns to set texts beside each other: what belongs together then
/// stands one below the other.
pub(crate) const fn is_narrow(width: usize) -> bool {
    width < 60
}

/// Where the text of a failure's labels begins: beside `  by hand  `, or below it.
pub(crate) const fn labelled_from(width: usize) -> usize {
    if is_narrow(width) { 4 } else { 11 }
}

/// How wide lines may be where this is written to: as `COLUMNS` says, or as wide as the terminal;
/// `None` where it goes into a file or to another program.
pub(crate) fn columns_of(out: impl AsFd) -> Option<usize> {
    let said = std::env::var("COLUMNS").ok().and_then(|it| it.parse().ok());
    let terminal = || terminal_size::terminal_size_of(out).map(|(width, _)| width.0.into());
    // Some terminals that are not on a screen say that they have no columns.
    said.filter(|width| *width > 0)
        .or_else(terminal)
        .filter(|width| *width > 0)
}

/// The text in lines of at most `width` columns. It may quote the names of files, in which
/// anything can stand.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let options = Options::new(width)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(&without_controls(text), options)
        .into_iter()
        .map(|line| line.into_owned())
        .collect()
}

/// A mark and a text that is wrapped beside it.
pub(crate) fn hang(text: &mut String, mark: &str, item: &str, width: usize) {
    let indent = " ".repeat(mark.width());
    for (number, line) in wrap(item, width - indent.len() - 1).into_iter().enumerate() {
        let mark = if number == 0 { mark } else { &indent };
        let _ = writeln!(text, "{mark} {line}");
    }
}

/// The text with spaces after it, up to `width`. (`format!` would count characters.)
pub(crate) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// The text, its end replaced by an ellipsis where it is too wide.
pub(crate) fn clip(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (start, _) = crate::visible::start(text.as_bytes(), width.saturating_sub(1));
    format!("{}…", start.trim_end())
}

/// A path in lines of at most `width` columns, broken after its slashes where that is enough.
pub(crate) fn wrap_path(path: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for part in path.split_inclusive('/') {
        for part in wrap(part, width) {
            match lines.last_mut() {
                Some(line) if line.width() + part.width() <= width => line.push_str(&part),
                _ => lines.push(part),
            }
        }
    }
    lines
}

/// A line of shell in lines of at most `width` columns where it can be broken; what comes out can
/// be pasted into a shell as it stands.
pub(crate) fn wrap_command(line: &str, width: usize) -> Vec<String> {
    let line = &*without_controls(line);
    if line.width() <= width {
        return vec![line.to_owned()];
    }
    if let Some(remark) = line.strip_prefix("# ") {
        return wrap(remark, width - 2)
            .iter()
            .map(|part| format!("# {part}"))
            .collect();
    }
    if let Some((command, remark)) = line.split_once("   # ") {
        let mut lines = wrap_command(command, width);
        lines.extend(wrap_command(&format!("# {remark}"), width));
        return lines;
    }
    let mut lines: Vec<String> = Vec::new();
    let mut current = String::new();
    for word in shell_words(line) {
        // A line that goes on ends with a space and a backslash.
        if !current.is_empty() && current.width() + 1 + word.width() + 2 > width {
            lines.push(format!("{current} \\"));
            current = "  ".to_owned();
        } else if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(word);
    }
    lines.push(current);
    lines
}

/// The parts between the spaces that stand outside of quotation marks.
fn shell_words(line: &str) -> Vec<&str> {
    let mut quote = None;
    line.split(|character: char| {
        match quote {
            None if matches!(character, '\'' | '"') => quote = Some(character),
            Some(open) if open == character => quote = None,
            _ => {}
        }
        character == ' ' && quote.is_none()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_screen() {
        assert_eq!(pad("漢", 4), "漢  ");
        assert_eq!(clip("漢字漢字", 5), "漢字…");
        assert_eq!(clip("a title that is long", 9), "a title…");
        assert_eq!(clip("short", 5), "short");
    }

    #[test]
    fn a_path_is_broken_after_a_slash() {
        let path = "scenarios/newcomer-inherits-nothing.toml:19";
        assert_eq!(wrap_path(path, 43), [path]);
        let broken = ["scenarios/", "newcomer-inherits-nothing.toml:19"];
        assert_eq!(wrap_path(path, 38), broken);
        let widest = wrap_path(path, 20).iter().map(|line| line.width()).max();
        assert_eq!(widest, Some(20));
    }

    #[test]
    fn a_broken_command_is_still_a_command() {
        assert_eq!(
            wrap_command(
                "printf 'one two three four' | nc -w 1 127.0.0.1 4242 >heard",
                30
            ),
            [
                "printf 'one two three four' \\",
                "  | nc -w 1 127.0.0.1 4242 \\",
                "  >heard"
            ]
        );
        assert_eq!(
            wrap_command("nc 127.0.0.1 4242   # must be refused", 30),
            ["nc 127.0.0.1 4242", "# must be refused"]
        );
        assert_eq!(
            wrap_command("# so that it is seen", 14),
            ["# so that it", "# is seen"]
        );
    }
}
