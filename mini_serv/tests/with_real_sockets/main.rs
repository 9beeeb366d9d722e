//! The executable as its users meet it: started as a process, spoken to through real sockets.

mod chat;
mod crowd;
mod laziness;
#[cfg(target_os = "linux")] // Elsewhere there may be no limit on the address space.
mod memory;
mod server;
mod start;
