//! The proof that the grader is right: every saboteur is caught by the rule that it breaks and by
//! no other, every correct stranger passes, and every scenario is needed.
//!
//! Most of what is here takes a moment and runs with all other tests. To play every server in
//! every scenario takes minutes, and `scripts/proof.sh` does it. It compares `docs/proof.md` with
//! what it finds; `UPDATE_GOLDEN=1 scripts/proof.sh` writes that page anew. What random scenarios
//! find takes as long, and is shown by `scripts/fuzz-saboteurs.sh`.

#[path = "../at_once/mod.rs"]
mod at_once;
mod data;
#[path = "../grader_command/invocation.rs"]
mod invocation;
mod page;
mod played;
mod random;
#[path = "../servers/mod.rs"]
mod servers;

use std::collections::BTreeSet;
use std::fs;

use grader::rules::{self, Group};
use grader::verdict::Kind;

use data::{beyond_chance, kinds_elsewhere, places};
use played::{Played, each_server};

/// The page as it stands.
fn page() -> String {
    fs::read_to_string(page::file()).expect("docs/proof.md is there")
}

/// All complaints, so that one call of the test tells them all.
#[track_caller]
fn assert_none(mut complaints: Vec<String>) {
    complaints.sort();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// Those that somebody asks for, where these are not all.
fn saboteurs_asked_for() -> Vec<String> {
    let names = std::env::var("SABOTEURS").unwrap_or_default();
    names.split_whitespace().map(str::to_owned).collect()
}

#[test]
#[ignore = "it takes minutes: scripts/proof.sh"]
fn the_proof_holds() {
    let names = saboteurs_asked_for();
    if !names.is_empty() {
        return assert_none(played::complaints_about(&names));
    }
    let played = Played::everything();
    let mut complaints = played.complaints();
    let there = page();
    let text = page::page(&played, &there);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(page::file(), &text).expect("docs/proof.md can be written");
    }
    if there != text {
        let mut lines = there.lines().zip(text.lines());
        let differing = lines.find(|(there, now)| there != now);
        complaints.push(format!(
            "docs/proof.md is not what was found (UPDATE_GOLDEN=1 scripts/proof.sh writes it \
             anew); the first line that differs: {differing:#?}"
        ));
    }
    assert_none(complaints);
}

#[test]
#[ignore = "it takes many minutes: scripts/fuzz-saboteurs.sh"]
fn random_scenarios_find_what_is_within_their_reach() {
    assert_none(random::saboteurs(&saboteurs_asked_for()));
}

#[test]
#[ignore = "it takes minutes: scripts/fuzz-saboteurs.sh"]
fn random_scenarios_fail_no_correct_server() {
    assert_none(random::strangers());
}

/// The short form of the proof: each saboteur is played in one scenario that must catch it.
#[test]
fn each_saboteur_is_caught_by_the_first_check_that_the_page_names() {
    let page = page();
    let complaints = each_server(servers::all_saboteurs(), |saboteur| {
        let Some(scenario) = page::first_catcher(&page, &saboteur.name) else {
            return Some(format!("docs/proof.md does not name {}", saboteur.name));
        };
        let mut options = vec!["--only", scenario];
        if scenario == "memory-safe" {
            // Sanitizers watch a server while others play with it.
            options.extend([
                "--only",
                "exam-8",
                "--only",
                "spaces",
                "--only",
                "unfinished-line",
            ]);
        }
        let played = invocation::play(Some(saboteur.submission()), &options);
        let failed = played
            .checks()
            .iter()
            .any(|check| check["finding"]["rule"] == *saboteur.breaks);
        (!failed).then(|| format!("{}: {}", saboteur.name, played.stdout))
    });
    assert_none(complaints.into_iter().flatten().collect());
}

#[test]
fn every_rule_has_a_saboteur() {
    let saboteurs = servers::all_saboteurs();
    let mut complaints = Vec::new();
    for rule in rules::all() {
        let broken = saboteurs.iter().any(|saboteur| {
            // What the exam tests is broken by what breaks another rule as well.
            let also = rule.group == Group::Exam && saboteur.may_also_break.contains(&rule.id);
            saboteur.breaks == rule.id || also
        });
        if !broken {
            complaints.push(format!("no saboteur breaks {}", rule.id));
        }
    }
    assert_none(complaints);
}

#[test]
fn every_kind_of_finding_comes_first_for_a_saboteur() {
    let saboteurs = servers::all_saboteurs();
    let first = saboteurs.iter().flat_map(|it| &it.first_finding);
    let first: BTreeSet<&str> = first.map(String::as_str).collect();
    let elsewhere = kinds_elsewhere();
    let mut complaints = Vec::new();
    for kind in Kind::NAMES {
        match (first.contains(kind), elsewhere.get(*kind)) {
            (false, None) => complaints.push(format!("{kind} is the first finding of no saboteur")),
            (true, Some(_)) => complaints.push(format!("{kind} needs no line in kinds.toml")),
            _ => {}
        }
    }
    let unknown = |kind: &&str| !Kind::NAMES.contains(kind);
    let named = first
        .into_iter()
        .chain(elsewhere.keys().map(String::as_str));
    complaints.extend(
        named
            .filter(unknown)
            .map(|it| format!("there is no kind {it}")),
    );
    assert_none(complaints);
}

#[test]
fn the_page_names_all_that_there_is() {
    let page = page();
    let named: BTreeSet<String> = page::first_cells(&page).map(str::to_owned).collect();
    let saboteurs = servers::all_saboteurs();
    let strangers = servers::all_strangers();
    let scenarios = played::scenarios();
    let there: BTreeSet<String> = saboteurs
        .iter()
        .map(|it| it.name.clone())
        .chain(strangers.iter().map(|it| it.name.clone()))
        .chain([played::REFERENCE.to_owned(), played::PLAIN.to_owned()])
        .chain(scenarios)
        .chain(exam_rules())
        .collect();
    let missing: Vec<_> = there.difference(&named).collect();
    let gone: Vec<_> = named.difference(&there).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "docs/proof.md is stale (UPDATE_GOLDEN=1 scripts/proof.sh writes it anew): \
         missing are {missing:?}, gone are {gone:?}"
    );
    for title in saboteurs
        .iter()
        .map(|it| &it.title)
        .chain(strangers.iter().map(|it| &it.title))
    {
        assert!(page.contains(title), "docs/proof.md is stale: {title}");
    }
}

fn exam_rules() -> impl Iterator<Item = String> {
    let all = rules::all().iter();
    all.filter(|rule| rule.group == Group::Exam)
        .map(|rule| rule.id.clone())
}

#[test]
fn every_place_is_that_of_a_scenario() {
    let scenarios = played::scenarios();
    for (scenario, why) in places() {
        assert!(scenarios.contains(&scenario), "there is no {scenario}");
        assert!(why.ends_with('.'), "{scenario}: {why}");
    }
}

#[test]
fn what_is_beyond_chance_is_a_saboteur_and_has_a_reason() {
    let saboteurs = servers::names("saboteurs");
    for (saboteur, why) in beyond_chance() {
        assert!(saboteurs.contains(&saboteur), "there is no {saboteur}");
        assert!(why.ends_with('.'), "{saboteur}: {why}");
    }
}
