//! How much of everything a scenario can ask for; the reader and the schema share the numbers.

/// Clients that connect together and stay.
pub(super) const MOST_CROWD: usize = 10_000;

/// Clients that come and go one after another.
pub(super) const MOST_VISITS: usize = 100_000;

/// Time-outs that pass one after another.
pub(super) const MOST_TIME_OUTS: usize = 10_000;

/// Repetitions of one text.
pub(super) const MOST_TIMES: usize = 1_000_000;

/// Bytes at a time.
pub(super) const LARGEST_PIECE: usize = 1_000_000;

/// Characters of one `{random:N}`: a hundred times the longest line of the exam.
pub(super) const MOST_RANDOM: usize = 10_000_000;

/// Bytes of a text that is cut everywhere: it is sent once for each of them, so what is sent
/// grows with the square of its length.
pub(super) const LONGEST_CUT: usize = 1_000;

/// Bytes that one step sends: far more than a test of a chat server needs.
pub(super) const MOST_SENT: usize = 100_000_000;

/// Bytes that one client says to a frozen server: what a connection surely holds unread.
pub(super) const MOST_WHILE_FROZEN: usize = 64 * 1024;

/// Characters of a client's name: longer ones would not fit a report's column.
pub(super) const LONGEST_NAME: usize = 32;
