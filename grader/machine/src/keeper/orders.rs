//! What a keeper is told, and what it tells.

use std::ffi::OsString;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::Exit;
use crate::confinement::Confinement;
use crate::supervisor::{Filter, Rehearsal};

/// What a keeper is to start, and how.
///
/// With them come descriptors: the program's standard output, its standard error, where it is
/// filtered the channel for the listener, and where something is rehearsed the socket for that.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Orders {
    /// What becomes of the process that has been prepared.
    pub(crate) task: Task,
    /// The executable.
    pub(crate) program: PathBuf,
    /// Where it can be executed when its path has gone.
    pub(crate) kept: Option<PathBuf>,
    /// Its arguments, without its name.
    pub(crate) arguments: Vec<OsString>,
    /// Its whole environment, `NAME=value`; of two with the same name, the first counts.
    pub(crate) environment: Vec<OsString>,
    /// Where it works.
    pub(crate) folder: Folder,
    /// How many descriptors it may have open, where not as many as the grader.
    pub(crate) descriptors: Option<u64>,
    /// How large a file may become that it writes, in bytes; it is not killed for more.
    pub(crate) file: Option<u64>,
    /// What it is kept from; nothing where it is trusted.
    pub(crate) confinement: Option<Confinement>,
    /// Which of its calls are decided about by the grader.
    pub(crate) filter: Option<Filter>,
    /// What it may take of the machine, with all that it starts.
    pub(crate) bounds: Option<Bounds>,
}

/// What becomes of a process that has been prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Task {
    /// It executes the program.
    Execute,
    /// It makes some calls that are decided about, and ends.
    Rehearse(Rehearsal),
}

/// Where a program works.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Folder {
    /// In this folder.
    Given(PathBuf),
    /// In a new folder of its own in this one, which is its home and goes with it.
    OwnIn(PathBuf),
}

/// What a program may take of the machine, with all that it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bounds {
    /// Memory, in bytes.
    pub(crate) memory: u64,
    /// Room for files in its own folder, in bytes.
    pub(crate) room: u64,
}

/// What a keeper tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Report {
    /// The program runs.
    Started {
        /// The number of its process; with this comes its descriptor (a pidfd), where the kernel
        /// has such.
        process: i32,
        /// Its own folder, if it has one.
        folder: Option<PathBuf>,
    },
    /// It could not be started (`StartError::told`).
    NotStarted((i32, bool)),
    /// It has ended.
    Ended(Exit),
}
