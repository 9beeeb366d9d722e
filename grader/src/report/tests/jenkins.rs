//! What the xUnit plugin of Jenkins asks of JUnit XML: which elements stand in which, and with
//! which attributes.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// An element: what it may hold, what it must be told, and what it may be told besides.
struct Element {
    name: &'static str,
    children: &'static [&'static str],
    has_text: bool,
    required: &'static [&'static str],
    optional: &'static [&'static str],
}

const ELEMENTS: [Element; 8] = [
    Element {
        name: "testsuites",
        children: &["testsuite"],
        has_text: false,
        required: &[],
        optional: &["name", "time", "tests", "failures", "errors"],
    },
    Element {
        name: "testsuite",
        children: &[
            "testsuite",
            "properties",
            "testcase",
            "system-out",
            "system-err",
        ],
        has_text: false,
        required: &["name", "tests", "failures", "errors"],
        optional: &[
            "group",
            "time",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
            "file",
            "log",
            "url",
        ],
    },
    Element {
        name: "properties",
        children: &["property"],
        has_text: false,
        required: &[],
        optional: &[],
    },
    Element {
        name: "property",
        children: &[],
        has_text: false,
        required: &["name", "value"],
        optional: &[],
    },
    Element {
        name: "testcase",
        children: &["skipped", "error", "failure", "system-out", "system-err"],
        has_text: false,
        required: &["name"],
        optional: &["time", "classname", "group"],
    },
    told("failure"),
    told("error"),
    told("skipped"),
];

/// Why a case did not pass.
const fn told(name: &'static str) -> Element {
    Element {
        name,
        children: &[],
        has_text: true,
        required: &[],
        optional: &["type", "message"],
    }
}

/// What in this text Jenkins would refuse; `None` where it takes it.
pub(super) fn refused(text: &str) -> Option<String> {
    let mut reader = Reader::from_str(text);
    let mut within: Vec<&Element> = Vec::new();
    loop {
        match reader.read_event() {
            Err(error) => return Some(error.to_string()),
            Ok(Event::Eof) => return within.last().map(|it| format!("{} has no end", it.name)),
            Ok(Event::Start(start)) => match begun(&start, within.last().copied()) {
                Ok(element) => within.push(element),
                Err(why) => return Some(why),
            },
            Ok(Event::Empty(start)) => {
                if let Err(why) = begun(&start, within.last().copied()) {
                    return Some(why);
                }
            }
            Ok(Event::End(_)) => {
                within.pop();
            }
            Ok(Event::Text(text)) => {
                let is_blank = text.chars().all(char::is_whitespace);
                if !is_blank && within.last().is_none_or(|it| !it.has_text) {
                    return Some("a text where there is none".into());
                }
            }
            Ok(_) => {}
        }
    }
}

/// The element that begins within another.
fn begun(start: &BytesStart<'_>, within: Option<&Element>) -> Result<&'static Element, String> {
    let name = start.name();
    let known = |element: &&Element| element.name == name.as_ref();
    let element = (ELEMENTS.iter().find(known)).ok_or_else(|| format!("{name:?} is unknown"))?;
    let fits = within.map_or(element.name == "testsuites", |it| {
        it.children.contains(&element.name)
    });
    if !fits {
        return Err(format!("{} stands in a wrong place", element.name));
    }
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let name = attribute.key.as_ref().to_owned();
        let known = element.required.iter().chain(element.optional);
        if !known.into_iter().any(|it| **it == *name) {
            return Err(format!("{} has no attribute {name}", element.name));
        }
        // Digits in groups, and a fraction.
        let is_time = |it: char| it.is_ascii_digit() || matches!(it, '.' | ',');
        if name == "time" && !attribute.value.chars().all(is_time) {
            return Err(format!("{} takes no time", element.name));
        }
        attributes.push(name);
    }
    let missing = (element.required.iter()).find(|it| !attributes.iter().any(|name| name == *it));
    match missing {
        Some(missing) => Err(format!("{} has no {missing}", element.name)),
        None => Ok(element),
    }
}

#[test]
fn what_is_refused_is_told() {
    let suite = "<testsuite name='a' tests='0' failures='0' errors='0'";
    let refused = |within: &str| refused(&format!("<testsuites>{within}</testsuites>"));
    assert_eq!(refused(&format!("{suite}/>")), None);
    for (within, why) in [
        (
            "<testcase name='a'/>".to_owned(),
            "testcase stands in a wrong place",
        ),
        ("<testsuite name='a'/>".to_owned(), "testsuite has no tests"),
        (
            format!("{suite} disabled='0'/>"),
            "testsuite has no attribute disabled",
        ),
        (format!("{suite} time='long'/>"), "testsuite takes no time"),
        (
            format!("{suite}>a</testsuite>"),
            "a text where there is none",
        ),
    ] {
        assert_eq!(refused(&within).as_deref(), Some(why));
    }
}
