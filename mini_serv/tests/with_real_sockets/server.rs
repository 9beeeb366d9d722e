//! The built server as a child process, and clients that speak to it.
//!
//! No test sleeps. A test waits for bytes that must come; the time-outs here only keep a server that
//! has gone wrong from hanging the tests for ever. Silence is proved by what comes next: had there
//! been anything more, it would stand before it.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddrV4, TcpStream, UdpSocket};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with};
use rustix::process::{Pid, Signal, kill_process};

/// No healthy server takes anywhere near as long for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. Dropping it kills it, and fails the test if it had written anything.
pub(crate) struct Server {
    /// None once it has been waited for.
    process: Option<Child>,
    port: FreePort,
    /// The connection that proved that it listens; the first client gets it.
    first: Option<TcpStream>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_under("true")
    }

    /// Starts the server in a shell that has run `setting`, such as `ulimit -n 16`, before.
    pub(crate) fn start_under(setting: &str) -> Self {
        let script = format!("{setting}; exec \"$0\" \"$1\"");
        for _ in 0..10 {
            let port = free_port();
            let mut process = Command::new("sh")
                .args(["-c", &script, executable(), &port.number.to_string()])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("sh is there");
            if let Some(first) = connect_to_new(&mut process, port.number) {
                return Self {
                    process: Some(process),
                    port,
                    first: Some(first),
                };
            }
            // Somebody else has taken the port since it was found free.
        }
        panic!("the server never came up");
    }

    pub(crate) fn connect(&mut self) -> Client {
        let stream = self.first.take().unwrap_or_else(|| {
            TcpStream::connect((Ipv4Addr::LOCALHOST, self.port.number)).expect("the server listens")
        });
        stream.set_read_timeout(Some(PATIENCE)).expect("not zero");
        stream.set_write_timeout(Some(PATIENCE)).expect("not zero");
        stream.set_nodelay(true).expect("a TCP socket");
        Client { stream }
    }

    /// Connects `N` clients, numbered from 0, each of whom has heard all later ones arrive.
    pub(crate) fn connect_first<const N: usize>(&mut self) -> [Client; N] {
        let mut clients = std::array::from_fn(|_| self.connect());
        for (id, client) in clients.iter_mut().enumerate() {
            for later in id + 1..N {
                client.hears(format!("server: client {later} just arrived\n"));
            }
        }
        clients
    }

    pub(crate) fn port(&self) -> u16 {
        self.port.number
    }

    fn process(&mut self) -> &mut Child {
        self.process.as_mut().expect("it has not been waited for")
    }

    /// Waits until the server sleeps in a system call. One that spins never does.
    pub(crate) fn wait_until_asleep(&mut self) {
        let path = format!("/proc/{}/stat", self.process().id());
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let stat = std::fs::read_to_string(&path).expect("the server runs");
            let (_, after_name) = stat.rsplit_once(") ").expect("name in parentheses");
            if after_name.starts_with('S') {
                return;
            }
            std::thread::yield_now();
        }
        panic!("the server does not sleep although it has nothing to do");
    }

    /// Does something while the server is stopped, so that to the server it all happens at once.
    pub(crate) fn while_frozen(&mut self, happening: impl FnOnce(&mut Self)) {
        let pid = Pid::from_child(self.process());
        kill_process(pid, Signal::STOP).expect("it is our child");
        happening(self);
        kill_process(pid, Signal::CONT).expect("it is our child");
    }

    /// Lowers the server's limit of descriptors to those that it has now.
    #[cfg(target_os = "linux")]
    pub(crate) fn allow_no_more_descriptors(&mut self) {
        use rustix::process::{Resource, Rlimit, prlimit};

        let pid = Pid::from_child(self.process());
        let is_open = |descriptor: &u64| {
            std::fs::symlink_metadata(format!("/proc/{}/fd/{descriptor}", pid.as_raw_pid())).is_ok()
        };
        // The kernel gives the smallest that is free; from the first gap on, it may give none.
        let limit = (0..).find(|descriptor| !is_open(descriptor));
        let limit = Rlimit {
            current: limit,
            maximum: limit,
        };
        prlimit(Some(pid), Resource::Nofile, limit).expect("it is our child");
    }

    /// How much of the server is in memory now, in bytes.
    pub(crate) fn resident_size(&mut self) -> u64 {
        let path = format!("/proc/{}/status", self.process().id());
        let status = std::fs::read_to_string(path).expect("the server runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
        kilobytes
            .expect("a VmRSS line")
            .parse::<u64>()
            .expect("a number")
            * 1024
    }

    /// Waits for the server to end by itself.
    pub(crate) fn wait_for_end(mut self) -> Output {
        let process = self.process.take().expect("it has not been waited for");
        process.wait_with_output().expect("it is our child")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        let ended = process.try_wait().expect("it is our child");
        process.kill().expect("it is our child");
        let output = process.wait_with_output().expect("it is our child");
        if !std::thread::panicking() {
            assert_eq!(ended, None, "the server has ended by itself: {output:?}");
            assert_eq!(String::from_utf8_lossy(&output.stdout), "", "on stdout");
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "on stderr");
        }
    }
}

/// One connection to the server.
pub(crate) struct Client {
    stream: TcpStream,
}

impl Client {
    pub(crate) fn says(&mut self, text: impl AsRef<[u8]>) {
        self.try_to_say(text).expect("the server listens");
    }

    pub(crate) fn try_to_say(&mut self, text: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.stream.write_all(text.as_ref())
    }

    /// Reads as many bytes as `expected` has, up to the first wrong one.
    #[track_caller]
    pub(crate) fn hears(&mut self, expected: impl AsRef<[u8]>) {
        let expected = expected.as_ref();
        let mut buffer = vec![0; expected.len().min(1 << 20)];
        let mut heard = 0;
        while heard < expected.len() {
            let room = buffer.len().min(expected.len() - heard);
            let count = match self.stream.read(&mut buffer[..room]) {
                Ok(0) => panic!("the connection ended{}", Missing(expected, heard)),
                Ok(count) => count,
                Err(error) => panic!("{error}{}", Missing(expected, heard)),
            };
            let came = &buffer[..count];
            if came != &expected[heard..heard + count] {
                let came = String::from_utf8_lossy(came);
                let came: String = came.chars().take(300).collect();
                panic!("heard {came:?}{}", Missing(expected, heard));
            }
            heard += count;
        }
    }

    /// Reads up to and including the next newline.
    pub(crate) fn hears_line(&mut self) -> String {
        let mut line = Vec::new();
        while line.last() != Some(&b'\n') {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).expect("a line");
            line.extend(byte);
        }
        String::from_utf8(line).expect("text")
    }

    /// Nothing more comes, only the end.
    #[track_caller]
    pub(crate) fn hears_the_end(&mut self) {
        let mut rest = Vec::new();
        self.stream
            .read_to_end(&mut rest)
            .expect("an end, no reset");
        assert_eq!(String::from_utf8_lossy(&rest), "");
    }

    pub(crate) fn leaves(self) {}

    /// Leaves with a reset (RST) instead of an end (FIN).
    pub(crate) fn resets(self) {
        let at_once = Some(Duration::ZERO);
        rustix::net::sockopt::set_socket_linger(&self.stream, at_once).expect("a TCP socket");
    }

    pub(crate) fn stops_speaking(&mut self) {
        self.stream.shutdown(Shutdown::Write).expect("connected");
    }
}

/// What should have come after the first `.1` bytes of `.0`, for a failure message.
struct Missing<'a>(&'a [u8], usize);

impl std::fmt::Display for Missing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(expected, heard) = *self;
        let next = String::from_utf8_lossy(&expected[heard..]);
        let next: String = next.chars().take(300).collect();
        write!(
            f,
            " at byte {heard} of {}, instead of {next:?}",
            expected.len()
        )
    }
}

pub(crate) fn executable() -> &'static str {
    env!("CARGO_BIN_EXE_mini_serv")
}

/// A port that nobody uses, until this is dropped.
struct FreePort {
    number: u16,
    /// Whoever else looks for a port in this way, as the grader does, tries this first: the UDP
    /// port of the same number, which no server needs.
    _claim: UdpSocket,
}

/// Finds one outside of the range from which the kernel takes ports for connections (32768 and up,
/// unless somebody has changed it).
fn free_port() -> FreePort {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    const RANGE: u16 = 20_000;
    // Test programs that run at the same time begin at different places.
    let begin = std::process::id().wrapping_mul(97) as u16 % RANGE;
    for _ in 0..RANGE {
        let offset = (begin + NEXT.fetch_add(1, Ordering::Relaxed) % RANGE) % RANGE;
        let number = 12_000 + offset;
        let Ok(claim) = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, number)) else {
            continue;
        };
        // Closed on exec, and never listening: a server that another test starts in this moment
        // keeps a copy until it is executed, and a client must not be connected with that.
        let socket = socket_with(
            AddressFamily::INET,
            SocketType::STREAM,
            SocketFlags::CLOEXEC,
            None,
        )
        .expect("a socket");
        if bind(&socket, &SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, number)).is_ok() {
            return FreePort {
                number,
                _claim: claim,
            };
        }
    }
    panic!("no port is free");
}

/// Connects as soon as the new server listens. None when it has given up.
fn connect_to_new(process: &mut Child, port: u16) -> Option<TcpStream> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
            Ok(stream) => return Some(stream),
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
            Err(error) => panic!("cannot connect: {error}"),
        }
        if process.try_wait().expect("it is our child").is_some() {
            return None;
        }
        std::thread::yield_now();
    }
    None
}
