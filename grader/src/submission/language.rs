//! In what language a program was plainly written: its run-time makes calls that its author did not
//! ask for, so they are not held against it.

use object::read::elf::ElfFile64;
use object::{Object, ObjectSection};

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
    fn what_is_no_program_may_be_anything() {
        assert_eq!(
            other_than_c(b"#!/usr/bin/python3\n"),
            Some("a script's language")
        );
        assert_eq!(other_than_c(b""), None);
        assert_eq!(other_than_c(b"\x7fELF"), None);
    }
}
