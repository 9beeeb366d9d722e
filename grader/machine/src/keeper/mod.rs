//! A process between the grader and each program that it starts: the keeper.
//!
//! It is the grader's executable with a hidden argument. It starts the program, is the reaper of
//! whatever the program leaves (prctl(2), `PR_SET_CHILD_SUBREAPER`), tells how the program has
//! ended, and ends everything below itself when it is told to, or when the grader is gone: its
//! control socket is at its end then, however the grader went. So no play sees another's processes,
//! and nothing outlives a grader.
//!
//! | File | What it knows |
//! |---|---|
//! | `orders` | what a keeper is told, and what it tells |
//! | `channel` | how both cross the control socket, and descriptors with them |
//! | `host` | which executable a keeper is |
//! | `handle` | the grader's side |
//! | `ending` | how all keepers are ended at once |
//! | `inside` | the keeper's side |
//! | `launch` | how it starts the program |
//! | `below` | how it ends everything below itself |

mod below;
mod channel;
mod ending;
mod handle;
mod host;
mod inside;
mod launch;
mod orders;

pub use ending::end_all;
pub(crate) use ending::wait_if_ending;
pub(crate) use handle::{Keeper, Starting};
pub use host::{ARGUMENT, Host};
pub use inside::main;
pub(crate) use orders::{Bounds, Folder, Orders, Task};
