//! What is said of a server does not depend on what else the machine does.
#![cfg(target_os = "linux")]

#[path = "grader_command/invocation.rs"]
mod invocation;
mod servers;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use invocation::text;

/// Ten ways to write a server: with queues and without, by the byte and by the megabyte, one that
/// waits in recv and one that never waits at all, in C and in another language.
const STYLES: [&str; 10] = [
    "add_newline",
    "drops_lines_for_the_lazy",
    "hundred_bytes",
    "never_rests",
    "one_event_per_select",
    "queues_everything",
    "relay_at_once",
    "static_buffers",
    "waits_for_the_newline",
    "wakes_up_every_second",
];

/// How many processes want a processor all the time.
const SPINNING: usize = 16;

/// Processes that do nothing, as fast as they can.
struct Spinning(Vec<Child>);

impl Spinning {
    fn begin() -> Self {
        let spin = |_| {
            Command::new("sh")
                .args(["-c", "while :; do :; done"])
                .stdin(Stdio::null())
                .spawn()
                .expect("there is a shell")
        };
        Self((0..SPINNING).map(spin).collect())
    }
}

impl Drop for Spinning {
    fn drop(&mut self) {
        for process in &mut self.0 {
            process.kill().expect("it is our child");
            process.wait().expect("it is our child");
        }
    }
}

/// How each check of a server ended.
fn verdicts(server: &Path) -> BTreeMap<String, String> {
    let played = invocation::play(Some(server), &["--require", "robust"]);
    let checks = played.checks().iter();
    checks
        .map(|check| {
            let ended = format!("{} ({})", text(&check["outcome"]), check["rule"]);
            (text(&check["scenario"]).to_owned(), ended)
        })
        .collect()
}

#[test]
#[ignore = "it takes minutes: scripts/busy.sh"]
fn a_server_is_judged_as_ever_beside_sixteen_processes_that_spin() {
    let mut different = Vec::new();
    for name in STYLES {
        let server = servers::stranger(name).path;
        let server = match server {
            Ok(server) => server,
            Err(why) => {
                eprintln!("skipped: {why}");
                continue;
            }
        };
        let alone = verdicts(&server);
        let spinning = Spinning::begin();
        let among_others = verdicts(&server);
        drop(spinning);
        eprintln!("{name}: {} checks, played twice", alone.len());
        for (scenario, ended) in &alone {
            let other = &among_others[scenario];
            if other != ended {
                different.push(format!("{name}: {scenario}: {ended}, then {other}"));
            }
        }
    }
    assert!(different.is_empty(), "{different:#?}");
}
