//! What valgrind writes in XML, as findings.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::sanitizer;
use crate::source::SourceText;
use crate::verdict::{Finding, Frame};

/// An error as valgrind tells it, as far as it has been read.
#[derive(Debug, Default)]
struct Told {
    kind: String,
    what: String,
    /// The first stack: function, file and line of each call.
    stack: Vec<(String, String, usize)>,
    stacks: usize,
}

/// Reads all that valgrind wrote in one play, as far as it came.
pub(super) fn read(xml: &str, source: &SourceText) -> Vec<Finding> {
    let mut reader = Reader::from_str(xml);
    let mut findings = Vec::new();
    let mut told: Option<Told> = None;
    let mut tag = String::new();
    // What is cut off in the middle is read until there.
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(start) => {
                tag = start.name().as_ref().to_owned();
                match (tag.as_str(), &mut told) {
                    ("error", _) => told = Some(Told::default()),
                    ("stack", Some(told)) => told.stacks += 1,
                    ("frame", Some(told)) if told.stacks == 1 => {
                        told.stack.push(Default::default())
                    }
                    _ => {}
                }
            }
            Event::Text(text) => {
                let text: &str = &text;
                let Some(told) = &mut told else { continue };
                let frame = told.stack.last_mut().filter(|_| told.stacks == 1);
                match (tag.as_str(), frame) {
                    ("kind", _) => told.kind.push_str(text),
                    ("what" | "text", _) => told.what.push_str(text),
                    ("fn", Some(frame)) => frame.0.push_str(text),
                    ("file", Some(frame)) => frame.1.push_str(text),
                    ("line", Some(frame)) => frame.2 = text.trim().parse().unwrap_or_default(),
                    _ => {}
                }
            }
            Event::End(end) => {
                tag.clear();
                if end.name().as_ref() == "error"
                    && let Some(told) = told.take()
                {
                    findings.extend(told.finding(source));
                }
            }
            _ => {}
        }
    }
    findings
}

impl Told {
    fn finding(self, source: &SourceText) -> Option<Finding> {
        let own: Vec<_> = self
            .stack
            .iter()
            .filter(|(_, file, _)| file == "mini_serv.c")
            .collect();
        // What the C library does without having been asked is not the candidate's.
        let (_, _, line) = own.first()?;
        let (message, cure) = match self.kind.as_str() {
            "Leak_DefinitelyLost" => (sanitizer::LEAK.into(), sanitizer::LEAK_CURE),
            "Leak_IndirectlyLost" | "Leak_PossiblyLost" | "Leak_StillReachable" => return None,
            "InvalidRead" => (
                "it reads memory that is not its own".into(),
                "Compare with the room that there is, and do not use what has been freed.",
            ),
            "InvalidWrite" => (
                "it writes to memory that is not its own".into(),
                "Compare with the room that there is, and do not use what has been freed.",
            ),
            "InvalidFree" | "MismatchedFree" => (
                "something is freed that malloc did not give, or a second time".into(),
                "Set the pointer to NULL when it has been freed.",
            ),
            "UninitCondition" | "UninitValue" => (
                "what it decides by was never given a value".into(),
                "Clear the memory that malloc gives, or use calloc.",
            ),
            "SyscallParam" => (
                "bytes that were never given a value are handed to the kernel".into(),
                "Clear the memory first, and hand over no more than was written.",
            ),
            _ => (
                format!("valgrind says: {}", self.what),
                "Look at the line in a debugger.",
            ),
        };
        Some(Finding {
            stack: own
                .iter()
                .map(|(function, _, line)| Frame {
                    function: function.clone(),
                    line: *line,
                })
                .collect(),
            ..Finding::new(message, source.place_of_line(*line)).cured_by(cure)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = "<?xml version=\"1.0\"?>\n<valgrindoutput><protocolversion>4</protocolversion>\n\
        <error><unique>0x0</unique><kind>InvalidWrite</kind><what>Invalid write of size 1</what>\
        <stack><frame><ip>0x1</ip><obj>/x</obj><fn>strcpy</fn></frame>\
        <frame><ip>0x2</ip><fn>relay</fn><dir>/tmp</dir><file>mini_serv.c</file><line>3</line></frame>\
        <frame><ip>0x2</ip><fn>main</fn><dir>/tmp</dir><file>mini_serv.c</file><line>5</line></frame></stack>\
        <auxwhat>Address 0x4 is 0 bytes after a block</auxwhat>\
        <stack><frame><fn>other</fn><file>mini_serv.c</file><line>1</line></frame></stack></error>\n\
        <error><kind>Leak_DefinitelyLost</kind><xwhat><text>10 bytes &amp; more</text></xwhat>\
        <stack><frame><fn>malloc</fn></frame><frame><fn>main</fn><file>mini_serv.c</file><line>2</line></frame></stack></error>\n";

    #[test]
    fn errors_and_leaks_have_their_lines() {
        let source = SourceText::new("me.c", b"a\nb\nc\nd\ne\n".to_vec());
        for cut in [XML.len(), XML.len() - 5] {
            let found = read(&XML[..cut], &source);
            assert_eq!(found[0].line(), Some(3));
            assert_eq!(found[0].stack.len(), 2);
            if cut == XML.len() {
                assert_eq!(found[1].line(), Some(2));
                assert!(found[1].message.contains("lost"));
            }
        }
    }
}
