//! Bytes, shown to people: every byte leaves a trace, whatever it is.
//!
//! The form is for reading; it does not tell a backslash and an `x` that were sent from an
//! escaped byte. Reports for machines carry an exact form (see `report::json`).

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The bytes on one line: `⏎` for a newline, `␍` and `␉` for carriage return and tab, `\x00` for
/// any other control byte and for what is not UTF-8.
#[must_use]
pub fn visible(bytes: &[u8]) -> String {
    let mut shown = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            show(character, &mut shown);
        }
        for byte in chunk.invalid() {
            escape(*byte, &mut shown);
        }
    }
    shown
}

fn show(character: char, shown: &mut String) {
    match character {
        '\n' => shown.push('⏎'),
        '\r' => shown.push('␍'),
        '\t' => shown.push('␉'),
        // Without a width of its own a character would vanish, or change its neighbour.
        _ if character.is_control() || character.width().unwrap_or(0) == 0 => {
            let mut buffer = [0; 4];
            for byte in character.encode_utf8(&mut buffer).bytes() {
                escape(byte, shown);
            }
        }
        _ => shown.push(character),
    }
}

fn escape(byte: u8, shown: &mut String) {
    let _ = write!(shown, "\\x{byte:02x}");
}

/// A text that keeps its characters, newlines and widths, but tells a terminal nothing: its other
/// control characters are shown as [`visible`] shows them.
#[must_use]
pub(crate) fn without_controls(text: &str) -> Cow<'_, str> {
    let is_stray = |character: char| character.is_control() && character != '\n';
    if !text.contains(is_stray) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_stray(character) {
            show(character, &mut shown);
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// The text, its last space made visible where it would end in one.
#[must_use]
pub(crate) fn with_visible_end(mut shown: String) -> String {
    if shown.ends_with(' ') {
        shown.pop();
        shown.push('␣');
    }
    shown
}

/// The bytes in quotation marks, at most about 48 columns of them, for use in a sentence.
#[must_use]
pub fn quoted(bytes: &[u8]) -> String {
    const COLUMNS: usize = 48;
    format!("\"{}\"", shortened(bytes, COLUMNS))
}

/// The bytes, visible, the middle replaced by its length where they are wider than `columns`.
#[must_use]
pub fn shortened(bytes: &[u8], columns: usize) -> String {
    let whole = visible(bytes);
    if whole.width() <= columns {
        return whole;
    }
    // Both ends matter: who speaks stands at the start, where a text was cut at the end.
    let room = columns - mark_that_fits(count_mark(bytes.len()), columns).width();
    let (start, start_length) = start(bytes, room - room / 3);
    let (end, end_length) = end(&bytes[start_length..], room / 3);
    let left_out = bytes.len() - start_length - end_length;
    let mark = mark_that_fits(count_mark(left_out), columns - start.width() - end.width());
    format!("{start}{mark}{end}")
}

/// What stands where bytes were left out: `… 99,950 bytes …`.
pub(crate) fn count_mark(left_out: usize) -> String {
    format!("… {} …", byte_count(left_out))
}

/// The mark, or only an ellipsis where the mark would be wider than `columns`.
pub(crate) fn mark_that_fits(mark: String, columns: usize) -> String {
    if mark.width() <= columns {
        mark
    } else {
        "…".to_owned()
    }
}

/// As many of the first bytes as fit into `columns` when they are shown, and how many they are.
pub(crate) fn start(bytes: &[u8], columns: usize) -> (String, usize) {
    let mut shown = String::new();
    let mut used = 0;
    while let Some(next) = first_character(&bytes[used..]) {
        let piece = visible(&bytes[used..used + next]);
        if shown.width() + piece.width() > columns {
            break;
        }
        shown.push_str(&piece);
        used += next;
    }
    (shown, used)
}

/// As many of the last bytes as fit into `columns` when they are shown, and how many they are.
pub(crate) fn end(bytes: &[u8], columns: usize) -> (String, usize) {
    // A character has at most four bytes and takes at least one column, so no more can fit.
    let mut from = bytes.len().saturating_sub(columns * 4);
    while from > 0 && from < bytes.len() && bytes[from] & 0xc0 == 0x80 {
        from += 1;
    }
    loop {
        let shown = visible(&bytes[from..]);
        if shown.width() <= columns {
            return (shown, bytes.len() - from);
        }
        from += first_character(&bytes[from..]).unwrap_or(1);
    }
}

/// How many bytes the first character has; 1 where the bytes are no UTF-8.
fn first_character(bytes: &[u8]) -> Option<usize> {
    let reach = &bytes[..bytes.len().min(4)];
    let chunk = reach.utf8_chunks().next()?;
    Some(chunk.valid().chars().next().map_or(1, char::len_utf8))
}

/// A count of bytes in words: `1 byte`, `99,950 bytes`.
#[must_use]
pub fn byte_count(count: usize) -> String {
    if count == 1 {
        "1 byte".to_owned()
    } else {
        format!("{} bytes", grouped(count))
    }
}

/// A number with its thousands set apart: `99,950`.
#[must_use]
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_leaves_a_trace() {
        assert_eq!(visible(b"a b\n"), "a b⏎");
        assert_eq!(visible(b"\r\t\0\x1b[0m\x7f"), "␍␉\\x00\\x1b[0m\\x7f");
        assert_eq!(visible("é漢".as_bytes()), "é漢");
        assert_eq!(visible(b"\xff\xe2\x82"), "\\xff\\xe2\\x82");
        // A combining accent and a zero-width space would be invisible.
        assert_eq!(
            visible("\u{301}\u{200b}".as_bytes()),
            "\\xcc\\x81\\xe2\\x80\\x8b"
        );
        assert_eq!(with_visible_end(visible(b"a ")), "a␣");
    }

    #[test]
    fn only_what_a_terminal_would_obey_is_taken_out() {
        assert_eq!(without_controls("e\u{301}\n👍"), "e\u{301}\n👍");
        assert_eq!(
            without_controls("a\u{1b}[2J\r\u{9b}1mb"),
            "a\\x1b[2J␍\\xc2\\x9b1mb"
        );
    }

    #[test]
    fn long_texts_keep_both_ends() {
        let line = [b"client 1: ".as_slice(), &[b'a'; 100_000], b"\n"].concat();
        let shown = shortened(&line, 48);
        assert_eq!(shown, "client 1: aaaaaaaaaaa… 99,980 bytes …aaaaaaaaa⏎");
        assert!(shown.width() <= 48);
        assert_eq!(
            shortened("漢".repeat(40).as_bytes(), 30),
            "漢漢漢漢漢漢… 96 bytes …漢漢"
        );
        assert_eq!(shortened(b"short\n", 48), "short⏎");
    }

    #[test]
    fn ends_stop_at_whole_characters() {
        let text = "漢字漢字".as_bytes();
        assert_eq!(start(text, 5), ("漢字".to_owned(), 6));
        assert_eq!(end(text, 5), ("漢字".to_owned(), 6));
        assert_eq!(end(b"", 5), (String::new(), 0));
        assert_eq!(start(b"\xffab", 5), ("\\xffa".to_owned(), 2));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(byte_count(1), "1 byte");
        assert_eq!(byte_count(0), "0 bytes");
        assert_eq!(byte_count(999), "999 bytes");
        assert_eq!(byte_count(1_234_567), "1,234,567 bytes");
    }
}
