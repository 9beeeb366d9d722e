//! Words of commands that people are shown and that they can paste into a shell.

use std::path::Path;

/// A path as one word of a shell: `./my server` becomes `'./my server'`. Of a name that a shell
/// could not be told in text, what is no text is replaced.
#[must_use]
pub(crate) fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    // No path has a NUL, the one thing that cannot be quoted.
    shlex::try_quote(&text).map_or_else(|_| text.to_string(), |word| word.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word() {
        for (path, word) in [
            ("./mini_serv", "./mini_serv"),
            ("./my server", "'./my server'"),
            ("./it's", "\"./it's\""),
            ("$(reboot)", "'$(reboot)'"),
        ] {
            assert_eq!(quoted(Path::new(path)), word);
        }
    }
}
