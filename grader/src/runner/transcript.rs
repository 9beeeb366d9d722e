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

/// How many of a crowd are told one by one.
const TOLD_OF_A_CROWD: usize = 2;

/// The rows of a transcript, the middle of a long one left out.
#[derive(Clone, Debug)]
pub(super) struct Transcript {
    names: Vec<String>,
    first: Vec<TranscriptRow>,
    last: std::collections::VecDeque<TranscriptRow>,
    left_out: usize,
    /// The crowd whose members have just done the same one after another, and how many.
    crowd: (String, String, usize),
}

impl Transcript {
    pub(super) fn new(scenario: &Scenario) -> Self {
        Self {
            names: scenario.clients.clone(),
            first: Vec::new(),
            last: std::collections::VecDeque::new(),
            left_out: 0,
            crowd: Default::default(),
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

    /// Keeps a row. Of a crowd that does one thing, only the first few are told one by one.
    fn push(&mut self, row: TranscriptRow) {
        let crowd = crowd(&row.who).unwrap_or_default();
        let goes_on = !crowd.is_empty() && self.crowd.0 == crowd && self.crowd.1 == row.did;
        self.crowd = (
            crowd.to_owned(),
            row.did.clone(),
            if goes_on { self.crowd.2 + 1 } else { 1 },
        );
        let folded = self.crowd.2.saturating_sub(TOLD_OF_A_CROWD);
        if folded == 0 {
            return self.keep(row);
        }
        let row = TranscriptRow {
            who: format!("{crowd}…"),
            with: format!("{folded} more, up to {}", row.who).into_bytes(),
            ..row
        };
        if folded == 1 {
            return self.keep(row);
        }
        if let Some(last) = self.last.back_mut().or(self.first.last_mut()) {
            *last = row;
        }
    }

    fn keep(&mut self, row: TranscriptRow) {
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

/// What the names of a crowd begin with, of whom this is one: `guest-` of `guest-7`.
fn crowd(name: &str) -> Option<&str> {
    let names = name.trim_end_matches(|end: char| end.is_ascii_digit());
    (names.len() < name.len() && names.ends_with('-')).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(names: &[&str]) -> Vec<String> {
        let mut scenario = Scenario::empty("crowd");
        scenario.clients = names.iter().map(|name| (*name).to_owned()).collect();
        let mut transcript = Transcript::new(&scenario);
        for id in 0..names.len() {
            transcript.add(ClientId(id), "connects", b"");
        }
        let row = |row: TranscriptRow| {
            format!("{} {}", row.who, String::from_utf8_lossy(&row.with))
                .trim_end()
                .to_owned()
        };
        transcript.rows().into_iter().map(row).collect()
    }

    #[test]
    fn a_crowd_is_told_in_a_few_rows() {
        let names: Vec<String> = (1..=100).map(|number| format!("guest-{number}")).collect();
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.push("bob");
        let expected = [
            "guest-1",
            "guest-2",
            "guest-… 98 more, up to guest-100",
            "bob",
        ];
        assert_eq!(told(&names), expected);
        assert_eq!(told(&["alice", "bob", "carol"]), ["alice", "bob", "carol"]);
    }
}
