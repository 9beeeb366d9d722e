//! The `mini_serv` executable: `mini_serv PORT`.

use std::process::ExitCode;

use mini_serv::memory::FatalAllocator;

/// Running out of memory must end in the subject's words, not in Rust's own.
#[global_allocator]
static ALLOCATOR: FatalAllocator = FatalAllocator::armed();

fn main() -> ExitCode {
    // args_os and not args: the latter panics on an argument that is not UTF-8.
    mini_serv::run(std::env::args_os().skip(1))
}
