//! What a server writes to its standard output and error, kept within bounds.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, OwnedFd};

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};

/// How many bytes are read in a turn, so that a server that floods its output holds up neither
/// its clients nor the patience with it.
const TURN: usize = 1 << 20;

/// How many bytes are kept of the beginning.
const HEAD: usize = 16 * 1024;

/// How many bytes are kept of the end.
const TAIL: usize = 4 * 1024;

/// The beginning and the end of an output of any length.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    head: Vec<u8>,
    tail: Vec<u8>,
    total: u64,
}

impl Captured {
    /// Takes in more output.
    pub fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = HEAD - self.head.len();
        let (head, rest) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(head);
        self.tail
            .extend_from_slice(&rest[rest.len().saturating_sub(TAIL)..]);
        if self.tail.len() > TAIL {
            self.tail.drain(..self.tail.len() - TAIL);
        }
    }

    /// How many bytes were written in all.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// The first bytes that were written, at most 16 KiB.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Whether these few bytes were written last.
    #[must_use]
    pub fn ends_with(&self, bytes: &[u8]) -> bool {
        [&self.head[..], &self.tail].concat().ends_with(bytes)
    }

    /// The last lines that were written, at most `lines` of them and some 300 characters each. Of a
    /// sanitizer's report they are the first, and the one that sums it up: its end says nothing.
    #[must_use]
    pub fn last_words(&self, lines: usize) -> String {
        let is_whole = self.total == (self.head.len() + self.tail.len()) as u64;
        let end = match (is_whole, self.tail.is_empty()) {
            (true, true) => self.head.clone(),
            (true, false) => [&self.head[..], &self.tail].concat(),
            (false, _) => self.tail.clone(),
        };
        let text = String::from_utf8_lossy(&end);
        let all: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        let chosen = match all.iter().position(|line| begins_a_report(line)) {
            Some(at) => {
                let report = &all[at..];
                let sum = report.iter().find(|line| line.starts_with("SUMMARY: "));
                let room = lines.saturating_sub(usize::from(sum.is_some()));
                let first = report.iter().take(room).filter(|line| Some(*line) != sum);
                first.chain(sum).copied().collect()
            }
            None => all[all.len().saturating_sub(lines)..].to_vec(),
        };
        let chosen = chosen.into_iter();
        let cut = chosen.map(|line| line.chars().take(300).collect::<String>());
        cut.collect::<Vec<_>>().join("\n")
    }
}

/// Whether a line is the first of what a sanitizer says: `==7==ERROR: AddressSanitizer: …`.
fn begins_a_report(line: &str) -> bool {
    line.starts_with("==") && line.contains("==ERROR: ")
}

/// The grader's end of an output.
#[derive(Debug)]
pub(super) struct Output {
    source: Option<File>,
    captured: Captured,
    /// It may hold more than has been read.
    more: bool,
}

impl Output {
    /// Has the event loop tell when there is something to read.
    pub(super) fn watch(source: OwnedFd, registry: &Registry, token: Token) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&source, true)?;
        registry.register(
            &mut SourceFd(&source.as_raw_fd()),
            token,
            Interest::READABLE,
        )?;
        Ok(Self {
            source: Some(source.into()),
            captured: Captured::default(),
            more: false,
        })
    }

    pub(super) const fn captured(&self) -> &Captured {
        &self.captured
    }

    /// The event loop says that there is something to read.
    pub(super) const fn may_have_more(&mut self) {
        self.more = true;
    }

    /// Whether a turn was too short to read everything.
    pub(super) const fn has_more(&self) -> bool {
        self.more
    }

    /// Takes in what has been written so far, a turn's worth at most.
    pub(super) fn read_a_turn(&mut self, buffer: &mut [u8]) {
        let mut turn = 0;
        while self.more && turn < TURN {
            let Some(source) = &mut self.source else {
                self.more = false;
                return;
            };
            match source.read(buffer) {
                Ok(count) if count > 0 => {
                    turn += count;
                    self.captured.push(&buffer[..count]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.more = false,
                // The end; a terminal whose other side is closed says so by an error.
                Ok(_) | Err(_) => self.source = None,
            }
        }
    }

    /// All that a server has written that has ended.
    pub(super) fn into_captured(mut self, buffer: &mut [u8]) -> Captured {
        self.more = true;
        while self.more {
            self.read_a_turn(buffer);
        }
        self.captured
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_kept_within_bounds() {
        let mut captured = Captured::default();
        captured.push(b"first\n");
        for _ in 0..10_000 {
            captured.push(&[b'x'; 1000]);
        }
        captured.push(b"\nlast words\n");
        assert_eq!(captured.total(), 6 + 10_000_000 + 12);
        assert!(captured.head().starts_with(b"first\n"));
        assert!(captured.head.len() <= HEAD && captured.tail.len() <= TAIL);
        assert_eq!(captured.last_words(1), "last words");
        assert!(captured.ends_with(b"\nlast words\n"));
    }

    #[test]
    fn a_sanitizers_report_is_told_by_its_beginning() {
        let mut captured = Captured::default();
        captured.push(b"listening\n=====\n==7==ERROR: AddressSanitizer: heap-use-after-free\n");
        captured.push(b"READ of size 1 at 0x1 thread T0\n    #0 0x2 in append mini_serv.c:50\n");
        captured
            .push(b"    #1 0x3 in main mini_serv.c:90\n\nSUMMARY: AddressSanitizer: of it all\n");
        for _ in 0..9 {
            captured.push(b"  0x0c047fff8000: fa fa 00 00 fa fa fa fa\n");
        }
        captured.push(b"==7==ABORTING\n");
        assert_eq!(
            captured.last_words(4),
            "==7==ERROR: AddressSanitizer: heap-use-after-free\nREAD of size 1 at 0x1 thread T0\n    \
             #0 0x2 in append mini_serv.c:50\nSUMMARY: AddressSanitizer: of it all"
        );
    }

    #[test]
    fn short_output_is_kept_whole() {
        let mut captured = Captured::default();
        captured.push(b"one\n\ntwo\n");
        assert_eq!(captured.last_words(5), "one\ntwo");
        assert_eq!(captured.head(), b"one\n\ntwo\n");
        assert!(captured.ends_with(b"\ntwo\n") && !captured.ends_with(b"two"));
    }
}
