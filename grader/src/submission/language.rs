//! In what language a program was plainly written, and what was built into it: a run-time makes
//! calls, and has memory, that the author did not ask for, so they are not held against it.

use object::read::elf::ElfFile64;
use object::{Object, ObjectSection, ObjectSymbol};

/// The language of a program that plainly was not compiled from C; `None` where it may have been.
pub(super) fn other_than_c(program: &[u8]) -> Option<&'static str> {
    if program.starts_with(b"#!") {
        return Some("a script's language");
    }
    let file: ElfFile64<'_> = ElfFile64::parse(program).ok()?;
    let compilers = file
        .section_by_name(".comment")
        .and_then(|section| section.data().ok())
        .unwrap_or_default();
    if memchr::memmem::find(compilers, b"rustc version").is_some() {
        return Some("Rust");
    }
    if file.section_by_name(".go.buildinfo").is_some() {
        return Some("Go");
    }
    None
}

/// The sanitizer that was built into a program and has memory of its own, where there is one.
pub(super) fn memory_tool(program: &[u8]) -> Option<&'static str> {
    let file: ElfFile64<'_> = ElfFile64::parse(program).ok()?;
    let symbols = file.dynamic_symbols().chain(file.symbols());
    symbols
        .filter_map(|symbol| symbol.name().ok())
        .find_map(tool_that_begins_with)
}

/// Whose beginning a symbol names.
fn tool_that_begins_with(symbol: &str) -> Option<&'static str> {
    match symbol {
        "__asan_init" => Some("AddressSanitizer"),
        "__tsan_init" => Some("ThreadSanitizer"),
        "__msan_init" => Some("MemorySanitizer"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_in_rust_is_known() {
        let own = std::env::current_exe().expect("this program has a path");
        let program = std::fs::read(own).expect("it can be read");
        assert_eq!(other_than_c(&program), Some("Rust"));
    }

    #[test]
    fn a_sanitizer_is_known_by_its_beginning() {
        assert_eq!(
            tool_that_begins_with("__asan_init"),
            Some("AddressSanitizer")
        );
        assert_eq!(tool_that_begins_with("main"), None);
    }

    /// This one holds the name as a text.
    #[test]
    fn a_program_that_only_speaks_of_a_sanitizer_has_none() {
        let own = std::env::current_exe().expect("this program has a path");
        let program = std::fs::read(own).expect("it can be read");
        assert_eq!(memory_tool(&program), None);
    }

    #[test]
    fn what_is_no_program_may_be_anything() {
        assert_eq!(
            other_than_c(b"#!/usr/bin/python3\n"),
            Some("a script's language")
        );
        assert_eq!(other_than_c(b""), None);
        assert_eq!(other_than_c(b"\x7fELF"), None);
    }
}
