//! What happened until now, bounded.

use crate::scenario::{ClientId, Scenario};
use crate::verdict::TranscriptRow;

/// What the client is called that proves the silence at the end.
const NEWCOMER: &str = "a newcomer";

/// How many rows are kept from the beginning.
const FIRST: usize = 24;

/// How many rows are kept from the end.
const LAST: usize = 24;

/// How many bytes of a text are kept.
const TEXT: usize = 512;

/// The rows of a transcript, the middle of a long one left out.
#[derive(Clone, Debug)]
pub(super) struct Transcript {
    names: Vec<String>,
    first: Vec<TranscriptRow>,
    last: std::collections::VecDeque<TranscriptRow>,
    left_out: usize,
}

impl Transcript {
    pub(super) fn new(scenario: &Scenario) -> Self {
        Self {
            names: scenario.clients.clone(),
            first: Vec::new(),
            last: std::collections::VecDeque::new(),
            left_out: 0,
        }
    }

    /// What the clients are called, by id.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = self.names.clone();
        names.push(NEWCOMER.into());
        names
    }

    /// What a client is called.
    pub(super) fn name(&self, who: ClientId) -> String {
        self.names
            .get(who.0)
            .cloned()
            .unwrap_or_else(|| NEWCOMER.into())
    }

    pub(super) fn add(&mut self, who: ClientId, did: &str, with: &[u8]) {
        let who = self.name(who);
        self.push(TranscriptRow {
            who,
            did: did.into(),
            with: with.to_vec(),
        });
    }

    pub(super) fn says(&mut self, who: ClientId, text: &[u8]) {
        if text.len() > TEXT {
            let did = format!("says {} bytes:", text.len());
            self.add(who, &did, &text[..TEXT]);
        } else {
            self.add(who, "says", text);
        }
    }

    pub(super) fn server(&mut self, did: &str) {
        self.push(TranscriptRow {
            who: "the server".into(),
            did: did.into(),
            with: Vec::new(),
        });
    }

    fn push(&mut self, row: TranscriptRow) {
        if self.first.len() < FIRST {
            self.first.push(row);
            return;
        }
        self.last.push_back(row);
        if self.last.len() > LAST {
            self.last.pop_front();
            self.left_out += 1;
        }
    }

    pub(super) fn rows(self) -> Vec<TranscriptRow> {
        let mut rows = self.first;
        if self.left_out > 0 {
            rows.push(TranscriptRow {
                who: "…".into(),
                did: format!("{} more", self.left_out),
                with: Vec::new(),
            });
        }
        rows.extend(self.last);
        rows
    }
}
