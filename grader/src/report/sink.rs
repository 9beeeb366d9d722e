//! Where the text of a report goes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::file::ReportFile;

/// Where the text of a report goes.
pub(super) enum Sink {
    /// A file, which holds the whole report at any time.
    File(ReportFile),
    /// What cannot be written anew, such as a pipe or a device: it gets the report at the end.
    Stream(Box<dyn Write + Send>),
}

/// How a report treats what is in its file already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// It takes its place.
    Replaces,
    /// It follows.
    Appends,
}

impl Sink {
    /// Opens a path, of which nothing is changed before the first text is written.
    ///
    /// # Errors
    /// It cannot be written to.
    pub(super) fn open(path: &Path, manner: Manner) -> io::Result<Self> {
        let path = followed(path)?;
        let is_replaceable = match fs::metadata(&path) {
            Ok(known) if known.is_dir() => return Err(Errno::ISDIR.into()),
            // What /proc shows is a descriptor that somebody has opened, to whatever it leads.
            Ok(known) => known.is_file() && !path.starts_with("/proc"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(error),
        };
        Ok(if is_replaceable {
            Self::File(ReportFile::at(path, manner)?)
        } else {
            Self::Stream(Box::new(File::options().append(true).open(path)?))
        })
    }
}

/// The path to which symbolic links lead, whether or not something is there. None is followed in
/// /proc, where they name no place.
fn followed(path: &Path) -> io::Result<PathBuf> {
    /// As many links as Linux follows.
    const MOST: usize = 40;
    if path.as_os_str().as_bytes().ends_with(b"/") {
        return Err(Errno::ISDIR.into());
    }
    let mut path = path.to_owned();
    for _ in 0..MOST {
        let Some(name) = path.file_name() else {
            return Ok(path);
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let folder = folder.canonicalize()?;
        path = folder.join(name);
        match path.read_link() {
            Ok(_) if folder.starts_with("/proc") => return Ok(path),
            Ok(next) => path = folder.join(next),
            Err(_) => return Ok(path),
        }
    }
    Err(Errno::LOOP.into())
}
