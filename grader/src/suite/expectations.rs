//! Compares every `expect` of a scenario with the oracle, before anything is played.

use crate::oracle::{Duty, LineState, Oracle, Stream};
use crate::scenario::{ClientId, Scenario, ScenarioError, SourceFile};
use crate::script::{self, Move};

/// Finds the first `expect` that the oracle contradicts.
///
/// # Errors
/// That `expect`, shown in its file beside what the oracle says.
pub(super) fn check(scenario: &Scenario, source: &SourceFile) -> Result<(), ScenarioError> {
    let mut oracle = Oracle::new(scenario);
    // The instant at which the step before the `expect`s began.
    let mut step_began = 0;
    let mut step = 0;
    for planned in script::moves(scenario, 0) {
        if planned.step != step && !matches!(planned.action, Move::Expect { .. }) {
            step = planned.step;
            step_began = oracle.instant();
        }
        oracle.follows(&planned.action);
        let Move::Expect { by, text } = planned.action else {
            continue;
        };
        for who in by {
            if let Some(due) = contradiction(scenario, &oracle, who, &text, step_began) {
                return Err(error(scenario, source, planned.line, who, &due));
            }
        }
    }
    Ok(())
}

/// What the oracle says instead, if it contradicts.
fn contradiction(
    scenario: &Scenario,
    oracle: &Oracle,
    who: ClientId,
    text: &[u8],
    step_began: u32,
) -> Option<Vec<u8>> {
    let mut due: Vec<usize> = (0..oracle.log().len())
        .filter(|index| oracle.duty(who, *index) == Duty::Must)
        .filter(|index| match oracle.log()[*index].state {
            LineState::Open => false,
            LineState::Ended => true,
            LineState::Abandoned { .. } => oracle.keeps_unfinished(),
        })
        .collect();
    // A line is due when it ends, whatever was said since it began.
    due.sort_by_key(|index| oracle.log()[*index].last_instant());
    let bytes = |lines: &[usize]| {
        let mut bytes = Vec::new();
        for index in lines {
            bytes.extend_from_slice(&oracle.log()[*index].bytes);
            if !bytes.ends_with(b"\n") {
                bytes.push(b'\n');
            }
        }
        bytes
    };
    if text.is_empty() {
        let came: Vec<usize> = due
            .into_iter()
            .filter(|index| oracle.log()[*index].last_instant() >= step_began)
            .collect();
        return (!came.is_empty()).then(|| bytes(&came));
    }
    let lines = text.split_inclusive(|byte| *byte == b'\n').count();
    let (head, tail) = due.split_at(due.len().saturating_sub(lines));
    // The same judge that will read the server's bytes reads the author's.
    let mut stream = Stream::new(scenario.judge, oracle, who);
    let agrees = stream.feed(oracle, &bytes(head)).is_ok()
        && stream.feed(oracle, text).is_ok()
        && stream.is_complete(oracle);
    (!agrees).then(|| bytes(tail))
}

fn error(
    scenario: &Scenario,
    source: &SourceFile,
    line: usize,
    who: ClientId,
    due: &[u8],
) -> ScenarioError {
    let name = &scenario.clients[who.0];
    let error = ScenarioError::at_line(
        source,
        line,
        format!("{name} will not have received this by then"),
        "this expect contradicts the steps before it",
    );
    if due.is_empty() {
        error.help(format!("by the subject, {name} must have received nothing"))
    } else {
        let due = String::from_utf8_lossy(due);
        error.help(format!(
            "by the subject, the last that {name} must have received is:\n{due}"
        ))
    }
}
