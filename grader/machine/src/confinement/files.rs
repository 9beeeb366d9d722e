//! Which files a process may touch, and that it may use no network (landlock(7)).

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, NetPort, Ruleset as Builder,
    RulesetAttr, RulesetCreatedAttr, RulesetError, Scope, path_beneath_rules,
};

use super::{Confinement, Network};

/// The newest version of Landlock whose rights are asked for; of older ones, as many as they have.
const NEWEST: ABI = ABI::V6;

/// A set of rules that a process can be put under.
#[derive(Debug)]
pub(super) struct Ruleset(OwnedFd);

impl Ruleset {
    /// Prepares the rules for a process with this own folder. The error says in words why there
    /// are none.
    pub(super) fn new(
        confinement: &Confinement,
        own_folder: Option<&Path>,
    ) -> Result<Self, String> {
        let all = AccessFs::from_all(NEWEST);
        let files = if confinement.reads_everything {
            AccessFs::from_write(NEWEST)
        } else {
            all
        };
        let network = match confinement.network {
            Network::Listening => AccessNet::ConnectTcp.into(),
            Network::Nothing | Network::ListeningOn(_) => AccessNet::from_all(NEWEST),
        };
        let ports = match &confinement.network {
            Network::ListeningOn(ports) => ports.as_slice(),
            Network::Nothing | Network::Listening => &[],
        };
        let ports = ports
            .iter()
            .map(|port| Ok::<_, RulesetError>(NetPort::new(*port, AccessNet::BindTcp)));
        let readable: &[_] = if confinement.reads_everything {
            &[]
        } else {
            &confinement.readable
        };
        let writable = confinement.writable.iter().map(PathBuf::as_path);
        let writable = writable.chain(own_folder);
        let created = Builder::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(files)
            .and_then(|rules| rules.handle_access(network))
            .and_then(|rules| rules.scope(Scope::from_all(NEWEST)))
            .and_then(Builder::create)
            .and_then(|rules| {
                rules
                    .add_rules(path_beneath_rules(readable, AccessFs::from_read(NEWEST)))?
                    .add_rules(path_beneath_rules(writable, files))?
                    .add_rules(ports)
            })
            .map_err(|error| error.to_string())?;
        let descriptor: Option<OwnedFd> = created.into();
        descriptor
            .map(Self)
            .ok_or_else(|| "this kernel has no Landlock, or it is switched off".into())
    }

    /// Puts the calling process under the rules. Nothing but a system call is made.
    pub(super) fn enforce(&self) -> io::Result<()> {
        // SAFETY: landlock_restrict_self(2) takes a descriptor, which is open, and flags; it
        // touches no memory.
        match unsafe { libc::syscall(libc::SYS_landlock_restrict_self, self.0.as_raw_fd(), 0) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

/// The version of Landlock that this kernel has; 0 where it has none.
pub(super) fn version() -> i64 {
    /// `LANDLOCK_CREATE_RULESET_VERSION` (linux/landlock.h).
    const VERSION: u32 = 1;
    // SAFETY: with this flag, landlock_create_ruleset(2) takes no attributes and makes nothing.
    let version = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<libc::c_void>(),
            0_usize,
            VERSION,
        )
    };
    version.max(0)
}
