//! Submissions that go for others: each is stopped, and its neighbours get the grades that they
//! get alone. Nothing here reaches any address but the machine's own.

use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};

use super::class::{Class, FEW, Graded, row};
use super::servers;

/// What a neighbour gets when nobody is beside it.
fn alone(options: &[&str]) -> serde_json::Value {
    let class = Class::empty();
    class.hand_in("neighbour", &servers::plain());
    let graded = class.graded("results", &[&FEW[..], options].concat());
    grade_of(&graded, "neighbour")
}

fn grade_of(graded: &Graded, id: &str) -> serde_json::Value {
    let results = graded.results();
    let row = row(&results, id);
    serde_json::json!([row["verdict"], row["score"], row["rules"], row["failures"]])
}

fn report(graded: &Graded, id: &str) -> serde_json::Value {
    let file = graded.out.join(format!("people/{id}.json"));
    let text = fs::read_to_string(file).expect("it was graded");
    serde_json::from_str(&text).expect("JSON")
}

/// Whether this machine confines servers; says so where it does not.
fn is_confined(graded: &Graded, id: &str) -> bool {
    let report = report(graded, id);
    let is = report["confinement"].to_string();
    let is = is.matches("(Landlock)").count() == 4;
    if !is {
        eprintln!("SKIPPED: this kernel does not offer all of Landlock");
        assert!(!report["limitations"].as_array().expect("a list").is_empty());
    }
    is
}

/// Grades a hostile one beside a neighbour, in a folder in which somebody else has a secret.
#[track_caller]
fn beside_others(name: &str, hostile: &str, options: &[&str]) -> (Class, Graded) {
    let class = Class::empty();
    class.hand_in_text("secret.c", "int main(void) { return 42; }\n");
    class.hand_in(name, &servers::hostile(hostile));
    class.hand_in("neighbour", &servers::plain());
    let graded = class.graded("results", &[&FEW[..], options].concat());
    assert_eq!(grade_of(&graded, "neighbour"), alone(options));
    let left: Vec<_> = super::invocation::processes(&class.path().join(name));
    assert!(left.is_empty(), "processes are left behind");
    (class, graded)
}

/// Silence is asked for as well: a server that succeeds says so on standard error.
const QUIET: [&str; 2] = ["--only", "exam-3"];

#[test]
fn one_that_reads_the_submission_of_another() {
    let (class, graded) = beside_others("eve", "reads_others", &QUIET);
    if is_confined(&graded, "eve") {
        assert_eq!(row(&graded.results(), "eve")["verdict"], "passed");
    }
    // The same one does it where nobody hinders it, so that the test shows something.
    let free = [&FEW[..], &QUIET, &["--confine", "off"]].concat();
    let free = class.graded("free", &free);
    assert_eq!(row(&free.results(), "eve")["verdict"], "failed");
    let told = report(&free, "eve")["limitations"].to_string();
    assert!(
        told.contains("was not confined, since that was asked for"),
        "{told}"
    );
}

#[test]
fn one_that_writes_outside_of_its_folder() {
    let (class, graded) = beside_others("eve", "writes_outside", &[]);
    if is_confined(&graded, "eve") {
        assert_eq!(row(&graded.results(), "eve")["verdict"], "passed");
        assert!(!class.path().join("planted").exists());
        let secret = fs::read_to_string(class.path().join("secret.c")).expect("it is there");
        assert!(secret.contains("42"), "{secret}");
    }
    class.graded("free", &[&FEW[..], &["--confine", "off"]].concat());
    assert!(class.path().join("planted").exists());
}

#[test]
fn one_that_listens_elsewhere() {
    let (class, graded) = beside_others("eve", "listens_elsewhere", &QUIET);
    if is_confined(&graded, "eve") {
        assert_eq!(row(&graded.results(), "eve")["verdict"], "passed");
    }
    let free = [&FEW[..], &QUIET, &["--confine", "usual"]].concat();
    let free = class.graded("free", &free).results();
    assert_eq!(row(&free, "eve")["verdict"], "failed");
}

#[test]
fn one_that_connects_elsewhere() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.set_nonblocking(true).expect("it is ours");
    let name = format!("eve-{}", listener.local_addr().expect("a port").port());
    let (class, graded) = beside_others(&name, "connects_elsewhere", &QUIET);
    if is_confined(&graded, &name) {
        assert_eq!(row(&graded.results(), &name)["verdict"], "passed");
        let nobody = listener.accept().expect_err("nobody connected");
        assert_eq!(nobody.kind(), ErrorKind::WouldBlock);
    }
    class.graded("free", &[&FEW[..], &["--confine", "off"]].concat());
    listener.accept().expect("somebody connected");
}

#[test]
fn one_that_signals_its_grader() {
    let (_class, graded) = beside_others("eve", "signals_others", &QUIET);
    if is_confined(&graded, "eve") {
        assert_eq!(row(&graded.results(), "eve")["verdict"], "passed");
    }
}

#[test]
fn one_that_survives_its_parent() {
    let (_class, graded) = beside_others("eve", "forks_children", &[]);
    assert_eq!(row(&graded.results(), "eve")["verdict"], "passed");
}

#[test]
fn one_that_fills_the_disk_is_ended() {
    let (_class, graded) = beside_others("eve", "fills_the_disk", &["--patience", "600"]);
    let told = report(&graded, "eve").to_string();
    let results = graded.results();
    // Whether it was ended before it was done with its clients is up to chance.
    if row(&results, "eve")["verdict"] == "failed" {
        let ended = "since its files took more than 256 MB of the disk";
        assert!(told.contains(ended), "{told}");
    }
}

#[test]
fn one_that_forks_without_end_or_takes_all_memory() {
    for hostile in ["forks_without_end", "allocates_without_end"] {
        let class = Class::empty();
        class.hand_in("eve", &servers::hostile(hostile));
        class.hand_in("neighbour", &servers::plain());
        let options = [&FEW[..], &["--jobs", "2", "--patience", "1"]].concat();
        let graded = class.graded("results", &options);
        assert_eq!(row(&graded.results(), "neighbour")["verdict"], "passed");
        assert!(super::invocation::processes(&class.path().join("eve")).is_empty());
    }
}

#[test]
fn each_in_namespaces_of_its_own() {
    let bubblewrap = std::process::Command::new("bwrap")
        .args(["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc"])
        .args(["--dev", "/dev", "true"])
        .output();
    if !bubblewrap.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: no submission is isolated, since bubblewrap does not run here");
        return;
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.set_nonblocking(true).expect("it is ours");
    let name = format!("eve-{}", listener.local_addr().expect("a port").port());
    let class = Class::empty();
    class.hand_in_text("secret.c", "int main(void) { return 42; }\n");
    class.hand_in(&name, &servers::hostile("connects_elsewhere"));
    class.hand_in("reads", &servers::hostile("reads_others"));
    class.hand_in("neighbour", &servers::plain());
    // Without what the kernel offers besides: the namespaces alone.
    let isolated = ["--isolate", "bwrap", "--confine", "off"];
    let graded = class.graded("results", &[&FEW[..], &QUIET, &isolated].concat());
    let results = graded.results();
    assert_eq!(grade_of(&graded, "neighbour"), alone(&QUIET));
    for id in ["reads", &name] {
        assert_eq!(row(&results, id)["verdict"], "passed", "{id}");
        let is = report(&graded, id)["confinement"].to_string();
        assert!(is.contains("namespaces of its own"), "{is}");
    }
    let nobody = listener.accept().expect_err("nobody connected");
    assert_eq!(nobody.kind(), ErrorKind::WouldBlock);
}
