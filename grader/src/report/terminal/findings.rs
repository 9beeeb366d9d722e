//! What is wrong, each thing once, and what could not be found out.

use std::collections::BTreeSet;

use super::Options;
use super::check::{self, Detail};
use crate::verdict::{CheckReport, Group, Outcome};

/// How many findings are told with all that is known of them: who has mended the first few needs a
/// new run anyway.
const IN_FULL: usize = 3;

/// What the report itself knows at the end.
pub(super) struct Ends<'run> {
    /// What is wrong, the likeliest root first.
    pub(super) groups: Vec<Group<'run>>,
    /// All checks.
    pub(super) checks: &'run [CheckReport],
    /// Whether there might have been more.
    pub(super) is_interrupted: bool,
}

/// The findings, and the troubles of the grader's own.
pub(super) fn show(ends: &Ends<'_>, command: &str, options: Options) -> String {
    let mut items: Vec<String> = Vec::new();
    for (place, group) in ends.groups.iter().enumerate() {
        let detail = if place < IN_FULL {
            Detail::Full
        } else {
            Detail::Brief
        };
        items.push(check::show_group(group, command, detail, options));
    }
    let mut told = BTreeSet::new();
    for check in ends.checks {
        if let Outcome::Error(reason) = &check.outcome
            && told.insert(reason)
        {
            items.push(check::show(check, command, options));
        }
    }
    let remarked = |check: &&CheckReport| !check.remarks.is_empty() && check.found().is_none();
    for check in ends.checks.iter().filter(remarked) {
        items.push(check::show(check, command, options));
    }
    items.join("\n")
}
