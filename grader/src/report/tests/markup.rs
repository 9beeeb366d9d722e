//! Reads markup as strictly as is needed to find what should have been text.

use std::collections::BTreeSet;

/// What a page consists of besides its text.
#[derive(Debug, Default)]
pub(super) struct Markup {
    /// The names of the elements, and of their attributes.
    pub(super) names: BTreeSet<String>,
    /// All text between the tags, as it is shown.
    pub(super) text: String,
}

impl Markup {
    /// Reads a page that holds no comment; panics at what is neither a tag nor text.
    pub(super) fn read(page: &str) -> Self {
        let mut markup = Self::default();
        let mut rest = page;
        while let Some((text, tag)) = rest.split_once('<') {
            assert!(!text.contains('>'), "a bracket in {text:?}");
            markup.text.push_str(&shown(text));
            rest = markup.read_tag(tag);
        }
        markup.text.push_str(&shown(rest));
        markup
    }

    /// Reads a tag from behind its bracket, and gives what follows.
    fn read_tag<'a>(&mut self, tag: &'a str) -> &'a str {
        let tag = tag.trim_start_matches(['/', '!']);
        let end = tag
            .find(|character: char| character.is_whitespace() || character == '>')
            .unwrap_or(tag.len());
        self.names.insert(tag[..end].to_owned());
        let mut rest = &tag[end..];
        loop {
            rest = rest.trim_start();
            if let Some(rest) = rest.strip_prefix('>') {
                return rest;
            }
            let end = rest
                .find(['=', '>', ' '])
                .unwrap_or_else(|| panic!("a tag is not closed: {tag:?}"));
            self.names.insert(rest[..end].to_owned());
            rest = &rest[end..];
            if let Some(value) = rest.strip_prefix("=\"") {
                let (value, after) = value.split_once('"').expect("a value ends");
                let _ = shown(value);
                rest = after;
            }
        }
    }
}

/// A text whose escapes have been read; panics where a bare `&` stands in it.
fn shown(text: &str) -> String {
    let mut parts = text.split('&');
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').expect("an escape ends");
        shown.push_str(match name {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            _ => panic!("an escape of its own: &{name};"),
        });
        shown.push_str(rest);
    }
    shown
}

#[test]
fn names_are_told_from_text() {
    let page = "<!DOCTYPE html><p id=\"a&quot;\" hidden>1 &lt; 2</p>";
    let read = Markup::read(page);
    let names: Vec<&str> = read.names.iter().map(String::as_str).collect();
    assert_eq!(names, ["DOCTYPE", "hidden", "html", "id", "p"]);
    assert_eq!(read.text, "1 < 2");
}
