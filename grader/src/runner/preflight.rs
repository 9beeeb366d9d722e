//! Whether the server can be executed and serves anybody at all, found out once: a server that
//! never accepts a connection would use up the patience of every single scenario.

use super::check::play;
use super::circumstances::Circumstances;
use machine::{Descriptors, StartError, Supervision, shortage};

use crate::conduct::{Conduct, Session};
use crate::scenario::{Action, Argument, Scenario, Start, StartOutcome, Step};
use crate::tier::Tier;
use crate::verdict::{Failure, Outcome};

/// Why no scenario that needs a serving server can be passed; `None` where the server serves, or
/// where the trouble is not its own.
///
/// # Errors
/// The program cannot be executed, or the machine forbids what is needed to run any.
pub(super) fn never_serves(
    circumstances: &Circumstances<'_>,
) -> Result<Option<Failure>, StartError> {
    // Without an argument a server ends at once; only whether it can be executed matters here.
    let unsupervised = Supervision {
        descriptors: Descriptors::Blocking,
        ..Supervision::default()
    };
    match Session::start(
        circumstances.host,
        circumstances.program,
        &[],
        0,
        &unsupervised,
        Conduct::default(),
    ) {
        Ok(session) => drop(session),
        // That is not the program's: each play finds out whether there is enough for it.
        Err(StartError::Machine(error)) if shortage::advice(&error).is_some() => return Ok(None),
        Err(error) => return Err(error),
    }
    match play(&only_a_newcomer(), circumstances).outcome {
        Outcome::Failed(failure) if failure.not_played.is_some() => Ok(Some(*failure)),
        _ => Ok(None),
    }
}

/// A scenario without steps: the fence at its end is the first connection.
fn only_a_newcomer() -> Scenario {
    Scenario {
        tier: Tier::Exam,
        steps: vec![Step {
            line: 1,
            action: Action::Start(Start {
                arguments: vec![Argument::Port],
                outcome: StartOutcome::Serves,
                fails: None,
                no_memory: false,
            }),
        }],
        ..Scenario::empty("preflight")
    }
}
