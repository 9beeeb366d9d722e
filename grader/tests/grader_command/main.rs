//! What the `grader` executable says, and how it ends.
//!
//! Some of these tests let it grade servers that are compiled with `cc`; see `servers`.

mod bad_input;
mod catalogue;
mod hostile_servers;
mod invocation;
mod machine_reports;
mod resources;
#[path = "../servers/mod.rs"]
mod servers;
mod system_calls;
mod verdicts;
