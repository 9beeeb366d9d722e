//! The two ways to fail that the subject knows, and their texts.

use rustix::io::{Errno, retry_on_intr, write};

/// Why the server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The port was not given.
    WrongNumberOfArguments,
    /// The port cannot be listened on, select fails, or the memory is exhausted.
    Fatal,
}

impl Failure {
    /// What the subject wants on stderr.
    pub const fn text(self) -> &'static str {
        match self {
            Self::WrongNumberOfArguments => "Wrong number of arguments\n",
            Self::Fatal => "Fatal error\n",
        }
    }

    /// Writes the text to stderr, without any allocation or lock, so that it can be done in the
    /// middle of a failing allocation.
    ///
    /// With stderr closed there is nobody to tell, so an error is of no interest. Nor can the text
    /// reach a client by mistake: Rust opens /dev/null on any of the descriptors 0 to 2 that it
    /// finds closed, before `main`.
    pub fn report(self) {
        let _ = retry_on_intr(|| write(std::io::stderr(), self.text().as_bytes()));
    }
}

/// Every system call that the server cannot do without is fatal when it fails.
impl From<Errno> for Failure {
    fn from(_: Errno) -> Self {
        Self::Fatal
    }
}
