//! Texts with holes: `{bob}` is bob's id, `{n}` a counter, `{random:100}` seeded characters.

use super::ClientId;

/// What `{random:N}` is made of, as the real examiner chooses it (docs/exam.md, test 7).
const RANDOM_ALPHABET: [u8; 36] = *b"abcdefghijklmnopqrstuvwxyz0123456789";

/// A text of a scenario, its holes found and its names resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Literal(String),
    Id(ClientId),
    Counter,
    Random(usize),
}

impl Text {
    pub(super) fn new(parts: Vec<Part>) -> Self {
        Self(parts)
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The bytes of the text.
    ///
    /// `counter` fills `{n}`; `random` gives the characters of `{random:N}`, each of `a`–`z` or
    /// `0`–`9`.
    pub fn render(&self, counter: usize, random: &mut fastrand::Rng) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in &self.0 {
            match part {
                Part::Literal(text) => bytes.extend_from_slice(text.as_bytes()),
                Part::Id(client) => bytes.extend_from_slice(client.0.to_string().as_bytes()),
                Part::Counter => bytes.extend_from_slice(counter.to_string().as_bytes()),
                Part::Random(length) => bytes.extend(
                    (0..*length).map(|_| RANDOM_ALPHABET[random.usize(..RANDOM_ALPHABET.len())]),
                ),
            }
        }
        bytes
    }

    /// Whether the text has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length(0) == 0
    }

    /// How many bytes the text has when `counter` fills `{n}`.
    #[must_use]
    pub fn length(&self, counter: usize) -> usize {
        self.0
            .iter()
            .map(|part| match part {
                Part::Literal(text) => text.len(),
                Part::Id(client) => client.0.to_string().len(),
                Part::Counter => counter.to_string().len(),
                Part::Random(length) => *length,
            })
            .fold(0, usize::saturating_add)
    }

    /// Whether the text is the same whenever it is rendered.
    pub(super) fn is_fixed(&self) -> bool {
        self.0
            .iter()
            .all(|part| matches!(part, Part::Literal(_) | Part::Id(_)))
    }
}

/// A text without holes; braces stand for themselves.
impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(vec![Part::Literal(text.to_owned())])
    }
}
