//! The source's half of the rule `never-eagain`: nobody looks whether a call ended so.
//!
//! `EAGAIN` and `EWOULDBLOCK` must not be named at all, except where errno is set to them. `errno`
//! may be compared with other errors by their names, such as EINTR, and with 0: that says nothing
//! about blocking. Compared with a number or with a name of the file's own, it is looked at by
//! another name.

use super::SourceText;
use super::syntax::{Context, Operand, Syntax};
use crate::verdict::Finding;

/// The errors that must not be looked at.
const FORBIDDEN: [&str; 2] = ["EAGAIN", "EWOULDBLOCK"];

/// Finds every look at EAGAIN, by whatever name, in the order of the file.
#[must_use]
pub fn looks(source: &SourceText, syntax: &Syntax) -> Vec<Finding> {
    let mut looks: Vec<(usize, Finding)> = Vec::new();
    for used in &syntax.uses {
        let name = used.name.as_str();
        let message = if FORBIDDEN.contains(&name) {
            match &used.context {
                Context::AssignedTo(variable) if variable == "errno" => continue,
                _ => format!("{name} must not be looked at"),
            }
        } else if name == "errno" {
            match &used.context {
                Context::Compared(operand) if is_suspicious(operand) => {
                    "errno is compared with what may be EAGAIN".into()
                }
                Context::Switched(cases) if cases.iter().any(is_suspicious) => {
                    "errno is switched on for what may be EAGAIN".into()
                }
                _ => continue,
            }
        } else {
            continue;
        };
        looks.push((
            used.span.start,
            Finding::new(message, Some(source.place(used.span.clone()))),
        ));
    }
    for (word, span) in &syntax.macro_words {
        if FORBIDDEN.contains(&word.as_str()) {
            looks.push((
                span.start,
                Finding::new(
                    format!("{word} must not be looked at, not even by another name"),
                    Some(source.place(span.clone())),
                ),
            ));
        }
    }
    looks.sort_by_key(|(start, _)| *start);
    looks.into_iter().map(|(_, finding)| finding).collect()
}

/// Whether an operand may be EAGAIN although it does not say so. Where it does say so, that has
/// been found already.
fn is_suspicious(operand: &Operand) -> bool {
    match operand {
        Operand::Number(Some(number)) => [11, 35].contains(number),
        Operand::Number(None) | Operand::Own(_) | Operand::Else => true,
        Operand::Foreign(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::directives::Branches;

    fn lines(text: &str) -> Vec<usize> {
        let source = SourceText::new("a.c", text.as_bytes().to_vec());
        let branches = Branches::of(source.bytes());
        let syntax = Syntax::new(&source, &branches).expect("it is short");
        let found = looks(&source, &syntax);
        found.iter().filter_map(Finding::line).collect()
    }

    fn in_a_function(body: &str) -> Vec<usize> {
        lines(&format!("int f(int n, int e)\n{{\n{body}\n}}\n"))
    }

    #[test]
    fn a_look_is_found_by_whatever_name() {
        for body in [
            "if (n < 0 && errno == EAGAIN) return 1;",
            "if (EWOULDBLOCK == errno) return 1;",
            "if ((errno) != (EAGAIN)) return 1;",
            "switch (errno) { case EINTR: break; case EAGAIN: break; }",
            "switch (errno) { case 11: break; }",
            "if (errno == 11) return 1;",
            "if (errno == 0xb) return 1;",
            "const int again = EAGAIN; (void)again;",
            "return e == EAGAIN;",
            "while (errno == e) ;",
        ] {
            assert_eq!(in_a_function(body), [3], "{body}");
        }
        assert_eq!(lines("#define AGAIN EAGAIN\n"), [1]);
    }

    #[test]
    fn look_alikes_are_not() {
        for body in [
            "/* never check EAGAIN */",
            "write(2, \"EAGAIN\", 6);",
            "errno = EAGAIN;",
            "errno = 0;",
            "if (errno == EINTR) return 1;",
            "if (errno != 0) return 1;",
            "if (errno) return 1;",
            "switch (errno) { case EINTR: break; default: break; }",
            "int EAGAIN = 3; return EAGAIN;",
            "int errno = 3; return errno == 11;",
            "EAGAINST = 1;",
        ] {
            assert_eq!(in_a_function(body), [0; 0], "{body}");
        }
    }
}
