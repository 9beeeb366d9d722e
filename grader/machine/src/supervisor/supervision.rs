//! What is done to a server besides giving it clients: decided before it starts, since the filter
//! of its system calls can never be changed afterwards.

use super::Descriptors;

/// What is done to a server, whoever judges its calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supervision {
    /// What its descriptors of its clients are like.
    pub descriptors: Descriptors,
    /// Whether no memory can be had from the server's first call of `socket` on.
    pub no_memory_at_start: bool,
    /// Whether the C library asks the kernel for memory page by page, so that its measure shows
    /// a small leak soon.
    pub tight_heap: bool,
    /// Whether a tool is built into it, or runs it: it may be traced by what it starts, and nobody
    /// counts that, since at its end it is asked for what it knows, when nobody answers its calls
    /// any more.
    pub is_instrumented: bool,
}
