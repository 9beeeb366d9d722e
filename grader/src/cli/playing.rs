//! How a server is played with, whatever is found out by that.

use std::time::Duration;

use clap::Args;

use super::amounts::seconds;
use super::compiler::WhichCompiler;
use machine::Descriptors;

/// How a server is played with.
#[derive(Debug, Args)]
pub(super) struct Playing {
    /// How many seconds a server may do nothing before it counts as hanging; five times as long
    /// until it accepts its first connection
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    pub(super) patience: Duration,

    /// The descriptors that the server has of its clients; others than those of the exam are for
    /// comparison
    #[arg(long, value_name = "KIND", default_value = "exam", value_enum)]
    pub(super) descriptors: Descriptors,

    #[command(flatten)]
    pub(super) compiler: WhichCompiler,
}
