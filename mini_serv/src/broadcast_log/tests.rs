//! The log against examples, and against a model that keeps a queue for each reader.

use proptest::prelude::*;

use super::*;

/// Everything that `cursor` has not read, read now, `step` bytes at a time.
fn read_all(log: &mut BroadcastLog, cursor: &mut Cursor, step: usize) -> Vec<u8> {
    let mut read = Vec::new();
    loop {
        let unread = log.unread(cursor);
        if unread.is_empty() {
            return read;
        }
        let count = unread.len().min(step);
        read.extend_from_slice(&unread[..count]);
        log.advance(cursor, count);
    }
}

fn append_own(log: &mut BroadcastLog, cursor: &mut Cursor, parts: &[&[u8]]) {
    let start = log.end();
    log.append(parts);
    log.skip_since(start, cursor);
}

#[test]
fn many_lines_are_read_in_one_piece() {
    let mut log = BroadcastLog::new();
    let mut reader = log.join();
    log.append(&[b"client 1: ", b"one\n"]);
    log.append(&[b"client 2: ", b"two\n"]);
    assert_eq!(log.unread(&reader), b"client 1: one\nclient 2: two\n");
    log.advance(&mut reader, 28);
    assert_eq!(log.unread(&reader), b"");
}

#[test]
fn a_newcomer_does_not_hear_what_was_said_before() {
    let mut log = BroadcastLog::new();
    log.append(&[b"before\n"]);
    let reader = log.join();
    log.append(&[b"after\n"]);
    assert_eq!(log.unread(&reader), b"after\n");
}

#[test]
fn nobody_hears_their_own_words() {
    let mut log = BroadcastLog::new();
    let (mut alice, mut bob) = (log.join(), log.join());
    append_own(&mut log, &mut alice, &[b"I am alice\n"]);
    append_own(&mut log, &mut bob, &[b"I am bob\n"]);
    append_own(&mut log, &mut alice, &[b"hello bob\n"]);
    assert_eq!(read_all(&mut log, &mut alice, 3), b"I am bob\n");
    assert_eq!(read_all(&mut log, &mut bob, 3), b"I am alice\nhello bob\n");
}

#[test]
fn text_runs_across_blocks() {
    let mut log = BroadcastLog::with_block_size(4);
    let mut reader = log.join();
    log.append(&[b"012345678", b"9abcdef"]);
    assert_eq!(log.blocks.len(), 5);
    assert_eq!(log.unread(&reader), b"0123");
    assert_eq!(read_all(&mut log, &mut reader, 100), b"0123456789abcdef");
    assert_eq!(log.blocks.len(), 1);
}

#[test]
fn the_slowest_reader_holds_the_text_and_leaving_frees_it() {
    let mut log = BroadcastLog::with_block_size(4);
    let (mut quick, lazy) = (log.join(), log.join());
    log.append(&[b"0123456789"]);
    read_all(&mut log, &mut quick, 100);
    assert_eq!(log.blocks.len(), 3);
    log.leave(lazy);
    assert_eq!(log.blocks.len(), 1);
}

#[test]
fn without_readers_nothing_piles_up() {
    let mut log = BroadcastLog::with_block_size(4);
    log.append(&[b"0123456789"]);
    assert_eq!((log.blocks.len(), log.end()), (1, 10));
    let mut alone = log.join();
    for _ in 0..100 {
        append_own(&mut log, &mut alone, &[b"is anybody there?\n"]);
    }
    assert_eq!(log.blocks.len(), 1);
}

/// A step of a random history. Readers are picked by a number, modulo how many there are.
#[derive(Clone, Debug)]
enum Step {
    Join,
    Announce(Vec<u8>),
    Speak(usize, Vec<u8>),
    Read(usize, usize),
    Leave(usize),
}

fn any_step() -> impl Strategy<Value = Step> {
    let text = || prop::collection::vec(any::<u8>(), 0..30);
    prop_oneof![
        1 => Just(Step::Join),
        2 => text().prop_map(Step::Announce),
        4 => (any::<usize>(), text()).prop_map(|(who, text)| Step::Speak(who, text)),
        6 => (any::<usize>(), 0..40_usize).prop_map(|(who, count)| Step::Read(who, count)),
        1 => any::<usize>().prop_map(Step::Leave),
    ]
}

/// The naive way: each reader has a queue of its own, of positions in the log and their bytes.
struct Reader {
    cursor: Cursor,
    queue: VecDeque<(u64, u8)>,
}

fn queue_for_all_but(readers: &mut [Reader], speaker: Option<usize>, start: u64, text: &[u8]) {
    for (place, reader) in readers.iter_mut().enumerate() {
        if Some(place) != speaker {
            reader.queue.extend((start..).zip(text.iter().copied()));
        }
    }
}

proptest! {
    #[test]
    fn every_reader_gets_exactly_what_the_others_said(
        block_size in 1..20_usize,
        steps in prop::collection::vec(any_step(), 0..200),
    ) {
        let mut log = BroadcastLog::with_block_size(block_size);
        let mut readers: Vec<Reader> = Vec::new();

        for step in steps {
            let start = log.end();
            let count = readers.len();
            match step {
                Step::Join => readers.push(Reader { cursor: log.join(), queue: VecDeque::new() }),
                Step::Announce(text) => {
                    log.append(&[&text]);
                    queue_for_all_but(&mut readers, None, start, &text);
                }
                Step::Speak(who, text) if count > 0 => {
                    let (one, other) = text.split_at(text.len() / 2);
                    append_own(&mut log, &mut readers[who % count].cursor, &[one, other]);
                    queue_for_all_but(&mut readers, Some(who % count), start, &text);
                }
                Step::Read(who, limit) if count > 0 => {
                    let Reader { cursor, queue } = &mut readers[who % count];
                    let unread = log.unread(cursor);
                    let read = unread.len().min(limit);
                    let expected: Vec<u8> = queue.drain(..read).map(|(_, byte)| byte).collect();
                    prop_assert_eq!(&unread[..read], expected);
                    log.advance(cursor, read);
                }
                Step::Leave(who) if count > 0 => log.leave(readers.remove(who % count).cursor),
                Step::Speak(..) | Step::Read(..) | Step::Leave(_) => {}
            }

            // There is something to read exactly for those whose queue is not empty, and it
            // starts where the queue does.
            for Reader { cursor, queue } in &readers {
                prop_assert_eq!(log.unread(cursor).first(), queue.front().map(|(_, byte)| byte));
                prop_assert_eq!(
                    cursor.position(),
                    queue.front().map_or(log.end(), |&(position, _)| position)
                );
            }
            // What is kept begins with the block in which the slowest stands, and no earlier.
            let slowest = readers.iter().map(|reader| reader.cursor.position()).min();
            prop_assert_eq!(
                log.forgotten,
                slowest.unwrap_or(log.end()) / block_size as u64
            );
            prop_assert_eq!(
                log.blocks.iter().map(|block| block.readers).sum::<usize>(),
                readers.len()
            );
        }

        for Reader { cursor, queue } in &mut readers {
            let expected: Vec<u8> = queue.drain(..).map(|(_, byte)| byte).collect();
            prop_assert_eq!(read_all(&mut log, cursor, 7), expected);
        }
        prop_assert_eq!(log.blocks.len(), 1);
    }
}
