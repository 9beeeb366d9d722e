//! Where scenarios are written down: in the grader itself, in a folder, or in a single file.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use include_dir::{Dir, File, include_dir};

use super::SuiteError;
use crate::spelling::nearest;

/// The scenarios that come with the grader.
static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../scenarios");

/// Why there is no file to show.
#[derive(Debug, thiserror::Error)]
pub enum NoFile {
    /// No scenario is called that.
    #[error("there is no scenario `{name}`{}", meant(.nearest.as_deref()))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The name that is most like it.
        nearest: Option<String>,
    },
    /// It cannot be had.
    #[error(transparent)]
    Suite(#[from] SuiteError),
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "; `grader list` lists them all".into(),
        |nearest| format!("; did you mean `{nearest}`?"),
    )
}

/// The bytes of a scenario's file, among those that come with the grader or those of a folder.
/// Nothing is read into it: a file with a mistake in it is a file as well.
///
/// # Errors
/// There is none of this name, or it cannot be read.
pub fn content(name: &str, folder: Option<&Path>) -> Result<Cow<'static, [u8]>, NoFile> {
    let unknown = |names: &[String]| NoFile::Unknown {
        name: name.into(),
        nearest: nearest(name, names.iter().map(String::as_str)).map(str::to_owned),
    };
    let Some(folder) = folder else {
        let mut files = shipped();
        return match files.find(|file| stem(file.path()) == name) {
            Some(file) => Ok(file.contents().into()),
            None => Err(unknown(
                &shipped().map(|file| stem(file.path())).collect::<Vec<_>>(),
            )),
        };
    };
    let paths = paths(folder)?;
    match paths.iter().find(|path| stem(path) == name) {
        Some(path) => std::fs::read(path)
            .map(Cow::Owned)
            .map_err(|error| SuiteError::Unreadable(path.clone(), error).into()),
        None => Err(unknown(
            &paths.iter().map(|path| stem(path)).collect::<Vec<_>>(),
        )),
    }
}

/// The files that come with the grader.
pub(super) fn shipped() -> impl Iterator<Item = &'static File<'static>> {
    SHIPPED.files().filter(|file| is_scenario(file.path()))
}

/// The files of a folder, sorted, or the one file that is named.
///
/// # Errors
/// The folder cannot be read or holds no scenario, or there is no such file.
pub(super) fn paths(path: &Path) -> Result<Vec<PathBuf>, SuiteError> {
    let unreadable = |error| SuiteError::Unreadable(path.into(), error);
    if !path.is_dir() {
        std::fs::metadata(path).map_err(unreadable)?;
        return Ok(vec![path.into()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if is_scenario(&file) {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(SuiteError::Empty(path.into()));
    }
    files.sort();
    Ok(files)
}

fn is_scenario(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "toml")
}

/// What a scenario is called whose file this is.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(".toml").unwrap_or(&name).to_owned()
}
