//! A grader under limits that are too tight: it says so, ends with the status of its own trouble,
//! and holds nothing of it against a server.

use std::fs::{self, Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::invocation::{self, Named, named, status};
use super::servers;

/// Ends the wait for a grader that hangs; no test that passes waits this long.
const GUARD: Duration = Duration::from_secs(300);

/// Users that nobody else is: the kernel counts the processes of each.
const USERS: std::ops::Range<u32> = 4_217_000..4_217_100;

/// What came of a run.
#[derive(Debug)]
struct Ended {
    status: i32,
    /// What it said, the reasons for people and its own last words.
    said: String,
    report: String,
}

impl Ended {
    fn count(&self, outcome: &str) -> usize {
        self.report
            .matches(&format!("\"outcome\": \"{outcome}\""))
            .count()
    }

    /// It came to an end that is meant, and blames no server.
    #[track_caller]
    fn assert_meant(&self) {
        assert!(matches!(self.status, 0 | 3), "{self:?}");
        assert_eq!(self.count("failed"), 0, "{self:?}");
        assert!(!self.said.contains("defect"), "{self:?}");
        assert!(!self.said.contains("panicked"), "{self:?}");
    }

    #[track_caller]
    fn assert_trouble(&self, advice: &str) {
        self.assert_meant();
        assert_eq!(self.status, 3, "{self:?}");
        let words = self.said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(advice), "{self:?}");
    }
}

/// Lets the grader play a few scenarios under a limit, as this user where one is
/// named. What it leaves behind is in the folder that is looked at.
fn run_under((resource, most): (Resource, u64), server: Option<&Path>, user: Option<u32>) -> Ended {
    let folder = tempfile::tempdir().expect("a folder");
    let grader = invocation::installed_for_everybody(folder.path());
    let (report, scratch) = (folder.path().join("report"), folder.path().join("scratch"));
    fs::create_dir(&scratch).expect("the folder can be written");
    set_permissions(&scratch, Permissions::from_mode(0o777)).expect("it is ours");
    let mut command = Command::new(&grader);
    command
        .arg("run")
        .args(server)
        .args(["--only", "relay", "--only", "no-argument", "--jobs", "8"])
        .arg("--report")
        .arg(format!("json={}", report.display()))
        .current_dir(folder.path())
        .env("TMPDIR", &scratch);
    if let Some(user) = user {
        command.uid(user).gid(user);
    }
    let limit = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    // SAFETY: it only makes a system call.
    unsafe { command.pre_exec(move || Ok(setrlimit(resource, limit)?)) };
    let mut command = assert_cmd::Command::from_std(command);
    let output = command.timeout(GUARD).output();
    let output = output.expect("the grader can be called");
    let left: Vec<_> = fs::read_dir(&scratch).expect("it is there").collect();
    assert!(left.is_empty(), "{left:?} are left behind");
    Ended {
        status: status(&output),
        said: invocation::shown(&output),
        report: fs::read_to_string(report).unwrap_or_default(),
    }
}

/// The same under limits of processes, for the reference and for a server in C; nothing where the
/// tests may not become another user, since whoever runs them has other processes.
fn under_few_processes(user: u32, processes: u64, look: impl Fn(&Ended)) {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root can be a user who has no other processes");
        return;
    }
    assert!(USERS.contains(&user));
    let limit = (Resource::Nproc, processes);
    look(&run_under(limit, None, Some(user)));
    let server = reachable();
    look(&run_under(limit, Some(&server.path), Some(user)));
    server.assert_gone();
}

/// A server where every user may execute it.
fn reachable() -> Named {
    let server = invocation::executable(&fs::read(servers::plain()).expect("it was compiled"));
    set_permissions(server.folder(), Permissions::from_mode(0o755)).expect("it is ours");
    server
}

#[test]
fn where_no_process_can_be_started_every_check_is_trouble() {
    under_few_processes(USERS.start, 3, |ended| {
        ended.assert_trouble("raise the limit of processes (ulimit -u)");
    });
}

#[test]
fn where_few_processes_can_be_started_fewer_plays_go_on_at_once() {
    under_few_processes(USERS.start + 1, 16, |ended| {
        ended.assert_meant();
        assert!(ended.count("passed") > 0, "{ended:?}");
        assert_eq!((ended.status, ended.count("error")), (0, 0), "{ended:?}");
    });
}

#[test]
fn whatever_memory_there_is_the_end_is_one_that_is_meant() {
    let server = named(&servers::plain());
    for megabytes in [10, 16, 32, 64] {
        // What the executable occupies by itself counts as addresses, not as data.
        for limit in [(Resource::Data, megabytes), (Resource::As, 90 + megabytes)] {
            let limit = (limit.0, limit.1 << 20);
            run_under(limit, Some(&server.path), None).assert_meant();
            server.assert_gone();
        }
    }
}

#[test]
fn without_memory_it_says_so() {
    run_under((Resource::Data, 10 << 20), None, None).assert_trouble("raise the limit of");
}
