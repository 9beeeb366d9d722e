//! The right kind of line, with a wrong id or wrong words.

use super::super::super::kind::Mistake;
use super::super::line::{Line, id_at_start};
use super::super::{Diagnosis, Situation, diagnosis, sentence};
use crate::visible::quoted;

/// The two ids where nothing but the id is wrong: the one that must come, the one that came.
fn exchanged_id(situation: &Situation<'_>) -> Option<(usize, usize)> {
    let Situation {
        expected,
        received,
        offset,
        ..
    } = *situation;
    let (due, due_at) = id_at_start(expected)?;
    let (came, came_at) = id_at_start(received)?;
    let in_digits = due_at.start == came_at.start
        && (due_at.start..=due_at.end).contains(&offset)
        && due != came;
    let same_rest = expected[due_at.end..].starts_with(&received[came_at.end..]);
    (in_digits && same_rest).then_some((due, came))
}

pub(super) fn id_given_again(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Line::Arrival(_) = Line::parse(situation.expected) else {
        return None;
    };
    let (due, came) = exchanged_id(situation).filter(|(due, came)| came < due)?;
    Some(diagnosis(
        Mistake::IdAgain,
        format!("id {due} must stand here, not {came}"),
        format!(
            "{} was announced to {} with the id {came}, which was given before.",
            sentence(&situation.client(due)),
            situation.receiver,
        ),
    ))
}

pub(super) fn wrong_id(situation: &Situation<'_>) -> Option<Diagnosis> {
    let receiver = situation.receiver;
    let (due, came) = exchanged_id(situation)?;
    let client = situation.client(due);
    let mistake = match Line::parse(situation.expected) {
        Line::Arrival(_) => Mistake::IdWrong,
        _ => Mistake::IdOfAnother,
    };
    Some(diagnosis(
        mistake,
        format!("id {due} must stand here, not {came}"),
        match Line::parse(situation.expected) {
            Line::Arrival(_) => format!(
                "{} was announced to {receiver} with the id {came}; ids must count up one by one.",
                sentence(&client),
            ),
            Line::Departure(_) => {
                format!("The departure of {client} was announced to {receiver} with the id {came}.")
            }
            Line::Message { .. } | Line::Other => {
                format!("{receiver} received a line of {client} under the id {came}.")
            }
        },
    ))
}

/// An arrival in place of a departure, or the other way round.
pub(super) fn wrong_verb(situation: &Situation<'_>) -> Option<Diagnosis> {
    let (id, what, came, verb) = match (
        Line::parse(situation.expected),
        Line::parse(situation.received),
    ) {
        (Line::Arrival(due), Line::Departure(id)) if due == id => {
            (id, "arrival", "a departure", "arrived")
        }
        (Line::Departure(due), Line::Arrival(id)) if due == id => {
            (id, "departure", "an arrival", "left")
        }
        _ => return None,
    };
    Some(diagnosis(
        Mistake::WrongVerb,
        format!("\"{verb}\" must stand here"),
        format!(
            "The {what} of {} was announced to {} as {came}.",
            situation.client(id),
            situation.receiver,
        ),
    ))
}

pub(super) fn wrong_wording(situation: &Situation<'_>) -> Option<Diagnosis> {
    let Situation {
        receiver,
        expected,
        received,
        offset,
        ..
    } = *situation;
    let (Line::Arrival(_) | Line::Departure(_)) = Line::parse(expected) else {
        return None;
    };
    let begun = offset > 0
        || received
            .first()
            .is_some_and(|byte| byte.eq_ignore_ascii_case(&b's'));
    // What is right up to the newline has the right words, and only a wrong end.
    let in_words = offset + 1 < expected.len();
    (begun && in_words && Line::parse(received) == Line::Other).then(|| {
        diagnosis(
            Mistake::Announcement(situation.due_kind()),
            format!("{} must stand here", quoted(&expected[offset..])),
            format!(
                "{receiver} received {}, but the announcement must read {}.",
                quoted(received),
                quoted(expected),
            ),
        )
    })
}
