//! Variables of the environment that a server is told.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// A variable that a server is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    name: OsString,
    value: Option<OsString>,
}

impl Variable {
    /// Reads `NAME` or `NAME=VALUE`.
    ///
    /// # Errors
    /// It has no name.
    pub(super) fn read(text: OsString) -> Result<Self, &'static str> {
        let bytes = text.as_bytes();
        let (name, value) = match bytes.iter().position(|byte| *byte == b'=') {
            Some(end) => (&bytes[..end], Some(&bytes[end + 1..])),
            None => (bytes, None),
        };
        if name.is_empty() {
            return Err("a variable has a name: write NAME or NAME=VALUE");
        }
        let text = |bytes: &[u8]| OsStr::from_bytes(bytes).to_owned();
        Ok(Self {
            name: text(name),
            value: value.map(text),
        })
    }

    /// Its name and its value, where it has one here.
    pub(super) fn told(&self) -> Option<(OsString, OsString)> {
        let here = || std::env::var_os(&self.name);
        Some((self.name.clone(), self.value.clone().or_else(here)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_told_with_its_value_here_or_its_own() {
        let read = |text: &str| Variable::read(text.into());
        let told = |text: &str| read(text).expect("it is one").told();
        assert_eq!(told("A=b=c"), Some(("A".into(), "b=c".into())));
        assert_eq!(told("A="), Some(("A".into(), "".into())));
        let here = std::env::var_os("PATH").expect("programs are found here");
        assert_eq!(told("PATH"), Some(("PATH".into(), here)));
        assert_eq!(told("NOBODY_HAS_THIS_VARIABLE"), None);
        assert!(read("").is_err() && read("=b").is_err());
    }
}
