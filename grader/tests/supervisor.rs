//! What a server finds that the grader supervises, and what becomes of it.
#![cfg(target_os = "linux")]

mod servers;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use grader::conduct::{self, Conduct, Need, Offence, Session};
use grader::scenario::Watch;
use machine::ports::Ports;
use machine::supervisor::{self, LookAway, Socket};
use machine::{Captured, ClientId, Descriptors, Happening, Host, Program, Supervision};

/// No passing test waits this long: it ends the wait for a server that hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that makes one call after the other.
const WITHOUT_END: &str = "calls_without_end";

const ALL: [Descriptors; 3] = [
    Descriptors::Exam,
    Descriptors::Blocking,
    Descriptors::Nonblocking,
];

/// What the program says of such descriptors.
const fn words(descriptors: Descriptors) -> &'static str {
    match descriptors {
        Descriptors::Exam => "recv waits, send returns",
        Descriptors::Blocking => "recv waits, send waits",
        Descriptors::Nonblocking => "recv returns, send returns",
    }
}

fn of(descriptors: Descriptors) -> Supervision {
    Supervision {
        descriptors,
        ..Supervision::default()
    }
}

fn host() -> Host {
    Host::with_keeper(assert_cmd::cargo::cargo_bin!("grader"))
}

/// The kinds of descriptors that this machine can give.
fn possible() -> impl Iterator<Item = Descriptors> {
    programs();
    ALL.into_iter().filter(|descriptors| {
        match supervisor::probe(&host(), &of(*descriptors), LookAway) {
            Ok(()) => true,
            Err(error) => {
                eprintln!("skipped: {descriptors:?} descriptors cannot be had here: {error}");
                false
            }
        }
    })
}

/// Starts a program that accepts in this way.
fn start(path: PathBuf, how: &str, descriptors: Descriptors) -> Session {
    let port = Ports::new().free().expect("a port is free");
    let program = Program {
        path,
        ..Program::default()
    };
    let arguments = [&port.number().to_string(), how];
    let arguments = arguments.map(str::to_owned);
    let given = if how.is_empty() { 1 } else { 2 };
    let supervision = of(descriptors);
    let nothing = Conduct::default();
    let session = Session::start(
        &host(),
        &program,
        &arguments[..given],
        port.number(),
        &supervision,
        nothing,
    );
    // It stays taken until the tests have ended.
    std::mem::forget(port);
    session.expect("the program starts")
}

fn dynamic(how: &str, descriptors: Descriptors) -> Session {
    start(programs()[0].clone(), how, descriptors)
}

/// The program, dynamically and statically linked. Both are compiled before any session is
/// started: where one ends, it takes the compiler for a process that a server has left behind.
fn programs() -> &'static [PathBuf; 2] {
    static PROGRAMS: OnceLock<[PathBuf; 2]> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let _before_any_session = servers::supervised(WITHOUT_END, false);
        [false, true].map(|statically| servers::supervised("tells_descriptors_apart", statically))
    })
}

/// Lets the session go on until something is so.
#[track_caller]
fn until(session: &mut Session, mut is_so: impl FnMut(&mut Session) -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so(session) {
        assert!(Instant::now() < deadline, "{}", written(session.stdout()));
        // Nobody tells when a server begins to listen, so it is looked at again soon.
        session
            .pump(Duration::from_millis(1), |_: Happening<'_>| {
                Ok::<(), io::Error>(())
            })
            .expect("the machine works");
    }
}

fn written(output: &Captured) -> String {
    String::from_utf8_lossy(output.head()).into_owned()
}

/// Connects a client that never reads and says its port.
fn connect(session: &mut Session, who: usize) -> u16 {
    let who = ClientId(who);
    // It may not listen yet; a connection that was refused is gone and must be tried anew.
    let mut under_way = false;
    until(session, |session| {
        if !under_way {
            under_way = session.connect(who, true).is_ok();
            return false;
        }
        session.is_connected(who).unwrap_or_else(|_| {
            under_way = false;
            false
        })
    });
    session.stop_reading(who);
    session.port_of(who).expect("it is connected")
}

#[track_caller]
fn must_say(session: &mut Session, text: &str) {
    until(session, |session| {
        let said = written(session.stdout());
        said.lines().count() >= text.lines().count() || session.exit().is_some()
    });
    assert_eq!(written(session.stdout()), text);
}

#[test]
fn a_server_tells_the_descriptors_apart_however_it_is_linked_and_accepts() {
    for descriptors in possible() {
        for path in programs() {
            let mut session = start(path.clone(), "", descriptors);
            let port = connect(&mut session, 0);
            let words = words(descriptors);
            must_say(&mut session, &format!("from {port}: {words}\n"));
        }
        for how in ["forks", "executes", "full"] {
            let mut session = dynamic(how, descriptors);
            let port = connect(&mut session, 0);
            let words = words(descriptors);
            must_say(&mut session, &format!("from {port}: {words}\n"));
        }
    }
}

/// How many of the server's sockets refuse what could only wait (proc_pid_fdinfo(5)).
fn refusing(session: &Session) -> usize {
    const NONBLOCK: u32 = 0o4000;
    let process = format!("/proc/{}", session.process_id());
    let descriptors = fs::read_dir(format!("{process}/fd")).expect("it runs");
    let refuses = |descriptor: &fs::DirEntry| {
        let is_socket = fs::read_link(descriptor.path())
            .is_ok_and(|link| link.to_string_lossy().starts_with("socket:"));
        let name = descriptor.file_name();
        let info = format!("{process}/fdinfo/{}", name.to_string_lossy());
        let info = fs::read_to_string(info).unwrap_or_default();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
        let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
        is_socket && flags.is_some_and(|flags| flags & NONBLOCK != 0)
    };
    descriptors.flatten().filter(refuses).count()
}

#[test]
fn what_has_no_room_is_refused_at_once_where_that_is_asked_for() {
    if !possible().any(|descriptors| descriptors == Descriptors::Exam) {
        return;
    }
    let mut session = start(servers::plain(), "", Descriptors::Exam);
    connect(&mut session, 0);
    until(&mut session, |session| {
        let side = session
            .port_of(ClientId(0))
            .and_then(|port| session.server_side(port));
        side.is_ok_and(|side| side.is_some_and(|side| side.accepted))
    });
    assert_eq!(refusing(&session), 0);
    session.refuse_at_once(ClientId(0), true);
    assert_eq!(refusing(&session), 1);
    session.refuse_at_once(ClientId(0), false);
    assert_eq!(refusing(&session), 0);
}

#[test]
fn calls_fail_as_the_kernel_would_let_them_fail() {
    for descriptors in possible() {
        let mut session = dynamic("never-waits", descriptors);
        must_say(&mut session, "ready\n");
        let port = connect(&mut session, 0);
        let words = words(descriptors);
        must_say(&mut session, &format!("ready\nfrom {port}: {words}\n"));
    }
}

#[test]
fn two_threads_that_wait_in_accept_get_one_connection_each() {
    for descriptors in possible() {
        let mut session = dynamic("two-threads", descriptors);
        let mut ports = [connect(&mut session, 0), connect(&mut session, 1)];
        until(&mut session, |session| {
            written(session.stdout()).lines().count() == 2
        });
        let said = written(session.stdout());
        let mut said: Vec<&str> = said.lines().collect();
        said.sort_unstable();
        ports.sort_by_key(u16::to_string);
        assert_eq!(said, ports.map(|port| format!("from {port}")));
    }
}

/// The system call that a process is in (proc_pid_syscall(5)).
fn is_in_accept(process: u32) -> bool {
    let call = fs::read_to_string(format!("/proc/{process}/syscall")).unwrap_or_default();
    let number = call
        .split(' ')
        .next()
        .and_then(|number| number.parse().ok());
    number.is_some_and(|number: i64| number == libc::SYS_accept || number == libc::SYS_accept4)
}

#[test]
fn a_server_that_is_stopped_in_accept_takes_nothing_until_it_goes_on() {
    for descriptors in possible() {
        let mut session = dynamic("", descriptors);
        until(&mut session, |session| is_in_accept(session.process_id()));
        session.freeze();
        until(&mut session, |session| {
            session.is_frozen().expect("the kernel tells")
        });
        let port = connect(&mut session, 0);
        let waiting = |session: &Session| {
            let backlog = session.backlog().expect("sock_diag").expect("it listens");
            backlog.waiting
        };
        // The last step of the handshake may still be on its way.
        until(&mut session, |session| waiting(session) == 1);
        for _ in 0..10 {
            assert_eq!(waiting(&session), 1, "{descriptors:?}");
            session
                .pump(Duration::ZERO, |_| Ok::<(), io::Error>(()))
                .expect("the machine works");
        }
        session.thaw();
        let words = words(descriptors);
        must_say(&mut session, &format!("from {port}: {words}\n"));
    }
}

#[test]
fn a_server_that_is_killed_in_accept_hangs_nothing_and_listens_no_more() {
    for descriptors in possible() {
        for how in ["", "forks", "two-threads"] {
            let mut session = dynamic(how, descriptors);
            if how.is_empty() {
                until(&mut session, |session| is_in_accept(session.process_id()));
            } else {
                until(&mut session, |session| {
                    session.backlog().expect("sock_diag").is_some()
                });
            }
            let _output = session.end();
        }
        let mut session = dynamic("", descriptors);
        until(&mut session, |session| is_in_accept(session.process_id()));
        let process = i32::try_from(session.process_id()).expect("a process id");
        let process = rustix::process::Pid::from_raw(process).expect("a process id");
        rustix::process::kill_process(process, rustix::process::Signal::KILL).expect("it runs");
        until(&mut session, |session| session.exit().is_some());
        until(&mut session, |session| {
            session.backlog().expect("sock_diag").is_none()
        });
    }
}

fn watching(watch: Watch) -> Conduct {
    Conduct::new([watch].into(), None, BTreeSet::new())
}

/// Starts the program while its calls are watched.
fn watched(how: &str, watch: Watch) -> Session {
    let port = Ports::new().free().expect("a port is free");
    let program = Program {
        path: programs()[0].clone(),
        ..Program::default()
    };
    let arguments = [port.number().to_string(), how.to_owned()];
    let supervision = Supervision::default();
    let watching = watching(watch);
    let session = Session::start(
        &host(),
        &program,
        &arguments,
        port.number(),
        &supervision,
        watching,
    );
    std::mem::forget(port);
    session.expect("the program starts")
}

fn can_watch() -> bool {
    programs();
    conduct::probe(&host(), &Supervision::default(), Need::Sockets)
        .inspect_err(|error| eprintln!("skipped: calls cannot be watched here: {error}"))
        .is_ok()
}

#[test]
fn calls_are_seen_whoever_makes_them() {
    if !can_watch() {
        return;
    }
    for how in ["", "forks", "executes", "two-threads"] {
        let mut session = watched(how, Watch::SelectFirst);
        connect(&mut session, 0);
        let mut found = None;
        until(&mut session, |session| {
            found = found.take().or_else(|| conduct::misconduct(session));
            found.is_some()
        });
        let offence = found.map(|misconduct| misconduct.offence);
        assert!(
            matches!(
                offence,
                Some(Offence::NotAsked {
                    call: "accept",
                    socket: Socket::Listener,
                    ..
                })
            ),
            "{how}: {offence:?}"
        );
    }
}

#[test]
fn what_no_allowed_function_makes_is_seen_after_the_start_up() {
    if !can_watch() {
        return;
    }
    for how in ["", "forks", "executes", "two-threads"] {
        let mut session = watched(how, Watch::AllowedFunctions);
        let mut found = None;
        until(&mut session, |session| {
            found = found.take().or_else(|| conduct::misconduct(session));
            found.is_some() || session.backlog().expect("sock_diag").is_some()
        });
        if found.is_none() {
            connect(&mut session, 0);
            until(&mut session, |session| {
                found = found.take().or_else(|| conduct::misconduct(session));
                found.is_some()
            });
        }
        let offence = found.map(|misconduct| misconduct.offence);
        assert!(
            matches!(offence, Some(Offence::NotAllowed { .. })),
            "{how}: {offence:?}"
        );
    }
}

#[test]
fn a_server_that_is_killed_in_a_watched_call_hangs_nothing() {
    if !can_watch() {
        return;
    }
    for watch in [Watch::SelectFirst, Watch::AllowedFunctions] {
        for how in ["", "forks", "two-threads", "executes"] {
            let mut session = watched(how, watch);
            until(&mut session, |session| {
                session.backlog().expect("sock_diag").is_some()
            });
            // Nobody serves its calls any more when it is killed.
            let _output = session.end();
        }
    }
}

#[test]
fn calls_without_end_do_not_keep_anybody_from_looking_at_the_clock() {
    if !can_watch() {
        return;
    }
    let program = Program {
        path: servers::supervised(WITHOUT_END, false),
        ..Program::default()
    };
    let supervision = Supervision::default();
    let watching = watching(Watch::SelectFirst);
    let mut session =
        Session::start(&host(), &program, &[], 0, &supervision, watching).expect("it starts");
    for _ in 0..100 {
        let turn = Duration::from_millis(1);
        let pumped = session.pump(turn, |_: Happening<'_>| Ok::<(), io::Error>(()));
        pumped.expect("the machine works");
    }
}
