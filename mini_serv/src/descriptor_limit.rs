//! How many clients there can be at once.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Lets the server have as many descriptors as it may (getrlimit(2)): each client takes one, and a
/// shell's usual limit of 1,024 is only a default for programs whose sets hold no more. Ours grow.
///
/// Where the system refuses, the limit stays as it is, and newcomers wait at the door.
pub(crate) fn raise() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let _stays = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: maximum,
            maximum,
        },
    );
}
