//! Turns what was seen into failures that people can act on.

mod bytes;
mod conduct;
mod output;

pub(super) use bytes::{nothing_came, wrong_bytes};
pub(super) use conduct::{
    accepted_elsewhere, closed, connection_hangs, died, never_accepts, never_drains, never_listens,
    never_reads, refused, takes_nothing,
};
pub(super) use output::{
    death, died_at_start, still_runs, unwanted_output, wrong_output, wrong_status,
};

/// How many bytes of a difference are shown.
const SHOWN: usize = 4096;
