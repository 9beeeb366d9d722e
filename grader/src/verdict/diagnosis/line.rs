//! The three kinds of line that a client can receive.

/// A line, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// `server: client %d just arrived`
    Arrival(usize),
    /// `server: client %d just left`
    Departure(usize),
    /// `client %d: ` and a text, its newline included where it has one.
    Message {
        /// Whose line it is.
        id: usize,
        /// What follows the prefix.
        text: &'a [u8],
    },
    /// Anything else.
    Other,
}

impl<'a> Line<'a> {
    /// Takes a line apart; an announcement may lack its newline.
    pub(super) fn parse(line: &'a [u8]) -> Self {
        if let Some(rest) = line.strip_prefix(b"server: client ") {
            return match number(rest) {
                Some((id, b" just arrived" | b" just arrived\n")) => Self::Arrival(id),
                Some((id, b" just left" | b" just left\n")) => Self::Departure(id),
                _ => Self::Other,
            };
        }
        let message = line
            .strip_prefix(b"client ")
            .and_then(number)
            .and_then(|(id, rest)| {
                Some(Self::Message {
                    id,
                    text: rest.strip_prefix(b": ")?,
                })
            });
        message.unwrap_or(Self::Other)
    }
}

/// The number at the start of the bytes, and what follows it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let number = std::str::from_utf8(&bytes[..digits]).ok()?.parse().ok()?;
    Some((number, &bytes[digits..]))
}

/// The prefix of a message, its text taken off.
pub(super) fn prefix_length(line: &[u8]) -> usize {
    match Line::parse(line) {
        Line::Message { text, .. } => line.len() - text.len(),
        _ => 0,
    }
}

/// The id at which a line begins to speak of a client, and where its digits stand, however the
/// line goes on; none where its digits may not have come in full.
pub(super) fn id_at_start(line: &[u8]) -> Option<(usize, std::ops::Range<usize>)> {
    let head = [b"server: client ".as_slice(), b"client "]
        .into_iter()
        .find(|head| line.starts_with(head))?;
    let (id, rest) = number(&line[head.len()..])?;
    (!rest.is_empty()).then(|| (id, head.len()..line.len() - rest.len()))
}
