//! Grades any mini_serv: drives scripted TCP clients, judges every byte, explains what is wrong.
//!
//! One way through, no step back: the candidate's path becomes a [`submission`], the scenarios a
//! [`suite`]; the [`runner`] plays each scenario, taken apart into [`script`] moves, on a fresh
//! server of the [`machine`] while the [`oracle`] says what each client must have received; what
//! happened reaches the [`report`]s as [`event`]s that carry [`verdict`]s.

#![forbid(unsafe_code)]

pub mod batch;
pub mod bench;
pub mod cli;
pub mod conduct;
pub mod event;
pub mod exit_code;
pub mod fuzz;
pub mod inspection;
pub mod oracle;
pub mod report;
pub mod rules;
pub mod runner;
pub mod scenario;
pub mod script;
mod shell;
pub mod source;
mod spelling;
pub mod submission;
pub mod suite;
pub mod tier;
pub mod verdict;
pub mod visible;
mod workers;
