//! What the machine tells of a server that no client can see.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::time::Duration;

use super::Session;
use crate::ClientId;
use crate::resources::{self, Activity, Turns};
use crate::socket_state::{Backlog, Connection, SocketStates};
use crate::supervisor::{self, Policy, Supervisor};

impl<P: Policy> Session<P> {
    /// Whether the machine tells what state the server's sockets are in.
    #[must_use]
    pub const fn sees_socket_states(&self) -> bool {
        self.states.is_some()
    }

    /// The server's side of a client's connection; `None` when it has ended, for instance
    /// because the server has read the client's departure and closed it.
    ///
    /// # Errors
    /// The machine does not tell.
    pub fn server_side(&self, client_port: u16) -> io::Result<Option<Connection>> {
        self.states()?.connection(self.port, client_port)
    }

    /// How many bytes that a client has sent wait at its own end since the server's has no room;
    /// 0 where the machine does not tell.
    #[must_use]
    pub fn held_back_from_the_server(&self, client_port: u16) -> u64 {
        let states = self.states().ok();
        let side = states.and_then(|states| states.connection(client_port, self.port).ok()?);
        side.map_or(0, |side| side.held_back.into())
    }

    /// The port of a client's own end.
    ///
    /// # Errors
    /// The client is not connected.
    pub fn port_of(&self, who: ClientId) -> io::Result<u16> {
        let client = self.clients.get(&who.0);
        let address = client
            .ok_or(io::ErrorKind::NotConnected)?
            .stream
            .local_addr()?;
        Ok(address.port())
    }

    /// How many descriptors the server has open.
    ///
    /// # Errors
    /// The machine does not tell.
    pub fn open_descriptors(&self) -> io::Result<usize> {
        resources::open_descriptors(self.process_id())
    }

    /// How much memory the server has for its data, in bytes.
    ///
    /// # Errors
    /// The machine does not tell.
    pub fn data_size(&self) -> io::Result<u64> {
        resources::data_size(self.process_id())
    }

    /// How much memory of its own the server uses, in bytes.
    ///
    /// # Errors
    /// The machine does not tell.
    pub fn resident_memory(&self) -> io::Result<u64> {
        resources::resident_memory(self.process_id())
    }

    /// How long the server has run on a processor, with all its threads.
    ///
    /// # Errors
    /// The machine does not tell.
    pub fn cpu(&self) -> io::Result<Duration> {
        resources::cpu(self.process_id())
    }

    /// What the server is doing.
    ///
    /// # Errors
    /// The machine does not tell.
    pub fn activity(&self) -> io::Result<Activity> {
        resources::activity(self.process_id())
    }

    /// The call, other than select, in which the server waits at this moment, by the name that
    /// people call it by: it serves nobody meanwhile. `None` where it does not sleep in that call,
    /// but makes it again and again, and where the machine does not tell.
    #[must_use]
    pub fn waits_in(&self) -> Option<&'static str> {
        let before = self.cpu().ok();
        let call = supervisor::waits_in(self.process_id()).filter(|_| self.sleeps());
        // One that has run in between was in that call by chance.
        call.filter(|_| self.cpu().ok() == before)
    }

    /// Whether the server sleeps, and not for the supervisor.
    fn sleeps(&self) -> bool {
        self.activity().is_ok_and(|activity| activity.asleep)
            && !self.calls_wait
            && !self.supervisor.as_ref().is_some_and(Supervisor::has_calls)
    }

    /// Whether nothing more will come from the server until something else happens: it sleeps, and
    /// not for the supervisor, what was sent to it is at its end, and what it has sent was read by
    /// everybody who reads. `false` where the machine does not tell.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        // In this order: whatever it did before it slept is seen by the questions after.
        self.sleeps()
            && self.clients.values().all(|client| {
                let port = client.stream.local_addr().map(|address| address.port());
                let side = port.and_then(|port| self.server_side(port));
                let is_taken_in = |undelivered| {
                    client.lazy || client.over || undelivered == 0 && client.has_taken_all_in()
                };
                match side {
                    Ok(Some(side)) => side.arrived >= client.sent && is_taken_in(side.undelivered),
                    // The server has closed it.
                    Ok(None) => is_taken_in(0),
                    Err(_) => false,
                }
            })
    }

    /// How the machine has shared its processors out until now.
    ///
    /// # Errors
    /// The machine does not tell.
    pub fn turns(&self) -> io::Result<Turns> {
        let (grader_ran, grader_starved) = resources::own_turns()?;
        let (ran, starved) = resources::turns_below(self.process.keeper());
        Ok(Turns {
            ran,
            starved,
            grader_ran,
            grader_starved,
        })
    }

    /// Where the server's own process listens; nowhere, where another one does it for it.
    ///
    /// # Errors
    /// The machine does not tell.
    pub fn listening_addresses(&self) -> io::Result<Vec<SocketAddr>> {
        resources::listening_addresses(self.process_id())
    }

    /// The server's queue of connections that it has not accepted; `None` while nothing listens.
    ///
    /// # Errors
    /// The machine does not tell.
    pub fn backlog(&self) -> io::Result<Option<Backlog>> {
        let mut backlog = self.states()?.backlog(self.port)?;
        if let (Some(backlog), Some(supervisor)) = (&mut backlog, &self.supervisor) {
            // What has left the queue is the server's only when the server has it.
            backlog.waiting += u32::try_from(supervisor.between()).unwrap_or(u32::MAX);
        }
        Ok(backlog)
    }

    /// Tries to connect to the server's port on another address and says whether it was
    /// accepted.
    ///
    /// # Errors
    /// The machine cannot reach the address at all.
    pub fn accepts_on(&self, address: Ipv4Addr, patience: Duration) -> io::Result<bool> {
        let address = SocketAddr::V4(SocketAddrV4::new(address, self.port));
        match TcpStream::connect_timeout(&address, patience) {
            Ok(_) => Ok(true),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionRefused
                        | io::ErrorKind::ConnectionReset
                        | io::ErrorKind::TimedOut
                ) =>
            {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    fn states(&self) -> io::Result<&SocketStates> {
        self.states
            .as_ref()
            .ok_or_else(|| io::ErrorKind::Unsupported.into())
    }
}
