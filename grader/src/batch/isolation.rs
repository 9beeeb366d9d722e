//! Namespaces of its own for each submission (namespaces(7)), by bubblewrap, where that is
//! installed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::submission::Compiler;

/// Runs what grades a submission in namespaces of its own: it sees no process and no network but
/// its own, changes no file but those in its scratch folder, and of the class sees one submission.
#[derive(Clone, Debug)]
pub struct Isolation {
    bubblewrap: PathBuf,
    hidden: Vec<PathBuf>,
}

/// What each report says of it.
pub(super) const IN_FORCE: &str = "It had namespaces of its own, without any network but \
     a loopback, other processes or other submissions (bubblewrap).";

impl Isolation {
    /// Finds bubblewrap; these folders are hidden. `None` where it is not installed.
    #[must_use]
    pub fn new(hidden: Vec<PathBuf>) -> Option<Self> {
        Some(Self {
            bubblewrap: Compiler::search("bwrap")?,
            hidden,
        })
    }

    pub(super) fn program(&self) -> &Path {
        &self.bubblewrap
    }

    /// The options in front of the command that is isolated. The submission stays visible, and
    /// the scratch folder can be written.
    pub(super) fn options(&self, submission: &Path, scratch: &Path) -> Vec<OsString> {
        let mut options: Vec<OsString> = ["--unshare-all", "--die-with-parent", "--ro-bind"]
            .map(OsString::from)
            .to_vec();
        options.extend(["/".into(), "/".into()]);
        options.extend(["--dev", "/dev", "--proc", "/proc"].map(OsString::from));
        for folder in &self.hidden {
            options.extend(["--tmpfs".into(), folder.into()]);
        }
        let real = submission.canonicalize();
        let real = real.unwrap_or_else(|_| submission.into());
        options.extend(["--ro-bind".into(), real.clone().into(), real.into()]);
        options.extend(["--bind".into(), scratch.into(), scratch.into()]);
        options.push("--".into());
        options
    }
}
