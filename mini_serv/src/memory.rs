//! The end of memory.
//!
//! C code looks at what each malloc returns. Rust's collections do not let us: when the allocator
//! has nothing left they abort the process, with a message of their own. So the subject's "Fatal
//! error" is said one floor below, by the allocator itself, and then holds for every allocation:
//! a client's long line, the log, the descriptor sets, and whatever a library may need.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::Failure;

/// Whether exhaustion has become fatal. A process has at most one global allocator, so one flag
/// will do.
static ARMED: AtomicBool = AtomicBool::new(false);

/// The system's allocator, except that once armed it ends the process with "Fatal error" and
/// status 1 instead of returning null.
///
/// Another program may contain this server and only now and then play its part. It takes the
/// allocator [`new`](Self::new): until [`arm`](Self::arm) is called, by [`run`](crate::run), running
/// out of memory takes the course that it takes in any Rust program.
#[derive(Debug, Default)]
pub struct FatalAllocator {
    armed_from_the_start: bool,
}

impl FatalAllocator {
    /// An allocator for `#[global_allocator]` that has yet to be armed.
    pub const fn new() -> Self {
        Self {
            armed_from_the_start: false,
        }
    }

    /// An allocator for a program that is nothing but the server. Rust's runtime allocates a
    /// little before `main`, and even that may fail.
    pub const fn armed() -> Self {
        Self {
            armed_from_the_start: true,
        }
    }

    /// From now on, and for good, exhaustion of this process's memory is fatal. It has no effect
    /// in a program whose global allocator is another.
    pub fn arm() {
        ARMED.store(true, Ordering::Relaxed);
    }

    /// Passes on what the system's allocator has returned, unless that is null and null is fatal.
    fn fatal_if_null(&self, memory: *mut u8) -> *mut u8 {
        if memory.is_null() && (self.armed_from_the_start || ARMED.load(Ordering::Relaxed)) {
            die();
        }
        memory
    }
}

/// Has the C library give large blocks back to the system as soon as they are freed.
///
/// glibc does so at first, and unlearns it when it sees such blocks freed: from then on they come
/// from its heap, which can only shrink from its top. One small block up there, and a backlog of
/// gigabytes, long since read, would stay. Setting the threshold, to the value that it has anyway,
/// makes it stay as it is. Other C libraries have no such moods.
pub(crate) fn give_large_blocks_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: mallopt takes two numbers, and they are ones that it documents.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 128 * 1024);
    }
}

/// Says "Fatal error" and ends the process with status 1, without needing any memory.
///
/// `std::process::exit` would be the wrong way: it runs what was registered with atexit and takes
/// locks, one of which the code whose allocation failed may be holding. `_exit` goes straight to the
/// kernel, which closes all descriptors; nothing of ours is buffered.
pub(crate) fn die() -> ! {
    Failure::Fatal.report();
    // SAFETY: _exit takes a plain number and does not return; there is nothing to get wrong.
    unsafe { libc::_exit(1) }
}

// SAFETY: every request goes unchanged to the system's allocator, which keeps the contract of
// GlobalAlloc, and its answer comes back unchanged or, when it was null, not at all. Nothing here
// panics or allocates.
unsafe impl GlobalAlloc for FatalAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the ones that System asks for.
        self.fatal_if_null(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        self.fatal_if_null(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as above; every block we hand out is one of System's.
        self.fatal_if_null(unsafe { System.realloc(memory, layout, new_size) })
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above; every block we hand out is one of System's.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What it does when armed ends the process, so tests/memory.rs sees to that.
    #[test]
    fn unarmed_it_returns_null_as_any_allocator_does() {
        let allocator = FatalAllocator::new();
        let layout = Layout::from_size_align(isize::MAX as usize, 1).expect("a valid layout");
        // SAFETY: the layout's size is not zero.
        let memory = unsafe { allocator.alloc(layout) };
        assert!(memory.is_null());
    }
}
