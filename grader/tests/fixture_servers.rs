//! Checks the servers that the other tests let the grader judge: a grader is only
//! as right as the servers that it has been tried on.

mod servers;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use machine::ports::{Port, Ports};

/// No passing test waits this long: it ends the wait for a server that hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server, killed when the test is over, however it ends.
struct Running {
    process: Child,
    port: Port,
}

impl Running {
    /// Starts a server on a free port and connects its first client, whose id is 0.
    fn start(server: &Path) -> (Self, Client) {
        // One for all tests of this program, so that it gives no port out twice.
        static PORTS: LazyLock<Ports> = LazyLock::new(Ports::new);
        loop {
            let port = PORTS.free().expect("a free port");
            let process = Command::new(server)
                .arg(port.number().to_string())
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap_or_else(|error| panic!("{}: {error}", server.display()));
            let mut running = Self { process, port };
            // None when somebody else has taken the port in the meantime.
            if let Some(first) = running.first_client() {
                return (running, first);
            }
        }
    }

    /// Knocks until the server opens. It may take its time to do so.
    fn first_client(&mut self) -> Option<Client> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Ok(stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port.number())) {
                return Some(Client::new(stream));
            }
            if let Some(status) = self.process.try_wait().expect("it is our child") {
                assert_eq!(status.code(), Some(1), "the server ended: {status}");
                return None;
            }
            thread::yield_now();
        }
        panic!("the server never listened");
    }

    fn connect(&self) -> Client {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port.number()));
        Client::new(stream.expect("the server accepts"))
    }

    /// Kills the server and returns what it wrote to stdout and stderr.
    fn output(mut self) -> String {
        self.process.kill().expect("it is our child");
        let mut text = String::new();
        let (stdout, stderr) = (self.process.stdout.take(), self.process.stderr.take());
        let read = (stdout.expect("a pipe").read_to_string(&mut text))
            .and(stderr.expect("a pipe").read_to_string(&mut text));
        read.expect("the server writes text");
        text
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has been killed and awaited before.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Client(TcpStream);

impl Client {
    fn new(stream: TcpStream) -> Self {
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("it is not zero");
        Self(stream)
    }

    fn says(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).expect("the server reads");
    }

    /// Reads as many bytes as the text has. What comes too much is found by the next
    /// call, so every client is asked once more at the end of its test.
    #[track_caller]
    fn hears(&mut self, text: &str) {
        let mut received = vec![0; text.len()];
        let mut count = 0;
        while count < text.len() {
            match self.0.read(&mut received[count..]) {
                Ok(0) => panic!("hung up after {:?}", shortened(&received[..count])),
                Ok(more) => count += more,
                // A read with a time-out is not begun anew when the process goes on (signal(7)).
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => panic!("{error} after {:?}", shortened(&received[..count])),
            }
            assert!(
                text.as_bytes().starts_with(&received[..count]),
                "received {:?} instead of {:?}",
                shortened(&received[..count]),
                shortened(text.as_bytes())
            );
        }
    }
}

fn shortened(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned()
}

/// Three clients who know of each other.
fn three_clients(server: &Path) -> (Running, Client, Client, Client) {
    let (running, mut alice) = Running::start(server);
    let mut bob = running.connect();
    alice.hears("server: client 1 just arrived\n");
    let carol = running.connect();
    alice.hears("server: client 2 just arrived\n");
    bob.hears("server: client 2 just arrived\n");
    (running, alice, bob, carol)
}

/// The correct servers that are programs of their own, all of which must do what follows; and
/// whether they are slow.
fn correct_servers() -> Vec<(PathBuf, bool)> {
    let mut servers = vec![(servers::plain(), false)];
    for stranger in servers::all_strangers() {
        match stranger.path {
            // It tells of a port that is taken as all do, but may not take a megabyte.
            _ if !stranger.of_its_own || stranger.name == "static_buffers" => {}
            Ok(path) => servers.push((path, stranger.slow)),
            Err(why) => eprintln!("skipped: {why}"),
        }
    }
    servers
}

#[test]
fn start_up_errors_have_their_texts() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let port = taken.local_addr().expect("it is bound").port().to_string();
    for (server, _) in correct_servers() {
        for (arguments, words) in [
            (vec![], "Wrong number of arguments\n"),
            (vec![&port], "Fatal error\n"),
        ] {
            let output = Command::new(&server)
                .args(arguments)
                .output()
                .unwrap_or_else(|error| panic!("{}: {error}", server.display()));
            assert_eq!(output.status.code(), Some(1), "{}", server.display());
            assert_eq!(String::from_utf8_lossy(&output.stderr), words);
            assert_eq!(output.stdout, b"");
        }
    }
}

#[test]
fn correct_servers_announce_and_relay() {
    for (server, _) in correct_servers() {
        let (running, mut alice, mut bob, mut carol) = three_clients(&server);
        bob.says("one\n\nthree %s\n");
        for listener in [&mut alice, &mut carol] {
            listener.hears("client 1: one\nclient 1: \nclient 1: three %s\n");
        }
        drop(bob);
        for listener in [&mut alice, &mut carol] {
            listener.hears("server: client 1 just left\n");
        }
        let mut dave = running.connect();
        for listener in [&mut alice, &mut carol] {
            listener.hears("server: client 3 just arrived\n");
        }
        dave.says("new here\n");
        for listener in [&mut alice, &mut carol] {
            listener.hears("client 3: new here\n");
        }
        alice.says("good bye\n");
        for listener in [&mut carol, &mut dave] {
            listener.hears("client 0: good bye\n");
        }
        assert_eq!(running.output(), "", "{}", server.display());
    }
}

#[test]
fn correct_servers_take_a_line_of_a_megabyte() {
    let line = "0123456789".repeat(100_000);
    for (server, _) in correct_servers() {
        let (_running, mut alice, mut bob, mut carol) = three_clients(&server);
        thread::scope(|scope| {
            // A server that relays at once sends before all of it has been said.
            scope.spawn(|| bob.says(&format!("{line}\n")));
            alice.hears(&format!("client 1: {line}\n"));
            carol.hears(&format!("client 1: {line}\n"));
        });
        bob.says("and a short one\n");
        alice.hears("client 1: and a short one\n");
        carol.hears("client 1: and a short one\n");
    }
}

#[test]
fn correct_servers_take_ten_thousand_lines_at_once() {
    let lines: Vec<String> = (0..10_000).map(|number| format!("{number}\n")).collect();
    let relayed = format!("client 1: {}", lines.join("client 1: "));
    for (server, _) in correct_servers() {
        let (_running, mut alice, mut bob, mut carol) = three_clients(&server);
        thread::scope(|scope| {
            scope.spawn(|| bob.says(&lines.concat()));
            // Both read all the time: a plain server drops lines for who doesn't.
            scope.spawn(|| carol.hears(&relayed));
            alice.hears(&relayed);
        });
        carol.says("enough\n");
        alice.hears("client 2: enough\n");
        bob.hears("client 2: enough\n");
    }
}

#[test]
fn a_lazy_client_of_a_correct_server_harms_nobody_and_stays() {
    let line = format!("{}\n", "z".repeat(20_000));
    for (server, slow) in correct_servers() {
        // Too slow for megabytes: each byte costs it a select and a recv.
        let rounds = if slow { 10 } else { 500 };
        let (_running, mut alice, mut bob, mut lazy) = three_clients(&server);
        for _ in 0..rounds {
            bob.says(&line);
            alice.hears(&format!("client 1: {line}"));
        }
        lazy.says("still here\n");
        alice.hears("client 2: still here\n");
        bob.hears("client 2: still here\n");
        // What it finds are whole lines, if perhaps not all of them.
        lazy.hears(&format!("client 1: {line}"));
        // It leaves with much unread, so that its connection is reset.
        drop(lazy);
        alice.hears("server: client 2 just left\n");
        bob.hears("server: client 2 just left\n");
    }
}

#[test]
fn every_saboteur_is_well_formed_and_compiles() {
    let saboteurs = servers::all_saboteurs();
    assert!(!saboteurs.is_empty());
    for saboteur in saboteurs {
        let name = &saboteur.name;
        assert!(
            saboteur.path.is_file() && saboteur.source.is_file(),
            "{name}"
        );
        assert!(!saboteur.title.is_empty(), "{name} has no title");
        assert!(!saboteur.title.ends_with('.'), "{name}: a title has no dot");
        let mut broken = vec![&saboteur.breaks];
        broken.extend(&saboteur.may_also_break);
        for (index, rule) in broken.iter().enumerate() {
            assert!(
                grader::rules::find(rule).is_ok(),
                "{name}: no rule {rule:?}"
            );
            assert!(!broken[..index].contains(rule), "{name}: {rule} twice");
        }
    }
}

#[test]
fn every_saboteur_differs_from_all_others() {
    let mut sources = vec![servers::plain().with_extension("c")];
    sources.extend(servers::all_saboteurs().into_iter().map(|each| each.source));
    let texts: Vec<String> = sources
        .iter()
        .map(|file| std::fs::read_to_string(file).expect("it was written just now"))
        .collect();
    for (index, text) in texts.iter().enumerate() {
        let same = texts[..index].iter().position(|other| other == text);
        assert_eq!(same, None, "{:?} has the same text", sources[index]);
    }
}

#[test]
fn every_hostile_server_and_stranger_compiles() {
    for name in servers::names("hostile") {
        assert!(servers::hostile(&name).is_file(), "{name}");
    }
    for stranger in servers::all_strangers() {
        match stranger.path {
            Ok(path) => assert!(path.is_file(), "{}", stranger.name),
            Err(why) => eprintln!("skipped: {why}"),
        }
    }
}
