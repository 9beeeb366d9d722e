//! The start of the server: its arguments, and what must come of it.

use super::shape::{At, Only, StartShape, StartingCallShape};
use super::wording::{did_you_mean, listed};
use crate::scenario::error::ScenarioError;
use crate::scenario::source::SourceFile;
use crate::scenario::{Argument, FailingCall, Start, StartOutcome};

const HOLES: [&str; 3] = ["{port}", "{busy_port}", "{privileged_port}"];

/// The start of a scenario that does not say how the server is started.
pub(super) fn implicit() -> Start {
    Start {
        arguments: vec![Argument::Port],
        outcome: StartOutcome::Serves,
        fails: None,
        no_memory: false,
    }
}

/// Whether anything can follow a start: not where the server exits or need not serve.
pub(super) fn may_go_on(start: &Start) -> bool {
    matches!(
        start.outcome,
        StartOutcome::Serves | StartOutcome::ServesOrRefuses
    )
}

/// Reads a `start` step.
pub(super) fn read(file: &SourceFile, shape: &StartShape) -> Result<Start, ScenarioError> {
    let outcome = outcome(file, shape)?;
    let arguments = shape
        .args
        .get()
        .iter()
        .map(|argument| read_argument(file, argument))
        .collect::<Result<Vec<_>, _>>()?;
    let start = Start {
        arguments,
        outcome,
        fails: shape.fail.as_ref().map(|call| match call.get() {
            StartingCallShape::Socket => FailingCall::Socket,
            StartingCallShape::Bind => FailingCall::Bind,
            StartingCallShape::Listen => FailingCall::Listen,
        }),
        no_memory: shape.no_memory.is_some(),
    };
    check_failure(file, shape, &start)?;
    if may_go_on(&start) && start.arguments.first() != Some(&Argument::Port) {
        return Err(ScenarioError::new(
            file,
            shape.args.span(),
            "a server that serves needs `{port}` as its first argument",
            "`{port}` is not the first of these",
        )
        .help("write `args = [\"{port}\"]`, or say what must come of it: `exit`, `stdout`, `stderr`, `output` or `must_not_crash`"));
    }
    Ok(start)
}

/// An error where what fails and what must come of it do not go together.
fn check_failure(
    file: &SourceFile,
    shape: &StartShape,
    start: &Start,
) -> Result<(), ScenarioError> {
    if let Some(only) = &shape.no_memory {
        check_true(file, only)?;
        if start.outcome != StartOutcome::Serves {
            return Err(ScenarioError::new(
                file,
                only.0.span(),
                "a server without memory says `Fatal error` or serves, so nothing else can be asked of it",
                "given beside another outcome",
            )
            .help("leave `exit`, `stdout`, `stderr`, `output`, `may_refuse` and `must_not_crash` out"));
        }
    }
    match &shape.fail {
        Some(call) if !matches!(start.outcome, StartOutcome::Exits { .. }) => {
            Err(ScenarioError::new(
                file,
                call.span(),
                "a server whose start fails must end",
                "fails, and nothing says what comes of it",
            )
            .help("add `exit = 1, stdout = \"\", stderr = \"Fatal error\\n\"`"))
        }
        _ => Ok(()),
    }
}

/// An error where a scenario that is silent lets the server write something.
pub(super) fn check_silent(
    file: &SourceFile,
    shape: &StartShape,
    silent: &At<bool>,
) -> Result<(), ScenarioError> {
    let StartShape {
        stdout,
        stderr,
        output,
        ..
    } = shape;
    let written = [stdout, stderr, output]
        .into_iter()
        .flatten()
        .find(|text| !text.get().is_empty());
    match written {
        Some(text) if *silent.get() => Err(ScenarioError::new(
            file,
            text.span(),
            "a silent server writes nothing, yet this must be written",
            "must be written",
        )
        .related(silent.span(), "must be silent")
        .help("leave `silent` out")),
        _ => Ok(()),
    }
}

fn outcome(file: &SourceFile, shape: &StartShape) -> Result<StartOutcome, ScenarioError> {
    let StartShape {
        may_refuse,
        must_not_crash,
        exit,
        stdout,
        stderr,
        output,
        ..
    } = shape;
    for only in [may_refuse, must_not_crash].into_iter().flatten() {
        check_true(file, only)?;
    }
    let first_of_exit = [
        exit.as_ref().map(|exit| ("exit", exit.span())),
        stdout.as_ref().map(|text| ("stdout", text.span())),
        stderr.as_ref().map(|text| ("stderr", text.span())),
        output.as_ref().map(|text| ("output", text.span())),
    ]
    .into_iter()
    .flatten()
    .next();
    let exits = first_of_exit.is_some();
    let given: Vec<_> = [
        may_refuse
            .as_ref()
            .map(|only| ("may_refuse", only.0.span())),
        must_not_crash
            .as_ref()
            .map(|only| ("must_not_crash", only.0.span())),
        first_of_exit,
    ]
    .into_iter()
    .flatten()
    .collect();
    if let [(first, first_span), (second, second_span), ..] = given.as_slice() {
        let names = listed(&[first, second], "and");
        return Err(ScenarioError::new(
            file,
            second_span.clone(),
            format!("{names} contradict each other"),
            format!("`{second}`"),
        )
        .related(first_span.clone(), format!("`{first}`"))
        .help("say one thing about what comes of the start: it serves or refuses (`may_refuse`), it does anything but crash (`must_not_crash`), or it exits (`exit`, `stdout`, `stderr`, `output`)"));
    }
    if let (Some(output), Some(_)) = (output, stdout.as_ref().or(stderr.as_ref())) {
        return Err(ScenarioError::new(
            file,
            output.span(),
            "`output` means standard output and error together, so neither can be given beside it",
            "given beside `stdout` or `stderr`",
        ));
    }
    if may_refuse.is_some() {
        return Ok(StartOutcome::ServesOrRefuses);
    }
    if must_not_crash.is_some() {
        return Ok(StartOutcome::Survives);
    }
    if !exits {
        return Ok(StartOutcome::Serves);
    }
    Ok(StartOutcome::Exits {
        status: exit
            .as_ref()
            .map(|exit| read_status(file, exit))
            .transpose()?,
        stdout: stdout.as_ref().map(|text| text.get().clone()),
        stderr: stderr.as_ref().map(|text| text.get().clone()),
        output: output.as_ref().map(|text| text.get().clone()),
    })
}

fn read_status(file: &SourceFile, exit: &At<i64>) -> Result<i32, ScenarioError> {
    match u8::try_from(*exit.get()) {
        Ok(status) => Ok(status.into()),
        Err(_) => Err(ScenarioError::new(
            file,
            exit.span(),
            format!(
                "an exit status is a number from 0 to 255, not {}",
                exit.get()
            ),
            "no exit status",
        )),
    }
}

fn read_argument(file: &SourceFile, argument: &At<String>) -> Result<Argument, ScenarioError> {
    let text = argument.get().as_str();
    match text {
        "{port}" => Ok(Argument::Port),
        "{busy_port}" => Ok(Argument::BusyPort),
        "{privileged_port}" => Ok(Argument::PrivilegedPort),
        _ if text.contains(['{', '}']) => Err(ScenarioError::new(
            file,
            argument.span(),
            format!("`{text}` is no argument that the grader can fill in"),
            "unknown",
        )
        .help(did_you_mean(text, HOLES).unwrap_or_else(|| {
            format!(
                "an argument is a text without braces, or {}",
                listed(&HOLES, "or")
            )
        }))),
        _ if text.contains('\0') => Err(ScenarioError::new(
            file,
            argument.span(),
            "an argument can't hold a NUL byte",
            "has one",
        )),
        _ => Ok(Argument::Literal(text.to_owned())),
    }
}

/// An error unless a key that takes only `true` has it.
pub(super) fn check_true(file: &SourceFile, only: &Only) -> Result<(), ScenarioError> {
    if *only.0.get() {
        return Ok(());
    }
    Err(ScenarioError::new(
        file,
        only.0.span(),
        "this key can only be `true`",
        "`false`",
    )
    .help("leave it out instead"))
}
