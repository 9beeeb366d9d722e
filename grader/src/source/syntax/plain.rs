//! A text as the parser understands it.

use std::ops::Range;

use crate::source::lexer::{Kind, tokens};

/// The text as the parser understands it, byte for byte: without digraphs, NUL bytes, and what is
/// no UTF-8.
pub(super) fn plain(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        plain.extend_from_slice(chunk.valid().as_bytes());
        plain.resize(plain.len() + chunk.invalid().len(), b'?');
    }
    if plain.starts_with("\u{feff}".as_bytes()) {
        plain[..3].fill(b' ');
    }
    let mut before: Option<Range<usize>> = None;
    for token in tokens(text) {
        match token.kind {
            Kind::Hash => plain[token.span.clone()].copy_from_slice(&b"# "[..token.span.len()]),
            Kind::Other => {
                if let Some(start) = before
                    .take()
                    .filter(|before| before.end == token.span.start)
                    .map(|before| before.start)
                    && let Some(bracket) = digraph(&text[start..token.span.end])
                {
                    plain[start] = bracket;
                    plain[token.span.start] = b' ';
                } else {
                    before = Some(token.span);
                }
                continue;
            }
            _ => {}
        }
        before = None;
    }
    for byte in &mut plain {
        if *byte == 0 {
            *byte = b' ';
        }
    }
    plain
}

fn digraph(pair: &[u8]) -> Option<u8> {
    Some(match pair {
        b"<%" => b'{',
        b"%>" => b'}',
        b"<:" => b'[',
        b":>" => b']',
        _ => return None,
    })
}
