//! The `grader` executable.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use machine::keeper;
use machine::last_words::{self, Allocator};
use mini_serv::memory::FatalAllocator;

/// The reference, which the grader can be, must end in the subject's words when memory runs out,
/// and the grader in its own. Until either arms itself, this is the system's allocator.
#[global_allocator]
static ALLOCATOR: Allocator<FatalAllocator> = Allocator::new(FatalAllocator::new());

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next() {
        // A server's arguments are its own: none of them is an option of the grader's.
        Some(first) if first == "reference" => return mini_serv::run(arguments),
        Some(first) if first == keeper::ARGUMENT => return keeper::main(),
        _ => {}
    }
    last_words::prepare(grader::cli::LAST_WORDS);
    // What a panic says, the hook has told; its way here has killed every server.
    std::panic::catch_unwind(grader::cli::main)
        .unwrap_or(grader::exit_code::ExitCode::Trouble)
        .into()
}
