//! What the server knows of one client.

use std::os::fd::OwnedFd;

use crate::cursor::Cursor;
use crate::line_splitter::LineSplitter;

/// A client, from accept to departure. Dropping it closes its connection.
pub(crate) struct Client {
    pub(crate) socket: OwnedFd,
    /// The subject's %d. It is never given again, and 64 bits do not run out.
    pub(crate) id: u64,
    /// What stands before each of its lines, made once.
    pub(crate) prefix: Vec<u8>,
    /// What it says.
    pub(crate) lines: LineSplitter,
    /// What it has heard.
    pub(crate) cursor: Cursor,
}

impl Client {
    pub(crate) fn new(socket: OwnedFd, id: u64, cursor: Cursor) -> Self {
        Self {
            socket,
            id,
            prefix: format!("client {id}: ").into_bytes(),
            lines: LineSplitter::default(),
            cursor,
        }
    }
}
