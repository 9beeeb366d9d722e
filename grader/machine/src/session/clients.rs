//! What the clients of a session do.

use std::io;

use mio::{Interest, Token};

use super::{CLIENTS, Session};
use crate::ClientId;
use crate::client::Client;
use crate::supervisor::{self, Connected, Policy};

impl<P: Policy> Session<P> {
    /// Begins to connect a client; see [`Session::is_connected`].
    ///
    /// # Errors
    /// The connection is refused at once, or the machine lacks something.
    pub fn connect(&mut self, who: ClientId, will_be_lazy: bool) -> io::Result<()> {
        let mut client = Client::connect(self.port, will_be_lazy)?;
        self.ports.insert(client.stream.local_addr()?.port(), who);
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.poll
            .registry()
            .register(&mut client.stream, Token(CLIENTS + who.0), interest)?;
        self.clients.insert(who.0, client);
        Ok(())
    }

    /// Whether a client's connection stands.
    ///
    /// # Errors
    /// It was refused or has failed; the client is gone then and can connect anew.
    pub fn is_connected(&mut self, who: ClientId) -> io::Result<bool> {
        let Some(client) = self.clients.get(&who.0) else {
            return Ok(false);
        };
        let connected = match client.is_connected() {
            // Why it failed has been read with its bytes.
            Ok(false) if client.over => Err(io::ErrorKind::ConnectionRefused.into()),
            connected => connected,
        };
        if connected.is_err() {
            self.clients.remove(&who.0);
        }
        connected
    }

    /// Sends bytes from a client, as many as the path takes; the rest follows while
    /// [`Session::pump`] runs.
    pub fn send(&mut self, who: ClientId, bytes: &[u8]) {
        if let Some(client) = self.client(who) {
            client.send(bytes);
        }
    }

    /// How many bytes that clients want to send still wait for room on the way.
    #[must_use]
    pub fn unsent(&self) -> u64 {
        let clients = self.clients.values();
        clients.map(|client| client.unsent() as u64).sum()
    }

    /// How many bytes a client has sent into the network since it connected.
    #[must_use]
    pub fn sent_by(&self, who: ClientId) -> u64 {
        let client = self.clients.get(&who.0);
        client.map_or(0, |client| client.sent)
    }

    /// Closes a client's connection.
    pub fn close(&mut self, who: ClientId) {
        self.clients.remove(&who.0);
    }

    /// Resets a client's connection.
    ///
    /// # Errors
    /// The machine's.
    pub fn reset(&mut self, who: ClientId) -> io::Result<()> {
        if let Some(client) = self.clients.remove(&who.0) {
            client.reset_on_close()?;
        }
        Ok(())
    }

    /// Shuts down a client's sending side.
    ///
    /// # Errors
    /// The machine's.
    pub fn half_close(&mut self, who: ClientId) -> io::Result<()> {
        match self.client(who) {
            Some(client) => client.half_close(),
            None => Ok(()),
        }
    }

    /// From here on, nothing is read for this client.
    pub fn stop_reading(&mut self, who: ClientId) {
        if let Some(client) = self.client(who) {
            client.lazy = true;
        }
        if self.supervisor.is_some() {
            // Where the buffer stays as it is, it takes more to fill, and that is all.
            let _stays_large = self.connected(who).and_then(supervisor::shrink);
        }
    }

    /// Whether what the server sends to a client that has no room is refused at once, and not after
    /// a tick of the kernel, where its descriptors are the exam's. While it is, recv does not wait
    /// for this client either.
    pub fn refuse_at_once(&self, who: ClientId, at_once: bool) {
        if self.exam_descriptors {
            let refuse = |connection| supervisor::refuse_at_once(connection, at_once);
            // Where nothing is changed, it takes more time, and that is all.
            let _stays_slow = self.connected(who).and_then(refuse);
        }
    }

    /// The server's side of a client's connection.
    fn connected(&self, who: ClientId) -> io::Result<Connected> {
        let client_port = self.port_of(who)?;
        let side = self.server_side(client_port)?;
        Ok(Connected {
            server: self.process_id(),
            inode: side.ok_or(io::ErrorKind::NotFound)?.inode,
            client_port,
        })
    }

    /// From here on, this client reads again, beginning with what has come in the meantime.
    pub fn read_again(&mut self, who: ClientId) {
        if let Some(client) = self.client(who) {
            client.lazy = false;
            self.unread.push(who.0);
        }
    }

    /// Whether everything that has reached a client has been read.
    #[must_use]
    pub fn has_read_all(&self, who: ClientId) -> bool {
        let client = self.clients.get(&who.0);
        client.is_none_or(|client| client.over || !client.may_read)
    }

    /// The client whose own end has, or had, this port.
    #[must_use]
    pub fn client_at(&self, port: u16) -> Option<ClientId> {
        self.ports.get(&port).copied()
    }

    fn client(&mut self, who: ClientId) -> Option<&mut Client> {
        self.clients.get_mut(&who.0)
    }
}
