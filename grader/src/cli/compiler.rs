//! The compiler for what is handed in.

use clap::Args;

/// Which compiler is taken.
#[derive(Debug, Args)]
pub(super) struct WhichCompiler {
    /// The compiler for C source, by its name or path, such as gcc or clang [default: gcc, or the
    /// one that is there]
    #[arg(long, value_name = "COMPILER")]
    pub(super) cc: Option<String>,
}
