//! Every mistake that the diagnosis knows, and what it says of it.

use std::fmt::Write;
use std::time::Duration;

use grader::verdict::diagnosis::{Situation, Stop, diagnose};
use grader::visible::shortened;
use proptest::prelude::*;

use super::assert_golden;

/// What alice (0), bob (1) and carol (2) have said and heard, with one mistake in it.
struct Mistake {
    name: &'static str,
    receiver: usize,
    expected: Vec<u8>,
    received: Vec<u8>,
    owed: Vec<Vec<u8>>,
    before: Vec<Vec<u8>>,
    own: Vec<Vec<u8>>,
    stop: Stop,
}

impl Mistake {
    fn new(name: &'static str, expected: impl AsRef<[u8]>, received: impl AsRef<[u8]>) -> Self {
        Self {
            name,
            receiver: 0,
            expected: expected.as_ref().to_vec(),
            received: received.as_ref().to_vec(),
            owed: Vec::new(),
            before: vec![b"server: client 1 just arrived\n".to_vec()],
            own: Vec::new(),
            stop: Stop::Contradiction,
        }
    }

    fn receiver(self, receiver: usize) -> Self {
        Self { receiver, ..self }
    }

    fn owed(self, lines: &[&str]) -> Self {
        Self {
            owed: lines.iter().map(|line| line.as_bytes().to_vec()).collect(),
            ..self
        }
    }

    fn before(self, lines: &[&str]) -> Self {
        Self {
            before: lines.iter().map(|line| line.as_bytes().to_vec()).collect(),
            ..self
        }
    }

    fn own(self, lines: &[&str]) -> Self {
        Self {
            own: lines.iter().map(|line| line.as_bytes().to_vec()).collect(),
            ..self
        }
    }

    fn stop(self, stop: Stop) -> Self {
        Self { stop, ..self }
    }

    fn describe(&self, page: &mut String) {
        let names = ["alice", "bob", "carol"].map(str::to_owned);
        let right = self
            .expected
            .iter()
            .zip(&self.received)
            .take_while(|(a, b)| a == b)
            .count();
        let diagnosis = diagnose(&Situation {
            receiver: &names[self.receiver],
            receiver_id: self.receiver,
            expected: &self.expected,
            received: &self.received,
            offset: right,
            owed: &self.owed,
            before: &self.before,
            own: &self.own,
            names: &names,
            stop: self.stop,
        });
        let _ = writeln!(page, "{}", self.name);
        let _ = writeln!(page, "  must come  {}", shortened(&self.expected, 70));
        let _ = writeln!(page, "  came       {}", shortened(&self.received, 70));
        let _ = writeln!(page, "  here       {}", diagnosis.here);
        let _ = writeln!(page, "  reason     {}\n", diagnosis.reason);
    }
}

fn long(letters: usize) -> String {
    format!("client 1: {}", "a".repeat(letters))
}

fn mistakes() -> Vec<Mistake> {
    const SILENCE: Stop = Stop::Silence(Duration::from_secs(2));
    let counted: String = (0..30_000).map(|number| format!("{number} ")).collect();
    vec![
        Mistake::new("no prefix", "client 1: two\n", "two\nthree\n"),
        Mistake::new("no prefix on an empty line", "client 1: \n", "\n"),
        Mistake::new(
            "no prefix, the text has not come in full",
            "client 1: two and more\n",
            "two a",
        ),
        Mistake::new(
            "no prefix, a text that begins as the prefix does",
            "client 1: client x\n",
            "client x\n",
        ),
        Mistake::new(
            "no prefix, a changed text",
            "client 1: hello world\n",
            "hello w\n",
        ),
        Mistake::new("another client's id", "client 1: hi\n", "client 2: hi\n"),
        Mistake::new(
            "an id given again",
            "server: client 2 just arrived\n",
            "server: client 1 just arrived\n",
        ),
        Mistake::new(
            "an id counted too far",
            "server: client 2 just arrived\n",
            "server: client 3 just arrived\n",
        ),
        Mistake::new(
            "an id with more digits",
            "server: client 1 just arrived\n",
            "server: client 10 just arrived\n",
        ),
        Mistake::new(
            "somebody else leaves",
            "server: client 1 just left\n",
            "server: client 2 just left\n",
        ),
        Mistake::new("the own line comes back", "", "client 0: hi\n").own(&["hi\n"]),
        Mistake::new(
            "the own line comes back, not in full",
            "client 1: yes\n",
            "client 0: h",
        )
        .own(&["hi\n"]),
        Mistake::new("the own line comes back without a prefix", "", "hi\n").own(&["hi\n"]),
        Mistake::new("a line is left out", "client 1: two\n", "client 1: three\n")
            .owed(&["client 1: three\n"]),
        Mistake::new(
            "two lines are left out",
            "client 1: two\n",
            "client 1: four\n",
        )
        .owed(&["client 1: three\n", "client 1: four\n"]),
        Mistake::new(
            "an arrival is left out",
            "server: client 1 just arrived\n",
            "client 1: hi\n",
        )
        .owed(&["client 1: hi\n"]),
        Mistake::new("a line comes twice", "client 1: two\n", "client 1: one\n")
            .before(&["client 1: one\n"]),
        Mistake::new(
            "a line comes twice, nothing else is due",
            "",
            "client 1: one\n",
        )
        .before(&["client 1: one\n"]),
        Mistake::new("a newline too many", "client 1: two\n", "\nclient 1: two\n"),
        Mistake::new("a newline too many, nothing else is due", "", "\n"),
        Mistake::new(
            "a newcomer is told of itself",
            "",
            "server: client 2 just arrived\n",
        )
        .receiver(2)
        .before(&[]),
        Mistake::new(
            "something where nothing is due",
            "",
            "Connection accepted\n",
        ),
        Mistake::new(
            "an arrival for a departure",
            "server: client 1 just left\n",
            "server: client 1 just arrived\n",
        ),
        Mistake::new(
            "a departure for an arrival",
            "server: client 1 just arrived\n",
            "server: client 1 just left\n",
        ),
        Mistake::new(
            "another wording",
            "server: client 1 just left\n",
            "server: client 1 has left\n",
        ),
        Mistake::new(
            "another spelling",
            "server: client 1 just arrived\n",
            "Server: client 1 just arrived\n",
        ),
        Mistake::new(
            "a newline missing between two lines",
            "client 1: one\n",
            "client 1: oneclient 1: two\n",
        ),
        Mistake::new(
            "a carriage return added",
            "client 1: one\n",
            "client 1: one\r\n",
        ),
        Mistake::new(
            "something after a line",
            "client 1: one\n",
            "client 1: one!\n",
        ),
        Mistake::new(
            "a carriage return dropped",
            "client 1: a\r\n",
            "client 1: a\n",
        ),
        Mistake::new(
            "the NUL at the end sent",
            "client 1: one\n",
            "client 1: one\0\n",
        ),
        Mistake::new("a whole buffer sent", "", [0; 500]),
        Mistake::new(
            "the prefix before every piece",
            "client 1: hello\n",
            "client 1: heclient 1: llo\n",
        ),
        Mistake::new(
            "the prefix before every buffer",
            long(100_000) + "\n",
            long(4096) + &long(4096),
        ),
        Mistake::new(
            "another line inside of a line",
            "client 1: hello\n",
            "client 1: heclient 2: x\nllo\n",
        ),
        Mistake::new(
            "an announcement inside of a line",
            "client 1: hello\n",
            "client 1: heserver: client 2 just left\n",
        ),
        Mistake::new(
            "a line cut at a buffer's end",
            long(100_000) + "\n",
            long(4096) + "\n",
        ),
        Mistake::new(
            "a line cut at a buffer's end less one",
            long(100_000) + "\n",
            long(65_525) + "\n",
        ),
        Mistake::new(
            "a line cut anywhere",
            "client 1: hello world\n",
            "client 1: hello\n",
        ),
        Mistake::new("a format taken", "client 1: %s%n%d\n", "client 1: (null)\n"),
        Mistake::new(
            "a doubled percent sign taken",
            "client 1: 100%%\n",
            "client 1: 100%\n",
        ),
        Mistake::new(
            "leading spaces lost",
            "client 1:   x y\n",
            "client 1: x y\n",
        ),
        Mistake::new(
            "a piece lost",
            format!("client 1: {counted}\n"),
            format!("client 1: {}{}", &counted[..4086], &counted[8192..20_000]),
        ),
        Mistake::new(
            "text left over from somebody else",
            "client 2: hello\n",
            "client 2: halfhello\n",
        )
        .receiver(1),
        Mistake::new(
            "text left over before the prefix",
            "client 2: hello\n",
            "halfclient 2: hello\n",
        )
        .receiver(1),
        Mistake::new("anything else", "client 1: hello\n", "client 1: hEllo\n"),
        Mistake::new(
            "anything else, not UTF-8",
            "client 1: h\u{e9}\n",
            b"client 1: h\xe9\n",
        ),
        Mistake::new("a message never comes", "client 1: hello\n", "").stop(SILENCE),
        Mistake::new(
            "an arrival is never told",
            "server: client 2 just arrived\n",
            "",
        )
        .stop(SILENCE),
        Mistake::new(
            "a departure is never told",
            "server: client 1 just left\n",
            "",
        )
        .stop(Stop::Silence(Duration::from_millis(500))),
        Mistake::new(
            "the newline never comes",
            "client 1: hello\n",
            "client 1: hello",
        )
        .stop(SILENCE),
        Mistake::new("the rest never comes", long(100_000) + "\n", long(65_526)).stop(SILENCE),
        Mistake::new(
            "the rest never comes, at no round length",
            "client 1: hello\n",
            "client 1: he",
        )
        .stop(SILENCE),
        Mistake::new("closed before a line", "client 1: hello\n", "").stop(Stop::Closed),
        Mistake::new(
            "closed inside of a line",
            "client 1: hello\n",
            "client 1: he",
        )
        .stop(Stop::Closed),
        Mistake::new("reset when nothing is due", "", "").stop(Stop::Reset),
    ]
}

#[test]
fn every_mistake_is_named() {
    let mut page = String::new();
    for mistake in mistakes() {
        mistake.describe(&mut page);
    }
    assert_golden("grader/tests/golden/expected/diagnosis.txt", &page);
}

/// A line, an almost right line, or anything.
fn some_line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "(server: client |client |)[0-3]?(: | just left| just arrived|)[ab%\r]{0,3}\n?"
            .prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..12),
    ]
}

proptest! {
    #[test]
    fn whatever_comes_is_told_in_a_sentence(
        expected in some_line(),
        received in some_line(),
        other in prop::collection::vec(some_line(), 0..3),
        receiver_id in 0_usize..3,
        stop in prop::sample::select(vec![
            Stop::Contradiction,
            Stop::Silence(Duration::from_secs(2)),
            Stop::Closed,
            Stop::Reset,
        ]),
    ) {
        let right = expected.iter().zip(&received).take_while(|(a, b)| a == b).count();
        let told = diagnose(&Situation {
            receiver: "alice",
            receiver_id,
            expected: &expected,
            received: &received,
            offset: right,
            owed: &other,
            before: &other,
            own: &other,
            names: &[],
            stop,
        });
        prop_assert!(!told.here.is_empty() && !told.here.contains('\n'));
        prop_assert!(told.reason.ends_with('.') && !told.reason.contains('\n'));
    }
}
