//! Plays random scenarios with every server, and says which mistakes they find.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use grader::tier::Tier;

use super::at_once::each_at_once;
use super::data::beyond_chance;
use super::invocation::{self, shown, status};
use super::servers::{self, Saboteur, Stranger};

/// How many servers are tried at once: one that is wrong lets the grader wait for most of its time.
const AT_ONCE: usize = 2;

/// For every trial. The seed is the same each time, and no saboteur hangs for a long time.
const USUAL: [&str; 6] = ["--seconds", "10", "--seed", "1", "--patience", "2"];

/// For correct servers, which never hang: however busy the machine is, none of them is failed.
const STRANGERS: [&str; 6] = ["--seconds", "20", "--seed", "1", "--patience", "60"];

/// What came of random scenarios on one server.
#[derive(Debug)]
pub(crate) enum Tried {
    /// One failed.
    Found {
        rule: String,
        /// How many cases it took.
        case: u64,
        /// How long the shortest form is.
        steps: usize,
        /// Whether that has failed when it was played again.
        again: bool,
    },
    /// It never serves anybody, which is found out before the first case.
    NeverServes,
    /// So many passed.
    Nothing { cases: u64 },
    /// The server could not be tried, as the grader says.
    Impossible(String),
}

impl Tried {
    const fn is_found(&self) -> bool {
        matches!(self, Self::Found { .. } | Self::NeverServes)
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found {
                rule,
                case,
                steps,
                again,
            } => {
                let chance = if *again { "" } else { ", not again" };
                write!(out, "found: {rule}, case {case}, {steps} steps{chance}")
            }
            Self::NeverServes => write!(out, "found: it never serves"),
            Self::Nothing { cases } => write!(out, "missed in {cases} cases"),
            Self::Impossible(why) => write!(out, "not tried: {why}"),
        }
    }
}

/// Tries the saboteurs of these names, or all where none is given, and prints what came of each
/// and how many were found. Complains of those that were missed without a reason.
pub(crate) fn saboteurs(names: &[String]) -> Vec<String> {
    let mut all = servers::all_saboteurs();
    all.retain(|saboteur| names.is_empty() || names.contains(&saboteur.name));
    let tried = each_at_once(AT_ONCE, all, |saboteur| {
        let tried = try_saboteur(&saboteur);
        eprintln!("{:<36} {tried}", saboteur.name);
        (saboteur.name, tried)
    });
    summarize(&tried);
    complaints(&tried, &beyond_chance())
}

fn try_saboteur(saboteur: &Saboteur) -> Tried {
    let folder = folder(&saboteur.name);
    let require = ["--require", Tier::Robust.name()];
    trial(&saboteur.path, &folder, &[&USUAL[..], &require].concat())
}

fn summarize(tried: &[(String, Tried)]) {
    let mut steps: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (name, tried) in tried {
        if let Tried::Found { steps: many, .. } = tried {
            steps.entry(*many).or_default().push(name);
        }
    }
    let is_found = |(_, tried): &&(String, Tried)| tried.is_found();
    let found = tried.iter().filter(is_found).count();
    eprintln!("\nFound {found} of {} saboteurs.", tried.len());
    for (many, names) in steps {
        match names.len() {
            // Few are named, and so are those that people will not like to read.
            count if many > 6 || count < 4 => {
                eprintln!("{count} with {many} steps: {}", names.join(", "));
            }
            count => eprintln!("{count} with {many} steps"),
        }
    }
    eprintln!("Their files are in {}.", folder("").display());
}

/// What is not as it must be. That one is found which should be out of reach is luck, or a reason
/// that is no longer one: somebody reads it, and nothing fails.
fn complaints(tried: &[(String, Tried)], reasons: &BTreeMap<String, String>) -> Vec<String> {
    let complain = |(name, tried): &(String, Tried)| match (tried, reasons.get(name)) {
        (tried, Some(why)) if tried.is_found() => {
            eprintln!("{name} was found all the same: is it still true that {why:?}");
            None
        }
        (Tried::Nothing { cases }, None) => Some(format!(
            "{name} was not found in {cases} cases, and beyond-chance.toml does not say why"
        )),
        (Tried::Impossible(why), None) => Some(format!("{name} could not be tried: {why}")),
        _ => None,
    };
    tried.iter().filter_map(complain).collect()
}

/// Tries the correct servers, and complains of each that is failed.
pub(crate) fn strangers() -> Vec<String> {
    let mut all = servers::all_strangers();
    // What the exam does not ask for cannot be left out.
    all.retain(|stranger| stranger.passes >= Tier::Subject);
    let complaints = each_at_once(AT_ONCE, all, |stranger| try_stranger(&stranger));
    complaints.into_iter().flatten().collect()
}

fn try_stranger(stranger: &Stranger) -> Option<String> {
    let name = &stranger.name;
    let path = match &stranger.path {
        Ok(path) => path,
        Err(why) => {
            eprintln!("skipped: {why}");
            return None;
        }
    };
    let require = ["--require", stranger.passes.name()];
    let tried = trial(path, &folder(name), &[&STRANGERS[..], &require].concat());
    eprintln!("{name:<36} {tried}");
    match tried {
        Tried::Nothing { .. } => None,
        other => Some(format!("{name}: {other}")),
    }
}

/// Where the scenario that finds the server is left, for people to read.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("random")
        .join(name)
}

fn trial(server: &Path, folder: &Path, options: &[&str]) -> Tried {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("what was left there can go");
    }
    let output = (invocation::grader().arg("fuzz").arg(server).args(options))
        .arg("--folder")
        .arg(folder)
        .output()
        .expect("the grader can be called");
    let said = String::from_utf8_lossy(&output.stdout);
    match status(&output) {
        0 => Tried::Nothing {
            cases: number_after(&said, "No disagreement in "),
        },
        1 if String::from_utf8_lossy(&output.stderr).contains("never serves: ") => {
            Tried::NeverServes
        }
        1 if said.contains("its shortest form has ") => Tried::Found {
            rule: rule_in(folder),
            case: number_after(&said, "\nCase "),
            steps: usize::try_from(number_after(&said, "its shortest form has "))
                .expect("a small number"),
            again: !said.contains("It has not failed again"),
        },
        _ => Tried::Impossible(shown(&output)),
    }
}

/// The number that follows these words.
#[track_caller]
fn number_after(said: &str, words: &str) -> u64 {
    let (_, rest) = said
        .split_once(words)
        .unwrap_or_else(|| panic!("{words:?} is not in {said}"));
    let digits = rest.split(|it: char| !it.is_ascii_digit()).next();
    let number = digits.and_then(|digits| digits.parse().ok());
    number.unwrap_or_else(|| panic!("no number follows {words:?} in {said}"))
}

/// The rule that the only scenario in the folder is about.
fn rule_in(folder: &Path) -> String {
    let mut files = fs::read_dir(folder).expect("the folder was made");
    let file = files.next().expect("a file").expect("a file").path();
    let text = fs::read_to_string(file).expect("a scenario");
    let scenario: toml::Table = toml::from_str(&text).expect("a scenario");
    let rule = scenario["rules"].get(0).and_then(toml::Value::as_str);
    rule.expect("every scenario has a rule").to_owned()
}

#[test]
fn a_miss_needs_a_reason_and_luck_is_no_mistake() {
    let found = || Tried::Found {
        rule: "relay".into(),
        case: 1,
        steps: 3,
        again: true,
    };
    let missed = || Tried::Nothing { cases: 7 };
    let tried = [
        ("found".to_owned(), found()),
        ("lucky".to_owned(), found()),
        ("excused".to_owned(), missed()),
        ("missed".to_owned(), missed()),
    ];
    let why = "Chance does not reach it.".to_owned();
    let reasons = ["lucky", "excused"].map(|name| (name.to_owned(), why.clone()));
    assert_eq!(
        complaints(&tried, &reasons.into()),
        ["missed was not found in 7 cases, and beyond-chance.toml does not say why"]
    );
}
