//! Small changes that make another server of the plain one.

use serde::Deserialize;

/// One replacement in `plain.c`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    old: String,
    new: String,
}

/// Makes the changes one after another. Each `old` must occur exactly once in the
/// original, so that no change depends on its neighbours, and still once when its
/// turn comes.
pub(super) fn apply(changes: &[Change], original: &str) -> Result<String, String> {
    let mut source = original.to_owned();
    for Change { old, new } in changes {
        for text in [original, &source] {
            match text.matches(old.as_str()).count() {
                1 => {}
                count => return Err(format!("{old:?} occurs {count} times, not once")),
            }
        }
        source = source.replacen(old.as_str(), new, 1);
    }
    Ok(source)
}
