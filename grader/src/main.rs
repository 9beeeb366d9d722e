//! The `grader` executable.
fn main() {}
