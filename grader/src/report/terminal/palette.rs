//! Which colour means what. Everything that a colour says is said by a mark or a word as well.

use std::fmt;

use anstyle::{AnsiColor, Style};

/// What went well, and what must come.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// What is wrong.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What says nothing about the server.
pub(super) const ASIDE: Style = AnsiColor::Yellow.on_default();
/// What helps to find one's way.
pub(super) const QUIET: Style = Style::new().dimmed();
/// What is to be read first.
pub(super) const STRONG: Style = Style::new().bold();
/// As it comes.
pub(super) const PLAIN: Style = Style::new();

/// Something in a style.
pub(super) struct Styled<T>(pub(super) Style, pub(super) T);

impl<T: fmt::Display> fmt::Display for Styled<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}{:#}", self.0, self.1, self.0)
    }
}
