//! Folders for what is needed during a run only, which are gone after it, also when it is
//! interrupted.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

/// The folders that are in use.
static FOLDERS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A folder that is removed with all that is in it when nobody needs it any more.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    /// There until it is dropped.
    folder: Option<TempDir>,
}

impl Scratch {
    /// Makes an empty folder where the machine keeps such (`TMPDIR`).
    ///
    /// # Errors
    /// There is no room, or no such place.
    pub fn new() -> io::Result<Self> {
        let mut folders = folders();
        let folder = folder_in(&std::env::temp_dir())?;
        let path = folder.path().to_owned();
        folders.insert(path.clone());
        Ok(Self {
            path,
            folder: Some(folder),
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Written down until it has gone: a grader that ends in between removes it.
        drop(self.folder.take());
        folders().remove(&self.path);
    }
}

/// Makes an empty folder in this one, which is removed when it is dropped.
///
/// # Errors
/// There is no room, or no such place.
pub(crate) fn folder_in(parent: &Path) -> io::Result<TempDir> {
    tempfile::Builder::new()
        .prefix("grader-")
        .tempdir_in(parent)
}

/// How often a folder is removed into which another thread of the grader goes on writing.
const ATTEMPTS: usize = 100;

/// Removes every folder. None can be made afterwards: this is for a grader that is about to end.
pub(super) fn remove_all() {
    let folders = folders();
    for folder in folders.iter() {
        let mut attempts = 0..ATTEMPTS;
        while attempts.next().is_some() && folder.exists() {
            let _again = std::fs::remove_dir_all(folder);
        }
    }
    std::mem::forget(folders);
}

/// Removes every folder, where nobody is about to make or to remove one, perhaps the calling thread
/// itself. This is for a grader that ends at once.
pub(crate) fn remove_all_if_free() {
    if let Ok(folders) = FOLDERS.try_lock() {
        for folder in folders.iter() {
            let _left_behind = std::fs::remove_dir_all(folder);
        }
    }
}

fn folders() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    FOLDERS.lock().unwrap_or_else(PoisonError::into_inner)
}
