//! A whole class: every submission of a folder is graded, and the results are kept for people and
//! for programs.
//!
//! Each submission is graded by a `grader run` of its own, a *worker*: whatever one does to its
//! grader, no other is touched by it. What a worker reports is the only thing that is known of a
//! submission, so that pages and tables can be made anew from it, also on another machine.
//!
//! | File | What it knows |
//! |---|---|
//! | `roster` | who belongs to the class |
//! | `discovery` | what in a folder is a submission, and why the rest is none |
//! | `class` | both together: one row for each person |
//! | `fingerprint` | what a submission is and how it is graded, in a few characters |
//! | `sharding` | who is graded by which machine |
//! | `worker` | how one submission is graded |
//! | `isolation` | namespaces of its own for each worker, where that is asked for |
//! | `grading` | several workers at once, what they report, and what needs none |
//! | `row` | what is known of one person |
//! | `results` | what is known of all, and the folder in which it is kept |
//! | `grades` | the table for spreadsheets |
//! | `matrix` | the page about the class: rules by people |
//! | `progress` | what is said meanwhile |
//! | `merge` | the results of several machines |

mod class;
mod discovery;
mod fingerprint;
mod grades;
mod grading;
mod isolation;
mod matrix;
mod merge;
mod progress;
mod results;
mod roster;
mod row;
mod sharding;
mod worker;

pub use class::Class;
pub use discovery::{Discovered, Submitted, discover};
pub use fingerprint::{Settings, of_text as fingerprint, of_this_grader as this_grader};
pub use grading::{BatchError, Outcome, grade};
pub use isolation::Isolation;
pub use merge::{MergeError, Merged, merge};
pub use progress::Progress;
pub use results::{FolderError, LeftOut, Results, ResultsFolder};
pub use roster::{Person, Roster, RosterError};
pub use row::{Row, State};
pub use sharding::Shard;
pub use worker::Worker;
