//! Who is there: the clients of a scenario as its steps bring, change and remove them.

use std::collections::HashMap;
use std::ops::Range;

use super::limits::LONGEST_NAME;
use super::shape::At;
use super::wording::did_you_mean;
use crate::scenario::ClientId;
use crate::scenario::error::ScenarioError;
use crate::scenario::source::SourceFile;

/// Names that mean something else in a text, an argument or a report.
const RESERVED: [&str; 6] = [
    "n",
    "random",
    "port",
    "busy_port",
    "privileged_port",
    "server",
];

/// All clients that have ever connected.
pub(super) struct Cast<'f> {
    file: &'f SourceFile,
    /// In the order of connecting, so that a place is an id.
    members: Vec<Member>,
    by_name: HashMap<String, ClientId>,
}

struct Member {
    name: String,
    /// Where the file lets it connect.
    connected: Range<usize>,
    /// How it left (`leaves`, `resets its connection`…), and where.
    gone: Option<(&'static str, Range<usize>)>,
    /// Where it stopped reading, while it does not read.
    lazy: Option<Range<usize>>,
    ever_lazy: bool,
}

impl<'f> Cast<'f> {
    pub(super) fn new(file: &'f SourceFile) -> Self {
        Self {
            file,
            members: Vec::new(),
            by_name: HashMap::new(),
        }
    }

    /// The names of everybody who ever connected, in the order of connecting.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| member.name.as_str())
    }

    /// Those who stopped reading at some point.
    pub(super) fn ever_lazy(&self) -> Vec<ClientId> {
        (0..self.members.len())
            .filter(|&place| self.members[place].ever_lazy)
            .map(ClientId)
            .collect()
    }

    /// The id of a client that has connected, whether it is still there or not.
    pub(super) fn id(&self, name: &str) -> Option<ClientId> {
        self.by_name.get(name).copied()
    }

    /// A client connects under a name of its own.
    pub(super) fn arrive(&mut self, name: &At<String>) -> Result<ClientId, ScenarioError> {
        self.check_name(name)?;
        self.enter(name.get().clone(), name.span())
    }

    /// Clients connect under a name and a number, from 1.
    pub(super) fn arrive_numbered(
        &mut self,
        name: &At<String>,
        count: usize,
    ) -> Result<Vec<ClientId>, ScenarioError> {
        self.check_name(name)?;
        (1..=count)
            .map(|number| self.enter(format!("{}-{number}", name.get()), name.span()))
            .collect()
    }

    fn enter(&mut self, name: String, at: Range<usize>) -> Result<ClientId, ScenarioError> {
        if let Some(earlier) = self.id(&name) {
            return Err(ScenarioError::new(
                self.file,
                at,
                format!("`{name}` connects twice"),
                "the second time",
            )
            .related(self.members[earlier.0].connected.clone(), "the first time")
            .help("a name stands for one client and its id, even after it has left: give the newcomer another"));
        }
        let id = ClientId(self.members.len());
        self.by_name.insert(name.clone(), id);
        self.members.push(Member {
            name,
            connected: at,
            gone: None,
            lazy: None,
            ever_lazy: false,
        });
        Ok(id)
    }

    fn check_name(&self, name: &At<String>) -> Result<(), ScenarioError> {
        let text = name.get().as_str();
        let begins = text.starts_with(|first: char| first.is_ascii_alphabetic());
        let goes_on = text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        let (message, label) = if RESERVED.contains(&text) {
            (
                format!("`{text}` can't be the name of a client"),
                "has a meaning of its own",
            )
        } else if !begins || !goes_on {
            (
                format!("`{text}` can't be the name of a client"),
                "not a plain name",
            )
        } else if text.len() > LONGEST_NAME {
            (
                format!(
                    "the name of a client has at most {LONGEST_NAME} characters; this one has {}",
                    text.len()
                ),
                "too long",
            )
        } else {
            return Ok(());
        };
        Err(ScenarioError::new(self.file, name.span(), message, label).help(
            "a name begins with a letter and goes on with letters, digits, `-` and `_`, such as `alice`",
        ))
    }

    /// A client that is there now.
    pub(super) fn present(&self, name: &At<String>) -> Result<ClientId, ScenarioError> {
        let Some(id) = self.id(name.get()) else {
            return Err(self.unknown(name));
        };
        match &self.members[id.0].gone {
            None => Ok(id),
            Some((how, span)) => Err(ScenarioError::new(
                self.file,
                name.span(),
                format!("`{}` is not there any more", name.get()),
                "has left",
            )
            .related(span.clone(), format!("{how} here"))),
        }
    }

    fn unknown(&self, name: &At<String>) -> ScenarioError {
        let help =
            did_you_mean(name.get(), self.names()).unwrap_or_else(|| match self.members.len() {
                0 => format!("let it connect first: `connect = [\"{}\"]`", name.get()),
                1..=8 => {
                    let names: Vec<&str> = self.names().collect();
                    format!("connected so far: {}", names.join(", "))
                }
                _ => "a name means a client that an earlier step connects".to_owned(),
            });
        ScenarioError::new(
            self.file,
            name.span(),
            format!("no client named `{}` has connected", name.get()),
            "unknown here",
        )
        .help(help)
    }

    /// The clients of a list, which are there now; `guest-*` brings all whose names begin so.
    pub(super) fn present_all(
        &self,
        names: &At<Vec<At<String>>>,
    ) -> Result<Vec<ClientId>, ScenarioError> {
        if names.get().is_empty() {
            return Err(ScenarioError::new(
                self.file,
                names.span(),
                "the list names nobody",
                "empty",
            )
            .help("name at least one client"));
        }
        let mut ids = Vec::new();
        for name in names.get() {
            if let Some(prefix) = name.get().strip_suffix('*') {
                ids.extend(self.matching(name, prefix)?);
                continue;
            }
            let id = self.present(name)?;
            if ids.contains(&id) {
                return Err(ScenarioError::new(
                    self.file,
                    name.span(),
                    format!("the list names `{}` twice", name.get()),
                    "already named",
                ));
            }
            ids.push(id);
        }
        let mut seen = vec![false; self.members.len()];
        ids.retain(|id| !std::mem::replace(&mut seen[id.0], true));
        Ok(ids)
    }

    fn matching(&self, pattern: &At<String>, prefix: &str) -> Result<Vec<ClientId>, ScenarioError> {
        let ids: Vec<ClientId> = (0..self.members.len())
            .filter(|&place| {
                let member = &self.members[place];
                member.gone.is_none() && member.name.starts_with(prefix)
            })
            .map(ClientId)
            .collect();
        if ids.is_empty() {
            return Err(ScenarioError::new(
                self.file,
                pattern.span(),
                format!("nobody is connected whose name begins with `{prefix}`"),
                "matches nobody",
            )
            .help("`guest-*` means all connected clients whose names begin with `guest-`"));
        }
        Ok(ids)
    }

    /// Clients are gone from now on.
    pub(super) fn depart(&mut self, ids: &[ClientId], how: &'static str, at: &Range<usize>) {
        for id in ids {
            self.members[id.0].gone = Some((how, at.clone()));
        }
    }

    /// Clients stop reading, if all of them read now.
    pub(super) fn stop_reading(
        &mut self,
        ids: &[ClientId],
        at: &Range<usize>,
    ) -> Result<(), ScenarioError> {
        self.check_reading(ids, at, "and can't stop again")?;
        for id in ids {
            self.members[id.0].lazy = Some(at.clone());
            self.members[id.0].ever_lazy = true;
        }
        Ok(())
    }

    /// Lazy clients read again, if none of them reads now.
    pub(super) fn read_again(
        &mut self,
        ids: &[ClientId],
        at: &Range<usize>,
    ) -> Result<(), ScenarioError> {
        self.check_lazy(ids, at, "and can't begin again")?;
        for id in ids {
            self.members[id.0].lazy = None;
        }
        Ok(())
    }

    /// An error unless all these clients read; `so` says why they must.
    pub(super) fn check_reading(
        &self,
        ids: &[ClientId],
        at: &Range<usize>,
        so: &str,
    ) -> Result<(), ScenarioError> {
        for id in ids {
            let Member { name, lazy, .. } = &self.members[id.0];
            if let Some(since) = lazy {
                return Err(ScenarioError::new(
                    self.file,
                    at.clone(),
                    format!("`{name}` does not read now, {so}"),
                    "must read",
                )
                .related(since.clone(), "stopped reading here")
                .help(format!("put `read_again = [\"{name}\"]` before it")));
            }
        }
        Ok(())
    }

    /// An error unless all these clients are lazy; `so` says why they must be.
    pub(super) fn check_lazy(
        &self,
        ids: &[ClientId],
        at: &Range<usize>,
        so: &str,
    ) -> Result<(), ScenarioError> {
        for id in ids {
            let Member { name, lazy, .. } = &self.members[id.0];
            if lazy.is_none() {
                return Err(ScenarioError::new(
                    self.file,
                    at.clone(),
                    format!("`{name}` reads, {so}"),
                    "must not be reading",
                )
                .help(format!("put `stop_reading = [\"{name}\"]` before it")));
            }
        }
        Ok(())
    }
}
