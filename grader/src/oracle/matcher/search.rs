//! Finds the lines that could come next.

use super::reading::{Begun, Reading};
use super::{Duty, LineState, Oracle, common_prefix};
use crate::scenario::ClientId;

/// What was found of the lines that could come next.
#[derive(Default)]
pub(super) struct Found {
    /// Those that fit what came, in the order of the log.
    pub(super) fits: Vec<Fit>,
    /// Of those that do not fit, the one that begins most like it, and for how many bytes.
    pub(super) nearest: Option<(usize, Begun)>,
}

/// A line, or the rest of one, that could come next and fits what came.
pub(super) struct Fit {
    pub(super) begun: Begun,
    /// The line may be lost: a later one of the same client may come instead.
    pub(super) may_be_lost: bool,
    /// It, or the first piece of what could come of it, has come whole.
    pub(super) whole: bool,
}

impl Reading {
    /// Looks at every line, or rest of one, that could come next.
    pub(super) fn search(&self, oracle: &Oracle, who: ClientId, received: &[u8]) -> Found {
        let mut found = Found::default();
        // What does not fit; it may turn out that what goes on in the middle of a line could not
        // come yet anyway.
        let mut misfits: Vec<(usize, Begun)> = Vec::new();
        let mut blocked: Vec<ClientId> = Vec::new();
        // The clients of which a line has come whole that may be lost: of the lines of one
        // client that are alike and may be lost, the earliest leaves the most open.
        let mut earliest: Vec<ClientId> = Vec::new();
        // Nothing may come that was sent after this instant.
        let mut latest = u32::MAX;
        for index in self.front..oracle.log().len() {
            let line = &oracle.log()[index];
            if line.first_instant > latest {
                break;
            }
            if self.is_behind(index) {
                continue;
            }
            let duty = oracle.duty(who, index);
            if duty == Duty::Never {
                continue;
            }
            let begun = self.begun.iter().find(|begun| begun.line == index).copied();
            let carried = begun.is_none() && oracle.is_carried(who, index);
            let owed = match line.state {
                LineState::Open => false,
                LineState::Ended => duty == Duty::Must || begun.is_some(),
                LineState::Abandoned { .. } => {
                    begun.is_some() || (duty == Duty::Must && oracle.keeps_unfinished() && !carried)
                }
            };
            let is_over = line.state != LineState::Open && line.last_instant() < self.instant;
            let may_be_lost = line.state == LineState::Ended && !owed;
            let skipped = blocked.contains(&line.source)
                || (is_over && !owed)
                || (may_be_lost && earliest.contains(&line.source));
            let begun = begun.unwrap_or(Begun::at(index, 0));
            if !skipped && begun.offset < line.bytes.len() {
                let rests = carried.then(|| oracle.carried_on(who, index));
                // All of it was relayed before the client came, but for a newline added to it.
                let only_ended = carried && line.is_abandoned() && received.starts_with(b"\n");
                let rests = rests
                    .into_iter()
                    .flatten()
                    .chain(only_ended.then_some(line.bytes.len()));
                for begun in std::iter::once(begun).chain(rests.map(|from| Begun::at(index, from)))
                {
                    let wanted = &line.bytes[begun.offset..line.piece_end(begun.offset)];
                    let same = common_prefix(wanted, received);
                    let whole = same == wanted.len();
                    if !whole && same < received.len() {
                        // Whole lines can come now, so that only the best of them matters.
                        let mut wholes = misfits.iter().filter(|(_, other)| other.offset == 0);
                        if begun.offset > 0 || wholes.all(|(best, _)| same > *best) {
                            misfits.push((same, begun));
                        }
                        continue;
                    }
                    found.fits.push(Fit {
                        begun,
                        may_be_lost,
                        whole,
                    });
                    // Of a line in pieces, only the first has been compared.
                    if may_be_lost && whole && begun.offset + wanted.len() == line.bytes.len() {
                        earliest.push(line.source);
                        if self.is_certain(oracle, who, index) {
                            return found;
                        }
                    }
                }
            }
            if owed {
                blocked.push(line.source);
                latest = latest.min(line.last_instant());
            }
        }
        let is_sent = |begun: &Begun| oracle.log()[begun.line].instant_at(begun.offset) <= latest;
        found.fits.retain(|fit| is_sent(&fit.begun));
        for (same, begun) in misfits {
            if is_sent(&begun) && found.nearest.is_none_or(|(best, _)| same > best) {
                found.nearest = Some((same, begun));
            }
        }
        found
    }

    /// Whether a line that has come whole and may be lost can be no other: no text may come
    /// without its prefix, and no line of the same client after it is due and alike or unfinished.
    fn is_certain(&self, oracle: &Oracle, who: ClientId, index: usize) -> bool {
        let line = &oracle.log()[index];
        self.begun.is_empty()
            && oracle.log()[self.front].first_instant > oracle.arrival_instant(who)
            && oracle.is_here(line.source)
            && !oracle.has_open_line(line.source)
            && !oracle.is_due_again(who, index)
    }
}
