//! A large class: saboteurs and strangers many times over, killed in the middle and resumed, with
//! the grades that they must get. It takes minutes, and `scripts/class.sh` does it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use grader::tier::Tier;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::class::{Class, results};
use super::servers::{self, ABOUT_EVERYTHING};

/// How many hand in something where nothing else is said (`GRADER_CLASS`).
const USUAL: usize = 200;

/// What somebody must get.
enum Due {
    /// A check of this rule fails, and none of others but these, where that is not up to chance.
    Breaks(String, Option<Vec<String>>),
    /// This tier is passed, and all more lenient ones.
    Passes(Tier),
}

#[test]
#[ignore = "it takes minutes: scripts/class.sh"]
fn a_large_class_is_graded_killed_and_resumed() {
    let size = std::env::var("GRADER_CLASS").ok();
    let size = size.map_or(USUAL, |size| size.parse().expect("a number"));
    let (class, due) = class(size);
    let begun = Instant::now();
    let mut memory = Memory::default();
    grade(&class, &[], Some(size / 2), &mut memory);
    let killed = results(&class.beside("results"));
    let kept = graded(&killed);
    assert!(kept >= size / 2, "only {kept} were kept");
    println!("killed after {:?} with {kept} graded", begun.elapsed());
    let newly = grade(&class, &["--resume"], None, &mut memory);
    assert_eq!(newly, size - kept, "what was graded is not graded again");
    let elapsed = begun.elapsed();
    let results = results(&class.beside("results"));
    assert_eq!(graded(&results), size);
    println!(
        "{size} submissions in {elapsed:.1?}: {:.1} a minute; the grader itself took {} kB at \
         most, all of its processes together {} kB",
        size as f64 * 60.0 / elapsed.as_secs_f64(),
        memory.own,
        memory.all,
    );
    let complaints: Vec<String> = results["people"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|row| {
            complaint(
                row,
                &due[row["id"].as_str().expect("an id")],
                &class.beside("results"),
            )
        })
        .collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// Saboteurs and strangers in turn; every other one as C source, where it is one.
fn class(size: usize) -> (Class, BTreeMap<String, Due>) {
    let saboteurs = servers::all_saboteurs();
    let strangers = servers::all_strangers();
    let mut all = Vec::new();
    for it in &saboteurs {
        let certain = it
            .by_chance
            .is_none()
            .then(|| [&it.may_also_break[..], &[ABOUT_EVERYTHING.to_owned()]].concat());
        let due = || Due::Breaks(it.breaks.clone(), certain.clone());
        let only_source = it.submission() == it.source;
        // Sanitizers see more of a source.
        let with_source = certain.clone().map(|mut others| {
            others.push("memory-safe".into());
            others
        });
        let of_source = Due::Breaks(it.breaks.clone(), with_source);
        all.push((&it.name, it.source.as_path(), of_source));
        if !only_source {
            all.push((&it.name, it.path.as_path(), due()));
        }
    }
    for it in &strangers {
        match &it.path {
            Ok(path) => all.push((&it.name, path.as_path(), Due::Passes(it.passes))),
            Err(why) => eprintln!("SKIPPED: {why}"),
        }
    }
    // Not all of a kind at once.
    all.sort_by_key(|(name, path, _)| {
        (
            path.extension().is_some(),
            name.chars().rev().collect::<String>(),
        )
    });
    let class = Class::empty();
    let mut due = BTreeMap::new();
    let many = all.iter().cycle().take(size).enumerate();
    for (number, (name, path, expected)) in many {
        let id = format!("{number:04}-{name}");
        let file = match path.extension() {
            Some(_) => format!("{id}.c"),
            None => id.clone(),
        };
        class.hand_in(&file, path);
        let expected = match expected {
            Due::Breaks(rule, others) => Due::Breaks(rule.clone(), others.clone()),
            Due::Passes(tier) => Due::Passes(*tier),
        };
        due.insert(id, expected);
    }
    (class, due)
}

/// Grades, and kills the grader when so many are graded. Returns how many were.
fn grade(class: &Class, options: &[&str], kill: Option<usize>, memory: &mut Memory) -> usize {
    let program = std::env::var_os("GRADER").unwrap_or_else(|| {
        assert_cmd::cargo::cargo_bin!("grader")
            .as_os_str()
            .to_owned()
    });
    let mut grader = Command::new(program)
        .arg("batch")
        .arg(class.path())
        .arg("--out")
        .arg(class.beside("results"))
        .args(options)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the grader can be called");
    let lines = BufReader::new(grader.stdout.take().expect("a pipe")).lines();
    let mut graded = 0;
    for line in lines {
        let line = line.expect("text");
        memory.look(grader.id());
        graded += usize::from(line.starts_with('['));
        if kill == Some(graded) {
            kill_process(Pid::from_child(&grader), Signal::KILL).expect("it runs");
            break;
        }
    }
    let status = grader.wait().expect("it is our child");
    assert!(kill.is_some() || status.success(), "{status}");
    graded
}

fn graded(results: &Value) -> usize {
    let people = results["people"].as_array().expect("a list").iter();
    people.filter(|row| row["state"] == "graded").count()
}

/// What is wrong with a grade.
fn complaint(row: &Value, due: &Due, folder: &Path) -> Option<String> {
    let file = folder.join(format!("people/{}.json", row["file"].as_str()?));
    let report = fs::read_to_string(file).expect("it was graded");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    let failed = || {
        let checks = report["checks"].as_array().expect("checks").iter();
        checks.filter(|check| check["outcome"] == "failed")
    };
    let is_right = match due {
        Due::Breaks(rule, others) => {
            let told = report["findings"].as_array().expect("a list");
            let unrelated = |told: &&Value| {
                told["rule"] != **rule
                    && others
                        .as_ref()
                        .is_some_and(|others| others.iter().all(|other| told["rule"] != **other))
            };
            failed().any(|check| check["finding"]["rule"] == **rule)
                && told.iter().find(unrelated).is_none()
        }
        Due::Passes(tier) => {
            failed().all(|check| rank(&check["tier"]) > rank(&Value::from(tier.name())))
        }
    };
    let rules: BTreeSet<_> = failed()
        .map(|check| check["finding"]["rule"].to_string())
        .collect();
    (!is_right).then(|| format!("{}: {} {rules:?}", row["id"], row["state"]))
}

fn rank(tier: &Value) -> usize {
    let names = Tier::ALL.map(Tier::name);
    let place = names.iter().position(|name| tier == name);
    place.expect("a tier")
}

/// The most memory that was seen, in kB.
#[derive(Default)]
struct Memory {
    own: u64,
    all: u64,
}

impl Memory {
    fn look(&mut self, grader: u32) {
        self.own = self.own.max(field(grader, "VmHWM:"));
        let mut all = vec![grader];
        let mut next = 0;
        while let Some(id) = all.get(next).copied() {
            next += 1;
            let tasks = fs::read_dir(format!("/proc/{id}/task"));
            for task in tasks.into_iter().flatten().flatten() {
                let list = fs::read_to_string(task.path().join("children")).unwrap_or_default();
                all.extend(
                    list.split_whitespace()
                        .filter_map(|id| id.parse::<u32>().ok()),
                );
            }
        }
        self.all = self
            .all
            .max(all.into_iter().map(|id| field(id, "VmRSS:")).sum());
    }
}

fn field(process: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    number.unwrap_or(0)
}
