//! What is left of the file that the subject hands out: it is known to print what it does, and to
//! listen on a port that it does not take from its argument.

use super::SourceText;
use super::syntax::Syntax;
use crate::verdict::Finding;

/// What is left of the starting file.
#[derive(Clone, Debug, Default)]
pub struct Leftovers {
    /// Its printf calls.
    pub prints: Vec<Finding>,
    /// Its port.
    pub ports: Vec<Finding>,
}

/// Finds what is left.
#[must_use]
pub fn leftovers(source: &SourceText, syntax: &Syntax) -> Leftovers {
    let place = |span: &std::ops::Range<usize>| Some(source.place(span.clone()));
    let is_text = |argument: &Option<String>| {
        argument
            .as_ref()
            .is_some_and(|argument| argument.starts_with('"'))
    };
    let prints = syntax
        .calls("printf")
        .filter(|used| is_text(&used.literal_argument))
        .map(|used| {
            Finding::new("printf writes to standard output", place(&used.span)).cured_by(
                "The given starting file prints what it does: take out what is left of that.",
            )
        })
        .collect();
    let ports = syntax
        .calls("htons")
        .filter(|used| {
            let number = used.literal_argument.as_ref();
            number.is_some_and(|number| !number.starts_with('"') && number != "0")
        })
        .map(|used| {
            Finding::new("the port is always this one", place(&used.span)).cured_by(
                "The given starting file has its port written into it: take it from the first \
                 argument.",
            )
        })
        .collect();
    Leftovers { prints, ports }
}
