//! As many clients as there are descriptors, and more.

use std::collections::BTreeSet;
use std::io::Write;

use crate::server::{Client, Server};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Allows this process, and the servers it starts, `count` descriptors, if it may.
fn raise_descriptor_limit(count: u64) -> bool {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= count) {
        return true;
    }
    maximum.is_none_or(|maximum| maximum >= count)
        && setrlimit(
            Resource::Nofile,
            Rlimit {
                current: Some(count),
                maximum,
            },
        )
        .is_ok()
}

#[test]
fn fifteen_hundred_clients_hear_every_line() {
    const COUNT: usize = 1500;
    if !raise_descriptor_limit(COUNT as u64 + 100) {
        // Not eprintln, which the test harness would swallow.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED fifteen_hundred_clients_hear_every_line: the hard limit of descriptors is \
             below {}",
            COUNT + 100
        );
        return;
    }
    let mut server = Server::start();
    let mut clients: Vec<Client> = (0..COUNT).map(|_| server.connect()).collect();
    // The witness comes last and says nothing, so it hears every line and only lines.
    let mut witness = server.connect();

    let arrivals: Vec<String> = (0..=COUNT)
        .map(|id| format!("server: client {id} just arrived\n"))
        .collect();
    for (id, client) in clients.iter_mut().enumerate() {
        client.hears(arrivals[id + 1..].concat());
    }

    for (id, client) in clients.iter_mut().enumerate() {
        client.says(line_of(id));
    }
    let lines: Vec<String> = (0..COUNT).map(|_| witness.hears_line()).collect();
    let said: BTreeSet<String> = (0..COUNT)
        .map(|id| format!("client {id}: {}", line_of(id)))
        .collect();
    assert_eq!(lines.iter().cloned().collect::<BTreeSet<_>>(), said);

    // Everybody else heard the same, in the same order, but for what they said themselves.
    let everything = lines.concat();
    for (id, client) in clients.iter_mut().enumerate() {
        let own = format!("client {id}: {}", line_of(id));
        client.hears(everything.replacen(&own, "", 1));
    }
    witness.says("I have heard you all\n");
    for client in &mut clients {
        client.hears(format!("client {COUNT}: I have heard you all\n"));
    }
}

/// What a shell allows by default is no limit for a crowd: the server takes what it may have.
#[test]
fn the_usual_limit_of_descriptors_is_raised() {
    const COUNT: usize = 40;
    let mut server = Server::start_under("ulimit -Sn 20");
    let mut clients: Vec<Client> = (0..COUNT).map(|_| server.connect()).collect();
    clients[COUNT - 1].says("all of us are in\n");
    let arrivals: Vec<String> = (1..COUNT)
        .map(|id| format!("server: client {id} just arrived\n"))
        .collect();
    clients[0].hears(arrivals.concat());
    clients[0].hears(format!("client {}: all of us are in\n", COUNT - 1));
}

fn line_of(id: usize) -> String {
    format!("this is what client {id} has to say\n")
}

#[test]
#[cfg(target_os = "linux")] // Elsewhere nobody can change the limits of a running process.
fn at_the_descriptor_limit_newcomers_wait_and_nobody_is_dropped() {
    const COUNT: usize = 20;
    const INSIDE: usize = 12;
    let mut server = Server::start();
    let mut clients = Vec::from(server.connect_first::<INSIDE>());
    server.allow_no_more_descriptors();
    clients.extend((INSIDE..COUNT).map(|_| server.connect()));
    clients[COUNT - 1].says("I was waiting\n");

    // Although somebody is at the door, the server sleeps, and serves those who are inside.
    server.wait_until_asleep();
    clients[1].says("it is full\n");
    clients[0].hears("client 1: it is full\n");
    server.wait_until_asleep();

    // For each who leaves, one is let in, until nobody waits any more.
    for newcomer in INSIDE..COUNT {
        clients.remove(1).leaves();
        let leaver = newcomer - INSIDE + 1;
        clients[0].hears(format!(
            "server: client {leaver} just left\nserver: client {newcomer} just arrived\n"
        ));
        server.wait_until_asleep();
    }
    clients[0].hears(format!("client {}: I was waiting\n", COUNT - 1));
}
