//! The `grader` executable.

use std::process::ExitCode;

use mini_serv::memory::FatalAllocator;

/// The reference, which the grader can be, must end in the subject's words when memory runs out.
/// Until it arms itself, this is the system's allocator.
#[global_allocator]
static ALLOCATOR: FatalAllocator = FatalAllocator::new();

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == "reference") {
        // A server's arguments are its own: none of them is an option of the grader's.
        return mini_serv::run(arguments);
    }
    grader::cli::main().into()
}
