//! What is wrong with a server, each thing once, in the words that all reports in files share.

use super::terminal;
use crate::verdict::{CheckReport, Group, grouped, wording};

/// The findings of a run.
pub(super) struct Findings<'run> {
    /// The likeliest root first, consequences within their root.
    pub(super) groups: Vec<Group<'run>>,
    /// What starts the server.
    pub(super) command: &'run str,
}

/// How a failed check stands to what is wrong.
#[derive(Clone, Copy)]
pub(super) enum Part<'a, 'run> {
    /// It shows it best.
    Shows(&'a Group<'run>),
    /// It failed by it as well.
    Repeats(&'a Group<'run>),
}

impl<'a, 'run> Part<'a, 'run> {
    /// What is wrong.
    pub(super) const fn group(self) -> &'a Group<'run> {
        match self {
            Self::Shows(group) | Self::Repeats(group) => group,
        }
    }
}

impl<'run> Findings<'run> {
    /// What is wrong with the server whose checks these are; `command` starts it.
    pub(super) fn new(checks: &'run [CheckReport], command: &'run str) -> Self {
        Self {
            groups: grouped(checks),
            command,
        }
    }

    /// Every finding, the consequences of each behind it.
    pub(super) fn all(&self) -> impl Iterator<Item = &Group<'run>> {
        let roots = self.groups.iter();
        roots.flat_map(|root| std::iter::once(root).chain(&root.consequences))
    }

    /// By what a check failed; `None` where it did not.
    pub(super) fn part_of(&self, check: &CheckReport) -> Option<Part<'_, 'run>> {
        self.all().find_map(|group| {
            let mut also = group.also.iter();
            if std::ptr::eq(group.check, check) {
                Some(Part::Shows(group))
            } else if also.any(|it| std::ptr::eq(*it, check)) {
                Some(Part::Repeats(group))
            } else {
                None
            }
        })
    }

    /// What a finding may have come from; `None` where it is a root itself.
    pub(super) fn root_of(&self, group: &Group<'_>) -> Option<&Group<'run>> {
        let is_it = |it: &Group<'run>| std::ptr::eq(it.check, group.check);
        self.groups
            .iter()
            .find(|root| root.consequences.iter().any(is_it))
    }

    /// A finding with all that the check that shows it knows, as plain text.
    pub(super) fn told(&self, group: &Group<'_>) -> String {
        let shown = terminal::explain_finding(group, self.command);
        anstream::adapter::strip_str(&shown).to_string()
    }

    /// The same, and below it where else it was seen, and what it may have come from.
    pub(super) fn in_full(&self, group: &Group<'_>) -> String {
        let mut told = self.told(group);
        let also = also_in(group, str::to_owned);
        let root = self.root_of(group).map(|root| {
            let scenario = &root.check.scenario;
            format!("Perhaps of the same cause: {} ({scenario})", words(root))
        });
        for line in also.into_iter().chain(root) {
            told.push_str(&line);
            told.push('\n');
        }
        told
    }
}

/// In which other checks a finding was seen, if any; `quoted` is how a name is written.
pub(super) fn also_in(group: &Group<'_>, quoted: impl Fn(&str) -> String) -> Option<String> {
    let names = group.also.iter().map(|check| quoted(&check.scenario));
    let names: Vec<String> = names.collect();
    let told = format!("Also in {} more: {}", names.len(), names.join(", "));
    (!names.is_empty()).then_some(told)
}

/// What a finding is called, or else what is wrong in the check that shows it, as plain words.
pub(super) fn words(group: &Group<'_>) -> String {
    let headline = wording::headline(group.found.kind);
    headline.unwrap_or_else(|| group.found.failure.reason.clone())
}

/// How many checks failed by a finding.
pub(super) fn count(group: &Group<'_>) -> String {
    match group.count() {
        1 => "1 check".to_owned(),
        count => format!("{count} checks"),
    }
}
