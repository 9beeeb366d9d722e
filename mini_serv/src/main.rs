//! The `mini_serv` executable.
fn main() {}
