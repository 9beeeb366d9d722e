//! `grader explain`.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::CommandError;
use super::entries::{Entry, listed};
use crate::exit_code::ExitCode;
use crate::report::terminal::layout::{columns_of, hang, wrap, wrap_command};
use crate::rules::{self, Rule};
use crate::shell;
use crate::spelling::nearest;
use crate::suite::{Check, Suite};

/// Wider lines are hard to read.
const WIDEST: usize = 100;

/// Where there is no room, it is not made by putting one letter below the other.
const NARROWEST: usize = 20;

/// What `grader explain` is told.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The rule, such as `prefix-every-line`, or the check, such as `newcomer-inherits-nothing`;
    /// `grader rules` and `grader list` list them
    name: String,

    /// The scenarios of this folder (or this file) instead of those that come with the grader
    #[arg(long, value_name = "PATH")]
    scenarios: Option<PathBuf>,
}

/// Explains what bears a name: a rule, a check, or both.
pub(super) fn explain(options: &Explain) -> Result<ExitCode, CommandError> {
    let name = options.name.as_str();
    let folder = options.scenarios.as_deref();
    let suite = match folder {
        Some(path) => Suite::at(path, &rules::ids())?,
        None => Suite::shipped(&rules::ids())?,
    };
    let rule = rules::find(name).ok();
    let checks = suite.checks();
    let check = checks.iter().find(|check| check.name() == name);
    if rule.is_none() && check.is_none() {
        let names = checks.iter().map(Check::name).chain(rules::ids());
        return Err(CommandError::Name {
            name: name.into(),
            nearest: nearest(name, names).map(str::to_owned),
        });
    }
    let width = columns_of(io::stdout()).map_or(WIDEST, |width| width.clamp(NARROWEST, WIDEST));
    let mut page = Page {
        text: String::new(),
        width,
    };
    if let Some(rule) = rule {
        page.rule(rule, &suite);
    }
    if let Some(check) = check {
        if rule.is_some() {
            page.text.push_str("\nThe check of the same name:\n\n");
        }
        page.check(check, &suite, folder);
    }
    anstream::stdout().lock().write_all(page.text.as_bytes())?;
    Ok(ExitCode::Passed)
}

/// What is told, in lines of this width.
struct Page {
    text: String,
    width: usize,
}

impl Page {
    fn rule(&mut self, rule: &Rule, suite: &Suite) {
        self.paragraph(&format!("{}  ({})", rule.id, rule.tier));
        self.paragraph(&rule.rule);
        self.section("Said by", &rule.said.describe());
        self.section("Why this tier", &rule.because);
        self.section("Breaking it usually comes from", &rule.hint);
        if let Some(gap) = rule.gap() {
            self.section("Note", &gap);
        }
        self.commands("By hand", rule.commands("./mini_serv"));
        let covering: Vec<Entry> = (suite.coverage().into_iter())
            .filter(|check| check.rules.contains(&rule.id))
            .map(|check| Entry {
                cells: vec![check.name, check.tier.to_string()],
                text: check.title,
            })
            .collect();
        if !covering.is_empty() {
            self.text.push_str("\nChecks\n");
            self.text.push_str(&listed(&covering, 2, Some(self.width)));
        }
    }

    fn check(&mut self, check: &Check<'_>, suite: &Suite, folder: Option<&Path>) {
        let name = check.name();
        self.paragraph(&format!("{name}  ({})", check.tier()));
        self.paragraph(&format!("{}.", check.title()));
        let tested: Vec<&Rule> = (check.rules().into_iter())
            .filter_map(|rule| rules::find(rule).ok())
            .collect();
        let entries: Vec<Entry> = tested
            .iter()
            .map(|rule| Entry {
                cells: vec![rule.id.clone(), rule.tier.to_string()],
                text: rule.first_sentence().to_owned(),
            })
            .collect();
        self.text.push_str("Rules\n");
        let rules = listed(&entries, 2, Some(self.width));
        self.text.push_str(&rules);
        self.text.push('\n');
        let mut hint = tested.first().map(|rule| rule.hint.as_str());
        let mut server = "mini_serv.c";
        if let Check::Scenario(scenario) = check {
            hint = scenario.hint.as_deref().or(hint);
            server = "./mini_serv";
            self.items("What happens", &scenario.told());
            self.items("Beside what clients must receive", &scenario.demands());
        }
        if let Some(hint) = hint {
            self.section("Failing it usually comes from", hint);
        }
        let scenarios = folder.map_or(String::new(), |folder| {
            format!(" --scenarios {}", shell::quoted(folder))
        });
        let shown = shell::quoted(Path::new(name));
        let mut alone = vec![format!("grader run {server}{scenarios} --only {shown}")];
        let of_the_rule = |other: &Check<'_>| other.rules().contains(&name);
        if suite.checks().iter().filter(|it| of_the_rule(it)).count() > 1 {
            alone.push("# with the other checks of the rule of that name".into());
        }
        self.commands("To play it alone", alone.into_iter());
        if matches!(check, Check::Scenario(_)) {
            let file = format!("grader show {shown}{scenarios}");
            self.text.push('\n');
            self.commands("Its file", std::iter::once(file));
        }
    }

    fn paragraph(&mut self, text: &str) {
        for line in wrap(text, self.width) {
            self.text.push_str(&line);
            self.text.push('\n');
        }
        self.text.push('\n');
    }

    fn section(&mut self, label: &str, text: &str) {
        let _ = writeln!(self.text, "{label}");
        for line in wrap(text, self.width - 2) {
            let _ = writeln!(self.text, "  {line}");
        }
        self.text.push('\n');
    }

    fn items(&mut self, label: &str, items: &[impl AsRef<str>]) {
        if items.is_empty() {
            return;
        }
        let _ = writeln!(self.text, "{label}");
        for item in items {
            hang(&mut self.text, "  -", item.as_ref(), self.width);
        }
        self.text.push('\n');
    }

    fn commands(&mut self, label: &str, commands: impl Iterator<Item = String>) {
        let _ = writeln!(self.text, "{label}");
        for line in commands.flat_map(|command| wrap_command(&command, self.width - 2)) {
            let _ = writeln!(self.text, "  {line}");
        }
    }
}
