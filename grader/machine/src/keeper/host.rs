//! Which executable a keeper is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::signals;

/// The argument by which the grader's executable knows that it is to be a keeper.
pub const ARGUMENT: &str = "keeper";

/// The machine, as far as it is the same for all that is started on it.
///
/// Whoever makes one is told how its children end from then on, whatever started it.
#[derive(Clone, Debug)]
pub struct Host {
    keeper: Arc<Path>,
}

impl Host {
    /// For a process whose own executable becomes a keeper where its first argument is
    /// [`ARGUMENT`].
    #[must_use]
    pub fn of_this_executable() -> Self {
        // Where it has been replaced since it was started, the path leads elsewhere, and this does
        // not (proc_pid_exe(5)).
        #[cfg(target_os = "linux")]
        let keeper = PathBuf::from("/proc/self/exe");
        #[cfg(not(target_os = "linux"))]
        let keeper = std::env::current_exe().unwrap_or_default();
        Self::with_keeper(keeper)
    }

    /// For a process whose keepers are another executable.
    #[must_use]
    pub fn with_keeper(executable: impl Into<PathBuf>) -> Self {
        signals::keep_children();
        Self {
            keeper: executable.into().into(),
        }
    }

    pub(super) fn keeper(&self) -> &Path {
        &self.keeper
    }
}
