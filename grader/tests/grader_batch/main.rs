//! What `grader batch` and `grader merge` do with a class.

mod bad_input;
mod chromium;
mod class;
mod confinement;
#[path = "../../machine/src/eventually.rs"]
mod eventually;
mod grading;
mod interrupting;
#[path = "../interruption/mod.rs"]
mod interruption;
#[path = "../grader_command/invocation.rs"]
mod invocation;
mod joining;
mod pages;
mod resuming;
#[path = "../servers/mod.rs"]
mod servers;
mod two_hundred;
