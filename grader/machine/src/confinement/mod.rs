//! Keeps a process to what it needs: limits on what it may use (setrlimit(2)), no new privileges
//! (prctl(2)), and, where the kernel offers Landlock (landlock(7)), no files but its own and no
//! network.
//!
//! What the kernel does not offer is told, never silently left out.

use std::io;
use std::path::{Path, PathBuf};

use rlimit::Resource;

use crate::limits;
use serde::{Deserialize, Serialize};

mod command;
#[cfg(target_os = "linux")]
mod files;
mod server;

pub use command::{Ended, Errand};
pub use server::{Confine, PROGRAMS};

/// What a process may do.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Confinement {
    /// The files and folders that it may read and execute. Those that are not there are left out.
    pub readable: Vec<PathBuf>,
    /// Whether it may read and execute everything else as well that the user may.
    pub reads_everything: bool,
    /// The files and folders that it may change as well.
    pub writable: Vec<PathBuf>,
    /// What it may do in the network.
    pub network: Network,
    /// What it may use up.
    pub limits: Limits,
}

/// What a process may do in the network, by TCP; the kernel offers nothing about the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Network {
    /// Nothing.
    #[default]
    Nothing,
    /// Bind any port, and connect to nothing.
    Listening,
    /// Bind one of these ports, and connect to nothing.
    ListeningOn(Vec<u16>),
}

/// What each process may use up. What a kernel or user allows less of stays as it is.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Limits {
    /// Processor time, in seconds.
    pub processor: Option<u64>,
    /// Address space, in bytes.
    pub memory: Option<u64>,
    /// The size of a file that it writes, in bytes.
    pub file: Option<u64>,
}

impl Confinement {
    /// Why files and the network are not kept from a process on this machine, where they are not.
    #[must_use]
    pub fn unavailable(&self) -> Option<String> {
        #[cfg(target_os = "linux")]
        {
            files::Ruleset::new(self, None).err()
        }
        #[cfg(not(target_os = "linux"))]
        Some("only Linux offers it".into())
    }

    /// Confines the calling process for good, as far as this machine offers it; it may change what
    /// is in its own folder.
    ///
    /// # Errors
    /// The kernel refuses what it has offered.
    pub(super) fn enter(&self, own_folder: Option<&Path>) -> io::Result<()> {
        let Limits {
            processor,
            memory,
            file,
        } = self.limits;
        if let Some(processor) = processor {
            // What goes beyond the first limit is told by a signal, and beyond the second by
            // SIGKILL.
            limits::lower_for_now(Resource::CPU, processor, Some(1))?;
        }
        for (resource, limit) in [(Resource::AS, memory), (Resource::FSIZE, file)] {
            limit.map_or(Ok(()), |limit| limits::lower(resource, limit))?;
        }
        #[cfg(target_os = "linux")]
        {
            no_privileges_from_the_next_program_on();
            rustix::thread::set_no_new_privs(true)?;
            if let Ok(files) = files::Ruleset::new(self, own_folder) {
                files.enforce()?;
            }
        }
        Ok(())
    }
}

/// The version of Landlock that this kernel has; 0 where it has none.
pub(super) fn landlock_version() -> i64 {
    #[cfg(target_os = "linux")]
    {
        files::version()
    }
    #[cfg(not(target_os = "linux"))]
    0
}

/// Root's privileges end when the calling process executes a program: until then it may need them
/// to reach the program's file (capabilities(7)). Whoever has none has none to lose.
#[cfg(target_os = "linux")]
fn no_privileges_from_the_next_program_on() {
    use rustix::thread::{self, CapabilitySet};

    let _has_none = thread::clear_ambient_capability_set();
    for number in 0..u64::BITS {
        let one = CapabilitySet::from_bits_retain(1 << number);
        let _unknown_or_lost_already = thread::remove_capability_from_bounding_set(one);
    }
    if let Ok(mut sets) = thread::capabilities(None) {
        sets.inheritable = CapabilitySet::empty();
        let _stays = thread::set_capabilities(None, sets);
    }
}
