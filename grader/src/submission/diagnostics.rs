//! What a compiler or linker says, as findings.

use crate::source::SourceText;
use crate::verdict::Finding;

/// What a compiler said of a source.
#[derive(Clone, Debug, Default)]
pub(super) struct Diagnostics {
    /// What keeps it from compiling, in the compiler's words.
    pub(super) errors: Vec<Finding>,
    /// What it only warns of.
    pub(super) warnings: Vec<Finding>,
}

impl Diagnostics {
    /// Reads a compiler's or linker's words. `file` is the name by which it was given the source.
    pub(super) fn read(said: &str, file: &str, source: &SourceText) -> Self {
        let mut read = Self::default();
        for line in said.lines() {
            let Some(told) = Told::parse(line) else {
                continue;
            };
            // Its own lines are called by the file's name, relative or not.
            let own = told.file == file || told.file.ends_with(&format!("/{file}"));
            let place = if own {
                source
                    .place_at(told.line, told.column.unwrap_or(1))
                    .filter(|_| told.column.is_some())
                    .or_else(|| source.place_of_line(told.line))
            } else {
                None
            };
            let message = if own {
                told.message.to_owned()
            } else {
                format!("{}:{}: {}", told.file, told.line, told.message)
            };
            let finding = Finding::new(message, place);
            let list = if told.is_error {
                &mut read.errors
            } else {
                &mut read.warnings
            };
            // A linker says the same for each use on a line.
            if list.last() != Some(&finding) {
                list.push(finding);
            }
        }
        read
    }
}

/// A line of a compiler's output that says something of a line of a file.
struct Told<'a> {
    file: &'a str,
    line: usize,
    column: Option<usize>,
    is_error: bool,
    message: &'a str,
}

impl<'a> Told<'a> {
    /// Reads `FILE:LINE:COLUMN: error: MESSAGE`, or a linker's `FILE:LINE: MESSAGE`.
    fn parse(line: &'a str) -> Option<Self> {
        // The linker says its own name first.
        let line = line.split_once(": ").map_or(line, |(first, rest)| {
            if first.ends_with("ld") || first.ends_with("ld.lld") || first.ends_with("ld.gold") {
                rest
            } else {
                line
            }
        });
        let (place, rest) = line.split_once(": ")?;
        let mut parts = place.rsplitn(3, ':');
        let last: Option<usize> = parts.next()?.parse().ok();
        let before = parts.next()?;
        let (file, line, column) = match (parts.next(), before.parse(), last) {
            (Some(file), Ok(line), Some(column)) => (file, line, Some(column)),
            (None, _, Some(line)) => (before, line, None),
            _ => return None,
        };
        let (is_error, message) = [
            ("fatal error: ", true),
            ("error: ", true),
            ("warning: ", false),
        ]
        .into_iter()
        .find_map(|(word, is_error)| Some((is_error, rest.strip_prefix(word)?)))
        .or_else(|| {
            rest.starts_with("undefined reference to")
                .then_some((true, rest))
        })?;
        Some(Self {
            file,
            line,
            column,
            is_error,
            message,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compilers_and_linkers_are_understood() {
        let source = SourceText::new("me.c", b"int main(void)\n{\n\tint unused;\n}\n".to_vec());
        let said = "\
            mini_serv.c: In function ‘main’:\n\
            mini_serv.c:3:6: error: unused variable ‘unused’ [-Werror=unused-variable]\n\
                3 |         int unused;\n\
            mini_serv.c:2:1: warning: something [-Wformat-overflow=]\n\
            /usr/include/x.h:7:1: error: unknown type name ‘foo’\n\
            cc1: all warnings being treated as errors\n\
            /usr/bin/ld: mini_serv.o: in function `main':\n\
            /usr/bin/ld: /tmp/a/mini_serv.c:4: undefined reference to `foo'\n\
            /tmp/a/mini_serv.c:4: undefined reference to `foo'\n\
            mini_serv.c:99:1: error: out of range\n\
            collect2: error: ld returned 1 exit status\n";
        let read = Diagnostics::read(said, "mini_serv.c", &source);
        let told: Vec<_> = read
            .errors
            .iter()
            .map(|finding| (finding.line(), finding.message.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (
                    Some(3),
                    "unused variable ‘unused’ [-Werror=unused-variable]"
                ),
                (None, "/usr/include/x.h:7: unknown type name ‘foo’"),
                (Some(4), "undefined reference to `foo'"),
                (None, "out of range"),
            ]
        );
        assert_eq!(read.errors[0].place.as_ref().unwrap().column, 6);
        assert_eq!(read.warnings.len(), 1);
    }
}
