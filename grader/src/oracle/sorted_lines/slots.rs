//! Which of the lines that may come is which of those that came.
//!
//! What has come is often one of several: a line that must come, the same that only may, what a
//! newcomer may have of a line in the middle of which it came. So each line that may come is a
//! slot, and what came fills one as long as that leads to a right end: when a slot is wanted,
//! what fills it moves on to another that takes it too (a matching by augmenting paths).

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;

/// The lines that may come to one client, and what of them has come.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    slots: Vec<Slot>,
    /// The unfilled slots of lines that come in one form, by that form.
    unfilled: BTreeMap<Vec<u8>, Vec<usize>>,
    /// The slots of lines that come in more than one form.
    variable: Vec<usize>,
    /// How many slots that must be filled are not.
    owed: usize,
    /// How often new lines were looked at: what came before that is none of them.
    round: usize,
}

/// A line that may come.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// All that can come of it; each begins at another place of the line.
    forms: Vec<Vec<u8>>,
    must: bool,
    /// It may lack its newline, so that the next line follows at once.
    unfinished: bool,
    since: usize,
    filled: Option<Came>,
}

/// A line that came, or the text without a newline of one that was never finished.
#[derive(Clone, Debug)]
struct Came {
    text: Vec<u8>,
    round: usize,
}

impl Slot {
    pub(super) const fn new(forms: Vec<Vec<u8>>, must: bool, unfinished: bool) -> Self {
        Self {
            forms,
            must,
            unfinished,
            since: 0,
            filled: None,
        }
    }

    fn is_variable(&self) -> bool {
        self.unfinished || self.forms.len() != 1
    }

    fn takes(&self, came: &Came) -> bool {
        let text = came.text.as_slice();
        let without = text.strip_suffix(b"\n").filter(|_| self.unfinished);
        self.since <= came.round
            && self
                .forms
                .iter()
                .any(|form| form == text || without.is_some_and(|text| form == text))
    }
}

impl Slots {
    /// Adds lines that may come from now on.
    pub(super) fn add(&mut self, new: impl IntoIterator<Item = Slot>) {
        self.round += 1;
        for mut slot in new {
            slot.since = self.round;
            let place = self.slots.len();
            if slot.is_variable() {
                self.variable.push(place);
            }
            self.slots.push(slot);
            self.is_unfilled(place);
        }
    }

    /// How many lines must still come.
    pub(super) const fn owed(&self) -> usize {
        self.owed
    }

    /// Fills a slot with what came; `false`, with nothing changed, if it is no line that may come,
    /// nor lines that were never finished followed by one.
    pub(super) fn take(&mut self, text: &[u8]) -> bool {
        if self.fill_one(text) {
            return true;
        }
        let beginnings: Vec<Vec<u8>> = self
            .unfinished()
            .filter(|form| form.len() < text.len() && !form.is_empty() && text.starts_with(form))
            .cloned()
            .collect();
        beginnings.into_iter().any(|beginning| {
            let before = self.clone();
            let taken = self.fill_one(&beginning) && self.take(&text[beginning.len()..]);
            if !taken {
                *self = before;
            }
            taken
        })
    }

    /// Whether this is the beginning of a line that may come or, as `open` says, of one that its
    /// sender has not finished yet: at once or after lines that were never finished.
    pub(super) fn may_begin_with(&self, tail: &[u8], open: &impl Fn(&[u8]) -> bool) -> bool {
        let from = (Bound::Included(tail), Bound::Unbounded);
        let next = self.unfilled.range::<[u8], _>(from).next();
        next.is_some_and(|(form, _)| form.starts_with(tail))
            || open(tail)
            || self
                .slots
                .iter()
                .flat_map(|slot| &slot.forms)
                .any(|form| form.starts_with(tail) && self.has_room_for(form))
            || self
                .unfinished()
                .filter(|form| !form.is_empty() && form.len() <= tail.len())
                .filter(|form| tail.starts_with(form) && self.has_room_for(form))
                .any(|form| self.may_begin_with(&tail[form.len()..], open))
    }

    /// Every form of the lines whose senders did not finish them.
    fn unfinished(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.variable
            .iter()
            .map(|place| &self.slots[*place])
            .filter(|slot| slot.unfinished)
            .flat_map(|slot| &slot.forms)
    }

    /// What may still come, in order, and how many of each must.
    pub(super) fn outstanding(&self) -> BTreeMap<&[u8], usize> {
        let exact = self.unfilled.iter().map(|(form, places)| {
            let must = places.iter().filter(|place| self.slots[**place].must);
            (form.as_slice(), must.count())
        });
        let mut outstanding: BTreeMap<&[u8], usize> = exact.collect();
        for place in &self.variable {
            let slot = &self.slots[*place];
            if let (Some(form), None) = (slot.forms.first(), &slot.filled) {
                *outstanding.entry(form).or_default() += usize::from(slot.must);
            }
        }
        outstanding
    }

    /// Moves what fills slots that need not be filled on to those that must.
    pub(super) fn settle(&mut self) {
        while self.owed > 0 {
            let optional = self.slots.iter().enumerate();
            let mut optional = optional.filter(|(_, slot)| !slot.must && slot.filled.is_some());
            let path = optional.find_map(|(place, slot)| {
                let came = slot.filled.as_ref()?;
                self.path(came, |slot| slot.must, &[place])
            });
            let Some(path) = path else { return };
            self.move_along(&path);
        }
    }

    fn fill_one(&mut self, text: &[u8]) -> bool {
        let came = Came {
            text: text.to_vec(),
            round: self.round,
        };
        let path = self
            .place_for(text)
            .map(|place| vec![place])
            .or_else(|| self.path(&came, |slot| slot.must, &[]))
            .or_else(|| self.path(&came, |_| true, &[]));
        let Some(path) = path else { return false };
        self.move_along(&path);
        self.is_filled(path[0], came);
        true
    }

    /// An unfilled slot that must be filled, of a line that comes in this form only: what most
    /// lines are.
    fn place_for(&self, text: &[u8]) -> Option<usize> {
        let places = self.unfilled.get(text)?;
        places.iter().copied().find(|place| self.slots[*place].must)
    }

    /// Whether this would fill a slot if it came next.
    pub(super) fn has_room_for(&self, text: &[u8]) -> bool {
        let came = Came {
            text: text.to_vec(),
            round: self.round,
        };
        self.path(&came, |_| true, &[]).is_some()
    }

    /// The slots along which what fills each moves on to the next, so that there is room for what
    /// came in the first: the last is unfilled, and `good`. `but` are not gone through.
    fn path(&self, came: &Came, good: impl Fn(&Slot) -> bool, but: &[usize]) -> Option<Vec<usize>> {
        let mut from: Vec<Option<usize>> = vec![None; self.slots.len()];
        let mut seen = vec![false; self.slots.len()];
        but.iter().for_each(|place| seen[*place] = true);
        let mut waiting = VecDeque::from([(None, came)]);
        while let Some((holder, came)) = waiting.pop_front() {
            for (place, slot) in self.slots.iter().enumerate() {
                if seen[place] || !slot.takes(came) {
                    continue;
                }
                seen[place] = true;
                from[place] = holder;
                match &slot.filled {
                    Some(moves_on) => waiting.push_back((Some(place), moves_on)),
                    None if good(slot) => {
                        let mut path: Vec<usize> =
                            std::iter::successors(Some(place), |place| from[*place]).collect();
                        path.reverse();
                        path.splice(0..0, but.iter().copied());
                        return Some(path);
                    }
                    None => {}
                }
            }
        }
        None
    }

    /// What fills each slot fills the next: the first is unfilled then.
    fn move_along(&mut self, path: &[usize]) {
        for pair in path.windows(2).rev() {
            if let Some(came) = self.slots[pair[0]].filled.take() {
                self.is_unfilled(pair[0]);
                self.is_filled(pair[1], came);
            }
        }
    }

    fn is_unfilled(&mut self, place: usize) {
        let slot = &self.slots[place];
        self.owed += usize::from(slot.must);
        if !slot.is_variable() {
            let places = self.unfilled.entry(slot.forms[0].clone()).or_default();
            places.push(place);
        }
    }

    fn is_filled(&mut self, place: usize, came: Came) {
        let slot = &mut self.slots[place];
        slot.filled = Some(came);
        self.owed -= usize::from(slot.must);
        if !slot.is_variable()
            && let Some(places) = self.unfilled.get_mut(&slot.forms[0])
        {
            places.retain(|other| *other != place);
            if places.is_empty() {
                self.unfilled.remove(&slot.forms[0]);
            }
        }
    }
}
