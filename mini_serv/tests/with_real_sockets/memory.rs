//! When memory runs out, the server says "Fatal error" and ends with 1, whatever it needed it for.

use std::io::ErrorKind;
use std::process::Command;

use crate::server::{Client, Server, executable};
use predicates::prelude::*;
use predicates::str::is_empty;

/// In kilobytes: enough to start with and not much more.
const ADDRESS_SPACE: &str = "ulimit -v 65536";

/// Says `text` again and again, until the server is no more.
fn speak_to_the_end(speaker: &mut Client, text: &[u8]) {
    // Far more than the server has room for.
    for _ in 0..4000 {
        if let Err(error) = speaker.try_to_say(text) {
            let kinds = [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset];
            assert!(kinds.contains(&error.kind()), "{error}");
            return;
        }
    }
    panic!("the server has taken it all");
}

#[track_caller]
fn ends_in_fatal_error(server: Server) {
    assert_cmd::assert::Assert::new(server.wait_for_end())
        .code(1)
        .stdout(is_empty())
        .stderr(predicate::eq("Fatal error\n"));
}

#[test]
fn while_it_holds_an_unfinished_line() {
    let mut server = Server::start_under(ADDRESS_SPACE);
    let mut speaker = server.connect();
    speak_to_the_end(&mut speaker, &[b'x'; 100_000]);
    ends_in_fatal_error(server);
}

#[test]
fn while_it_keeps_lines_for_a_lazy_client() {
    let mut server = Server::start_under(ADDRESS_SPACE);
    let [_lazy, mut speaker] = server.connect_first();
    speak_to_the_end(&mut speaker, "0123456789\n".repeat(10_000).as_bytes());
    ends_in_fatal_error(server);
}

#[test]
fn while_it_remembers_what_a_lazy_client_has_said_itself() {
    let mut server = Server::start_under(ADDRESS_SPACE);
    let [mut lazy, mut speaker] = server.connect_first();
    // Nobody reads, and both speak.
    let text = "\n".repeat(10_000);
    while lazy.try_to_say(&text).is_ok() && speaker.try_to_say(&text).is_ok() {}
    ends_in_fatal_error(server);
}

/// Before `main`, too, it is not Rust that tells of a failed allocation. (The system's loader, which
/// comes first, and Rust's own mapping of a signal stack have words that nobody can change.)
#[test]
fn while_it_starts() {
    for kilobytes in (1000..10_000).step_by(25) {
        let limit_and_start = format!("ulimit -v {kilobytes}; exec \"$0\" not-a-port");
        let output = Command::new("sh")
            .args(["-c", &limit_and_start, executable()])
            .output()
            .expect("sh is there");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!stderr.contains("memory allocation of"), "{stderr}");
        if output.status.code() == Some(1) {
            assert_eq!(stderr, "Fatal error\n");
        }
    }
}
