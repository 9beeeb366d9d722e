//! What everybody is to hear, written down once.

use std::collections::VecDeque;

use crate::cursor::Cursor;

/// The lines that some client has not been given yet, in the order in which all clients hear them.
///
/// The usual queue per client would hold each line as often as there are clients. Here each line
/// is written once, and a client is merely a [`Cursor`]: a thousand clients who do not read cost no
/// more than the laziest of them.
///
/// The text lies in blocks of equal size, without gaps. So it never has to move to make room, a
/// position is found by a division, and one send can carry many lines. Lines may run across the
/// boundary of blocks; TCP does not mind.
///
/// # Forgetting
///
/// Text is forgotten when the slowest cursor has passed it, and nobody searches for the slowest:
/// each block counts the cursors that stand in it. When one moves on to another block, the two
/// counts change; when the oldest block has none, nobody will ever read it again, for cursors never
/// go back. Thus ten thousand cursors cost nothing while they stay within their blocks, and one
/// block at most is kept longer than it must be.
#[derive(Debug)]
pub(crate) struct BroadcastLog {
    block_size: usize,
    /// Never empty, all full except the last. The last is never full, so that a cursor at the end
    /// of the log has a block to stand in.
    blocks: VecDeque<Block>,
    /// How many blocks have been forgotten: the number of the first one still here.
    forgotten: u64,
    /// A forgotten block's space, emptied, for the next block. While everybody keeps up, the log
    /// goes to and fro between two spaces, and asks the allocator for none.
    spare: Option<Vec<u8>>,
}

#[derive(Debug)]
struct Block {
    text: Vec<u8>,
    readers: usize,
}

impl BroadcastLog {
    /// Large enough that a boundary seldom cuts a send in two, small enough that the block being
    /// written and the one before it stay in the processor's cache.
    const BLOCK_SIZE: usize = 512 * 1024;

    pub(crate) fn new() -> Self {
        Self::with_block_size(Self::BLOCK_SIZE)
    }

    fn with_block_size(block_size: usize) -> Self {
        let mut log = Self {
            block_size,
            blocks: VecDeque::new(),
            forgotten: 0,
            spare: None,
        };
        log.begin_block();
        log
    }

    /// The position behind the last byte: how much has been written since the server started.
    pub(crate) fn end(&self) -> u64 {
        let last = self.blocks.len() - 1;
        (self.forgotten + last as u64) * self.block_size as u64
            + self.blocks[last].text.len() as u64
    }

    /// Writes `parts` down, one after the other.
    pub(crate) fn append(&mut self, parts: &[&[u8]]) {
        for part in parts {
            self.append_part(part);
        }
    }

    fn append_part(&mut self, mut part: &[u8]) {
        loop {
            let last = self.blocks.len() - 1;
            let text = &mut self.blocks[last].text;
            let room = self.block_size - text.len();
            if part.len() < room {
                text.extend_from_slice(part);
                return;
            }
            let (fitting, rest) = part.split_at(room);
            text.extend_from_slice(fitting);
            self.begin_block();
            self.forget_unwatched(); // The block just filled may have no reader at all.
            part = rest;
        }
    }

    /// A cursor for a newcomer, who hears what is said from now on.
    pub(crate) fn join(&mut self) -> Cursor {
        let cursor = Cursor::new(self.end());
        let index = self.index(&cursor);
        self.blocks[index].readers += 1;
        cursor
    }

    /// The cursor's client has left: nothing needs to be kept for it.
    pub(crate) fn leave(&mut self, cursor: Cursor) {
        let index = self.index(&cursor);
        self.blocks[index].readers -= 1;
        self.forget_unwatched();
    }

    /// The next bytes for the cursor's client, as many as lie in one piece; none when it has
    /// everything.
    pub(crate) fn unread(&self, cursor: &Cursor) -> &[u8] {
        let index = self.index(cursor);
        let text = &self.blocks[index].text;
        let block_start = (self.forgotten + index as u64) * self.block_size as u64;
        let from = (cursor.position() - block_start) as usize;
        let to = match cursor.next_own() {
            Some(own) => text.len().min((own - block_start) as usize),
            None => text.len(),
        };
        &text[from..to]
    }

    /// The cursor's client has been given the first `count` of its unread bytes.
    pub(crate) fn advance(&mut self, cursor: &mut Cursor, count: usize) {
        self.move_cursor(cursor, |cursor| cursor.advance(count));
    }

    /// What was written since `start` are the words of the cursor's client, who is not to hear
    /// them.
    pub(crate) fn skip_since(&mut self, start: u64, cursor: &mut Cursor) {
        let own = start..self.end();
        self.move_cursor(cursor, |cursor| cursor.skip(own));
    }

    fn move_cursor(&mut self, cursor: &mut Cursor, how: impl FnOnce(&mut Cursor)) {
        let from = self.index(cursor);
        how(cursor);
        let to = self.index(cursor);
        if from != to {
            self.blocks[from].readers -= 1;
            self.blocks[to].readers += 1;
            self.forget_unwatched();
        }
    }

    /// The place in `blocks` of the block where the cursor stands.
    fn index(&self, cursor: &Cursor) -> usize {
        (cursor.position() / self.block_size as u64 - self.forgotten) as usize
    }

    fn forget_unwatched(&mut self) {
        while self.blocks.len() > 1 && self.blocks[0].readers == 0 {
            self.forgotten += 1;
            self.spare = self.blocks.pop_front().map(|mut oldest| {
                oldest.text.clear();
                oldest.text
            });
        }
    }

    fn begin_block(&mut self) {
        let space = self.spare.take();
        self.blocks.push_back(Block {
            text: space.unwrap_or_else(|| Vec::with_capacity(self.block_size)),
            readers: 0,
        });
    }
}

#[cfg(test)]
mod tests;
