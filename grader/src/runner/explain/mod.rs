//! Turns what was seen into failures that people can act on.

mod bytes;
mod calls;
mod conduct;
mod output;
mod resources;

pub(super) use bytes::{nothing_came, wrong_bytes};
pub(super) use calls::{fault_in_words, misconduct, misconduct_at_start};
pub(super) use conduct::{
    accepted_elsewhere, closed, connection_hangs, died, never_accepts, never_drains, never_listens,
    never_reads, refused, takes_nothing,
};
pub(super) use output::{
    death, died_at_start, still_runs, unwanted_output, wrong_output, wrong_status,
};
pub(super) use resources::{
    comes_late, descriptors_differ, leaks_memory, listens_elsewhere, never_sleeps, takes_too_long,
};

/// How many bytes of a difference are shown.
const SHOWN: usize = 4096;
