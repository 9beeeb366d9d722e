//! What a submission is, and how it is graded, in a few characters that change when either does.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::tier::Tier;

/// How many hexadecimal digits are kept of a hash.
const DIGITS: usize = 32;

/// How a class is graded: whatever has an influence on a grade.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// The version of the grader.
    pub grader: String,
    /// The grader itself, since a version may be built several times.
    pub build: String,
    /// The strictest tier that must pass.
    pub require: Tier,
    /// The seed of everything random, the same for everybody.
    pub seed: u64,
    /// How long a server may do nothing before it counts as hanging, in seconds.
    pub patience_s: f64,
    /// The checks that are made, and how.
    pub checks: String,
    /// How many points each rule is worth.
    pub weights: String,
    /// Options that are handed on to each run.
    pub options: Vec<String>,
}

impl Settings {
    /// All of it in a few characters.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        of_text(&format!("{self:?}"))
    }

    /// Whether grades that were given with these can stand beside grades that were given with
    /// those: where only the build differs, they can.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        let same_build = Self {
            build: self.build.clone(),
            ..other.clone()
        };
        *self == same_build
    }
}

/// A text in a few characters.
#[must_use]
pub fn of_text(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// The content of a file in a few characters. It is read in pieces, however large it is.
///
/// # Errors
/// It cannot be read.
pub(super) fn of_file(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(count) => hash.update(&piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Which build of the grader this is, in a few characters: how large its executable is, and since
/// when it is there. (Its content would say the same, and take seconds to read where it has not
/// been optimised.) Empty where it does not find itself.
#[must_use]
pub fn of_this_grader() -> String {
    let metadata = std::env::current_exe().and_then(std::fs::metadata);
    metadata
        .map(|it| of_text(&format!("{} {:?}", it.len(), it.modified().ok())))
        .unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    let mut digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.truncate(DIGITS);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_and_its_text_have_the_same() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "x".repeat(200_000);
        std::fs::write(file.path(), &text).unwrap();
        assert_eq!(of_file(file.path()).unwrap(), of_text(&text));
        assert_ne!(of_text("x"), of_text("y"));
        assert_eq!(of_text("x").len(), DIGITS);
    }
}
