//! What a compiled file asks for and brings along (the crate `object`).

use std::collections::BTreeSet;

use object::read::elf::ElfFile64;
use object::{Object as _, ObjectSection as _, ObjectSymbol as _};

/// The symbols of a compiled file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols {
    /// What it uses and does not define.
    pub undefined: BTreeSet<String>,
    /// What it defines.
    pub defined: BTreeSet<String>,
    /// Whether it has code run before or after `main`.
    pub runs_beside_main: bool,
}

/// The file is no object of a kind that is understood here.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the compiled file cannot be read: {0}")]
pub struct ObjectError(#[from] object::Error);

/// Reads the symbols of a relocatable file in the ELF format of 64 bits.
///
/// # Errors
/// It is none.
pub fn symbols(object: &[u8]) -> Result<Symbols, ObjectError> {
    let file: ElfFile64<'_> = ElfFile64::parse(object)?;
    let mut symbols = Symbols::default();
    for symbol in file.symbols() {
        let Ok(name) = symbol.name() else { continue };
        if name.is_empty() {
            continue;
        }
        if symbol.is_undefined() {
            symbols.undefined.insert(name.to_owned());
        } else if symbol.is_definition() || symbol.is_common() {
            symbols.defined.insert(name.to_owned());
        }
    }
    symbols.runs_beside_main = file.sections().any(|section| {
        section.name().is_ok_and(|name| {
            [
                ".init_array",
                ".fini_array",
                ".preinit_array",
                ".ctors",
                ".dtors",
                ".init",
                ".fini",
            ]
            .iter()
            .any(|begin| {
                name.strip_prefix(begin)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        })
    });
    Ok(symbols)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_an_object_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = symbols(&bytes);
            let _ = symbols(&[b"\x7fELF\x02\x01\x01".as_slice(), &bytes].concat());
        }
    }
}
