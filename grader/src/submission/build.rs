//! Compiles a source: as the exam does, once more with sanitizers, and twice only to look at what
//! comes out.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use super::compiler::{Compiled, Compiler, Family};
use super::diagnostics::Diagnostics;
use crate::source::object::{self, Symbols};
use crate::source::preprocessed::Preprocessed;
use crate::source::{SourceText, directives::Branches};
use crate::verdict::Finding;
use machine::Scratch;

/// What the source is called where it is compiled: as in the exam, and whatever the candidate's
/// file is called.
const FILE: &str = "mini_serv.c";

/// How much of the preprocessed source is read, in bytes. With all headers, it has some hundred
/// thousand.
const PREPROCESSED: u64 = 8 << 20;

/// What is told to every compiler: lines for whatever is found later, and messages that can be
/// read by a program (tabs of one column, no colours).
const ALWAYS: [&str; 3] = ["-g", "-ftabstop=1", "-fdiagnostics-color=never"];

/// As the exam compiles.
const STRICT: [&str; 3] = ["-Wall", "-Wextra", "-Werror"];

/// What has the server say what it does wrong. Its functions are hidden from libraries: one that
/// is called open would be called by the sanitizers instead of the library's.
const SANITIZED: [&str; 4] = [
    "-fsanitize=address,undefined",
    "-fno-omit-frame-pointer",
    "-fvisibility=hidden",
    "-w",
];

/// Linked to the server that is built with sanitizers; see there.
const LEAK_CHECK: &str = include_str!("leak_check.c");

/// What came of a source.
#[derive(Debug)]
pub struct Built {
    /// The executable, compiled as the exam does, or why there is none.
    pub program: Result<PathBuf, NotCompiled>,
    /// What the compiler warns of and the exam lets pass.
    pub remarks: Vec<Finding>,
    /// What can be seen of the source only by compiling it; or why nothing can.
    pub inside: Result<Inside, String>,
    /// Which parts of the source the compiler sees.
    pub branches: Branches,
    /// The executable that is built with sanitizers, or why there is none; `None` where nobody
    /// wants it.
    pub sanitized: Option<Result<PathBuf, NotSanitized>>,
    /// Holds all of that until nobody needs it.
    pub folder: Scratch,
}

/// Why a source is not compiled.
#[derive(Clone, Debug)]
pub struct NotCompiled {
    /// In one sentence.
    pub reason: String,
    /// What the compiler says, the first of it.
    pub findings: Vec<Finding>,
    /// What it usually comes from, where that is clear.
    pub hint: Option<String>,
    /// Whether no compiler could do more with it.
    is_final: bool,
}

/// What can be seen of a source only by compiling it.
#[derive(Debug)]
pub struct Inside {
    /// What the preprocessor made of it.
    pub preprocessed: Preprocessed,
    /// What the compiled file asks for.
    pub symbols: Symbols,
}

/// Compiles a source in all the ways that are needed.
///
/// # Errors
/// The machine's.
pub(super) fn build(
    source: &SourceText,
    compiler: &Compiler,
    sanitized: bool,
) -> io::Result<Built> {
    let folder = Scratch::new()?;
    let mut branches = Branches::of(source.bytes());
    let place = |name: &str, bytes: &[u8]| -> io::Result<PathBuf> {
        let place = folder.path().join(name);
        std::fs::create_dir(&place)?;
        std::fs::write(place.join(FILE), bytes)?;
        Ok(place)
    };
    let job = Job { source, compiler };
    let strict = place("exam", source.bytes())?;
    let (compiled, remarks) = match job.unreadable() {
        Some(not_compiled) => (Err(not_compiled), Vec::new()),
        None => job.compile(&strict)?,
    };
    if let Err(not_compiled) = &compiled
        && (not_compiled.is_final || job.unreadable().is_some())
    {
        // Whatever stopped the compiler would stop it again.
        return Ok(Built {
            program: Err(not_compiled.clone()),
            remarks,
            inside: Err("it needs the compiled file, and the source cannot be compiled".into()),
            branches,
            sanitized: sanitized.then(|| Err(NotSanitized::no_source())),
            folder,
        });
    }
    let looked_at = place("object", source.bytes())?;
    let preprocessed = place("preprocessed", &branches.marked(source.bytes()))?;
    let checked = place("sanitized", source.bytes())?;
    // Each of these mostly waits for a compiler.
    let (program, symbols, preprocessed, sanitized) = std::thread::scope(|scope| {
        let symbols = Aside::begin(scope, || job.look_at_object(&looked_at));
        let preprocessed = Aside::begin(scope, || job.preprocess(&preprocessed));
        let sanitized = match (sanitized, &compiled) {
            (false, _) => Ok(None),
            (true, Err(_)) => Ok(Some(Err(NotSanitized::no_source()))),
            (true, Ok(())) => Err(Aside::begin(scope, || job.sanitize(&checked))),
        };
        let program = compiled.map_or_else(|not| Ok(Err(not)), |()| job.link(&strict));
        (
            program,
            symbols.end(),
            preprocessed.end(),
            sanitized.or_else(|aside| aside.end().map(Some)),
        )
    });
    let inside = match (symbols?, preprocessed?) {
        (Ok(symbols), Ok(preprocessed)) => {
            branches.learn(|word| preprocessed.mentions(word));
            Ok(Inside {
                preprocessed,
                symbols,
            })
        }
        (Err(why), _) | (_, Err(why)) => Err(why),
    };
    Ok(Built {
        program: program?,
        remarks,
        inside,
        branches,
        sanitized: sanitized?,
        folder,
    })
}

/// Why there is no build with sanitizers.
#[derive(Clone, Debug)]
pub enum NotSanitized {
    /// The source is the reason.
    Source(String),
    /// The machine is: there are no sanitizers for its compiler.
    Machine(String),
}

impl NotSanitized {
    fn no_source() -> Self {
        Self::Source("the source is not compiled".into())
    }
}

/// What is done beside something else where another thread can be had, and at once where not.
enum Aside<'scope, T> {
    Begun(ScopedJoinHandle<'scope, io::Result<T>>),
    Done(io::Result<T>),
}

impl<'scope, T: Send + 'scope> Aside<'scope, T> {
    fn begin<'env>(
        scope: &'scope Scope<'scope, 'env>,
        act: impl Fn() -> io::Result<T> + Copy + Send + 'scope,
    ) -> Self {
        match Builder::new().spawn_scoped(scope, act) {
            Ok(thread) => Self::Begun(thread),
            Err(_) => Self::Done(act()),
        }
    }

    fn end(self) -> io::Result<T> {
        match self {
            Self::Begun(thread) => thread
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("a compiler could not be waited for"))),
            Self::Done(done) => done,
        }
    }
}

impl NotCompiled {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            findings: Vec::new(),
            hint: None,
            is_final: false,
        }
    }

    fn hinting(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    fn too_much(of: &str) -> Self {
        let reason =
            format!("the compiler was stopped, since it used far more {of} than a mini_serv takes");
        Self {
            is_final: true,
            ..Self::new(reason).hinting(
                "A header that is no header is included, such as a device, or macros or arrays \
                 grow without end.",
            )
        }
    }
}

const NOT_THE_SYSTEMS: &str =
    "Only this one file is handed in: what it includes must come with the system.";

/// What compilers say of an `#include` that brings nothing, in part, and what to say of that.
const INCLUDED_IN_VAIN: [(&str, &str); 4] = [
    ("o such file", NOT_THE_SYSTEMS),
    ("file not found", NOT_THE_SYSTEMS),
    (
        "ermission denied",
        "It includes what is no header of the system, and nothing else may be read here.",
    ),
    ("#include nested", "It includes itself."),
];

/// A source and its compiler.
struct Job<'a> {
    source: &'a SourceText,
    compiler: &'a Compiler,
}

impl Job<'_> {
    /// Why no compiler needs to be asked.
    fn unreadable(&self) -> Option<NotCompiled> {
        let bytes = self.source.bytes();
        let path = self.source.path();
        if bytes.trim_ascii().is_empty() {
            return Some(
                NotCompiled::new(format!("{path} is empty"))
                    .hinting("It was never saved, or another file was handed in than was written."),
            );
        }
        if bytes.starts_with(b"\x7fELF") {
            return Some(
                NotCompiled::new(format!("{path} is a compiled program and no C source"))
                    .hinting("The name of the source was given after -o, so that it is lost."),
            );
        }
        if bytes.contains(&0) {
            return Some(
                NotCompiled::new(format!("{path} is no text: it holds NUL bytes"))
                    .hinting("It was saved in another encoding than UTF-8, or is no source."),
            );
        }
        None
    }

    /// As the exam does, but for linking.
    fn compile(&self, folder: &Path) -> io::Result<(Result<(), NotCompiled>, Vec<Finding>)> {
        let mut options = [&ALWAYS[..], &STRICT].concat();
        if let Family::Gcc(version) = self.compiler.family() {
            // Code for which it warns of nothing else has passed (docs/exam.md).
            options.push("-Wno-error=format-overflow");
            // Older ones count in bytes anyway, as clang does.
            if version.is_some_and(|version| version >= 11) {
                options.push("-fdiagnostics-column-unit=byte");
            }
        }
        options.extend(["-c", FILE, "-o", "mini_serv.o"]);
        Ok(match self.compiler.run(folder, &options, &[])? {
            Compiled::Done(said) => (Ok(()), self.diagnostics(&said).warnings),
            Compiled::TooMuch(of) => (Err(NotCompiled::too_much(of)), Vec::new()),
            Compiled::Refused(said) => (Err(self.refused(&said, "finds")), Vec::new()),
        })
    }

    fn link(&self, folder: &Path) -> io::Result<Result<PathBuf, NotCompiled>> {
        let options = ["mini_serv.o", "-o", "mini_serv"];
        Ok(match self.compiler.run(folder, &options, &[])? {
            Compiled::Done(_) => Ok(folder.join("mini_serv")),
            Compiled::TooMuch(of) => Err(NotCompiled::too_much(of)),
            Compiled::Refused(said) => {
                let object = std::fs::read(folder.join("mini_serv.o")).unwrap_or_default();
                let has_main = object::symbols(&object)
                    .map_or(true, |symbols| symbols.defined.contains("main"));
                Err(if has_main {
                    self.refused(&said, "links it with")
                } else {
                    NotCompiled::new("there is no function main, so that it is no program")
                        .hinting("The file is only a part, or main has another name.")
                })
            }
        })
    }

    fn refused(&self, said: &str, finds: &str) -> NotCompiled {
        /// How many errors are shown: the later ones often come from the first.
        const SHOWN: usize = 3;
        let compiler = self.compiler.name();
        let mut findings = self.diagnostics(said).errors;
        if findings.is_empty() {
            // Nothing that names a line: its own words, the last of them.
            let words: Vec<&str> = said
                .lines()
                .filter(|line| !line.trim().is_empty())
                .collect();
            let last: Vec<String> = words[words.len().saturating_sub(SHOWN)..]
                .iter()
                .map(|line| line.chars().take(300).collect())
                .collect();
            findings = last
                .into_iter()
                .map(|line: String| Finding::new(line, None))
                .collect();
            return NotCompiled {
                findings,
                ..NotCompiled::new(format!("{compiler} does not compile it"))
            };
        }
        let count = findings.len();
        findings.truncate(SHOWN);
        let errors = if count == 1 { "error" } else { "errors" };
        let shown = if count > SHOWN {
            format!(", of which the first {SHOWN} are shown")
        } else {
            String::new()
        };
        let hint = INCLUDED_IN_VAIN.iter().find_map(|(part, hint)| {
            let says_so = |finding: &Finding| finding.message.contains(part);
            findings.iter().any(says_so).then_some(*hint)
        });
        let refused = NotCompiled {
            findings,
            ..NotCompiled::new(format!("{compiler} {finds} {count} {errors}{shown}"))
        };
        match hint {
            Some(hint) => refused.hinting(hint),
            None => refused,
        }
    }

    /// Compiled for its symbols: nothing may be lost by a warning, and nothing be replaced by what
    /// the compiler knows to do the same.
    fn look_at_object(&self, folder: &Path) -> io::Result<Result<Symbols, String>> {
        let options = [
            "-w",
            "-O0",
            "-fno-builtin",
            "-U_FORTIFY_SOURCE",
            "-c",
            FILE,
            "-o",
            "mini_serv.o",
        ];
        Ok(match self.compiler.run(folder, &options, &[])? {
            Compiled::Done(_) => object::symbols(&std::fs::read(folder.join("mini_serv.o"))?)
                .map_err(|error| error.to_string()),
            Compiled::Refused(_) | Compiled::TooMuch(_) => {
                Err("it needs the compiled file, and the source cannot be compiled".into())
            }
        })
    }

    fn preprocess(&self, folder: &Path) -> io::Result<Result<Preprocessed, String>> {
        let options = ["-w", "-E", FILE, "-o", "mini_serv.i"];
        Ok(match self.compiler.run(folder, &options, &[])? {
            Compiled::Done(_) => {
                let mut text = Vec::new();
                File::open(folder.join("mini_serv.i"))?
                    .take(PREPROCESSED)
                    .read_to_end(&mut text)?;
                Ok(Preprocessed::new(&text, FILE))
            }
            Compiled::Refused(_) | Compiled::TooMuch(_) => {
                Err("it needs the preprocessed file, and the source has none".into())
            }
        })
    }

    fn sanitize(&self, folder: &Path) -> io::Result<Result<PathBuf, NotSanitized>> {
        std::fs::write(folder.join("leak_check.c"), LEAK_CHECK)?;
        let mut options = [&ALWAYS[..], &SANITIZED].concat();
        options.extend([FILE, "leak_check.c"]);
        let output: [OsString; 2] = ["-o".into(), "mini_serv".into()];
        let compiler = self.compiler.name();
        Ok(match self.compiler.run(folder, &options, &output)? {
            Compiled::Done(_) => Ok(folder.join("mini_serv")),
            Compiled::TooMuch(of) => Err(NotSanitized::Source(format!(
                "{compiler} used too much {of} for a build with sanitizers"
            ))),
            Compiled::Refused(said) => {
                let last = said
                    .lines()
                    .find(|line| line.contains("cannot find") || line.contains("unsupported"))
                    .or_else(|| said.lines().next())
                    .unwrap_or_default();
                let last: String = last.trim().chars().take(200).collect();
                Err(NotSanitized::Machine(format!(
                    "{compiler} cannot build with sanitizers here, most likely since their \
                     library is not installed: {last}"
                )))
            }
        })
    }

    fn diagnostics(&self, said: &str) -> Diagnostics {
        Diagnostics::read(said, FILE, self.source)
    }
}
