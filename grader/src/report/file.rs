//! A report in a file, of which nobody ever reads a half: each text takes the place of the one
//! before as a whole.

use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use tempfile::NamedTempFile;

use super::sink::Manner;

/// The regular file of a report.
pub(super) struct ReportFile {
    path: PathBuf,
    folder: PathBuf,
    manner: Manner,
    /// Whether its folder lets nobody put another file in its place.
    is_fixed: bool,
    /// What this run has written, once it has.
    written: Option<Written>,
}

/// What a run has written.
struct Written {
    /// How many bytes stand before it.
    before: usize,
    text: Vec<u8>,
}

impl ReportFile {
    /// The file at this path, which is no symbolic link. It is not changed, and not created.
    ///
    /// # Errors
    /// It cannot be written to.
    pub(super) fn at(path: PathBuf, manner: Manner) -> io::Result<Self> {
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        let is_there = match File::options().write(true).open(&path) {
            Ok(_) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(error),
        };
        // A single file that is mounted, or one of a folder that belongs to somebody else, can be
        // written all the same.
        let is_fixed = match new_file(&folder) {
            Ok(_) => false,
            Err(_) if is_there => true,
            Err(error) => return Err(error),
        };
        Ok(Self {
            path,
            folder,
            manner,
            is_fixed,
            written: None,
        })
    }

    /// Writes a text in the place of the one before.
    ///
    /// # Errors
    /// It could not be written; the one before is still there then.
    pub(super) fn write(&mut self, text: String) -> io::Result<()> {
        let text = text.into_bytes();
        match self.manner {
            Manner::Replaces => self.put(&text),
            Manner::Appends => self.put_section(text),
        }
    }

    /// Writes a text behind what was in the file before the run, and before what others have
    /// written behind it since.
    fn put_section(&mut self, text: Vec<u8>) -> io::Result<()> {
        let mut there = match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            there => there?,
        };
        let own = self.written.take().and_then(|written| {
            let end = written.before + written.text.len();
            let is_own = there.get(written.before..end) == Some(&written.text[..]);
            is_own.then_some(written.before..end)
        });
        let own = own.unwrap_or_else(|| {
            // An empty line, so that the text is no part of what is above it.
            if !there.is_empty() {
                there.extend(if there.ends_with(b"\n") { "\n" } else { "\n\n" }.bytes());
            }
            there.len()..there.len()
        });
        let before = own.start;
        there.splice(own, text.iter().copied());
        self.put(&there)?;
        self.written = Some(Written { before, text });
        Ok(())
    }

    /// Makes this what is in the file.
    fn put(&mut self, content: &[u8]) -> io::Result<()> {
        if !self.is_fixed {
            match self.replace(content) {
                // Nothing can take the place of a file that is mounted, nor of one of another user
                // in a folder such as /tmp.
                Err(error) if is_fixed(&error) && self.path.exists() => self.is_fixed = true,
                done => return done,
            }
        }
        write_over(&self.path, content)
    }

    /// Puts a new file with this content in the place of the old one.
    fn replace(&self, content: &[u8]) -> io::Result<()> {
        let mut file = new_file(&self.folder)?;
        if let Ok(old) = fs::metadata(&self.path) {
            belong_as(&file, &old)?;
        }
        file.as_file_mut().write_all(content)?;
        file.persist(&self.path)?;
        Ok(())
    }
}

/// A file without a name that anybody knows, which goes away unless it is given one. It can be read
/// by whoever can read any new file here.
fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".grader-")
        .make_in(folder, |path| File::create_new(path))
}

/// Lets a new file belong to whom the old one belonged, and be read by the same.
fn belong_as(file: &NamedTempFile, old: &Metadata) -> io::Result<()> {
    let _only_root_gives_away = fchown(file.as_file(), Some(old.uid()), Some(old.gid()));
    let mode = old.permissions().mode() & 0o777;
    file.as_file().set_permissions(Permissions::from_mode(mode))
}

/// Whether an error says that a file must stay the one that it is.
fn is_fixed(error: &io::Error) -> bool {
    let fixed = [Errno::ACCESS, Errno::BUSY, Errno::PERM, Errno::ROFS];
    Errno::from_io_error(error).is_some_and(|errno| fixed.contains(&errno))
}

/// Writes over what is in a file: once, and then the rest is cut off, so that it is never empty.
fn write_over(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::options().write(true).open(path)?;
    file.write_all(content)?;
    file.set_len(content.len() as u64)
}
