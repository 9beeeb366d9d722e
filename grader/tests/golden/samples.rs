//! Runs as they could have been, for the reports to show.

use machine::Exit;
use std::collections::BTreeSet;
use std::time::Duration;

use grader::event::{Event, RunDescription, RunResult};
use grader::tier::Tier;
use grader::verdict::kind::{Due, Mistake, Moment};
use grader::verdict::{
    CheckKind, CheckReport, Comparison, Death, Failure, Finding, Frame, Kind, NotPlayed, Outcome,
    Place, Reading, Summary, TranscriptRow,
};

/// A run of these checks.
pub(crate) fn run(checks: Vec<CheckReport>, limitations: &[&str]) -> Vec<Event> {
    let mut summary = Summary::default();
    for check in &checks {
        summary.add(check);
    }
    let started = Event::Started(RunDescription {
        grader: "0.1.0".to_owned(),
        server: "./mini_serv".to_owned(),
        command: "./mini_serv".to_owned(),
        seed: 7,
        checks: checks.len(),
        require: Tier::Subject,
        is_of_a_choice: false,
        weights: None,
        confinement: vec!["It could connect to nothing by TCP (Landlock).".into()],
        limitations: limitations.iter().map(|it| (*it).to_owned()).collect(),
    });
    let finished = Event::Finished(RunResult {
        summary,
        duration: Duration::from_millis(934),
    });
    let checked = checks.into_iter().map(Event::Checked);
    std::iter::once(started)
        .chain(checked)
        .chain([finished])
        .collect()
}

/// A check of the scenario `name`.
pub(crate) fn check(
    name: &str,
    rule: &str,
    tier: Tier,
    title: &str,
    outcome: Outcome,
) -> CheckReport {
    CheckReport {
        kind: CheckKind::Scenario,
        scenario: name.to_owned(),
        path: format!("scenarios/{name}.toml"),
        title: title.to_owned(),
        rules: vec![rule.to_owned()],
        tier,
        outcome,
        duration: Duration::from_millis(12),
        hint: None,
        readings: BTreeSet::new(),
        hidden: false,
        remarks: Vec::new(),
        asides: Vec::new(),
    }
}

fn failed(failure: Failure) -> Outcome {
    Outcome::Failed(Box::new(failure))
}

fn row(who: &str, did: &str, with: &[u8]) -> TranscriptRow {
    TranscriptRow {
        who: who.to_owned(),
        did: did.to_owned(),
        with: with.to_vec(),
    }
}

fn two_connect() -> Vec<TranscriptRow> {
    vec![
        row("alice", "connects", b"id 0"),
        row("bob", "connects", b"id 1"),
    ]
}

fn comparison(matched: &[u8], expected: &[u8], received: &[u8], here: &str) -> Comparison {
    Comparison {
        who: "alice".to_owned(),
        matched: matched.to_vec(),
        matched_length: matched.len(),
        expected: expected.to_vec(),
        expected_length: expected.len(),
        received: received.to_vec(),
        received_length: received.len(),
        here: here.to_owned(),
    }
}

fn passed_with(readings: &[Reading], check: CheckReport) -> CheckReport {
    CheckReport {
        readings: readings.iter().copied().collect(),
        ..check
    }
}

/// A server that passes, with a check that could not be made.
pub(crate) fn passing() -> Vec<CheckReport> {
    vec![
        check("exam-1", "exam-1", Tier::Exam, "Started without an argument, it says so", Outcome::Passed),
        check(
            "loopback-only",
            "loopback-only",
            Tier::Subject,
            "The server is not to be reached at 127.0.0.2",
            Outcome::Skipped("This machine has no address 127.0.0.2.".to_owned()),
        ),
        passed_with(
            &[Reading::PiecesHeld],
            check(
                "two_pieces",
                "line-in-pieces",
                Tier::Subject,
                "A line that comes in two pieces, with nothing in between and quite some time to wait, is one line",
                Outcome::Passed,
            ),
        ),
        passed_with(
            &[Reading::UnfinishedDropped],
            check(
                "unfinished_line",
                "unfinished-line",
                Tier::Robust,
                "An unfinished line is not dropped when its client leaves",
                failed(Failure {
                    kind: Kind::Text(Mistake::Missing(Due::Line)),
                    line: 14,
                    reason: "The line \"client 1: half\" of client 1 (bob) did not reach alice; the next line came in its place.".to_owned(),
                    transcript: [two_connect(), vec![row("bob", "says", b"half"), row("bob", "leaves", b"")]].concat(),
                    comparison: Some(comparison(b"", b"client 1: half\n", b"server: client 1 just left\n", "a line is missing before this one")),
                    ..Failure::default()
                }),
            ),
        ),
    ]
}

/// A server with many faults.
pub(crate) fn failing() -> Vec<CheckReport> {
    let long = [b"client 2: ".as_slice(), &[b'a'; 500]].concat();
    vec![
        check("exam-4", "exam-4", Tier::Exam, "Two clients connect and leave in order", Outcome::Passed),
        CheckReport {
            hint: Some("Look for each newline in what recv brought.".to_owned()),
            ..check(
                "multi_line_message",
                "prefix-every-line",
                Tier::Subject,
                "Every line of a message is relayed with its own prefix",
                failed(Failure {
                    kind: Kind::Text(Mistake::NoPrefix),
                    line: 11,
                    reason: "alice received a line without \"client 1: \" before it.".to_owned(),
                    transcript: [two_connect(), vec![row("bob", "says", b"one\ntwo\nthree\n")]].concat(),
                    comparison: Some(comparison(
                        b"client 1: one\n",
                        b"client 1: two\nclient 1: three\n",
                        b"two\nthree\n",
                        "\"client 1: \" is missing",
                    )),
                    ..Failure::default()
                }),
            )
        },
        check(
            "line_of_100002",
            "long-line",
            Tier::Subject,
            "A line of 100,002 bytes is relayed whole, to everyone else and with one prefix",
            failed(Failure {
                kind: Kind::Text(Mistake::CutShort),
                line: 9,
                reason: "The line that alice received ends after 65,535 of 100,013 bytes, which is where a buffer of 65,536 bytes ends.".to_owned(),
                transcript: vec![
                    row("alice", "connects", b"id 0"),
                    row("carol", "says", &[[b'a'; 300].as_slice(), b"\n"].concat()),
                ],
                comparison: Some(Comparison {
                    who: "alice".to_owned(),
                    matched: long[10..].to_vec(),
                    matched_length: 65_535,
                    expected: vec![b'a'; 200],
                    expected_length: 34_478,
                    received: b"\n".to_vec(),
                    received_length: 1,
                    here: "the last 34,477 bytes of the line are missing".to_owned(),
                }),
                ..Failure::default()
            }),
        ),
        check(
            "every_byte",
            "verbatim",
            Tier::Robust,
            "What is no printable character is kept as it is",
            failed(Failure {
                kind: Kind::Text(Mistake::Nul),
                line: 8,
                reason: "alice received a NUL byte: the text was sent with the byte that ends it in memory.".to_owned(),
                transcript: vec![row("漢字", "says", "naïve 漢字\r\n".as_bytes()), row("bob", "says", b"\x00\xff \n")],
                comparison: Some(comparison("client 1: naïve 漢字\r".as_bytes(), b"\n", b"\0\n", "a NUL byte was sent")),
                ..Failure::default()
            }),
        ),
        check(
            "reset",
            "survives",
            Tier::Subject,
            "A client that resets its connection has left",
            failed(Failure {
                kind: Kind::Died { exit: Exit::Signal(11), moment: Moment::Departure },
                line: 12,
                reason: "The server died when bob reset its connection.".to_owned(),
                transcript: [two_connect(), vec![row("bob", "resets its connection", b"")]].concat(),
                death: Some(Death {
                    how: "was killed by signal 11 (SIGSEGV, a faulty memory access)".to_owned(),
                    last_words: "client 1 gone\n\x1b[31mrealloc(): invalid next size\x1b[0m\n".to_owned(),
                }),
                ..Failure::default()
            }),
        ),
        check(
            "silent",
            "silent",
            Tier::Subject,
            "Nothing is written to standard output",
            failed(Failure {
                kind: Kind::Prints,
                line: 3,
                reason: "The server wrote \"Listening on 4242⏎\" to its standard output.".to_owned(),
                transcript: two_connect(),
                comparison: Some(Comparison {
                    who: "standard output".to_owned(),
                    ..comparison(b"", b"", b"Listening on 4242\n", "nothing must come here")
                }),
                ..Failure::default()
            }),
        ),
        check(
            "lazy",
            "lazy-harmless",
            Tier::Subject,
            "Nobody waits for a client that does not read",
            Outcome::Error("The path to alice could not be filled: the kernel gave it 300 MB.".to_owned()),
        ),
        passed_with(
            &[Reading::PiecesAtOnce, Reading::ExtraArgumentsRefused],
            check("relay", "relay", Tier::Subject, "A line reaches everyone but its speaker", Outcome::Passed),
        ),
    ]
}

/// A server that does not even serve.
/// What a machine that forbids something leaves open.
pub(crate) fn undecided() -> Vec<CheckReport> {
    vec![check(
        "select_before_recv",
        "select-first",
        Tier::Subject,
        "Every recv comes after select has reported the client",
        Outcome::Undecided(
            "the server's system calls cannot be supervised here: Operation not permitted"
                .to_owned(),
        ),
    )]
}

pub(crate) fn never_serving() -> Vec<CheckReport> {
    let never = |name: &str, rule: &str, title: &str, reason: &str| {
        check(
            name,
            rule,
            Tier::Subject,
            title,
            failed(Failure {
                kind: Kind::Died {
                    exit: Exit::Status(1),
                    moment: Moment::Start,
                },
                line: 1,
                reason: reason.to_owned(),
                death: Some(Death {
                    how: "exited with status 1".to_owned(),
                    last_words: "Fatal error\n".to_owned(),
                }),
                beside: Some("port-from-argument"),
                not_played: Some(NotPlayed::NeverServed),
                ..Failure::default()
            }),
        )
    };
    let reason = "The server exited instead of serving on its port.";
    vec![
        check(
            "no_argument",
            "no-argument",
            Tier::Subject,
            "Without an argument it says so",
            Outcome::Passed,
        ),
        never("arrival", "arrival", "Who arrives is announced", reason),
        never("departure", "departure", "Who leaves is announced", reason),
        never("relay", "relay", "A line reaches everyone else", reason),
    ]
}

fn found(line: usize, column: usize, width: usize, excerpt: &str, message: &str) -> Finding {
    let place = Place {
        file: "mini_serv.c".to_owned(),
        line,
        column,
        width,
        excerpt: excerpt.to_owned(),
    };
    Finding::new(message, Some(place))
}

fn inspection(name: &str, title: &str, tier: Tier, outcome: Outcome) -> CheckReport {
    CheckReport {
        kind: CheckKind::Inspection,
        path: "mini_serv.c".to_owned(),
        ..check(name, name, tier, title, outcome)
    }
}

/// A source with many faults.
pub(crate) fn sources() -> Vec<CheckReport> {
    let wide = format!("{}printf(\"{}\");", "\t".repeat(40), "x".repeat(300));
    vec![
        CheckReport {
            remarks: vec![
                Finding::new(
                    "other C files are in the folder, and were not looked at: main.c",
                    None,
                ),
                found(
                    7,
                    2,
                    7,
                    "\tsprintf(line, \"%d\", id);",
                    "may write 12 bytes into 8 [-Wformat-overflow=]",
                ),
            ],
            ..inspection(
                "compiles",
                "The source compiles as in the exam",
                Tier::Exam,
                Outcome::Passed,
            )
        },
        inspection(
            "allowed-functions",
            "The source calls and names no function that the subject does not list",
            Tier::Exam,
            failed(Failure {
                kind: Kind::InSource,
                line: 12,
                reason: "the source uses what is not allowed in 11 places".to_owned(),
                findings: [
                    found(
                        12,
                        2,
                        6,
                        "\tprintf(\"é 漢字\\n\");",
                        "printf is not one of the allowed functions",
                    )
                    .cured_by("sprintf and write do the same."),
                    found(
                        120,
                        41,
                        6,
                        &wide,
                        "printf is not one of the allowed functions",
                    )
                    .cured_by("sprintf and write do the same."),
                    found(
                        121,
                        9,
                        1,
                        "漢字漢字漢字\u{1b}[31mx\u{fffd}",
                        "stray characters in the program, of which nobody knows what they mean",
                    ),
                    found(122, 1, 1, "", "nothing stands here"),
                    Finding::new(
                        "the compiled file asks for puts, although no line names it plainly",
                        None,
                    ),
                ]
                .into_iter()
                .chain((0..6).map(|line| {
                    found(
                        200 + line,
                        1,
                        4,
                        "puts(a);",
                        "puts is not one of the allowed functions",
                    )
                }))
                .collect(),
                ..Failure::default()
            }),
        ),
        inspection(
            "memory-safe",
            "Built with sanitizers, the server plays the scenarios without a complaint",
            Tier::Robust,
            failed(Failure {
                kind: Kind::MemoryMisused,
                line: 50,
                reason: "a mistake in how the program uses memory was seen".to_owned(),
                findings: vec![Finding {
                    stack: ["append", "receive", "main"]
                        .into_iter()
                        .zip([50, 161, 208])
                        .map(|(function, line)| Frame {
                            function: function.to_owned(),
                            line,
                        })
                        .collect(),
                    scenarios: vec!["exam-5".to_owned(), "exam-6".to_owned()],
                    ..found(
                        50,
                        17,
                        7,
                        "\t\ttext->bytes = realloc(text->bytes, room);",
                        "memory that was allocated here is lost",
                    )
                }],
                ..Failure::default()
            }),
        ),
        inspection(
            "no-define",
            "The source holds no #define",
            Tier::Subject,
            Outcome::Skipped("it is an executable".to_owned()),
        ),
        inspection(
            "never-eagain",
            "The source does not look at EAGAIN",
            Tier::Subject,
            Outcome::Skipped("it is an executable".to_owned()),
        ),
    ]
}
