//! What the `grader` executable says, and how it ends.
//!
//! Some of these tests let it grade servers that are compiled with `cc`; see `servers`.

#[path = "../at_once/mod.rs"]
mod at_once;
mod bad_input;
mod c_sources;
mod catalogue;
mod choosing;
mod environment;
#[path = "../../machine/src/eventually.rs"]
mod eventually;
mod exam;
#[cfg(target_os = "linux")]
mod forbidding_machines;
mod greedy_servers;
mod hostile_servers;
#[path = "../interruption/mod.rs"]
mod interruption;
mod invocation;
mod machine_reports;
mod narrow_terminals;
mod ordinary_user;
mod out_of_memory;
mod report_files;
mod resources;
#[path = "../servers/mod.rs"]
mod servers;
mod slow_servers;
mod system_calls;
mod tight_limits;
mod verdicts;
