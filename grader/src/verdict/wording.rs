//! What a finding is called, and what it usually comes from: chosen by its kind alone.

use machine::Exit;

use super::kind::{Due, Kind, Mistake, Moment};
use super::{CheckReport, Found};
use crate::rules;

/// What is wrong, in a few words that can stand alone; `None` where the kind says no more than
/// that the rule is broken.
#[must_use]
pub fn headline(kind: Kind) -> Option<String> {
    let words = match kind {
        Kind::NotCompiled => "The source does not compile",
        Kind::InSource | Kind::WrongOutput | Kind::WrongStatus | Kind::GoesOn => return None,
        Kind::MemoryMisused => "Memory is used in a wrong way",
        Kind::NeverListens => "Nothing listens on the port that is its first argument",
        Kind::NeverAccepts => "It listens and accepts nobody",
        Kind::Refuses => "It refuses a connection while it should serve",
        Kind::Died { exit, moment } => return Some(format!("{} {}", ended(exit), when(moment))),
        Kind::Closes { .. } => "It closes the connection of a client that is still there",
        Kind::HangsIn { call } => {
            return Some(format!("It waits in {call}, and serves nobody meanwhile"));
        }
        Kind::NeverReads => "It does not read what a client sends",
        Kind::NeverDelivers => "What it sends does not reach its client",
        Kind::Prints => "It prints while it runs",
        Kind::Forbidden { call } => {
            return Some(format!(
                "It makes the system call {call}, which is not allowed"
            ));
        }
        Kind::NotAsked { call } => {
            return Some(format!("It calls {call} without having asked select"));
        }
        Kind::WouldWait { call } => {
            return Some(format!("It calls {call} where that can only wait or fail"));
        }
        Kind::AfterFailure { failed } => return Some(format!("It goes on after {failed} failed")),
        Kind::ListensElsewhere => "It listens on more than 127.0.0.1",
        Kind::KeepsDescriptors => "It keeps descriptors open that it needs no longer",
        Kind::KeepsMemory => "Its memory grows with its visitors",
        Kind::NeverSleeps => "It uses processor time while nothing happens",
        Kind::ComesLate => "It waits before it sends",
        Kind::TooSlow => "It is too slow",
        Kind::Text(mistake) => return text_headline(mistake).map(str::to_owned),
    };
    Some(words.to_owned())
}

const fn text_headline(mistake: Mistake) -> Option<&'static str> {
    Some(match mistake {
        Mistake::Announcement(Due::Departure) => {
            "A departure is announced with other words than it must"
        }
        Mistake::Announcement(_) => "An arrival is announced with other words than it must",
        Mistake::WrongVerb => "An arrival is announced as a departure, or the other way round",
        Mistake::IdAgain => "An id is given a second time",
        Mistake::IdWrong => "Ids do not count up one by one",
        Mistake::IdOfAnother => "A line or a departure comes under another client's id",
        Mistake::OwnArrival => "A newcomer is told of its own arrival",
        Mistake::OwnLine => "A client receives its own line",
        Mistake::NoPrefix => "A line comes without its prefix",
        Mistake::Prefix => "The prefix of a line is not as it must be",
        Mistake::PrefixInside => "The prefix comes again in the middle of a line",
        Mistake::LineInside => "Another line begins in the middle of a line",
        Mistake::Nul => "NUL bytes are sent",
        Mistake::NoNewline => "The newline at the end of a line is missing",
        Mistake::BlankLine => "There is a newline too many",
        Mistake::LineEnd => "The end of a line is changed",
        Mistake::Format => "A percent sign is not taken as text",
        Mistake::CutShort => "The end of a line is missing",
        Mistake::Lost => "A part of a line is missing",
        Mistake::Foreign => "Bytes stand in a line that do not belong there",
        Mistake::Twice => "A line comes twice",
        Mistake::Missing(Due::Arrival) | Mistake::NeverCame(Due::Arrival) => {
            "An arrival is not announced"
        }
        Mistake::Missing(Due::Departure) | Mistake::NeverCame(Due::Departure) => {
            "A departure is not announced"
        }
        Mistake::Missing(Due::Line) | Mistake::NeverCame(Due::Line) => "A line does not arrive",
        Mistake::Uninvited => "A client receives something that nobody said",
        Mistake::Other => return None,
    })
}

/// What is wrong, in a few words: what the kind is called where that says it all, or else what a
/// server does that passes.
#[must_use]
pub fn title(check: &CheckReport, found: Found<'_>) -> String {
    let headline = headline(found.kind).filter(|_| found.kind.has_one_cause());
    headline.unwrap_or_else(|| check.title.clone())
}

/// What the check's finding usually comes from; `None` where it did not fail.
#[must_use]
pub fn hint(check: &CheckReport) -> Option<&str> {
    let found = check.found()?;
    if let Some(hint) = &found.failure.hint {
        return Some(hint);
    }
    if let Some(hint) = hint_of(found.kind) {
        return Some(hint);
    }
    // A scenario knows more of its own rule than the catalogue does, and nothing of another.
    let own = check.hint.as_deref().filter(|_| found.rule == check.rule());
    let of_the_rule = || Some(rules::find(found.rule).ok()?.hint.as_str());
    own.or_else(of_the_rule)
}

/// What this kind usually comes from; `None` where that depends on the rule.
const fn hint_of(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::NeverListens => {
            "The port is fixed in the code, or goes into sin_port without htons; or bind and \
             listen are never reached."
        }
        Kind::NeverAccepts => {
            "The listening descriptor is missing from the set that select watches for reading, \
             accept does not follow when select reports it, or accept itself fails: look at its \
             result, and give it NULL or a length that is initialised."
        }
        Kind::HangsIn { call } => match call.as_bytes() {
            b"recv" | b"read" => {
                "recv is called again until the newline has come, and waits there for the rest of \
                 the line: call it once after select has reported the descriptor, keep what has \
                 come of the line, and go back to select."
            }
            b"accept" => "accept is called although select has not reported the listener.",
            _ => "Call it only for descriptors that select has just reported.",
        },
        Kind::Closes { .. } => {
            "The descriptor that accept returned is closed although its client is still there: \
             close it only when recv has returned 0 or -1."
        }
        Kind::Died { exit, moment } => hint_of_death(exit, moment),
        Kind::Forbidden { call } => return hint_of_call(call.as_bytes()),
        Kind::Text(mistake) => return hint_of_text(mistake),
        _ => return None,
    })
}

const fn hint_of_death(exit: Exit, moment: Moment) -> &'static str {
    const SIGPIPE: i32 = rustix::process::Signal::PIPE.as_raw();
    match (exit, moment) {
        (Exit::Signal(SIGPIPE), _) => {
            "A send to a client that has just gone raises SIGPIPE: give send the flag \
             MSG_NOSIGNAL, which needs no further function."
        }
        (Exit::Status(_), Moment::Start) => {
            "Something before the loop around select ends it: start it by hand with a port; it \
             must go on running."
        }
        (Exit::Status(_), Moment::Departure) => {
            "A recv that returns 0 or -1 ends the server: it is a departure, and concerns that one \
             client only."
        }
        (Exit::Status(_), Moment::NoMemory) => {
            "Where memory cannot be had, it must write \"Fatal error\" and a newline to standard \
             error, nothing to standard output, and exit with status 1."
        }
        (Exit::Status(_), Moment::Failure) => {
            "A call that fails for one client is no reason to end: go on with the others."
        }
        (Exit::Status(_), _) => {
            "An exit, a return from main or a call of the function that reports errors is reached \
             here: only socket, bind, listen and memory may be fatal."
        }
        (Exit::TooMuchMemory(_), _) => {
            "A buffer grows without end: free what was sent, and look at how the new size is \
             computed."
        }
        (Exit::TooMuchRoom(_), _) => "It writes files; it must write none.",
        (Exit::Signal(_), Moment::Start) => {
            "It crashes before it serves. Build it with -g -fsanitize=address,undefined and start \
             it with a port: the report names the line."
        }
        (Exit::Signal(_), Moment::Arrival) => {
            "Look at what is done after accept: an array with too few places, or one that is \
             indexed by a wrong number, such as -1. Build with -g -fsanitize=address,undefined: \
             the report names the line."
        }
        (Exit::Signal(_), Moment::Departure) => {
            "Look at what is done when recv returns 0 or -1: something is freed twice or used \
             after it, or there is no text yet where one is expected. Build with -g \
             -fsanitize=address,undefined: the report names the line."
        }
        (Exit::Signal(_), Moment::LongLine) => {
            "The line does not fit a buffer of fixed size. Build with -g \
             -fsanitize=address,undefined: the report names the line."
        }
        (Exit::Signal(_), _) => {
            "Memory is used that is not there: a buffer that is too small, text without its NUL, \
             or a pointer that is NULL or was freed. Build with -g -fsanitize=address,undefined: \
             the report names the line."
        }
    }
}

/// What a forbidden call usually is, by its name: as people call it, or as the kernel does.
const fn hint_of_call(call: &[u8]) -> Option<&'static str> {
    Some(match call {
        b"setsockopt" => {
            "setsockopt is not allowed, not even for SO_REUSEADDR: take it out. Without it, a port \
             that was just used may be taken for a minute; use another one meanwhile."
        }
        b"rt_sigaction" | b"rt_sigprocmask" | b"sigaction" => {
            "signal is not allowed: take it out. Against SIGPIPE, give send the flag MSG_NOSIGNAL."
        }
        b"fcntl" => {
            "fcntl is not allowed, and not needed: a call that follows select's answer does not \
             wait."
        }
        b"poll" | b"ppoll" | b"epoll_create" | b"epoll_create1" | b"epoll_wait"
        | b"epoll_pwait" | b"epoll_ctl" => "Only select is allowed to wait for several clients.",
        b"read" | b"readv" => "read is not allowed: recv(fd, buffer, size, 0) does the same.",
        b"nanosleep" | b"clock_nanosleep" => {
            "usleep and sleep are not allowed, and make everybody wait: select waits for as long \
             as there is nothing to do."
        }
        b"fstat" | b"newfstatat" | b"ioctl" => {
            "That is what printf and puts do when they first print: take them out. sprintf and \
             write are allowed."
        }
        b"clone" | b"clone3" | b"fork" | b"vfork" => {
            "Processes and threads are not allowed: one loop around select serves everybody."
        }
        b"alarm" | b"setitimer" | b"timer_create" | b"pause" => {
            "Timers are not allowed, and not needed: select waits for as long as there is nothing \
             to do."
        }
        b"getsockname" | b"getpeername" | b"shutdown" => {
            "The subject does not list it, and it is not needed."
        }
        _ => return None,
    })
}

const fn hint_of_text(mistake: Mistake) -> Option<&'static str> {
    Some(match mistake {
        Mistake::Announcement(_) | Mistake::WrongVerb => {
            "The text that is given to sprintf differs from the subject's: copy it from there, \
             letter by letter, with its newline."
        }
        Mistake::IdAgain | Mistake::IdWrong => {
            "The id comes from the descriptor, or from the number of clients present: keep a \
             counter of its own that only ever grows."
        }
        Mistake::IdOfAnother => {
            "The id is looked up under a wrong number, or after the client was taken out: take it \
             from the client whose descriptor it is."
        }
        Mistake::OwnArrival => {
            "Announce before the newcomer joins the list of clients, or leave the newcomer out of \
             the loop."
        }
        Mistake::OwnLine => "The loop that sends does not leave the speaker out.",
        Mistake::Prefix => {
            "The prefix that is given to sprintf differs from the subject's \"client %d: \", which \
             ends with a space."
        }
        Mistake::NoPrefix => {
            "One recv can bring several lines: put the prefix before each of them."
        }
        Mistake::PrefixInside => {
            "A line can arrive in several pieces: only its first gets a prefix."
        }
        Mistake::Nul => {
            "A length is taken from the size of a buffer, or counts the NUL at the end of the \
             text: send strlen bytes, or as many as recv returned."
        }
        Mistake::NoNewline => {
            "The newline is part of the text: it stands at the end of the format, and is relayed \
             with each line."
        }
        Mistake::BlankLine => "A newline is added to a text that has one already.",
        Mistake::Format => {
            "A client's text is used as the format of sprintf: write \"%s\" and pass the text as \
             its argument."
        }
        Mistake::NeverCame(Due::Arrival) | Mistake::Missing(Due::Arrival) => {
            "Announce a client as soon as accept has returned, to everybody who was there before, \
             and not only when it speaks."
        }
        Mistake::Uninvited => {
            "Only announcements and what other clients say is sent: nothing greets a newcomer, \
             and nothing is told twice."
        }
        _ => return None,
    })
}

fn ended(exit: Exit) -> String {
    match exit {
        Exit::Status(status) => format!("It ends with status {status}"),
        Exit::Signal(_) => {
            // "was killed by SIGSEGV (…)": the meaning stands in the sentence below.
            let how = exit.to_string();
            let short = how.split(" (").next().unwrap_or_default().to_owned();
            format!("It {}", short.replacen("was", "is", 1))
        }
        Exit::TooMuchMemory(_) => "It takes too much memory".to_owned(),
        Exit::TooMuchRoom(_) => "It fills the disk".to_owned(),
    }
}

const fn when(moment: Moment) -> &'static str {
    match moment {
        Moment::Start => "before it serves anybody",
        Moment::Arrival => "when a client arrives",
        Moment::Departure => "when a client leaves",
        Moment::Line => "when a client says a line",
        Moment::LongLine => "when a client says a long line",
        Moment::Piece => "when a line comes in pieces",
        Moment::Laziness => "while a client does not read",
        Moment::Failure => "when a call fails",
        Moment::NoMemory => "when there is no more memory",
        Moment::Nothing => "while it should serve",
    }
}
