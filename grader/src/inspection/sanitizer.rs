//! What AddressSanitizer, UndefinedBehaviorSanitizer and LeakSanitizer write, as findings.

use crate::source::SourceText;
use crate::verdict::{Finding, Frame};

/// What the source is called where it is compiled.
const FILE: &str = "mini_serv.c";

/// Reads all that sanitizers wrote in one play.
pub(super) fn read(text: &str, source: &SourceText) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some((place, message)) = line.split_once(": runtime error: ") {
            let stack = stack(&mut lines);
            findings.extend(undefined(place, message, stack, source));
        } else if let Some((_, report)) = line.split_once("ERROR: AddressSanitizer: ") {
            let Some(kind) = Kind::of(report) else {
                continue;
            };
            let access = lines
                .next_if(|line| line.starts_with("READ of") || line.starts_with("WRITE of"))
                .unwrap_or_default();
            while lines
                .next_if(|line| line.starts_with("==") && !line.contains("ERROR"))
                .is_some()
            {}
            findings.push(located(
                kind.message(access),
                kind.cure(),
                &stack(&mut lines),
                source,
            ));
        } else if line.starts_with("Direct leak of ") {
            let stack = stack(&mut lines);
            // What the C library keeps for itself is not the candidate's.
            if stack.iter().any(Call::is_own) {
                findings.push(located(LEAK.into(), LEAK_CURE, &stack, source));
            }
        }
    }
    findings
}

/// Why sanitizers do not work on this machine, where they say so.
pub(super) fn trouble(text: &str) -> Option<String> {
    [
        "AddressSanitizer failed to",
        "AddressSanitizer: failed to",
        "Shadow memory range interleaves",
        "ReserveShadowMemoryRange failed",
        "ASan runtime does not come first",
    ]
    .into_iter()
    .find_map(|words| {
        let line = text.lines().find(|line| line.contains(words))?;
        Some(
            line.trim_start_matches(['=', ' '])
                .chars()
                .take(200)
                .collect(),
        )
    })
}

/// Whether it could not be seen what was lost, since LeakSanitizer did not work.
pub(super) fn leaks_unseen(text: &str) -> bool {
    text.contains("LeakSanitizer has encountered a fatal error")
        || text.contains("LeakSanitizer does not work under ptrace")
}

/// What is said of memory that is lost. How many bytes they are differs from scenario to scenario.
pub(super) const LEAK: &str =
    "memory that was allocated here is lost: nothing points to it any more, and it was not freed";

/// What is usually done about it.
pub(super) const LEAK_CURE: &str =
    "Free it when it has been used, and before the only pointer to it is given another value.";

/// A line of a stack.
struct Call<'a> {
    function: &'a str,
    file: &'a str,
    line: usize,
    column: Option<usize>,
}

impl<'a> Call<'a> {
    /// Reads `    #1 0x55e9c3be63d6 in main /tmp/x/mini_serv.c:8:15`.
    fn parse(line: &'a str) -> Option<Self> {
        let rest = line.trim_start().strip_prefix('#')?;
        let (_, rest) = rest.split_once(' ')?;
        let Some((_, rest)) = rest.split_once(" in ") else {
            return Some(Self::unknown());
        };
        let (function, place) = rest.split_once(' ').unwrap_or((rest, ""));
        let mut numbers = place.rsplitn(3, ':');
        let last = numbers.next().and_then(|number| number.parse().ok());
        let before = numbers.next();
        let line = before.and_then(|number| number.parse().ok());
        Some(match (numbers.next(), before, line, last) {
            (Some(file), _, Some(line), column) => Self {
                function,
                file,
                line,
                column,
            },
            (_, Some(file), None, Some(line)) => Self {
                function,
                file,
                line,
                column: None,
            },
            _ => Self {
                function,
                ..Self::unknown()
            },
        })
    }

    const fn unknown() -> Self {
        Self {
            function: "",
            file: "",
            line: 0,
            column: None,
        }
    }

    fn is_own(&self) -> bool {
        self.file == FILE || self.file.ends_with("/mini_serv.c")
    }
}

/// The stack that follows.
fn stack<'a>(lines: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>) -> Vec<Call<'a>> {
    let mut calls = Vec::new();
    while let Some(line) = lines.next_if(|line| line.trim_start().starts_with('#')) {
        calls.extend(Call::parse(line));
    }
    calls
}

fn located(message: String, cure: &str, stack: &[Call<'_>], source: &SourceText) -> Finding {
    let own: Vec<&Call<'_>> = stack.iter().filter(|call| call.is_own()).collect();
    let place = own.first().and_then(|call| {
        call.column
            .and_then(|column| source.place_at(call.line, column))
            .or_else(|| source.place_of_line(call.line))
    });
    Finding {
        stack: own
            .iter()
            .map(|call| Frame {
                function: call.function.into(),
                line: call.line,
            })
            .collect(),
        ..Finding::new(message, place).cured_by(cure)
    }
}

fn undefined(
    place: &str,
    message: &str,
    stack: Vec<Call<'_>>,
    source: &SourceText,
) -> Option<Finding> {
    let mut parts = place.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    let file = parts.next()?;
    let call = Call {
        function: stack.first().map_or("", |call| call.function),
        file,
        line,
        column: Some(column),
    };
    if !call.is_own() {
        return None;
    }
    let mut calls = vec![call];
    calls.extend(stack.into_iter().skip(1));
    // Values and addresses differ from run to run; the kind of mistake does not.
    let message = message.split(" (").next().unwrap_or(message);
    let message: String = message
        .split(' ')
        .map(|word| if word.starts_with("0x") { "…" } else { word })
        .collect::<Vec<_>>()
        .join(" ");
    Some(located(
        format!("undefined behaviour: {message}"),
        "The C standard gives no meaning to it: check the value or the pointer before it is used.",
        &calls,
        source,
    ))
}

/// What AddressSanitizer complains of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind<'a> {
    Heap,
    Stack,
    Global,
    AfterFree,
    DoubleFree,
    BadFree,
    Overlap,
    NoMemoryThere,
    StackExhausted,
    Other(&'a str),
}

impl<'a> Kind<'a> {
    /// Reads what follows "ERROR: AddressSanitizer: "; `None` where that is nothing that the
    /// program did.
    fn of(report: &'a str) -> Option<Self> {
        let word = report.split([' ', ':']).next().unwrap_or_default();
        Some(match word {
            "heap-buffer-overflow" => Self::Heap,
            "stack-buffer-overflow"
            | "stack-buffer-underflow"
            | "dynamic-stack-buffer-overflow" => Self::Stack,
            "global-buffer-overflow" => Self::Global,
            "heap-use-after-free" => Self::AfterFree,
            "SEGV" | "BUS" => Self::NoMemoryThere,
            "stack-overflow" => Self::StackExhausted,
            "attempting" if report.starts_with("attempting double-free") => Self::DoubleFree,
            "attempting" => Self::BadFree,
            "failed"
            | "out"
            | "out-of-memory"
            | "allocation-size-too-big"
            | "calloc-overflow"
            | "requested"
            | "allocator"
            | "CHECK" => return None,
            word if word.ends_with("-param-overlap") => Self::Overlap,
            word => Self::Other(word),
        })
    }

    fn message(self, access: &str) -> String {
        let does = match access.split(' ').next() {
            Some("READ") => "reads",
            Some("WRITE") => "writes",
            _ => "accesses",
        };
        match self {
            Self::Heap => format!("it {does} beyond the end of what malloc or realloc gave it"),
            Self::Stack => format!("it {does} beyond the end of a local variable"),
            Self::Global => format!("it {does} beyond the end of a global variable"),
            Self::AfterFree => format!("it {does} memory that has been freed"),
            Self::DoubleFree => "memory is freed a second time".into(),
            Self::BadFree => "something is freed that malloc did not give".into(),
            Self::Overlap => "a text is copied onto itself".into(),
            Self::NoMemoryThere => {
                "it accesses an address where there is no memory, such as NULL".into()
            }
            Self::StackExhausted => "its stack is used up".into(),
            Self::Other(kind) => format!("the sanitizer complains of {kind}"),
        }
    }

    const fn cure(self) -> &'static str {
        match self {
            Self::Heap | Self::Stack | Self::Global => {
                "Count what is to be written, its terminating NUL included, and compare it with \
                 the room that there is."
            }
            Self::AfterFree => {
                "Do not keep pointers to what has been freed, or to what realloc has moved."
            }
            Self::DoubleFree => "Set the pointer to NULL when it has been freed.",
            Self::BadFree => {
                "Free the pointer that malloc returned, not one into the middle of it."
            }
            Self::Overlap => "Copy to another buffer first.",
            Self::NoMemoryThere => "Check the pointer, and the index, before it is used.",
            Self::StackExhausted => "Use less local room, or fewer calls within calls.",
            Self::Other(_) => "Look at the line in a debugger.",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn source() -> SourceText {
        let text = (1..40)
            .map(|line| format!("line {line};\n"))
            .collect::<String>();
        SourceText::new("me.c", text.into_bytes())
    }

    #[test]
    fn an_overflow_has_its_line_and_its_stack() {
        for column in ["", ":15"] {
            let text = format!(
                "something of the server's own\n\
                 =================================================================\n\
                 ==6945==ERROR: AddressSanitizer: stack-buffer-overflow on address 0x7ffc at pc 0x7f\n\
                 WRITE of size 13 at 0x7ffc thread T0\n    \
                     #0 0x7f5b in __interceptor_memcpy ../../src/libsanitizer/x.inc:827\n    \
                     #1 0x55e9 in append /tmp/grader-x/sanitized/mini_serv.c:8{column}\n    \
                     #2 0x55e9 in main /tmp/grader-x/sanitized/mini_serv.c:12{column}\n    \
                     #3 0x7f5b in __libc_start_call_main ../sysdeps/nptl/x.h:58\n\n\
                 Address 0x7ffc is located in stack of thread T0 at offset 40 in frame\n    \
                     #0 0x55e9 in main /tmp/grader-x/sanitized/mini_serv.c:7\n"
            );
            let found = read(&text, &source());
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].line(), Some(8));
            assert_eq!(
                found[0].message,
                "it writes beyond the end of a local variable"
            );
            let stack: Vec<_> = found[0]
                .stack
                .iter()
                .map(|it| (&*it.function, it.line))
                .collect();
            assert_eq!(stack, [("append", 8), ("main", 12)]);
        }
    }

    #[test]
    fn undefined_behaviour_and_leaks_are_found() {
        let text = "mini_serv.c:6:36: runtime error: shift exponent 41 is too large for 32-bit type 'int'\n    \
                     #0 0x55ce in shift /tmp/a/mini_serv.c:6:36\n    \
                     #1 0x55ce in main /tmp/a/mini_serv.c:9:2\n\n\
                    /usr/include/x.h:1:2: runtime error: not its own\n\
                    ==7719==ERROR: LeakSanitizer: detected memory leaks\n\n\
                    Direct leak of 100 byte(s) in 1 object(s) allocated from:\n    \
                     #0 0x55ce in __interceptor_malloc (/tmp/x+0xa4) (BuildId: 2b)\n    \
                     #1 0x55ce in lose /tmp/a/mini_serv.c:5:37\n\n\
                    Indirect leak of 30 byte(s) in 1 object(s) allocated from:\n    \
                     #1 0x55ce in lose /tmp/a/mini_serv.c:7:37\n";
        let found = read(text, &source());
        let lines: Vec<_> = found.iter().map(Finding::line).collect();
        assert_eq!(lines, [Some(6), Some(5)]);
        assert!(found[1].message.contains("lost"));
    }

    #[test]
    fn the_tools_own_trouble_is_nobodys_mistake() {
        let text = "==1==ERROR: AddressSanitizer: out of memory: allocator is trying to allocate\n\
                    ==1==LeakSanitizer has encountered a fatal error.\n\
                    ==2==ERROR: AddressSanitizer failed to allocate 0x1000 bytes of ShadowMemory\n";
        assert!(read(text, &source()).is_empty());
        assert!(trouble(text).is_some());
        assert_eq!(trouble("all is well"), None);
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "(#[0-9] 0x1 in |ERROR: AddressSanitizer: |: runtime error: |mini_serv.c:|[0-9]:|[a-z :\n]){0,30}") {
            let _ = read(&text, &source());
        }
    }
}
