//! The end of a grader that cannot go on: it says why in one line, and ends with the status of its
//! own trouble. What it has started, the keepers end (see [`keeper`](crate::keeper)).
//!
//! Rust aborts where no memory can be had, with a status that means something else. So it is said
//! one floor below, as the reference does.

use std::alloc::{GlobalAlloc, Layout};
use std::any::Any;
use std::ffi::{c_int, c_void};
use std::panic::PanicHookInfo;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use crate::scratch;

/// What is said, and with which status the process ends. Each text ends with a newline.
#[derive(Clone, Copy, Debug)]
pub struct LastWords {
    /// Where memory cannot be had.
    pub no_memory: &'static str,
    /// Where the process has been aborted.
    pub aborted: &'static str,
    /// What a panic's message is introduced by: `grader: a defect of the grader`.
    pub panicked: &'static str,
    /// The exit status.
    pub status: u8,
}

static LAST_WORDS: OnceLock<LastWords> = OnceLock::new();

/// Whether exhaustion of memory ends the grader.
static ARMED: AtomicBool = AtomicBool::new(false);

/// The thread that ends the grader, once there is one.
static ENDING: AtomicI32 = AtomicI32::new(0);

/// An allocator that asks another, and ends the process where that returns null once
/// [`prepare`] has been called.
#[derive(Debug, Default)]
pub struct Allocator<A>(A);

impl<A> Allocator<A> {
    /// One that asks `other`.
    #[must_use]
    pub const fn new(other: A) -> Self {
        Self(other)
    }
}

/// Passes on what an allocator has returned, unless that is null.
fn ending_if_null(memory: *mut u8) -> *mut u8 {
    if memory.is_null() && ARMED.load(Ordering::Relaxed) {
        out_of_memory();
    }
    memory
}

// SAFETY: every request goes unchanged to an allocator, which keeps the contract of GlobalAlloc,
// and its answer comes back unchanged or, when it was null, not at all. Nothing here panics or
// allocates.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Allocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the ones that are asked for.
        ending_if_null(unsafe { self.0.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        ending_if_null(unsafe { self.0.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as above; every block that is handed out is one of the inner allocator's.
        ending_if_null(unsafe { self.0.realloc(memory, layout, new_size) })
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { self.0.dealloc(memory, layout) }
    }
}

/// From now on, the process ends with these words, whatever ends it. The first call counts.
pub fn prepare(words: LastWords) {
    let _those_of_the_first_call = LAST_WORDS.set(words);
    ARMED.store(true, Ordering::Relaxed);
    std::panic::set_hook(Box::new(tell_of));
    let on_abort: extern "C" fn(c_int) = aborted;
    // SAFETY: the handler makes system calls only, which are async-signal-safe, and does not
    // return.
    unsafe { libc::signal(libc::SIGABRT, on_abort as libc::sighandler_t) };
    #[cfg(target_env = "gnu")]
    // One heap for all threads: each would reserve 128 MB of addresses for its own, which a limit
    // counts. SAFETY: mallopt takes two numbers, and they are ones that it documents.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
    // SAFETY: these are the C library's own but for what they do instead of returning null, and
    // nothing has been parsed yet.
    unsafe {
        tree_sitter::set_allocator(Some(malloc), Some(calloc), Some(realloc), Some(libc::free))
    }
}

/// What a panic says.
#[must_use]
pub fn said_by(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it does not say which")
}

/// Tells of a panic, which is a defect. What it ends is another's matter.
fn tell_of(panic: &PanicHookInfo<'_>) {
    let said = said_by(panic.payload());
    // A new thread's own words, before anything of it can be caught.
    if said.contains("alternative stack") {
        out_of_memory();
    }
    let place = panic.location().map(ToString::to_string);
    let place = place.unwrap_or_default();
    let panicked = LAST_WORDS.get().map_or("a defect", |words| words.panicked);
    eprintln!("{panicked}: {said} ({place}); please report it");
    if std::env::var_os("RUST_BACKTRACE").is_some_and(|wanted| wanted != "0") {
        eprintln!("{}", std::backtrace::Backtrace::capture());
    }
}

extern "C" fn aborted(_signal: c_int) {
    // A handler may not do more: whatever was interrupted may hold a lock.
    end(|words| words.aborted, || ());
}

/// Ends the grader for want of memory. There may be some for removing folders;
/// where there is none, this is called anew, which is the end.
fn out_of_memory() -> ! {
    end(|words| words.no_memory, scratch::remove_all_if_free)
}

/// Says so and ends the process, without needing any memory.
fn end(which: impl FnOnce(&LastWords) -> &'static str, after: impl FnOnce()) -> ! {
    let words = LAST_WORDS.get();
    let me = rustix::thread::gettid().as_raw_nonzero().get();
    match ENDING.compare_exchange(0, me, Ordering::SeqCst, Ordering::SeqCst) {
        Ok(_) => {
            let said = words.map_or("", which);
            let _nobody_to_tell = rustix::io::write(std::io::stderr(), said.as_bytes());
            after();
        }
        Err(other) if other == me => {}
        Err(_) => loop {
            // SAFETY: pause(2) takes nothing and only waits.
            unsafe { libc::pause() };
        },
    }
    // SAFETY: _exit takes a plain number and does not return; there is nothing to get wrong.
    unsafe { libc::_exit(words.map_or(libc::EXIT_FAILURE, |words| words.status.into())) }
}

/// What the C library has returned, unless that is null.
fn had(memory: *mut c_void) -> *mut c_void {
    ending_if_null(memory.cast()).cast()
}

unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
    // SAFETY: it may be called with any number.
    had(unsafe { libc::malloc(size.max(1)) })
}

unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    // SAFETY: as above.
    had(unsafe { libc::calloc(count.max(1), size.max(1)) })
}

unsafe extern "C" fn realloc(memory: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: the caller's block is one of the functions above, or null.
    had(unsafe { libc::realloc(memory, size.max(1)) })
}
