//! Plays every server in every scenario, and says what is not as it must be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use grader::rules;
use grader::suite::Suite;
use grader::tier::Tier;

use super::at_once::each_at_once;
use super::data::places;
use super::invocation::{self, text};
use super::page;
use super::servers::{self, Saboteur, Stranger};

/// How the built-in reference and the plain server are called among the strangers.
pub(crate) const REFERENCE: &str = "reference";
pub(crate) const PLAIN: &str = "plain";

/// How many servers are played at once: a wrong one lets the grader wait for most of its time.
const AT_ONCE: usize = 4;

/// For saboteurs: they hang in many checks, and so cost this much, time and again.
const IMPATIENT: [&str; 2] = ["--patience", "3"];

/// For saboteurs of which something was not as it must be.
const PATIENT_ENOUGH: [&str; 2] = ["--patience", "10"];

/// For correct servers, which never hang: however busy the machine is, none of them is failed.
const PATIENT: [&str; 2] = ["--patience", "60"];

/// A check that a saboteur fails.
#[derive(Debug)]
pub(crate) struct Caught {
    pub(crate) scenario: String,
    /// The rule that the failure counts for.
    pub(crate) rule: String,
}

/// Something that is wrong, whatever checks failed by it.
#[derive(Debug)]
pub(crate) struct Told {
    kind: String,
    rule: String,
    /// The check that shows it.
    scenario: String,
}

/// What the grader says of a saboteur.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) saboteur: Saboteur,
    pub(crate) caught: Vec<Caught>,
    /// All that is told of it, each thing that is wrong once, the likeliest root first.
    told: Vec<Told>,
    /// Checks that ended neither passed nor failed, and why.
    undecided: Vec<String>,
}

/// What the grader says of a correct server.
#[derive(Debug)]
pub(crate) struct Welcomed {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) passes: Tier,
    pub(crate) needs: Option<String>,
    /// What it fails, by tier, with the reason; `None` where it cannot be had on this machine.
    failed: Option<BTreeMap<Tier, Vec<String>>>,
}

/// All that was played.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) saboteurs: Vec<Judged>,
    pub(crate) strangers: Vec<Welcomed>,
}

/// The names of the scenarios that come with the grader.
pub(crate) fn scenarios() -> BTreeSet<String> {
    let ids: Vec<&str> = rules::all().iter().map(|rule| rule.id.as_str()).collect();
    let suite = Suite::shipped(&ids).expect("the shipped scenarios are tested elsewhere");
    suite
        .scenarios
        .iter()
        .map(|scenario| scenario.name.clone())
        .collect()
}

/// Does the same with every server, several at a time, and tells how far it is; the results come
/// in the same order.
pub(crate) fn each_server<T: Send, R: Send>(all: Vec<T>, act: impl Fn(T) -> R + Sync) -> Vec<R> {
    let count = all.len();
    let played = AtomicUsize::new(0);
    each_at_once(AT_ONCE, all, |one| {
        let result = act(one);
        let number = played.fetch_add(1, Ordering::Relaxed) + 1;
        eprintln!("{number} of {count} servers are played");
        result
    })
}

/// What is not as it must be with the saboteurs of these names, in every scenario.
pub(crate) fn complaints_about(names: &[String]) -> Vec<String> {
    let page = page();
    let all = names.iter().map(|name| servers::saboteur(name)).collect();
    let judged = each_server(all, |it| judge(it, &page));
    judged.iter().flat_map(Judged::complaints).collect()
}

impl Played {
    /// Plays every server in every scenario.
    pub(crate) fn everything() -> Self {
        let strangers = welcome_all();
        let page = page();
        let saboteurs = each_server(servers::all_saboteurs(), |it| judge(it, &page));
        Self {
            saboteurs,
            strangers,
        }
    }

    /// What is not as it must be.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let saboteurs = self.saboteurs.iter().flat_map(Judged::complaints);
        let strangers = self.strangers.iter().flat_map(Welcomed::complaints);
        let places = self.complaints_about_scenarios();
        saboteurs.chain(strangers).chain(places).collect()
    }

    /// The saboteurs that fail the same scenarios in every run.
    pub(crate) fn certain(&self) -> impl Iterator<Item = &Judged> {
        let all = self.saboteurs.iter();
        all.filter(|judged| judged.saboteur.by_chance.is_none())
    }

    /// The saboteurs that no other scenario ever catches, but for conversations.
    pub(crate) fn caught_only_by(&self, scenario: &str) -> Vec<&str> {
        let only = self
            .certain()
            .filter(|judged| matches!(judged.caught_by_name()[..], [caught] if caught == scenario));
        only.map(|judged| judged.saboteur.name.as_str()).collect()
    }

    fn complaints_about_scenarios(&self) -> Vec<String> {
        let places = places();
        let complain = |scenario: String| {
            let alone = self.caught_only_by(&scenario);
            match (alone.is_empty(), places.contains_key(&scenario)) {
                (true, false) => Some(format!(
                    "{scenario} is never the only one to catch a saboteur: write one that only \
                     it can catch, or say in places.toml why it is there"
                )),
                (false, true) => Some(format!(
                    "{scenario} needs no sentence in places.toml: only it catches {}",
                    alone.join(", ")
                )),
                _ => None,
            }
        };
        scenarios().into_iter().filter_map(complain).collect()
    }
}

/// Plays a saboteur; where something is not as it must be, once more with more patience. On a busy
/// machine, a check may fail that fails on no other day; what is so both times is a complaint.
fn judge(saboteur: Saboteur, page: &str) -> Judged {
    let first = judge_once(saboteur, IMPATIENT);
    let mut complaints = first.complaints();
    let name = &first.saboteur.name;
    if let Some(scenario) = page::only_catcher(page, name)
        && first.caught_by_name().iter().any(|it| *it != scenario)
    {
        complaints.push(format!("not only {scenario} catches {name}"));
    }
    if complaints.is_empty() {
        return first;
    }
    for complaint in complaints {
        eprintln!("played once more, since {complaint}");
    }
    judge_once(first.saboteur, PATIENT_ENOUGH)
}

fn judge_once(saboteur: Saboteur, patience: [&'static str; 2]) -> Judged {
    let mut options = patience.to_vec();
    if saboteur.breaks != "many-clients" {
        // A third of the whole time, and it shows nothing else of the others.
        options.extend(["--skip", "nine-hundred-clients"]);
    }
    let played = invocation::play(Some(saboteur.submission()), &options);
    let scenarios = scenarios();
    let mut caught = Vec::new();
    let mut undecided = Vec::new();
    for check in played.checks() {
        match text(&check["outcome"]) {
            // An executable has no source to look at.
            "passed" | "skipped" if !scenarios.contains(text(&check["scenario"])) => {}
            "passed" => {}
            // Nothing is said there of a server that goes wrong before it asks for memory.
            "skipped"
                if check["rules"][0] == "out-of-memory" && saboteur.breaks != "out-of-memory" => {}
            // It says again what another check has found out.
            "failed"
                if check["not_played"] == true && check["finding"]["rule"] != *saboteur.breaks => {}
            "failed" => caught.push(Caught {
                scenario: text(&check["scenario"]).to_owned(),
                rule: text(&check["finding"]["rule"]).to_owned(),
            }),
            outcome => undecided.push(format!(
                "{}: {} {outcome}: {}",
                saboteur.name, check["scenario"], check["reason"]
            )),
        }
    }
    let told = played.report["findings"].as_array().into_iter().flatten();
    let told = told.map(|finding| Told {
        kind: text(&finding["kind"]).to_owned(),
        rule: text(&finding["rule"]).to_owned(),
        scenario: text(&finding["scenario"]).to_owned(),
    });
    Judged {
        saboteur,
        caught,
        told: told.collect(),
        undecided,
    }
}

impl Judged {
    /// The scenarios that catch it, without the conversations, which catch most of what others do.
    fn caught_by_name(&self) -> Vec<&str> {
        let all = self.caught.iter().map(|it| it.scenario.as_str());
        all.filter(|scenario| !scenario.starts_with("conversation-"))
            .collect()
    }

    /// The checks that count for the rule that it breaks.
    pub(crate) fn caught_by_its_rule(&self) -> Vec<&str> {
        let own = self
            .caught
            .iter()
            .filter(|it| it.rule == self.saboteur.breaks);
        own.map(|it| it.scenario.as_str()).collect()
    }

    /// The other rules that are told to be broken.
    fn also_broken(&self) -> BTreeSet<&str> {
        let rules = self.told.iter().map(|it| it.rule.as_str());
        rules
            .filter(|rule| *rule != self.saboteur.breaks && *rule != servers::ABOUT_EVERYTHING)
            .collect()
    }

    fn complaints(&self) -> Vec<String> {
        let name = &self.saboteur.name;
        let mut complaints = self.undecided.clone();
        if self.caught.is_empty() {
            complaints.push(format!("{name} survives"));
        } else if self.caught_by_its_rule().is_empty() {
            complaints.push(format!(
                "{name} is caught, but no check fails that counts for {}",
                self.saboteur.breaks
            ));
        }
        if let Some(chance) = &self.saboteur.by_chance
            && !self.caught_by_its_rule().contains(&&chance.always[..])
        {
            complaints.push(format!("{name} is not caught by {}", chance.always));
        }
        if let Some(Told { kind, .. }) = self.told.first()
            && !self.saboteur.first_finding.contains(kind)
        {
            complaints.push(format!(
                "{name}: the first finding is {kind}, not {:?}",
                self.saboteur.first_finding
            ));
        }
        let unrelated: Vec<String> = self
            .told
            .iter()
            .filter(|it| !self.saboteur.may_break(&it.rule))
            .map(|it| format!("{} ({})", it.rule, it.scenario))
            .collect();
        if !unrelated.is_empty() {
            let broken = self.also_broken();
            complaints.push(format!(
                "{name} is told to break unrelated rules: {unrelated:?}; \
                 what was found: may_also_break = {broken:?}"
            ));
        }
        complaints
    }
}

fn welcome_all() -> Vec<Welcomed> {
    let given = [
        (
            REFERENCE,
            "The reference, as it is built into the grader",
            None,
        ),
        (
            PLAIN,
            "The server that the saboteurs are made from",
            Some(servers::plain()),
        ),
    ];
    let given = given.map(|(name, title, path)| Welcomed {
        name: name.to_owned(),
        title: title.to_owned(),
        passes: Tier::Robust,
        needs: None,
        failed: Some(failures(path.as_deref(), Tier::Robust)),
    });
    let strangers = each_server(servers::all_strangers(), welcome);
    given.into_iter().chain(strangers).collect()
}

fn welcome(stranger: Stranger) -> Welcomed {
    let path: Option<PathBuf> = stranger
        .path
        .map_err(|why| eprintln!("skipped: {why}"))
        .ok();
    Welcomed {
        name: stranger.name,
        title: stranger.title,
        passes: stranger.passes,
        needs: stranger.needs,
        failed: path.map(|path| failures(Some(&path), stranger.passes)),
    }
}

/// What it fails of the tiers that it must pass, for which it has all the time that it wants, and
/// of those that are stricter, in which it may hang.
fn failures(server: Option<&Path>, passes: Tier) -> BTreeMap<Tier, Vec<String>> {
    let (within, beyond): (Vec<Tier>, Vec<Tier>) =
        Tier::ALL.into_iter().partition(|tier| *tier <= passes);
    let mut failed: BTreeMap<Tier, Vec<String>> = BTreeMap::new();
    for (tiers, patience) in [(within, PATIENT), (beyond, IMPATIENT)] {
        if tiers.is_empty() {
            continue;
        }
        let others = Tier::ALL.into_iter().filter(|tier| !tiers.contains(tier));
        let skipped = others.flat_map(|tier| ["--skip", tier.name()]);
        let options: Vec<&str> = patience.into_iter().chain(skipped).collect();
        for check in invocation::play(server, &options).checks() {
            // A check that cannot be made says nothing: Go makes calls of its own.
            if check["outcome"] == "failed" || check["outcome"] == "error" {
                let name = text(&check["tier"]);
                let tier = Tier::ALL.into_iter().find(|tier| tier.name() == name);
                let reason = format!("{}: {}", text(&check["scenario"]), check["reason"]);
                let tier = tier.expect("the schema knows no other");
                failed.entry(tier).or_default().push(reason);
            }
        }
    }
    failed
}

impl Welcomed {
    fn complaints(&self) -> Vec<String> {
        let Some(failed) = &self.failed else {
            return Vec::new();
        };
        let name = &self.name;
        let within = failed.iter().filter(|(tier, _)| **tier <= self.passes);
        let mut complaints: Vec<String> = within
            .flat_map(|(_, reasons)| reasons)
            .map(|reason| format!("{name} is failed: {reason}"))
            .collect();
        let stricter = failed.keys().any(|tier| *tier > self.passes);
        if self.passes != Tier::Robust && !stricter {
            complaints.push(format!(
                "{name} passes more than `{}`, and its file does not say so",
                self.passes.name()
            ));
        }
        complaints
    }
}
