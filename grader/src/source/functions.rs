//! The rule `allowed-functions`: the program calls only what the subject allows.
//!
//! Two witnesses, so that neither can be fooled alone. The syntax tree knows which names stand in
//! the text and at which line, but not what a macro makes of them. The compiled file knows which
//! functions are asked for, but not where, and also those that only the compiler asks for. (It is
//! compiled for this without the compiler's knowledge of what functions do, so that no printf
//! becomes a puts.) Between them, the preprocessed text tells what was a macro, and at which
//! line.

use std::collections::BTreeSet;

use super::SourceText;
use super::allowed::{function_of, is_allowed, is_compiler_made, is_variable};
use super::object::Symbols;
use super::preprocessed::Preprocessed;
use super::syntax::{Context, Syntax, Use};
use crate::verdict::Finding;

/// Finds every function that is not allowed, and what could hide one, in the order of the file.
#[must_use]
pub fn functions(
    source: &SourceText,
    syntax: &Syntax,
    preprocessed: &Preprocessed,
    symbols: &Symbols,
) -> Vec<Finding> {
    let witnesses = Witnesses {
        source,
        syntax,
        preprocessed,
        symbols,
    };
    let mut findings = witnesses.in_the_text();
    findings.extend(witnesses.in_the_object());
    findings.extend(witnesses.hiding_places());
    findings.sort_by_key(|finding| {
        let place = finding.place.as_ref();
        place.map_or((usize::MAX, 0), |place| (place.line, place.column))
    });
    findings
}

struct Witnesses<'a> {
    source: &'a SourceText,
    syntax: &'a Syntax,
    preprocessed: &'a Preprocessed,
    symbols: &'a Symbols,
}

impl Witnesses<'_> {
    /// What the text names.
    fn in_the_text(&self) -> Vec<Finding> {
        self.syntax
            .uses
            .iter()
            .filter(|used| self.is_forbidden(used))
            .map(|used| {
                let name = function_of(&used.name);
                let message = if used.context == Context::Called {
                    format!("{name} is not one of the allowed functions")
                } else {
                    format!("{name} is not one of the allowed functions, not even to be named")
                };
                forbidden(name, message, self.source.place(used.span.clone()))
            })
            .collect()
    }

    fn is_forbidden(&self, used: &Use) -> bool {
        let name = used.name.as_str();
        if is_allowed(function_of(name)) || self.syntax.defined.contains(name) {
            return false;
        }
        let asked_for = self.symbols.undefined.contains(name);
        if used.context != Context::Called {
            // Names of constants and macros stand in the text as well; a function is asked for.
            return asked_for && !is_variable(name) && !is_compiler_made_only(name);
        }
        if let Some(builtin) = name.strip_prefix("__builtin_") {
            // Most of them are no functions at all. The compiled file knows which are.
            return self.symbols.undefined.contains(builtin);
        }
        // A macro is gone when the text has been preprocessed. What is left is a call, even where
        // the compiler found that it never comes to it.
        asked_for || !self.preprocessed.lines_of(name).is_empty()
    }

    /// What the compiled file asks for although the text does not name it.
    fn in_the_object(&self) -> Vec<Finding> {
        let named: BTreeSet<&str> = self
            .syntax
            .uses
            .iter()
            .filter(|used| self.is_forbidden(used))
            .flat_map(|used| [used.name.as_str(), function_of(&used.name)])
            .collect();
        self.symbols
            .undefined
            .iter()
            .map(String::as_str)
            .filter(|symbol| {
                !is_allowed(function_of(symbol))
                    && !is_variable(symbol)
                    && !is_compiler_made(symbol)
                    && !named.contains(symbol)
                    && !named.contains(function_of(symbol))
                    && !self.is_compilers_help(symbol)
            })
            .map(|symbol| self.hidden(symbol))
            .collect()
    }

    /// Whether a symbol belongs to the compiler's own library, such as `__divti3`: its name has
    /// two underscores, and no header mentions it.
    fn is_compilers_help(&self, symbol: &str) -> bool {
        symbol.starts_with("__") && !self.preprocessed.mentions(symbol)
    }

    /// A function that only the compiled file shows.
    fn hidden(&self, symbol: &str) -> Finding {
        let name = function_of(symbol);
        for line in self.preprocessed.lines_of(symbol) {
            // A macro of a header stands there, such as assert or isdigit.
            let line_of = |used: &Use| self.source.line(used.span.start);
            let macro_ = self.syntax.uses.iter().find(|used| {
                line_of(used) == *line
                    && used.context == Context::Called
                    && !is_allowed(&used.name)
                    && !self.symbols.undefined.contains(&used.name)
                    && self.preprocessed.lines_of(&used.name).is_empty()
            });
            if let Some(used) = macro_ {
                let message = format!("{} calls {name}, which is not allowed", used.name);
                let place = self.source.place(used.span.clone());
                return forbidden(&used.name, message, place);
            }
            let place = self
                .source
                .place_of_word(*line, symbol)
                .or_else(|| self.source.place_of_line(*line));
            if let Some(place) = place {
                let message = format!("{name} is not one of the allowed functions");
                return forbidden(name, message, place);
            }
        }
        Finding::new(
            format!(
                "the compiled file asks for {name}, which is not one of the allowed functions, \
                 although no line names it plainly"
            ),
            None,
        )
    }

    /// What could keep a function out of sight.
    fn hiding_places(&self) -> Vec<Finding> {
        let place = |span: &std::ops::Range<usize>| Some(self.source.place(span.clone()));
        let in_macros = self
            .syntax
            .macro_words
            .iter()
            .filter(|(word, _)| matches!(word.as_str(), "asm" | "__asm" | "__asm__"));
        let assembly = self.syntax.assembly.iter();
        let mut findings: Vec<Finding> = assembly
            .chain(in_macros.map(|(_, span)| span))
            .map(|span| {
                Finding::new(
                    "assembly can call anything, and is none of the allowed functions",
                    place(span),
                )
                .cured_by("Write it in C.")
            })
            .collect();
        let mut beside_main = false;
        for (attribute, span) in &self.syntax.attributes {
            let why = match attribute.as_str() {
                "constructor" | "destructor" => {
                    beside_main = true;
                    "it has a function run that main does not call"
                }
                "alias" | "weakref" | "ifunc" | "symver" => "it gives a function another name",
                _ => continue,
            };
            findings.push(
                Finding::new(
                    format!("the attribute {attribute} hides calls: {why}"),
                    place(span),
                )
                .cured_by("Call the function by its name."),
            );
        }
        if self.symbols.runs_beside_main && !beside_main {
            findings.push(Finding::new(
                "the compiled file has code that runs beside main, although no line says so \
                 plainly",
                None,
            ));
        }
        findings
    }
}

/// Whether a name that stands in the text as no call can only be the compiler's.
fn is_compiler_made_only(name: &str) -> bool {
    name.starts_with("__") && is_compiler_made(name)
}

fn forbidden(name: &str, message: String, place: crate::verdict::Place) -> Finding {
    let finding = Finding::new(message, Some(place));
    match cure(name) {
        Some(cure) => finding.cured_by(cure),
        None => finding,
    }
}

/// What to do instead, where that is known.
fn cure(name: &str) -> Option<&'static str> {
    Some(match name {
        "fcntl" => "It is for trying things out only: take it out before you hand in.",
        "printf" | "puts" | "putchar" | "perror" | "fprintf" | "dprintf" | "vprintf" => {
            "If somebody must read it, sprintf and write do the same; if it was for finding \
             mistakes, take it out."
        }
        "memcpy" | "memmove" => "A loop does the same; so do strcpy and strcat for text.",
        "memcmp" | "strcmp" | "strncmp" | "strchr" => "strstr or a loop does the same.",
        "strdup" | "strndup" | "strjoin" => "malloc and strcpy do the same.",
        "snprintf" => "sprintf does the same where the buffer is large enough for what it writes.",
        "itoa" => "sprintf does the same.",
        "read" => "recv does the same for a client.",
        "signal" | "sigaction" => "No signal needs to be handled: tell send not to raise one.",
        "_exit" | "_Exit" | "abort" => "exit does what is asked.",
        "strtol" | "atol" => "atoi is enough for a port.",
        "poll" | "epoll_create" | "epoll_wait" | "pselect" => "select does the same.",
        "inet_addr" | "inet_aton" | "inet_pton" => {
            "127.0.0.1 is a number: htonl makes an address of it."
        }
        _ => return None,
    })
}
