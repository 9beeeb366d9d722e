//! Who takes part.

use machine::{Descriptors, Program};

/// What a contestant is in the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The server that it is all about.
    Server,
    /// The one that it is compared with.
    Other,
    /// The least that any relay can do.
    Floor,
}

impl Role {
    /// Its name in tables and documents.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Other => "other",
            Self::Floor => "floor",
        }
    }
}

/// A server that is measured.
#[derive(Clone, Debug)]
pub struct Contestant {
    /// Its part in the run.
    pub role: Role,
    /// As people know it.
    pub name: String,
    /// What is executed.
    pub program: Program,
    /// The descriptors that it has of its clients.
    pub descriptors: Descriptors,
}

impl Contestant {
    /// Whether it announces arrivals and departures and puts names before lines; the floor sends
    /// on what it receives and nothing else.
    #[must_use]
    pub fn speaks(&self) -> bool {
        self.role != Role::Floor
    }

    /// What stands before each line of a client.
    pub(super) fn prefix(&self, id: usize) -> String {
        if self.speaks() {
            format!("client {id}: ")
        } else {
            String::new()
        }
    }

    /// How many bytes everybody receives when a client arrives.
    pub(super) fn arrival(&self, id: usize) -> u64 {
        self.length(&format!("server: client {id} just arrived\n"))
    }

    /// How many bytes everybody receives when a client leaves.
    pub(super) fn departure(&self, id: usize) -> u64 {
        self.length(&format!("server: client {id} just left\n"))
    }

    fn length(&self, text: &str) -> u64 {
        if self.speaks() { text.len() as u64 } else { 0 }
    }
}
