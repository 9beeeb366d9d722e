//! What the machine, or a limit, does not have.

use std::io;

use rustix::io::Errno;

/// What is too little, and how it is made more, where an error says that something could not be
/// had: that is never a server's fault.
#[must_use]
pub fn advice(error: &io::Error) -> Option<&'static str> {
    Some(match Errno::from_io_error(error)? {
        // The kernel says so of processes and of threads, and the C library of a thread's stack.
        Errno::AGAIN => {
            "raise the limit of processes (ulimit -u) or of memory (ulimit -v, ulimit -d), or \
             give it fewer plays at once (--jobs)"
        }
        Errno::NOMEM => "raise the limit of memory (ulimit -v, ulimit -d)",
        Errno::MFILE => "raise the limit of open descriptors (ulimit -n)",
        Errno::NFILE | Errno::NOBUFS => "let fewer programs run at once on this machine",
        _ => return None,
    })
}

/// An error in words, with what to do about it where something could not be had.
#[must_use]
pub fn told(error: &io::Error) -> String {
    match advice(error) {
        Some(advice) => format!("{error}; {advice}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lacking_is_told_apart_from_what_is_wrong() {
        let told = |errno: Errno| told(&errno.into());
        assert!(told(Errno::AGAIN).ends_with("(--jobs)"));
        assert!(told(Errno::MFILE).contains("; raise the limit of open descriptors"));
        assert_eq!(advice(&Errno::NOENT.into()), None);
        assert_eq!(advice(&io::Error::other("something else")), None);
    }
}
