//! Everybody who is connected.

use std::os::fd::{AsRawFd, RawFd};

use crate::client::Client;
use crate::descriptor_set::DescriptorSet;

/// The clients, found by descriptor, since that is how select names them.
///
/// The kernel gives the smallest free descriptor to a newcomer, so the table is as long as the
/// greatest number of clients there ever was at once, no matter how high their ids have counted.
///
/// The two sets that select is asked about are not gathered anew in each round; they follow every
/// change here.
#[derive(Default)]
pub(crate) struct Clients {
    by_descriptor: Vec<Option<Client>>,
    /// Exactly the descriptors of the clients in the table.
    connected: DescriptorSet,
    /// Those of them for whom there is something in the log.
    behind: DescriptorSet,
}

impl Clients {
    pub(crate) fn insert(&mut self, client: Client) {
        let descriptor = client.socket.as_raw_fd();
        let place = descriptor as usize;
        if self.by_descriptor.len() <= place {
            self.by_descriptor.resize_with(place + 1, || None);
        }
        self.by_descriptor[place] = Some(client);
        self.connected.insert(descriptor);
    }

    pub(crate) fn remove(&mut self, descriptor: RawFd) -> Option<Client> {
        let client = self.by_descriptor.get_mut(descriptor as usize)?.take()?;
        self.connected.remove(descriptor);
        self.behind.remove(descriptor);
        Some(client)
    }

    pub(crate) fn get(&mut self, descriptor: RawFd) -> Option<&mut Client> {
        self.by_descriptor.get_mut(descriptor as usize)?.as_mut()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.connected.iter().next().is_none()
    }

    /// There is something new in the log.
    pub(crate) fn all_are_behind(&mut self) {
        self.behind.copy_from(&self.connected);
    }

    /// This client has been given everything in the log.
    pub(crate) fn has_everything(&mut self, descriptor: RawFd) {
        self.behind.remove(descriptor);
    }

    /// Whom to hear: all clients. Each of these descriptors is open.
    pub(crate) fn connected(&self) -> &DescriptorSet {
        &self.connected
    }

    /// Whom to tell: the clients with something to read. Each of these descriptors is open.
    pub(crate) fn behind(&self) -> &DescriptorSet {
        &self.behind
    }
}
