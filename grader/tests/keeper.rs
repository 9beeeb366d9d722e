//! What stands between the grader and each program that it starts: the program ends with everything
//! that it has started, and with nothing else.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use machine::confinement::{Confinement, Ended, Errand, Limits};
use machine::{Exit, Host};
use tempfile::TempDir;

fn host() -> Host {
    Host::with_keeper(assert_cmd::cargo::cargo_bin!("grader"))
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// What a shell is to do in a folder.
fn script(script: &str, folder: &Path) -> Errand {
    Errand {
        program: "/bin/sh".into(),
        arguments: vec!["-c".into(), script.into()],
        environment: vec![("PATH".into(), "/usr/bin:/bin".into())],
        folder: folder.into(),
        confinement: None,
        patience: LONG,
    }
}

fn run(errand: &Errand) -> Ended {
    errand.run(&host()).expect("there is a shell")
}

fn shell(what: &str, patience: Duration, limits: Limits) -> Ended {
    let folder = folder();
    let confinement = Confinement {
        readable: ["/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache"]
            .map(PathBuf::from)
            .to_vec(),
        writable: vec![folder.path().into(), "/dev/null".into()],
        limits,
        ..Confinement::default()
    };
    run(&Errand {
        confinement: Some(confinement),
        patience,
        ..script(what, folder.path())
    })
}

fn said(ended: &Ended) -> String {
    String::from_utf8_lossy(&ended.output).into_owned()
}

fn is_alive(number: &str) -> bool {
    // The state follows the name in parentheses (proc_pid_stat(5)).
    let stat = fs::read_to_string(format!("/proc/{}/stat", number.trim()));
    let stat = stat.unwrap_or_default();
    let state = stat.rsplit(") ").next();
    state.is_some_and(|state| !state.is_empty() && !state.starts_with('Z'))
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn an_errand_tells_what_it_wrote_and_how_it_ended() {
    let ended = shell("echo out; echo err >&2; exit 3", LONG, Limits::default());
    assert_eq!(ended.exit, Some(Exit::Status(3)));
    assert_eq!(ended.output, b"out\nerr\n");
}

#[test]
fn whoever_takes_too_long_is_ended() {
    let ended = shell(
        "sleep 600 & sleep 600",
        Duration::from_millis(50),
        Limits::default(),
    );
    assert_eq!(ended.exit, None);
}

#[test]
fn whoever_is_left_behind_keeps_nobody_waiting() {
    let ended = shell("sleep 600 & echo done", LONG, Limits::default());
    assert_eq!(ended.output, b"done\n");
    assert!(ended.succeeded());
}

#[test]
fn a_flood_is_cut() {
    let ended = shell(
        "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done",
        LONG,
        Limits {
            processor: Some(1),
            ..Limits::default()
        },
    );
    assert!(
        matches!(ended.exit, Some(Exit::Signal(_))),
        "{:?}",
        ended.exit
    );
    assert_eq!(ended.output.len(), 256 * 1024);
}

#[test]
fn files_beyond_its_own_are_out_of_reach() {
    if let Some(reason) = Confinement::default().unavailable() {
        eprintln!("skipped: {reason}");
        return;
    }
    let ended = shell(
        "cat /etc/passwd; head -c 1 /dev/zero; echo x >/tmp/grader-must-not-write; \
         echo mine >own; cat own",
        LONG,
        Limits::default(),
    );
    let said = String::from_utf8_lossy(&ended.output);
    assert_eq!(said.matches("Permission denied").count(), 3, "{said}");
    assert!(said.ends_with("mine\n"), "{said}");
    assert!(!Path::new("/tmp/grader-must-not-write").exists());
}

#[test]
fn a_file_does_not_grow_beyond_its_limit() {
    let ended = shell(
        "head -c 100000 /bin/sh >own; wc -c <own",
        LONG,
        Limits {
            file: Some(5000),
            ..Limits::default()
        },
    );
    assert!(String::from_utf8_lossy(&ended.output).contains("5000"));
}

/// Each leaves a process behind in another way, and says its number.
const LEAVE: [&str; 5] = [
    "sleep 600 & echo $!",
    "setsid sleep 600 & echo $!",
    "env -i setsid sleep 600 & echo $!",
    "(sleep 600 & echo $!) & wait",
    "setsid sh -c 'trap \"\" HUP INT TERM; echo $$; exec sleep 600' & while ! [ -s out ]; do :; done",
];

#[test]
fn what_a_program_leaves_ends_with_it() {
    for leave in LEAVE {
        let folder = folder();
        let out = folder.path().join("out");
        let ended = run(&script(&format!("exec >out; {leave}"), folder.path()));
        assert!(ended.succeeded(), "{leave}: {ended:?}");
        let number = fs::read_to_string(out).expect("it says which");
        assert!(!is_alive(&number), "{leave}: {number}");
    }
}

#[test]
fn a_chain_of_forks_is_ended() {
    // Each lives until the next has been started.
    let chain = "#!/bin/sh\necho $$ >>numbers\nsetsid ./chain &\n";
    let folder = folder();
    let file = folder.path().join("chain");
    fs::write(&file, chain).expect("there is room");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&file, mode).expect("it is ours");
    let wait = "./chain; while [ $(wc -l <numbers) -lt 20 ]; do :; done";
    let ended = run(&script(wait, folder.path()));
    assert!(ended.succeeded(), "{ended:?}");
    let numbers = || fs::read_to_string(folder.path().join("numbers")).expect("they say");
    let then = numbers();
    assert!(then.lines().all(|number| !is_alive(number)), "{then}");
    assert_eq!(numbers(), then, "none has been started since");
}

#[test]
fn nothing_else_ends() {
    let mut bystander = Command::new("sleep").arg("600").spawn().expect("sleep");
    let other = folder();
    let waits = "sleep 600 & while ! [ -e over ]; do :; done; kill -0 $! && echo lives";
    let waits = script(waits, other.path());
    let lives = thread::scope(|scope| {
        let lives = scope.spawn(|| run(&waits));
        let folder = folder();
        assert!(run(&script("sleep 600 &", folder.path())).succeeded());
        fs::write(other.path().join("over"), "").expect("there is room");
        lives.join().expect("it ends")
    });
    assert_eq!(said(&lives), "lives\n");
    assert!(is_alive(&bystander.id().to_string()));
    bystander.kill().expect("it is ours");
    bystander.wait().expect("it ends");
}

#[test]
fn a_program_that_cannot_be_executed_says_why() {
    let folder = folder();
    let errand = Errand {
        program: "/nowhere/at/all".into(),
        ..script("", folder.path())
    };
    let error = errand.run(&host()).expect_err("nothing is there");
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn a_program_is_as_if_nobody_had_ignored_anything() {
    let folder = folder();
    let ended = run(&script(
        "grep -E 'Sig(Ign|Blk)' /proc/self/status",
        folder.path(),
    ));
    let numbers: Vec<String> = said(&ended)
        .split_whitespace()
        .filter(|word| !word.ends_with(':'))
        .map(str::to_owned)
        .collect();
    assert_eq!(numbers, ["0000000000000000"; 2]);
}

#[test]
fn root_has_no_privileges_in_there() {
    let what = "while read -r name value _; do case $name in CapPrm:|CapEff:) echo $value;; esac; \
                done </proc/self/status";
    let folder = folder();
    let ended = run(&Errand {
        confinement: Some(Confinement {
            reads_everything: true,
            ..Confinement::default()
        }),
        ..script(what, folder.path())
    });
    assert_eq!(said(&ended), "0000000000000000\n0000000000000000\n");
}

#[test]
fn nobody_calls_a_keeper_by_hand() {
    let called = Command::new(assert_cmd::cargo::cargo_bin!("grader"))
        .arg(machine::keeper::ARGUMENT)
        .stdin(Stdio::null())
        .output()
        .expect("it can be called");
    assert_eq!(called.status.code(), Some(2));
    let said = String::from_utf8_lossy(&called.stderr);
    assert!(said.contains("the grader starts this for itself"), "{said}");
}
