//! Whether a server that can have no more memory has asked for some, and how it ended.

use machine::supervisor::{Kind, SeenCall};

/// What is known of the server's memory.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Whether it runs out at some time.
    pub(super) runs_out: bool,
    /// The process that listens, or has accepted a connection since: a script may have started it.
    server: Option<u32>,
    /// Whether it has run out.
    is_gone: bool,
    was_refused: bool,
    status: Option<i32>,
}

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// It listens, or accepts a connection.
    Serves,
    /// It asks for memory.
    Asks,
    /// It ends with this status.
    Exits(i32),
    /// Anything else.
    Other,
}

impl Deed {
    pub(super) fn of(call: &SeenCall<'_>) -> Self {
        match call.kind() {
            Kind::Listen | Kind::Accept => Self::Serves,
            Kind::Memory if call.asks_for_memory() => Self::Asks,
            // Of the status, whoever waits sees so much (exit(3)).
            Kind::Exit => Self::Exits(call.descriptor() & 0xff),
            _ => Self::Other,
        }
    }
}

impl Memory {
    /// A process makes a call.
    pub(super) fn note(&mut self, process: u32, deed: Deed) {
        let is_the_server = self.server == Some(process);
        match deed {
            Deed::Serves => self.server = Some(process),
            Deed::Asks => self.was_refused |= self.is_gone && is_the_server,
            Deed::Exits(status) if is_the_server => self.status = Some(status),
            Deed::Exits(_) | Deed::Other => {}
        }
    }

    /// Says that there is none for this process, or for the one that listens, which is returned.
    pub(super) fn has_run_out(&mut self, process: Option<u32>) -> Option<u32> {
        self.server = process.or(self.server);
        self.is_gone = true;
        self.server
    }

    /// Whether the server has asked for some since, which the kernel refuses.
    pub(super) const fn was_refused(&self) -> bool {
        self.was_refused
    }

    /// The status with which the server has ended by itself.
    pub(super) const fn status(&self) -> Option<i32> {
        self.status
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(before: &[(u32, Deed)], then: &[(u32, Deed)]) -> Memory {
        let mut memory = Memory::default();
        for (process, deed) in before {
            memory.note(*process, *deed);
        }
        memory.has_run_out(None);
        for (process, deed) in then {
            memory.note(*process, *deed);
        }
        memory
    }

    #[test]
    fn only_what_is_asked_for_after_that_is_refused() {
        let before = [(7, Deed::Serves), (7, Deed::Asks)];
        assert!(!after(&before, &[]).was_refused());
        assert!(!after(&before, &[(7, Deed::Other)]).was_refused());
        assert!(after(&before, &[(7, Deed::Asks)]).was_refused());
    }

    #[test]
    fn a_script_that_has_started_the_server_is_not_meant() {
        let script = after(
            &[(7, Deed::Serves)],
            &[(6, Deed::Asks), (6, Deed::Exits(0))],
        );
        assert!(!script.was_refused());
        assert_eq!(script.status(), None);
        let server = after(&[(7, Deed::Serves)], &[(7, Deed::Exits(1))]);
        assert_eq!(server.status(), Some(1));
    }

    #[test]
    fn a_child_that_accepts_is_the_server() {
        let before = [(7, Deed::Serves), (8, Deed::Serves)];
        assert!(after(&before, &[(8, Deed::Asks)]).was_refused());
        assert!(!after(&before, &[(7, Deed::Asks)]).was_refused());
    }
}
