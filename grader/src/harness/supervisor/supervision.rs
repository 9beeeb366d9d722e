//! What is done to a server besides giving it clients: decided before it starts, since the filter
//! of its system calls can never be changed afterwards.

use std::collections::BTreeSet;

use super::Descriptors;
use crate::scenario::{FailingCall, Watch};

/// What is supervised in a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supervision {
    /// What its descriptors of its clients are like.
    pub descriptors: Descriptors,
    /// What is judged about its system calls.
    pub watch: BTreeSet<Watch>,
    /// The call that fails when the server first makes it.
    pub fails_at_start: Option<FailingCall>,
    /// The calls that will be made to fail later on.
    pub fails_later: BTreeSet<FailingCall>,
    /// Whether no memory can be had from the server's first call of `socket` on.
    pub no_memory_at_start: bool,
    /// Whether the C library asks the kernel for memory page by page, so that its measure shows
    /// a small leak soon.
    pub tight_heap: bool,
    /// Whether nobody counts the processes that it starts: at its end it is asked for what it
    /// knows, when nobody answers its calls any more.
    pub forks_freely: bool,
}

impl Supervision {
    /// Whether something is asked for besides a kind of descriptors.
    #[must_use]
    pub fn needs_more_than_descriptors(&self) -> bool {
        !self.watch.is_empty()
            || self.fails_at_start.is_some()
            || !self.fails_later.is_empty()
            || self.no_memory_at_start
    }
}
