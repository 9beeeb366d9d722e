//! Which tools watch the server while the scenarios are played.

use crate::runner::{Instrument, Tool};
use crate::submission::{Compiler, Submission};
use crate::suite::{Inspection, Suite};

/// The tools with which the scenarios are played as well.
pub(super) struct Instruments {
    pub(super) list: Vec<Instrument>,
    /// Why valgrind is not among them although it should be.
    pub(super) no_valgrind: Option<String>,
}

/// The tools that a submission and a suite need; valgrind only where it is `wanted`.
pub(super) fn of(submission: &Submission, suite: &Suite, valgrind: bool) -> Instruments {
    let mut instruments = Instruments {
        list: Vec::new(),
        no_valgrind: None,
    };
    let wanted = suite.inspections.iter().any(Inspection::needs_tools);
    let Some(source) = submission.source.as_ref().filter(|_| wanted) else {
        return instruments;
    };
    let folder = |name: &str| {
        let folder = source.built.folder.path().join(name);
        std::fs::create_dir(&folder).map(|()| folder)
    };
    if let Some(Ok(server)) = &source.built.sanitized
        && let Ok(folder) = folder("said-by-sanitizers")
    {
        instruments.list.push(Instrument {
            tool: Tool::Sanitizers(source.compiler.symbolizer()),
            server: server.clone(),
            folder,
        });
    }
    if valgrind {
        match (Compiler::search("valgrind"), &source.built.program) {
            (Some(valgrind), Ok(server)) => match folder("said-by-valgrind") {
                Ok(folder) => instruments.list.push(Instrument {
                    tool: Tool::Valgrind(valgrind),
                    server: server.clone(),
                    folder,
                }),
                Err(error) => instruments.no_valgrind = Some(error.to_string()),
            },
            (None, _) => instruments.no_valgrind = Some("it is not installed".into()),
            (_, Err(_)) => {}
        }
    }
    instruments
}
