//! Finds again where something of a scenario stands, for errors that show up after reading.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::scenario::source::SourceFile;

/// Where the text of a `send` or `expect` stands: its line `line_of_text`, from 0, where the file
/// spreads it over several lines, else all of it.
///
/// `step` is the step's place in [`Scenario::steps`](crate::scenario::Scenario::steps). Where
/// there is no such text, the step itself is the answer; where there is no such step, the end of
/// the file.
#[must_use]
pub fn place_of_text(file: &SourceFile, step: usize, line_of_text: usize) -> Range<usize> {
    let end = file.text().len();
    find(file, step, line_of_text).unwrap_or(end..end)
}

fn find(file: &SourceFile, step: usize, line_of_text: usize) -> Option<Range<usize>> {
    let document = DeTable::parse(file.text()).ok()?;
    let steps = document.get_ref().get("step")?.get_ref().as_array()?;
    // A start that the file does not have stands before its first step.
    let has_start = verb_of(steps.first()?)?.0.get_ref() == "start";
    let place = if has_start {
        step
    } else {
        step.checked_sub(1)?
    };
    let (verb, value) = verb_of(steps.get(place)?)?;
    let Some(text) = value.get_ref().as_table().and_then(|keys| keys.get("text")) else {
        return Some(verb.span());
    };
    Some(line_within(file, text, line_of_text).unwrap_or_else(|| text.span()))
}

type Verb<'a, 'i> = (
    &'a Spanned<toml::de::DeString<'i>>,
    &'a Spanned<DeValue<'i>>,
);

fn verb_of<'a, 'i>(step: &'a Spanned<DeValue<'i>>) -> Option<Verb<'a, 'i>> {
    step.get_ref().as_table()?.iter().next()
}

/// A line of a text that has as many lines in the file as it has when it is read.
fn line_within(
    file: &SourceFile,
    text: &Spanned<DeValue<'_>>,
    line_of_text: usize,
) -> Option<Range<usize>> {
    let opening = 4; // Three quotes and the newline after them, which TOML drops.
    let raw = file.text().get(text.span())?;
    if !raw.starts_with("\"\"\"\n") && !raw.starts_with("'''\n") {
        return None;
    }
    let raw = raw.get(opening..raw.len().checked_sub(3)?)?;
    if raw.matches('\n').count() != text.get_ref().as_str()?.matches('\n').count() {
        return None;
    }
    let before: usize = raw
        .split_inclusive('\n')
        .take(line_of_text)
        .map(str::len)
        .sum();
    let line = raw
        .split_inclusive('\n')
        .nth(line_of_text)?
        .trim_end_matches('\n');
    let start = text.span().start + opening + before;
    Some(start..start + line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"title = "x"
[[step]]
connect = ["alice", "bob"]
[[step]]
expect = { by = ["alice"], text = """
one
two
""" }
[[step]]
expect = { by = ["alice"], text = "one\ntwo\n" }
"#;

    fn found(text: &str, step: usize, line: usize) -> String {
        let file = SourceFile::new("x.toml", text);
        file.text()[place_of_text(&file, step, line)].to_owned()
    }

    #[test]
    fn a_line_of_a_spread_text_is_found() {
        assert_eq!(found(TEXT, 2, 0), "one");
        assert_eq!(found(TEXT, 2, 1), "two");
    }

    #[test]
    fn a_text_on_one_line_is_found_whole() {
        assert_eq!(found(TEXT, 3, 1), r#""one\ntwo\n""#);
    }

    #[test]
    fn a_step_without_text_is_found_itself() {
        assert_eq!(found(TEXT, 1, 0), "connect");
        assert_eq!(found(TEXT, 0, 0), "");
        assert_eq!(found(TEXT, 9, 0), "");
    }

    #[test]
    fn a_start_in_the_file_is_counted() {
        let text = "step = [{ start = { args = [] } }, { send = { from = \"a\", text = \"b\" } }]";
        assert_eq!(found(text, 1, 0), "\"b\"");
    }
}
