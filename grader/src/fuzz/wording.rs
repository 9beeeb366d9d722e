//! Writes deeds down as a scenario file. What is played is read from such a file, so that nothing
//! can be played that could not be replayed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::deed::{Deed, Demand, LITERAL, Somebody, Speech};
use crate::scenario::FailingWith;
use crate::script::Departure;
use crate::tier::Tier;

/// The first clients of a file; the others have numbers.
const NAMES: [&str; 8] = [
    "alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi",
];

/// What stands above the steps.
#[derive(Clone, Debug)]
pub(super) struct Heading<'a> {
    pub(super) comment: &'a str,
    pub(super) title: &'a str,
    pub(super) rule: &'a str,
    pub(super) tier: Tier,
    pub(super) seed: u64,
}

/// An `expect` that is put after the step on some line of the file.
#[derive(Clone, Debug)]
pub(super) struct Expectation {
    pub(super) after: usize,
    pub(super) by: String,
    /// As it stands between quotes in the file.
    pub(super) text: String,
}

/// The text of a scenario file.
pub(super) fn file(heading: &Heading<'_>, deeds: &[Deed]) -> String {
    let mut text = String::new();
    for line in heading.comment.lines() {
        let _written = writeln!(text, "# {line}");
    }
    let _written = write!(
        text,
        "title = {}\nrules = [{}]\ntier  = {}\nseed  = {}\n",
        quoted(heading.title),
        quoted(heading.rule),
        quoted(&heading.tier.to_string()),
        heading.seed
    );
    write_demands(&mut text, deeds);
    text.push_str("\nstep = [\n");
    let mut names = Names::default();
    for deed in deeds {
        for step in steps(deed, &mut names) {
            let _written = writeln!(text, "  {{ {step} }},");
        }
    }
    text.push_str("]\n");
    text
}

/// Writes the keys that ask for more than what clients must receive.
fn write_demands(text: &mut String, deeds: &[Deed]) {
    let mut watch = Vec::new();
    let mut must_keep = Vec::new();
    for deed in deeds {
        let Deed::Demand(demand) = deed else { continue };
        match demand {
            Demand::Silence => text.push_str("silent = true\n"),
            Demand::Unread => must_keep.push("\"unread\""),
            Demand::Unfinished => must_keep.push("\"unfinished-line\""),
            Demand::SelectFirst | Demand::NeverEagain | Demand::AllowedFunctions => {
                watch.push(quoted(demand.rule()));
            }
        }
    }
    if !watch.is_empty() {
        let _written = writeln!(text, "watch = [{}]", watch.join(", "));
    }
    if !must_keep.is_empty() {
        let _written = writeln!(text, "must_keep = [{}]", must_keep.join(", "));
    }
}

/// Puts an `expect` into a file.
pub(super) fn with_expectation(file: &str, expectation: &Expectation) -> String {
    let mut text = String::new();
    for (number, line) in file.lines().enumerate() {
        text.push_str(line);
        text.push('\n');
        if number + 1 == expectation.after {
            let Expectation { by, text: due, .. } = expectation;
            let _written = writeln!(
                text,
                "  {{ expect = {{ by = [\"{by}\"], text = \"{due}\" }} }},"
            );
        }
    }
    text
}

/// A text as it stands between quotes, braces for themselves.
pub(super) fn escaped(text: &str) -> String {
    let mut written = String::new();
    for character in text.chars() {
        match character {
            '\n' => written.push_str("\\n"),
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '{' => written.push_str("{{"),
            '}' => written.push_str("}}"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            control if control.is_control() => {
                let _written = write!(written, "\\u{:04X}", u32::from(control));
            }
            other => written.push(other),
        }
    }
    written
}

/// A text in quotes whose braces are no holes.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[derive(Default)]
struct Names(BTreeMap<Somebody, String>);

impl Names {
    /// The name of a client; a new one has the first that is free.
    fn of(&mut self, who: Somebody) -> String {
        let next = self.0.len();
        let name = || {
            NAMES
                .get(next)
                .map_or_else(|| format!("client-{next}"), |name| (*name).to_owned())
        };
        self.0.entry(who).or_insert_with(name).clone()
    }
}

fn steps(deed: &Deed, names: &mut Names) -> Vec<String> {
    let mut one = |verb: &str, who: &Somebody| format!("{verb} = [\"{}\"]", names.of(*who));
    let step = match deed {
        Deed::Demand(_) => return Vec::new(),
        Deed::Crowd(count) => format!("crowd = {{ name = \"guest\", count = {count} }}"),
        Deed::Visits(count) => format!("visit = {{ name = \"visitor\", count = {count} }}"),
        Deed::Arrive(who) => one("connect", who),
        Deed::Leave(who, Departure::Close) => one("leave", who),
        Deed::Leave(who, Departure::Reset) => one("reset", who),
        Deed::Leave(who, Departure::HalfClose) => one("half_close", who),
        Deed::StopReading(who) => one("stop_reading", who),
        Deed::ReadAgain(who) => one("read_again", who),
        Deed::Say(who, speech) => send(&names.of(*who), speech),
        Deed::Flood(from, full) => format!(
            "flood = {{ from = \"{}\", until_full = [\"{}\"] }}",
            names.of(*from),
            names.of(*full)
        ),
        Deed::Freeze => "freeze = true".into(),
        Deed::Thaw => "thaw = true".into(),
        Deed::AcceptFails(error) => fail("accept", None, *error),
        Deed::SelectIsInterrupted => fail("select", None, FailingWith::Interrupted),
        Deed::SendFails {
            to,
            from,
            speech,
            error,
        } => {
            let (to, from) = (names.of(*to), names.of(*from));
            return vec![
                fail("send", Some(&to), *error),
                "freeze = true".into(),
                send(&from, speech),
                format!("half_close = [\"{to}\"]"),
                "thaw = true".into(),
            ];
        }
    };
    vec![step]
}

fn fail(call: &str, to: Option<&str>, error: FailingWith) -> String {
    let to = to.map_or_else(String::new, |to| format!(", to = \"{to}\""));
    let error = error.name();
    format!("fail = {{ call = \"{call}\"{to}, error = \"{error}\" }}")
}

fn send(from: &str, speech: &Speech) -> String {
    let mut text = String::new();
    for (place, length) in speech.lines.iter().enumerate() {
        text.push_str(&escaped(&speech.literal(place)));
        if *length > LITERAL {
            let _written = write!(text, "{{random:{}}}", length - LITERAL);
        }
        if !(speech.unfinished && place + 1 == speech.lines.len()) {
            text.push_str("\\n");
        }
    }
    let mut step = format!("send = {{ from = \"{from}\", text = \"{text}\"");
    if speech.times > 1 {
        let _written = write!(step, ", times = {}", speech.times);
    }
    if let Some(size) = speech.pieces {
        let _written = write!(step, ", pieces = {size}");
    }
    step.push_str(" }");
    step
}
