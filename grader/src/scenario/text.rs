//! Texts with holes: `{bob}` is bob's id, `{n}` a counter, `{random:100}` seeded characters.

use super::ClientId;

/// A text of a scenario, its holes found and its names resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Id(ClientId),
    Counter,
    Random(usize),
}

impl Text {
    /// The bytes of the text.
    ///
    /// `counter` fills `{n}`; `random` gives the characters of `{random:N}`, each of `a`–`z` or
    /// `0`–`9`, as the real examiner chooses them (exam-facts, test 7).
    pub fn render(&self, counter: usize, random: &mut fastrand::Rng) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in &self.0 {
            match part {
                Part::Literal(text) => bytes.extend_from_slice(text.as_bytes()),
                Part::Id(client) => bytes.extend_from_slice(client.0.to_string().as_bytes()),
                Part::Counter => bytes.extend_from_slice(counter.to_string().as_bytes()),
                Part::Random(length) => {
                    bytes.extend((0..*length).map(|_| {
                        random
                            .choice(*b"abcdefghijklmnopqrstuvwxyz0123456789")
                            .unwrap_or(b'a')
                    }));
                }
            }
        }
        bytes
    }
}
