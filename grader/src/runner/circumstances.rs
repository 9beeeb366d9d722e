//! What every play of a run has in common.

use std::time::Duration;

use crate::harness::ports::Ports;
use crate::harness::{Descriptors, Program};

/// What every play of a run has in common.
#[derive(Debug)]
pub(super) struct Circumstances<'run> {
    /// What is executed.
    pub(super) program: &'run Program,
    /// What kind of descriptors it has of its clients.
    pub(super) server_descriptors: Descriptors,
    /// Why the server's system calls cannot be supervised here, where they cannot.
    pub(super) unsupervised: Option<&'run str>,
    /// In what it is plainly written, where that is not C: `Rust`.
    pub(super) other_language: Option<&'static str>,
    /// Where ports come from.
    pub(super) ports: &'run Ports,
    /// How long a server may do nothing before it counts as hanging.
    pub(super) patience: Duration,
    /// The seed of everything random.
    pub(super) seed: u64,
}

impl Circumstances<'_> {
    /// How long a server may take from its start until it accepts a first connection. Starting
    /// is not what the exam is about: some clear 200 MB first, some are built with sanitizers.
    pub(super) fn starting_patience(&self) -> Duration {
        self.patience * 5
    }
}
