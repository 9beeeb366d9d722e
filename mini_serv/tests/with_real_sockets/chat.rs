//! What clients hear of each other.

use std::collections::BTreeSet;

use crate::server::Server;

#[test]
fn everybody_hears_of_later_arrivals_and_of_departures() {
    let mut server = Server::start();
    let [mut alice, bob, mut carol] = server.connect_first();
    bob.leaves();
    alice.hears("server: client 1 just left\n");
    carol.hears("server: client 1 just left\n");
    carol.leaves();
    alice.hears("server: client 2 just left\n");
}

#[test]
fn ids_are_never_given_again() {
    let mut server = Server::start();
    let [mut alice, bob] = server.connect_first();
    bob.leaves();
    alice.hears("server: client 1 just left\n");
    let carol = server.connect();
    alice.hears("server: client 2 just arrived\n");
    carol.leaves();
    alice.hears("server: client 2 just left\n");

    // Not even when everybody has left, as alice has when the server closes her connection.
    alice.stops_speaking();
    alice.hears_the_end();
    let mut dave = server.connect();
    let _erin = server.connect();
    dave.hears("server: client 4 just arrived\n");
}

#[test]
fn a_line_goes_to_all_but_its_speaker() {
    let mut server = Server::start();
    let [mut alice, mut bob, mut carol] = server.connect_first();
    alice.says("hello\n");
    bob.hears("client 0: hello\n");
    carol.hears("client 0: hello\n");
    carol.says("hello, alice\n");
    alice.hears("client 2: hello, alice\n");
    bob.hears("client 2: hello, alice\n");
}

#[test]
fn each_line_has_its_own_prefix() {
    let mut server = Server::start();
    let [mut alice, mut bob] = server.connect_first();
    alice.says("one\n\n\n %s%n%d \r\n");
    bob.hears("client 0: one\nclient 0: \nclient 0: \nclient 0:  %s%n%d \r\n");
}

#[test]
fn a_line_may_come_byte_by_byte() {
    let mut server = Server::start();
    let [mut alice, mut bob, mut carol] = server.connect_first();
    for (one, other) in "byte by byte\n".bytes().zip("interleaved!\n".bytes()) {
        alice.says([one]);
        carol.says([other]);
    }
    let mut lines = [bob.hears_line(), bob.hears_line()];
    lines.sort_unstable();
    assert_eq!(
        lines,
        ["client 0: byte by byte\n", "client 2: interleaved!\n"]
    );
}

#[test]
fn a_line_may_be_long() {
    let mut server = Server::start();
    let [mut alice, mut bob] = server.connect_first();
    for length in [1023, 1024, 65_535, 65_536, 100_002, 5_000_000] {
        let line = "x".repeat(length);
        alice.says(format!("{line}\n"));
        bob.hears(format!("client 0: {line}\n"));
    }
}

#[test]
fn an_unfinished_line_is_delivered_before_its_speaker_leaves() {
    let mut server = Server::start();
    let [mut alice, mut bob] = server.connect_first();
    bob.says("finished\nunfinished");
    bob.leaves();
    alice.hears("client 1: finished\nclient 1: unfinished\nserver: client 1 just left\n");

    // Whoever gets bob's descriptor next does not get his words.
    let mut carol = server.connect();
    alice.hears("server: client 2 just arrived\n");
    carol.says("mine\n");
    alice.hears("client 2: mine\n");
}

#[test]
fn a_reset_is_a_departure() {
    let mut server = Server::start();
    let [mut alice, bob, mut carol] = server.connect_first();
    bob.resets();
    alice.hears("server: client 1 just left\n");
    carol.hears("server: client 1 just left\n");
}

#[test]
fn a_half_close_is_a_departure() {
    let mut server = Server::start();
    let [mut alice, mut bob] = server.connect_first();
    bob.says("that was all\n");
    bob.stops_speaking();
    alice.hears("client 1: that was all\nserver: client 1 just left\n");
    bob.hears_the_end();
}

#[test]
fn many_may_leave_at_once() {
    let mut server = Server::start();
    let [mut alice, others @ ..] = server.connect_first::<30>();
    drop(others);
    let mut lines: Vec<String> = (1..30).map(|_| alice.hears_line()).collect();
    let mut expected: Vec<String> = (1..30)
        .map(|id| format!("server: client {id} just left\n"))
        .collect();
    lines.sort_unstable();
    expected.sort_unstable();
    assert_eq!(lines, expected);
}

#[test]
fn everything_may_happen_at_once() {
    let mut server = Server::start();
    let [mut alice, mut bob, mut carol] = server.connect_first();
    let mut newcomers = Vec::new();
    server.while_frozen(|server| {
        alice.says("to those who are leaving\n");
        bob.says("what a reset takes with it");
        bob.resets();
        newcomers.extend([server.connect(), server.connect()]);
        carol.says("my last line\nmy last words");
        carol.leaves();
    });

    // Which of them came first, only the server knows. What bob said may have been lost with him.
    let mut heard = BTreeSet::new();
    let expected = BTreeSet::from([
        "server: client 1 just left\n",
        "server: client 3 just arrived\n",
        "server: client 4 just arrived\n",
        "client 2: my last line\n",
        "client 2: my last words\n",
        "server: client 2 just left\n",
    ]);
    while heard.len() < expected.len() {
        let line = alice.hears_line();
        if line != "client 1: what a reset takes with it\n" {
            assert!(expected.contains(&*line), "{line:?}");
            assert!(heard.insert(line.clone()), "{line:?} again");
        }
    }

    // The newcomers may have the descriptors of those who left, and nothing else of theirs.
    for (newcomer, id) in newcomers.iter_mut().zip(3..) {
        newcomer.says("here I am\n");
        alice.hears(format!("client {id}: here I am\n"));
    }
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "needs /proc to see whether the server sleeps"
)]
fn the_server_sleeps_when_there_is_nothing_to_do() {
    let mut server = Server::start();
    server.wait_until_asleep();
    let [mut alice, mut bob, _lazy] = server.connect_first();
    alice.says("hello\nunfinished");
    bob.hears("client 0: hello\n");
    server.wait_until_asleep();
    bob.leaves();
    alice.hears("server: client 1 just left\n");
    server.wait_until_asleep();
}

/// The listener is passed in, so a test can have the kernel choose the port.
#[test]
fn the_library_serves_on_any_listener() {
    use std::io::{BufRead, BufReader, Write};
    use std::net::{TcpListener, TcpStream};

    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(|| mini_serv::serve(listener));

    let mut alice = BufReader::new(TcpStream::connect(address).expect("it listens"));
    let mut bob = TcpStream::connect(address).expect("it listens");
    bob.write_all(b"hello\n").expect("connected");
    let mut heard = String::new();
    for _ in 0..2 {
        alice.read_line(&mut heard).expect("a line");
    }
    assert_eq!(heard, "server: client 1 just arrived\nclient 1: hello\n");
}
