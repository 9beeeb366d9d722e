//! What judging costs: `cargo bench --package grader`.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use grader::oracle::Oracle;
use grader::oracle::matcher::Matcher;
use grader::oracle::sorted_lines::SortedLines;
use grader::scenario::{ClientId, Scenario};

/// How many lines are said.
const LINES: usize = 1_000;

fn main() {
    divan::main();
}

/// Two clients, and a thousand lines from the first, with what the second must have received.
fn said(length: usize) -> (Oracle, Vec<u8>) {
    let mut oracle = Oracle::new(&Scenario::empty("bench"));
    for who in 0..2 {
        oracle.arrives(ClientId(who));
        oracle.settle();
    }
    let mut line = vec![b'x'; length];
    line[length - 1] = b'\n';
    let mut heard = Vec::new();
    for _ in 0..LINES {
        oracle.says(ClientId(0), &line);
        heard.extend_from_slice(b"client 0: ");
        heard.extend_from_slice(&line);
    }
    (oracle, heard)
}

/// Working out what is due.
#[divan::bench(args = [10, 100, 10_000])]
fn oracle(bencher: Bencher<'_, '_>, length: usize) {
    let line = [vec![b'x'; length - 1], vec![b'\n']].concat();
    bencher
        .counter(BytesCount::new(LINES * length))
        .bench_local(|| {
            let mut oracle = Oracle::new(&Scenario::empty("bench"));
            oracle.arrives(ClientId(0));
            for _ in 0..LINES {
                oracle.says(ClientId(0), black_box(&line));
            }
            oracle.settle();
            oracle
        });
}

/// Reading a stream against what is due, every byte.
#[divan::bench(args = [10, 100, 10_000])]
fn matcher(bencher: Bencher<'_, '_>, length: usize) {
    let (oracle, heard) = said(length);
    bencher
        .counter(BytesCount::of_slice(&heard))
        .bench_local(|| {
            let mut matcher = Matcher::new(&oracle, ClientId(1));
            for piece in heard.chunks(64 * 1024) {
                assert!(matcher.feed(&oracle, black_box(piece)).is_ok());
            }
            matcher
        });
}

/// The same, as the real examiner does it: the lines are sorted.
#[divan::bench(args = [10, 100, 10_000])]
fn sorted_lines(bencher: Bencher<'_, '_>, length: usize) {
    let (oracle, heard) = said(length);
    bencher
        .counter(BytesCount::of_slice(&heard))
        .bench_local(|| {
            let mut lines = SortedLines::new(&oracle, ClientId(1));
            for piece in heard.chunks(64 * 1024) {
                assert!(lines.feed(&oracle, black_box(piece)).is_ok());
            }
            lines
        });
}
