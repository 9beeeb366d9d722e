//! What a server has of the machine, as far as the kernel tells (proc(5)).

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// What a process is doing at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Whether it sleeps until something happens.
    pub asleep: bool,
    /// How long it has run on a processor since it started.
    pub cpu: Duration,
}

/// How long somebody has run, and has had to wait for a processor, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turns {
    /// The time of the server, and of all that it started, on a processor.
    pub ran: Duration,
    /// Their time in the queue for one.
    pub starved: Duration,
    /// The time on a processor of the grader's thread that plays against it.
    pub grader_ran: Duration,
    /// Its time in the queue for one.
    pub grader_starved: Duration,
}

impl Turns {
    /// What has come on top of what had been until `before`.
    #[must_use]
    pub const fn since(self, before: Self) -> Self {
        Self {
            ran: self.ran.saturating_sub(before.ran),
            starved: self.starved.saturating_sub(before.starved),
            grader_ran: self.grader_ran.saturating_sub(before.grader_ran),
            grader_starved: self.grader_starved.saturating_sub(before.grader_starved),
        }
    }
}

#[cfg(target_os = "linux")]
pub(super) use linux::{
    activity, cpu, data_size, has_listener, listening_addresses, open_descriptors, own_turns,
    resident_memory, turns_below,
};

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashSet;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    use procfs::ProcError;
    use procfs::process::{FDTarget, ProcState, Process};

    use rustix::process::Pid;

    use super::{Activity, Duration, SocketAddr, io};
    use crate::family;

    /// The listening sockets of a table: their addresses and their inodes.
    type Listening = Box<dyn Iterator<Item = (SocketAddr, u64)>>;

    fn process(id: u32) -> io::Result<Process> {
        let id = i32::try_from(id).map_err(io::Error::other)?;
        Process::new(id).map_err(in_words)
    }

    fn in_words(error: ProcError) -> io::Error {
        match error {
            ProcError::Io(error, _) => error,
            other => io::Error::other(other),
        }
    }

    /// How many descriptors a process has open.
    ///
    /// # Errors
    /// The kernel does not tell, or the process has ended.
    pub(crate) fn open_descriptors(id: u32) -> io::Result<usize> {
        process(id)?.fd_count().map_err(in_words)
    }

    /// How much memory a process has for its data, in bytes: what brk and mmap have given it, used
    /// or not (proc_pid_status(5), `VmData`).
    ///
    /// # Errors
    /// The kernel does not tell, or the process has ended.
    pub(crate) fn data_size(id: u32) -> io::Result<u64> {
        let status = process(id)?.status().map_err(in_words)?;
        let kilobytes = status.vmdata.ok_or(io::ErrorKind::Unsupported)?;
        Ok(kilobytes * 1024)
    }

    /// What a process is doing.
    ///
    /// # Errors
    /// The kernel does not tell, or the process has ended.
    pub(crate) fn activity(id: u32) -> io::Result<Activity> {
        let process = process(id)?;
        let state = process.stat().and_then(|stat| stat.state());
        let ran = process.schedstat().map_err(in_words)?.sum_exec_runtime;
        Ok(Activity {
            asleep: state.map_err(in_words)? == ProcState::Sleeping,
            cpu: Duration::from_nanos(ran),
        })
    }

    /// How long all threads of a process have run on a processor since it started.
    ///
    /// # Errors
    /// The kernel does not tell, or the process has ended.
    pub(crate) fn cpu(id: u32) -> io::Result<Duration> {
        let mut all = Duration::ZERO;
        for thread in process(id)?.tasks().map_err(in_words)? {
            // A thread that has ended in the meantime is not counted.
            if let Ok(turns) = thread.and_then(|thread| thread.schedstat()) {
                all += Duration::from_nanos(turns.sum_exec_runtime);
            }
        }
        Ok(all)
    }

    /// How much memory of its own a process uses, in bytes (proc_pid_status(5), `RssAnon`).
    ///
    /// # Errors
    /// The kernel does not tell, or the process has ended.
    pub(crate) fn resident_memory(id: u32) -> io::Result<u64> {
        let status = process(id)?.status().map_err(in_words)?;
        let kilobytes = status.rssanon.ok_or(io::ErrorKind::Unsupported)?;
        Ok(kilobytes * 1024)
    }

    /// How long all processes below one have run on a processor, and how long they were ready to
    /// and had to wait for one, as far as they are still there and the kernel tells
    /// (Documentation/scheduler/sched-stats.rst).
    pub(crate) fn turns_below(keeper: Pid) -> (Duration, Duration) {
        let mut ran = Duration::ZERO;
        let mut starved = Duration::ZERO;
        for process in family::below(keeper) {
            let id = process.as_raw_pid();
            // Whatever has ended in the meantime is not counted.
            let threads = std::fs::read_dir(format!("/proc/{id}/task"));
            for thread in threads.into_iter().flatten().flatten() {
                let thread = thread.file_name();
                let turns = schedstat(&format!("{id}/task/{}", thread.to_string_lossy()));
                let (one_ran, one_starved) = turns.unwrap_or_default();
                ran += one_ran;
                starved += one_starved;
            }
        }
        (ran, starved)
    }

    /// The same of the thread that asks.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub(crate) fn own_turns() -> io::Result<(Duration, Duration)> {
        schedstat("thread-self")
    }

    /// How long a thread has run, and has waited for a processor.
    fn schedstat(whose: &str) -> io::Result<(Duration, Duration)> {
        let text = std::fs::read_to_string(format!("/proc/{whose}/schedstat"))?;
        let mut numbers = text.split_whitespace().map(|number| number.parse().ok());
        let mut next = || numbers.next().flatten().ok_or(io::ErrorKind::InvalidData);
        Ok((Duration::from_nanos(next()?), Duration::from_nanos(next()?)))
    }

    /// Where a process listens for TCP connections, on whatever port and address.
    ///
    /// # Errors
    /// The kernel does not tell who listens. A process that has ended listens nowhere.
    pub(crate) fn listening_addresses(id: u32) -> io::Result<Vec<SocketAddr>> {
        // It may end while it is being looked at.
        let Ok(descriptors) = process(id).and_then(|process| process.fd().map_err(in_words)) else {
            return Ok(Vec::new());
        };
        let sockets: HashSet<u64> = descriptors
            .flatten()
            .filter_map(|descriptor| match descriptor.target {
                FDTarget::Socket(inode) => Some(inode),
                _ => None,
            })
            .collect();
        if sockets.is_empty() {
            return Ok(Vec::new());
        }
        let mut found: Vec<SocketAddr> = listening("/proc/net/tcp")?
            .filter(|(_, socket)| sockets.contains(socket))
            .map(|(address, _)| address)
            .collect();
        // There is none where the machine does without IPv6.
        if let Ok(table) = listening("/proc/net/tcp6") {
            found.extend(
                table
                    .filter(|(_, socket)| sockets.contains(socket))
                    .map(|(address, _)| address),
            );
        }
        Ok(found)
    }

    /// Whether anybody listens on this port, on any address.
    ///
    /// # Errors
    /// The kernel does not tell who listens.
    pub(crate) fn has_listener(port: u16) -> io::Result<bool> {
        let is_there = |mut table: Listening| table.any(|(address, _)| address.port() == port);
        let is_there_in_6 = || listening("/proc/net/tcp6").is_ok_and(is_there);
        Ok(is_there(listening("/proc/net/tcp")?) || is_there_in_6())
    }

    /// The listening sockets in a table of the kernel, which lists them before all others
    /// (Documentation/networking/proc_net_tcp.rst). The others, tens of thousands after a run with
    /// crowds of clients, are not read.
    fn listening(table: &str) -> io::Result<Listening> {
        use std::io::BufRead;

        let table = io::BufReader::new(std::fs::File::open(table)?);
        let sockets = table.lines().skip(1).map_while(|line| {
            let line = line.ok()?;
            let mut fields = line.split_whitespace().skip(1);
            let address = address(fields.next()?)?;
            let is_listening = fields.nth(1)? == "0A";
            let socket = fields.nth(5)?.parse().ok()?;
            is_listening.then_some((address, socket))
        });
        Ok(Box::new(sockets))
    }

    /// An address as the kernel writes it: in words of 32 bits, each a number in the machine's
    /// own order whose bytes are those of the address, and the port.
    fn address(text: &str) -> Option<SocketAddr> {
        let (address, port) = text.split_once(':')?;
        let words: Vec<[u8; 4]> = address
            .as_bytes()
            .chunks(8)
            .map(|word| u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok())
            .map(|word| word.map(u32::to_ne_bytes))
            .collect::<Option<_>>()?;
        let address = match words.concat().as_slice() {
            bytes @ [_, _, _, _] => IpAddr::from(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?)),
            bytes => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)),
        };
        Some(SocketAddr::new(
            address,
            u16::from_str_radix(port, 16).ok()?,
        ))
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use std::net::TcpListener;

        #[test]
        fn addresses_are_read() {
            let number = |bytes: [u8; 4]| format!("{:08X}", u32::from_ne_bytes(bytes));
            let four = number([127, 0, 0, 1]);
            assert_eq!(
                address(&format!("{four}:1092")),
                Some("127.0.0.1:4242".parse().expect("an address"))
            );
            let zero = number([0; 4]);
            let six = [zero.clone(), zero.clone(), zero, number([0, 0, 0, 1])].concat();
            assert_eq!(
                address(&format!("{six}:0001")),
                Some("[::1]:1".parse().expect("an address"))
            );
            assert_eq!(address("nonsense"), None);
        }

        #[test]
        fn this_process_is_seen() {
            let own = std::process::id();
            let before = open_descriptors(own).expect("proc");
            assert!(before > 2);
            assert!(data_size(own).expect("proc") > 0);
            assert!(resident_memory(own).expect("proc") > 0);
            assert!(cpu(own).expect("proc") > Duration::ZERO);
            assert!(activity(own).expect("proc").cpu > Duration::ZERO);
            assert!(own_turns().expect("proc").0 > Duration::ZERO);
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
            let address = listener.local_addr().expect("its address");
            let listening = listening_addresses(own).expect("proc");
            assert!(listening.contains(&address), "{address} in {listening:?}");
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) use elsewhere::{
    activity, cpu, data_size, has_listener, listening_addresses, open_descriptors, own_turns,
    resident_memory, turns_below,
};

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use rustix::process::Pid;

    use super::{Activity, Duration, SocketAddr, io};

    fn nobody_tells<T>() -> io::Result<T> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "only Linux tells what a process has of the machine",
        ))
    }

    pub(crate) fn open_descriptors(_id: u32) -> io::Result<usize> {
        nobody_tells()
    }

    pub(crate) fn data_size(_id: u32) -> io::Result<u64> {
        nobody_tells()
    }

    pub(crate) fn activity(_id: u32) -> io::Result<Activity> {
        nobody_tells()
    }

    pub(crate) fn cpu(_id: u32) -> io::Result<Duration> {
        nobody_tells()
    }

    pub(crate) fn resident_memory(_id: u32) -> io::Result<u64> {
        nobody_tells()
    }

    pub(crate) fn turns_below(_keeper: Pid) -> (Duration, Duration) {
        Default::default()
    }

    pub(crate) fn own_turns() -> io::Result<(Duration, Duration)> {
        nobody_tells()
    }

    pub(crate) fn listening_addresses(_id: u32) -> io::Result<Vec<SocketAddr>> {
        nobody_tells()
    }

    pub(crate) fn has_listener(_port: u16) -> io::Result<bool> {
        nobody_tells()
    }
}
