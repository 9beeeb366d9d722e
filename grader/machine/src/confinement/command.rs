//! Runs a program that does its work and ends, such as a compiler, confined and to its end.

use std::ffi::OsString;
use std::io::{self, PipeReader, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process_group};

use super::Prepared;
use crate::{Exit, descendants, inherited};

/// How much of what it writes is kept, in bytes: the beginning.
const KEPT: usize = 256 * 1024;

/// A program to run.
#[derive(Clone, Debug)]
pub struct Errand {
    /// The executable, by its path.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// All of its environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Where it works.
    pub folder: PathBuf,
    /// How long it may take.
    pub patience: Duration,
}

/// How a program ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How; `None` where it was killed because it took too long.
    pub exit: Option<Exit>,
    /// What it wrote to standard output and error, the first 256 KiB.
    pub output: Vec<u8>,
}

impl Ended {
    /// Whether it says that it did its work.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.exit == Some(Exit::Status(0))
    }
}

impl Errand {
    /// Runs it and returns when it has ended, and with it everything that it started.
    ///
    /// # Errors
    /// It cannot be executed, or the machine lacks something to run it.
    pub fn run(&self, confinement: &Arc<Prepared>) -> io::Result<Ended> {
        let deadline = Instant::now() + self.patience;
        let (output, writer) = io::pipe()?;
        rustix::io::ioctl_fionbio(&output, true)?;
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .process_group(0);
        let confinement = Arc::clone(confinement);
        let mark = descendants::Mark::new();
        // SAFETY: between fork and exec only system calls are made, which are async-signal-safe;
        // nothing is allocated and no lock is taken.
        unsafe {
            command.pre_exec(move || {
                mark.put_on()?;
                inherited::close_others_at_exec()?;
                // If the grader is killed, the program goes with it.
                #[cfg(target_os = "linux")]
                rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
                crate::interruption::unblock()?;
                confinement.enter()
            });
        }
        let child = descendants::start_marked(|| command.spawn())?;
        // From here on, only the program has the writing end.
        drop(command);
        let mut running = Running {
            child,
            mark,
            output,
            kept: Vec::new(),
        };
        let in_time = running.wait(deadline);
        let exit = in_time.and_then(|in_time| Ok((in_time, running.end()?)));
        descendants::wait_if_ending();
        let (in_time, exit) = exit?;
        Ok(Ended {
            exit: in_time.then_some(exit),
            output: std::mem::take(&mut running.kept),
        })
    }
}

/// A program that runs, and is killed with all that it started when it is dropped.
struct Running {
    child: Child,
    mark: descendants::Mark,
    output: PipeReader,
    kept: Vec<u8>,
}

impl Running {
    /// Waits for its end and reads what it writes; says whether it came in time.
    fn wait(&mut self, deadline: Instant) -> io::Result<bool> {
        #[cfg(target_os = "linux")]
        let ended = rustix::process::pidfd_open(
            Pid::from_child(&self.child),
            rustix::process::PidfdFlags::empty(),
        )?;
        let mut open = true;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            let left = Timespec::try_from(left).map_err(io::Error::other)?;
            // The program's end first: where its output is closed, there is nothing else to wait
            // for.
            let mut events = Vec::with_capacity(2);
            #[cfg(target_os = "linux")]
            events.push(PollFd::new(&ended, PollFlags::IN));
            if open {
                events.push(PollFd::new(&self.output, PollFlags::IN));
            }
            match poll(&mut events, Some(&left)) {
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
            let over = cfg!(target_os = "linux") && !events[0].revents().is_empty();
            drop(events);
            open = open && self.read()?;
            if over || (!open && !cfg!(target_os = "linux")) {
                return Ok(true);
            }
        }
    }

    /// Reads what has been written, a turn's worth at most; says whether there can be more.
    fn read(&mut self) -> io::Result<bool> {
        /// How often it is read in a turn: a flood must not outlast the patience.
        const TURN: usize = 64;
        let mut buffer = [0; 16 * 1024];
        for _ in 0..TURN {
            match self.output.read(&mut buffer) {
                Ok(0) => return Ok(false),
                Ok(count) => {
                    let room = KEPT - self.kept.len();
                    self.kept.extend_from_slice(&buffer[..count.min(room)]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Kills what is left of it and says how it ended.
    fn end(&mut self) -> io::Result<Exit> {
        let _empty = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _already_dead = self.child.kill();
        let status = self.child.wait()?;
        descendants::kill_survivors(self.mark);
        // What it wrote last.
        let _end = self.read()?;
        Ok(match (status.code(), status.signal()) {
            (Some(status), _) => Exit::Status(status),
            (None, signal) => Exit::Signal(signal.unwrap_or_default()),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended_already = self.end();
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::confinement::{Confinement, Limits};

    fn shell(script: &str, patience: Duration, limits: Limits) -> Ended {
        let folder = tempfile::tempdir().expect("a folder");
        let confinement = Confinement {
            readable: ["/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache"]
                .map(PathBuf::from)
                .to_vec(),
            writable: vec![folder.path().into(), "/dev/null".into()],
            limits,
            ..Confinement::default()
        };
        let errand = Errand {
            program: "/bin/sh".into(),
            arguments: vec!["-c".into(), script.into()],
            environment: vec![("PATH".into(), "/usr/bin:/bin".into())],
            folder: folder.path().into(),
            patience,
        };
        errand
            .run(&Arc::new(confinement.prepare()))
            .expect("there is a shell")
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
        assert_eq!(ended.output.len(), KEPT);
    }

    #[test]
    fn files_beyond_its_own_are_out_of_reach() {
        let confinement = Confinement::default().prepare();
        if let Some(reason) = confinement.unconfined {
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
        assert!(!std::path::Path::new("/tmp/grader-must-not-write").exists());
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
}
