//! How the server starts, or refuses to.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::os::unix::ffi::OsStrExt;

use crate::server::{Server, executable};
use assert_cmd::Command;
use predicates::str::is_empty;

/// With these arguments the server writes exactly `text` on stderr and exits with 1.
#[track_caller]
fn fails<A: AsRef<OsStr>>(arguments: &[A], text: &'static str) {
    Command::new(executable())
        .args(arguments)
        .assert()
        .code(1)
        .stdout(is_empty())
        .stderr(text);
}

#[test]
fn without_a_port() {
    fails::<&str>(&[], "Wrong number of arguments\n");
}

#[test]
fn with_something_that_is_not_a_port() {
    for port in [
        "0",
        "-1",
        "65536",
        "70000",
        "abc",
        "",
        " 42",
        "42 ",
        "+42",
        "4 2",
        "%s%n",
        "--help",
        "99999999999999999999",
    ] {
        fails(&[port], "Fatal error\n");
    }
    fails(&[OsStr::from_bytes(b"42\xff42")], "Fatal error\n");
}

#[test]
fn with_a_port_in_use() {
    let in_use = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = in_use.local_addr().expect("it is bound").port();
    fails(&[port.to_string()], "Fatal error\n");
}

#[test]
fn with_a_full_or_closed_stderr() {
    for redirection in ["2>&-", "2>/dev/full"] {
        Command::new("sh")
            .args(["-c", &format!("\"$0\" {redirection}"), executable()])
            .assert()
            .code(1)
            .stdout(is_empty());
    }
}

#[test]
fn more_arguments_are_ignored() {
    let mut server = Server::start_under("set -- \"$1\" \"$1 extra\"; exec \"$0\" \"$1\" 1 two ''");
    server.connect_first::<2>();
}

#[test]
fn it_listens_to_loopback_only() {
    let server = Server::start();
    // All of 127.0.0.0/8 is this machine, but only 127.0.0.1 was asked for.
    let refusal = TcpStream::connect(("127.0.0.2", server.port())).expect_err("nobody is there");
    assert_eq!(refusal.kind(), ErrorKind::ConnectionRefused);
}

/// A connection must not become descriptor 2, where a last "Fatal error" would go to a client.
#[test]
fn closed_standard_descriptors_do_no_harm() {
    let mut server = Server::start_under("exec <&- >&- 2>&-");
    let [mut alice, mut bob] = server.connect_first();
    alice.says("hello\n");
    bob.hears("client 0: hello\n");
    bob.leaves();
    alice.hears("server: client 1 just left\n");
}
