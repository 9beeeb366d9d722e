//! What happens in a scenario, told in sentences without a full stop.

use super::text::Part;
use super::{
    Action, Argument, ClientId, Delivery, Expect, Fault, Judge, Keep, Measured, Scenario, Send,
    Start, StartOutcome, Text, Watch,
};
use crate::visible::{quoted, shortened};

impl Scenario {
    /// Its steps, a sentence for each. The usual start, of which its file says nothing either, is
    /// left out.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let usual = Start {
            arguments: vec![Argument::Port],
            outcome: StartOutcome::Serves,
            fails: None,
            no_memory: false,
        };
        let actions = self.steps.iter().map(|step| &step.action);
        actions
            .filter(|action| **action != Action::Start(usual.clone()))
            .map(|action| self.step(action))
            .collect()
    }

    /// What is asked beside what its clients must receive, a sentence for each.
    #[must_use]
    pub fn demands(&self) -> Vec<&'static str> {
        let mut demands = Vec::new();
        if self.judge == Judge::SortedLines {
            demands.push("each client's lines are sorted before they are compared");
        }
        if self.silent {
            demands.push("the server writes nothing to its standard output and error");
        }
        demands.extend(self.must_keep.iter().map(|keep| match keep {
            Keep::UnfinishedLine => "a line that was not finished is not dropped",
            Keep::Unread => "what is said to a client that does not read is not dropped",
        }));
        demands.extend(self.watch.iter().map(|watch| match watch {
            Watch::SelectFirst => {
                "nothing is accepted, read or sent before select was asked whether it may"
            }
            Watch::NeverEagain => "nothing is tried that would have to wait",
            Watch::AllowedFunctions => "no call is made that no allowed function makes",
        }));
        demands
    }

    fn step(&self, action: &Action) -> String {
        let all = |who: &[ClientId], one: &str, several: &str| {
            let does = if who.len() == 1 { one } else { several };
            format!("{} {does}", self.names(who))
        };
        match action {
            Action::Start(start) => start.told(),
            Action::Connect(who) => all(who, "connects", "connect"),
            Action::Visit(visit) => {
                let alone = visit.clients.len() == 1;
                let does = |one, several| if alone { one } else { several };
                let says = visit.says.as_ref().map_or(String::new(), |text| {
                    format!(", {} {}", does("says", "say"), text.told())
                });
                format!(
                    "{} {}{says} and {} again{}",
                    self.names(&visit.clients),
                    does("arrives", "arrive"),
                    does("leaves", "leave"),
                    does("", ", one after another")
                )
            }
            Action::Send(send) => self.says(send),
            Action::Expect(Expect { by, text }) if text.is_empty() => {
                format!("{} must have received nothing of it", self.names(by))
            }
            Action::Expect(Expect { by, text }) => {
                format!("{} must have received {}", self.names(by), text.told())
            }
            Action::Leave(who) => all(who, "leaves", "leave"),
            Action::Reset(who) => all(who, "resets its connection", "reset their connections"),
            Action::HalfClose(who) => all(
                who,
                "shuts down its sending side",
                "shut down their sending sides",
            ),
            Action::StopReading(who) => all(who, "stops reading", "stop reading"),
            Action::ReadAgain(who) => all(who, "reads again", "read again"),
            Action::Flood(flood) => format!(
                "{} says line after line until nothing more can be sent to {}",
                self.name(flood.from),
                self.names(&flood.until_full)
            ),
            Action::Freeze => "the server is stopped for a moment".into(),
            Action::Thaw => "the server goes on".into(),
            Action::Refuse(address) => {
                format!("a connection to {address} at the server's port must be refused")
            }
            Action::Fail(fault) => self.fails(fault),
            Action::NoMemory => "the server gets no more memory".into(),
            Action::PassTime(count) => format!("{count} time-outs of select pass at once"),
            Action::Measure(measured) => measured.told().into(),
        }
    }

    fn says(&self, send: &Send) -> String {
        let mut told = format!("{} says {}", self.name(send.from), send.text.told());
        if send.times > 1 {
            told.push_str(&format!(", {} times", send.times));
        }
        match send.delivery {
            Delivery::Whole => {}
            Delivery::Pieces(1) => told.push_str(", byte by byte"),
            Delivery::Pieces(bytes) => told.push_str(&format!(", {bytes} bytes at a time")),
            Delivery::CutEverywhere => {
                told.push_str(", once for each place at which it can be cut in two");
            }
        }
        told
    }

    fn fails(&self, fault: &Fault) -> String {
        let on = fault
            .to
            .map(|to| format!(" on the connection of {}", self.name(to)));
        format!(
            "the server's next {}{} fails with {}",
            fault.call.name(),
            on.unwrap_or_default(),
            fault.error.name()
        )
    }

    fn name(&self, who: ClientId) -> &str {
        self.clients.get(who.0).map_or("a client", String::as_str)
    }

    /// Names as a sentence has them, of a crowd the first and the last.
    fn names(&self, who: &[ClientId]) -> String {
        /// So many are called by their names.
        const NAMED: usize = 5;
        let names: Vec<&str> = who.iter().map(|who| self.name(*who)).collect();
        match names.as_slice() {
            [] => "nobody".into(),
            [one] => (*one).into(),
            [first, .., last] if names.len() > NAMED => {
                format!("{first} to {last} ({} clients)", names.len())
            }
            [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
        }
    }
}

impl Start {
    fn told(&self) -> String {
        let arguments: Vec<String> = self.arguments.iter().map(Argument::told).collect();
        let mut told = match arguments.as_slice() {
            [] => "the server is started without an argument".to_owned(),
            [one] => format!("the server is started with {one}"),
            several => format!("the server is started with {}", several.join(", then ")),
        };
        if let Some(call) = self.fails {
            told.push_str(&format!("; its first {} fails", call.name()));
        }
        if self.no_memory {
            told.push_str("; from its first socket on it gets no memory");
        }
        told.push_str(match &self.outcome {
            StartOutcome::Serves => "; it must serve",
            StartOutcome::ServesOrRefuses => "; it must serve, or refuse its arguments",
            StartOutcome::Survives => "; no signal may end it",
            StartOutcome::Exits { .. } => "; it must exit",
        });
        if let StartOutcome::Exits {
            status,
            stdout,
            stderr,
            output,
        } = &self.outcome
        {
            if let Some(status) = status {
                told.push_str(&format!(" with status {status}"));
            }
            for (text, place) in [
                (stdout, "standard output"),
                (stderr, "standard error"),
                (output, "both outputs together"),
            ] {
                match text.as_deref() {
                    None => {}
                    Some("") => told.push_str(&format!(", with nothing on {place}")),
                    Some(text) => {
                        told.push_str(&format!(", with {} on {place}", quoted(text.as_bytes())));
                    }
                }
            }
        }
        told
    }
}

impl Argument {
    fn told(&self) -> String {
        match self {
            Self::Literal(text) => quoted(text.as_bytes()),
            Self::Port => "a free port".into(),
            Self::BusyPort => "a port on which another program listens".into(),
            Self::PrivilegedPort => "a port that only root may use".into(),
        }
    }
}

impl Measured {
    const fn told(self) -> &'static str {
        match self {
            Self::Addresses => "the server must listen on 127.0.0.1 and on no other address",
            Self::Descriptors => {
                "the server must have as many descriptors open as when they were first counted"
            }
            Self::Memory => "the server's memory must not have grown three times in a row",
            Self::Idleness => "the server must use no processor time while nothing happens",
            Self::Promptness => "lines must come as soon as the server has read them",
        }
    }
}

impl Text {
    /// In quotation marks, what is drawn or counted still in braces.
    fn told(&self) -> String {
        /// What is longer has a middle that tells nothing new.
        const COLUMNS: usize = 200;
        let parts = self.parts().iter().map(|part| match part {
            Part::Literal(text) => text.clone(),
            Part::Id(client) => client.0.to_string(),
            Part::Counter => "{n}".into(),
            Part::Random(length) => format!("{{random:{length}}}"),
        });
        format!(
            "\"{}\"",
            shortened(parts.collect::<String>().as_bytes(), COLUMNS)
        )
    }
}
