//! What the parts of the reference cost: `cargo bench --package mini_serv`.
//!
//! They are private, so that their files are taken in here once more.

#![expect(
    dead_code,
    unused_imports,
    reason = "of the parts, only some is used, and their tests are not"
)]

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};

#[path = "../src"]
mod server {
    pub(crate) mod broadcast_log;
    pub(crate) mod cursor;
    pub(crate) mod line_splitter;
}

use server::{broadcast_log, cursor, line_splitter};

use broadcast_log::BroadcastLog;
use line_splitter::LineSplitter;

/// As much as one recv brings at most.
const RECEIVED: usize = 64 * 1024;

fn main() {
    divan::main();
}

fn lines(length: usize) -> Vec<u8> {
    let mut line = vec![b'x'; length];
    line[length - 1] = b'\n';
    line.repeat(RECEIVED / length)
}

/// Cutting what one recv brings into lines of so many bytes.
#[divan::bench(args = [2, 10, 100, 10_000])]
fn split(bencher: Bencher<'_, '_>, length: usize) {
    let text = lines(length);
    let mut splitter = LineSplitter::default();
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench_local(|| {
            splitter.take(black_box(&text), |held, rest| {
                black_box((held, rest));
            });
        });
}

/// Cutting a line that comes in pieces of so many bytes.
#[divan::bench(args = [1, 100, 1_000])]
fn split_pieces(bencher: Bencher<'_, '_>, piece: usize) {
    let text = lines(RECEIVED);
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench_local(|| {
            let mut splitter = LineSplitter::default();
            for piece in text.chunks(piece) {
                splitter.take(black_box(piece), |held, rest| {
                    black_box((held, rest));
                });
            }
        });
}

/// Writing a thousand lines of 100 bytes down and giving them to so many clients.
#[divan::bench(args = [1, 100, 10_000])]
fn log(bencher: Bencher<'_, '_>, clients: usize) {
    const LINES: usize = 1_000;
    let line = [b'x'; 100];
    let mut log = BroadcastLog::new();
    let mut cursors: Vec<_> = (0..clients).map(|_| log.join()).collect();
    bencher
        .counter(ItemsCount::new(LINES * clients))
        .bench_local(|| {
            for _ in 0..LINES {
                log.append(&[b"client 0: ", black_box(&line)]);
            }
            for cursor in &mut cursors {
                loop {
                    let count = black_box(log.unread(cursor)).len();
                    if count == 0 {
                        break;
                    }
                    log.advance(cursor, count);
                }
            }
        });
}
