//! System calls that no server is let make, whatever is judged about it: they lead past the filter,
//! or into other processes and the system.

use super::listener::Call;

/// Their numbers.
const REFUSED: &[libc::c_long] = &[
    // What is put into a ring is made by the kernel, and no filter sees it.
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    // Others' memory and descriptors.
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    // What is mounted where.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    // The kernel's own.
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
];

/// The same for a program that is not watched by a tool that is linked to it: some of those trace
/// it.
const TRACING: &[libc::c_long] = &[libc::SYS_ptrace];

/// What a call fails with that is not let be made: it is as if the kernel did not know it, which
/// programs that can do without are prepared for.
pub(super) const ERROR: rustix::io::Errno = rustix::io::Errno::NOSYS;

/// The numbers of the calls that a program is not let make.
pub(super) fn numbers(is_instrumented: bool) -> Vec<libc::c_long> {
    let tracing = if is_instrumented { &[] } else { TRACING };
    [REFUSED, tracing].concat()
}

/// Whether a call that the filter has shown is one of them.
pub(super) fn is_one(call: &Call, is_instrumented: bool) -> bool {
    call.is_foreign || numbers(is_instrumented).contains(&call.number)
}
