//! One line that the subject makes a server send.

use std::ops::Range;

use crate::scenario::ClientId;

/// A line of the log: an announcement, or what a client said with its prefix.
#[derive(Clone, Debug)]
pub struct Line {
    /// The client that it is about or by.
    pub source: ClientId,
    /// All of it that is known so far, prefix and, when it has ended, newline included.
    pub bytes: Vec<u8>,
    /// The instant at which it began.
    pub first_instant: u32,
    /// Whether it has ended, and how.
    pub state: LineState,
    kind: Kind,
    /// Where it went on after its first piece, and at which instant.
    pieces: Vec<Piece>,
}

/// Whether a line has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// Its newline has not come.
    Open,
    /// Its newline has come.
    Ended,
    /// Its sender left without ending it.
    Abandoned {
        /// The instant of the departure.
        at: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Arrival,
    Departure,
    Speech,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    begins: usize,
    instant: u32,
}

impl Line {
    /// The announcement that a client just `arrived` or `left`.
    #[must_use]
    pub(super) fn announcement(source: ClientId, what: &str, instant: u32) -> Self {
        Self {
            source,
            bytes: format!("server: client {} just {what}\n", source.0).into_bytes(),
            first_instant: instant,
            state: LineState::Ended,
            kind: if what == "arrived" {
                Kind::Arrival
            } else {
                Kind::Departure
            },
            pieces: Vec::new(),
        }
    }

    /// The beginning of what a client says, or all of it.
    #[must_use]
    pub(super) fn speech(source: ClientId, text: &[u8], instant: u32) -> Self {
        let mut bytes = format!("client {}: ", source.0).into_bytes();
        bytes.extend_from_slice(text);
        Self {
            source,
            state: Self::state_of(text),
            bytes,
            first_instant: instant,
            kind: Kind::Speech,
            pieces: Vec::new(),
        }
    }

    /// More of what a client says.
    pub(super) fn extend(&mut self, text: &[u8], instant: u32) {
        if self.last_piece_instant() != instant {
            self.pieces.push(Piece {
                begins: self.bytes.len(),
                instant,
            });
        }
        self.bytes.extend_from_slice(text);
        self.state = Self::state_of(text);
    }

    fn state_of(text: &[u8]) -> LineState {
        if text.ends_with(b"\n") {
            LineState::Ended
        } else {
            LineState::Open
        }
    }

    /// Whether it announces an arrival.
    #[must_use]
    pub fn is_arrival(&self) -> bool {
        self.kind == Kind::Arrival
    }

    /// Whether it is what a client said.
    #[must_use]
    pub fn is_speech(&self) -> bool {
        self.kind == Kind::Speech
    }

    /// Whether its sender left without ending it.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        matches!(self.state, LineState::Abandoned { .. })
    }

    /// Whether it was sent in several pieces that a server can have told apart.
    #[must_use]
    pub fn has_pieces(&self) -> bool {
        !self.pieces.is_empty()
    }

    /// The instant at which its last piece came or its sender gave it up.
    #[must_use]
    pub fn last_instant(&self) -> u32 {
        match self.state {
            LineState::Abandoned { at } => at,
            LineState::Open | LineState::Ended => self.last_piece_instant(),
        }
    }

    fn last_piece_instant(&self) -> u32 {
        self.pieces
            .last()
            .map_or(self.first_instant, |piece| piece.instant)
    }

    /// Whether some of it was sent, or its sender gave it up, during these instants.
    #[must_use]
    pub(super) fn came_during(&self, instants: &Range<u32>) -> bool {
        let next = self
            .pieces
            .partition_point(|piece| piece.instant < instants.start);
        instants.contains(&self.first_instant)
            || instants.contains(&self.last_instant())
            || self
                .pieces
                .get(next)
                .is_some_and(|piece| instants.contains(&piece.instant))
    }

    /// The instant at which the byte at this offset was sent.
    #[must_use]
    pub fn instant_at(&self, offset: usize) -> u32 {
        self.pieces[..self.pieces_begun_by(offset)]
            .last()
            .map_or(self.first_instant, |piece| piece.instant)
    }

    /// Where the piece ends to which the byte at this offset belongs.
    #[must_use]
    pub fn piece_end(&self, offset: usize) -> usize {
        self.pieces
            .get(self.pieces_begun_by(offset))
            .map_or(self.bytes.len(), |piece| piece.begins)
    }

    /// How many of the pieces after the first begin at this offset or before it.
    fn pieces_begun_by(&self, offset: usize) -> usize {
        self.pieces.partition_point(|piece| piece.begins <= offset)
    }

    /// Where the first piece after the line's beginning begins that was sent at or after this
    /// instant.
    #[must_use]
    pub fn first_offset_since(&self, instant: u32) -> usize {
        let next = self.pieces.partition_point(|piece| piece.instant < instant);
        self.pieces
            .get(next)
            .map_or(self.bytes.len(), |piece| piece.begins)
    }
}
