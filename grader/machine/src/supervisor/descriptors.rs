//! The descriptors that a server has of its clients.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// What the descriptors of a server's clients are like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub enum Descriptors {
    /// As the subject says: recv blocks where nothing has come, send returns where nothing more
    /// fits
    #[default]
    Exam,
    /// As accept gives them: recv and send block
    Blocking,
    /// With `O_NONBLOCK`: neither recv nor send blocks
    Nonblocking,
}
