//! Whatever a run brings, every report about it can be read by those for whom it is written.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Document, Progress};
use crate::event::{RunDescription, RunResult};
use crate::rules;
use crate::tier::Tier;
use crate::verdict::kind::Mistake;
use crate::verdict::{
    CheckKind, CheckReport, Comparison, Death, Failure, Finding, Frame, Kind, NotPlayed, Outcome,
    Place, Reading, Required, Summary, TranscriptRow,
};

mod files;
mod jenkins;
mod machines;
mod markup;
mod people;

/// What some form of report would take for its own, and what is hard to show.
const PIECES: [&str; 56] = [
    "<script>alert(1)</script>",
    "</p>",
    "</details>",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "<?",
    "&amp;",
    "&#0;",
    "&",
    "<",
    ">",
    "\"",
    "'",
    "` ",
    "``",
    "```",
    "~~~",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\t",
    "\0",
    "\u{1b}[31m",
    "\u{1b}]0;title\u{7}",
    "\u{7f}",
    "\u{85}",
    "\u{9b}1m",
    "\u{2028}",
    "\u{fffe}",
    "\u{feff}",
    "\u{202e}",
    "\u{200b}",
    "e\u{301}",
    "😀",
    "👩‍👩‍👧",
    "漢字",
    ",",
    ";",
    " # SKIP",
    "#",
    "\\",
    "|",
    "*b*",
    "__c__",
    "[d](e)",
    "![f](g)",
    "<http://h>",
    "\n---\n",
    "\n  ...\n",
    "\nok 1\n",
    "Bail out!",
    "=1+1",
    "    four",
];

/// A text of which nobody knows where it comes from.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        2 => "[a-z ]{0,12}",
    ];
    vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// A title, or another text of a scenario: it stands on one line.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, "")
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..40),
        text().prop_map(String::into_bytes),
        (any::<u8>(), 0..900_usize).prop_map(|(byte, count)| vec![byte; count]),
    ]
}

/// A number of bytes or lines: no text is longer than a quarter of all that can be addressed.
fn count() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 0..300_usize, 1 => any::<u32>().prop_map(|it| it as usize), 1 => Just(usize::MAX / 4)]
}

fn duration() -> impl Strategy<Value = std::time::Duration> {
    let nanoseconds = any::<u64>().prop_map(std::time::Duration::from_nanos);
    prop_oneof![nanoseconds, Just(std::time::Duration::MAX)]
}

/// Draws from what was made up, so that each part of a check need not be a strategy of its own.
struct Stock {
    texts: Vec<String>,
    bytes: Vec<Vec<u8>>,
    counts: Vec<usize>,
}

impl Stock {
    fn text(&mut self) -> String {
        self.texts.rotate_left(1);
        self.texts[0].clone()
    }

    fn count(&mut self) -> usize {
        self.counts.rotate_left(1);
        self.counts[0]
    }

    /// A text that was cut, and how long it was.
    fn bytes(&mut self) -> (Vec<u8>, usize) {
        self.bytes.rotate_left(1);
        let bytes = self.bytes[0].clone();
        let length = match self.count() {
            cut @ 200.. => bytes.len() + cut,
            _ => bytes.len(),
        };
        (bytes, length)
    }

    fn rows(&mut self) -> Vec<TranscriptRow> {
        let names = ["alice", "the server", "…"].map(str::to_owned);
        let mut names = names.into_iter().chain([one_line(&self.text())]).cycle();
        let rows = 0..self.count() % 5;
        rows.map(|_| TranscriptRow {
            who: names.next().unwrap_or_default(),
            did: one_line(&self.text()),
            with: self.bytes().0,
        })
        .collect()
    }

    fn findings(&mut self) -> Vec<Finding> {
        let findings = 0..self.count() % 4;
        findings.map(|number| self.finding(number > 0)).collect()
    }

    fn finding(&mut self, has_place: bool) -> Finding {
        let frames = 0..self.count() % 3;
        Finding {
            place: has_place.then(|| Place {
                file: self.text(),
                line: self.count().max(1),
                column: self.count().max(1),
                width: self.count().max(1),
                excerpt: self.text().replace('\n', ""),
            }),
            stack: frames
                .map(|_| Frame {
                    function: self.text(),
                    line: self.count(),
                })
                .collect(),
            cure: has_place.then(|| self.text()),
            scenarios: vec![self.text(); self.count() % 3],
            ..Finding::new(self.text(), None)
        }
    }

    fn comparison(&mut self) -> Comparison {
        let (matched, matched_length) = self.bytes();
        let (expected, expected_length) = self.bytes();
        let (received, received_length) = self.bytes();
        Comparison {
            who: ["alice", "standard output"][self.count() % 2].to_owned(),
            matched,
            matched_length,
            expected,
            expected_length,
            received,
            received_length,
            here: one_line(&self.text()),
        }
    }

    fn failure(&mut self, flags: u8) -> Failure {
        let kinds = [
            Kind::default(),
            Kind::Prints,
            Kind::Text(Mistake::IdAgain),
            Kind::Forbidden { call: "poll" },
        ];
        Failure {
            kind: kinds[usize::from(flags >> 6)],
            beside: (flags & 5 == 5).then_some("arrival"),
            line: self.count(),
            reason: self.text(),
            transcript: self.rows(),
            calls: self.rows(),
            comparison: (flags & 1 != 0).then(|| self.comparison()),
            death: (flags & 2 != 0).then(|| Death {
                how: self.text(),
                last_words: self.text(),
            }),
            not_played: match flags & 28 {
                12 => Some(NotPlayed::NeverServed),
                28 => Some(NotPlayed::NotCompiled),
                24 => Some(NotPlayed::TooSlow),
                _ => None,
            },
            findings: self.findings(),
            hint: (flags & 32 != 0).then(|| self.text()),
        }
    }
}

fn checks() -> impl Strategy<Value = CheckReport> {
    let ids: Vec<&str> = rules::all().iter().map(|rule| rule.id.as_str()).collect();
    (
        (vec(text(), 9), vec(bytes(), 5), vec(count(), 13)),
        (0..5_u8, any::<u8>(), any::<bool>(), any::<bool>()),
        prop::sample::select(&Tier::ALL[..]),
        vec(prop::sample::select(ids), 1..3),
        duration(),
    )
        .prop_map(|((texts, bytes, counts), ended, tier, rules, duration)| {
            let (ended, flags, is_inspection, hidden) = ended;
            let mut stock = Stock {
                texts,
                bytes,
                counts,
            };
            CheckReport {
                kind: if is_inspection {
                    CheckKind::Inspection
                } else {
                    CheckKind::Scenario
                },
                scenario: one_line(&stock.text()),
                path: stock.text(),
                title: one_line(&stock.text()),
                rules: rules.into_iter().map(str::to_owned).collect(),
                tier,
                outcome: match ended {
                    0 => Outcome::Passed,
                    1 => Outcome::Failed(Box::new(stock.failure(flags))),
                    2 => Outcome::Skipped(stock.text()),
                    3 => Outcome::Undecided(stock.text()),
                    _ => Outcome::Error(stock.text()),
                },
                duration,
                hint: (flags & 64 != 0).then(|| one_line(&stock.text())),
                readings: [Reading::PiecesHeld].into_iter().collect(),
                hidden,
                remarks: stock.findings(),
                asides: Vec::new(),
            }
        })
}

/// A run, finished or not.
fn runs() -> impl Strategy<Value = Progress> {
    let sentences = || vec(text(), 0..3);
    (
        (text(), text(), any::<u64>()),
        (any::<bool>(), any::<bool>()),
        prop::sample::select(&Tier::ALL[..]),
        (sentences(), sentences()),
        vec(checks(), 0..4),
        duration(),
    )
        .prop_map(
            |(words, flags, require, (confinement, limitations), checks, duration)| {
                let (server, command, seed) = words;
                let (is_over, is_of_a_choice) = flags;
                let mut summary = Summary::of(Required {
                    tier: require,
                    is_of_a_choice,
                    is_all: is_of_a_choice,
                });
                for check in &checks {
                    summary.add(check);
                }
                Progress {
                    run: RunDescription {
                        grader: "0.1.0".into(),
                        server,
                        command,
                        seed,
                        checks: checks.len(),
                        require,
                        is_of_a_choice,
                        weights: None,
                        confinement,
                        limitations,
                    },
                    checks,
                    is_interrupted: false,
                    result: is_over.then_some(RunResult { summary, duration }),
                }
            },
        )
}

fn written(form: &impl Document, run: &Progress) -> String {
    form.text(run).expect("it is written into memory")
}

/// So few cases that they take a second or two: each of them goes through a whole report.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(96)
    }
}
