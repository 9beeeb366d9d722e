//! What must have come beside what came, the first wrong byte marked.

use maud::{Markup, html};

use crate::report::json::document::Difference;
use crate::visible::{byte_count, visible, with_visible_end};

/// How many bytes of a text are shown on either side of the first wrong one.
const AROUND: usize = 400;

/// The parts of what a client received, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// What was right; it may begin with an ellipsis.
    pub(super) matched: String,
    /// What must come next, from the first byte that did not.
    pub(super) expected: Rest,
    /// What came instead.
    pub(super) received: Rest,
}

/// A text that begins with what is marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rest {
    /// The first character; empty where there is nothing.
    pub(super) first: String,
    /// What follows.
    pub(super) rest: String,
}

impl Parts {
    pub(super) fn new(difference: &Difference) -> Self {
        let matched = difference.matched.bytes();
        let kept = matched.len().min(AROUND);
        let mut shown = visible(&matched[matched.len() - kept..]);
        if difference.matched_length > kept {
            shown.insert(0, '…');
        }
        Self {
            matched: shown,
            expected: Rest::new(&difference.expected.bytes(), difference.expected_length),
            received: Rest::new(&difference.received.bytes(), difference.received_length),
        }
    }
}

impl Rest {
    fn new(bytes: &[u8], length: usize) -> Self {
        let kept = bytes.len().min(AROUND);
        // A character is marked as a whole, and a byte that is none by itself.
        let first = match bytes.utf8_chunks().next() {
            Some(chunk) => match chunk.valid().chars().next() {
                Some(character) => character.len_utf8(),
                None => 1,
            },
            None => 0,
        };
        let mut rest = with_visible_end(visible(&bytes[first..kept.max(first)]));
        if length > kept {
            rest.push_str(&format!(" … {} in all", byte_count(length)));
        }
        Self {
            first: with_visible_end(visible(&bytes[..first])),
            rest,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }
}

/// Both texts, one above the other.
pub(super) fn show(difference: &Difference) -> Markup {
    let parts = Parts::new(difference);
    let line = |label: &str, rest: &Rest, class: &str| {
        html! {
            dt { (label) }
            dd {
                span.matched { (parts.matched) }
                @if rest.is_empty() {
                    span.nothing { "(nothing)" }
                } @else {
                    mark class=(class) { (rest.first) }
                    (rest.rest)
                }
            }
        }
    };
    html! {
        dl.comparison {
            (line(&format!("{} must receive", difference.who), &parts.expected, "owed"))
            (line("received", &parts.received, "wrong"))
            @if !difference.here.is_empty() {
                dt {}
                dd.here { "here: " (difference.here) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::json::Text;

    fn difference(matched: &[u8], expected: &[u8], received: &[u8]) -> Difference {
        Difference {
            who: "<b>bob".into(),
            matched: Text::new(matched),
            matched_length: matched.len(),
            expected: Text::new(expected),
            expected_length: expected.len(),
            received: Text::new(received),
            received_length: received.len(),
            here: "\"<i>\" is wrong".into(),
        }
    }

    #[test]
    fn the_first_wrong_byte_is_marked() {
        let parts = Parts::new(&difference(b"client ", "é0\n".as_bytes(), b"\xff1\n"));
        assert_eq!(parts.matched, "client ");
        assert_eq!((&*parts.expected.first, &*parts.expected.rest), ("é", "0⏎"));
        assert_eq!(
            (&*parts.received.first, &*parts.received.rest),
            ("\\xff", "1⏎")
        );
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let shown = show(&difference(b"", b"x\n", b"")).into_string();
        assert!(shown.contains("(nothing)"), "{shown}");
    }

    #[test]
    fn whatever_a_server_sends_is_text() {
        let shown = show(&difference(b"<a>", b"<script>", b"</dd><script>")).into_string();
        assert!(!shown.contains("<script") && !shown.contains("<b>") && !shown.contains("<i>"));
    }
}
