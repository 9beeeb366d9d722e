//! `grader rules`.

use std::io::{self, Write};

use clap::Args;

use super::CommandError;
use super::entries::{Entry, listed};
use crate::exit_code::ExitCode;
use crate::report::terminal::layout::columns_of;
use crate::rules::{self, Group, Rule, page};
use crate::suite::Suite;

/// What `grader rules` is told.
#[derive(Debug, Args)]
pub(super) struct Rules {
    /// Print docs/rules.md instead
    #[arg(long)]
    markdown: bool,
}

/// Lists the rules, group by group.
pub(super) fn rules(options: &Rules) -> Result<ExitCode, CommandError> {
    let mut out = anstream::stdout().lock();
    if options.markdown {
        let suite = Suite::shipped(&rules::ids())?;
        write!(out, "{}", page::page(&suite.coverage()))?;
        return Ok(ExitCode::Passed);
    }
    let width = columns_of(io::stdout());
    for group in Group::ALL {
        writeln!(out, "{}", group.heading())?;
        let of_the_group = rules::all().iter().filter(|rule| rule.group == group);
        let entries: Vec<Entry> = of_the_group.map(entry).collect();
        write!(out, "{}", listed(&entries, 2, width))?;
    }
    Ok(ExitCode::Passed)
}

fn entry(rule: &Rule) -> Entry {
    let gap = if rule.gap().is_some() {
        "  (in full only of C source)"
    } else {
        ""
    };
    Entry {
        cells: vec![rule.id.clone(), rule.tier.to_string()],
        text: format!("{}{gap}", rule.first_sentence()),
    }
}
