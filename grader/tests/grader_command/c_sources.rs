//! C sources: what is found in them, what cannot be made of them, and that no source does harm.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use grader::submission::Compiler;
use predicates::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

use super::invocation::{Played, grader, play, text};
use super::servers;

/// The inspections that need no server to be played with.
const LOOKS: [&str; 8] = [
    "--only",
    "compiles",
    "--only",
    "allowed-functions",
    "--only",
    "no-define",
    "--skip",
    "allowed-calls",
];

/// What is right with a server that plays this.
const RELAY: [&str; 4] = ["--only", "compiles", "--only", "relay-to-nobody"];

/// A file of this name and content, in a folder of its own.
fn source(name: &str, content: impl AsRef<[u8]>) -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, content).expect("the folder can be written");
    (folder, path)
}

fn plain() -> String {
    fs::read_to_string(servers::plain().with_extension("c")).expect("it was compiled from there")
}

/// The plain server with one thing changed.
#[track_caller]
fn changed(old: &str, new: &str) -> String {
    let plain = plain();
    assert_eq!(plain.matches(old).count(), 1, "{old:?}");
    plain.replace(old, new)
}

fn check<'a>(played: &'a Played, name: &str) -> &'a Value {
    let mut checks = played.checks().iter();
    let check = checks.find(|check| check["scenario"] == name);
    check.unwrap_or_else(|| panic!("{name} was not checked: {}", played.stdout))
}

/// The line in the source of each finding of a check.
fn lines(check: &Value) -> Vec<u64> {
    let findings = check["findings"].as_array().expect("a list").iter();
    findings
        .filter_map(|finding| finding["place"]["line"].as_u64())
        .collect()
}

/// The number of the line on which this stands.
fn line_of(source: &str, part: &str) -> u64 {
    let line = source.lines().position(|line| line.contains(part));
    line.expect("it is there") as u64 + 1
}

/// The compilers that are there.
fn compilers() -> Vec<&'static str> {
    let mut found = vec!["gcc"];
    match ["clang", "clang-14"]
        .into_iter()
        .find(|name| Compiler::search(name).is_some())
    {
        Some(clang) => found.push(clang),
        None => eprintln!("skipped: there is no clang"),
    }
    found
}

#[track_caller]
fn assert_refused(path: &Path, options: &[&str], status: i32, message: &str) {
    grader()
        .arg("run")
        .arg(path)
        .args(options)
        .assert()
        .code(status)
        .stdout("")
        .stderr(predicate::str::contains(message));
}

/// A source that is judged and does not compile, for this reason.
#[track_caller]
fn assert_not_compiled(content: impl AsRef<[u8]>, reason: &str) {
    for compiler in compilers() {
        let (folder, path) = source("mini_serv.c", content.as_ref());
        let played = play(Some(&path), &[&RELAY[..], &["--cc", compiler]].concat());
        assert_eq!(played.status, 1, "{}", played.stdout);
        let compiles = check(&played, "compiles");
        assert_eq!(compiles["outcome"], "failed");
        assert!(
            text(&compiles["reason"]).contains(reason),
            "{compiler}: {}",
            played.stdout
        );
        let relay = check(&played, "relay-to-nobody");
        assert_eq!(
            (&relay["outcome"], &relay["not_played"]),
            (&"failed".into(), &true.into())
        );
        drop(folder);
    }
}

#[test]
fn the_plain_server_passes_with_every_compiler() {
    let (_folder, path) = source("mini_serv.c", plain());
    for compiler in compilers() {
        let options = [
            &LOOKS[..],
            &[
                "--only",
                "relay",
                "--only",
                "memory-safe",
                "--only",
                "never-eagain",
            ],
            &[
                "--skip",
                "survives",
                "--cc",
                compiler,
                "--require",
                "robust",
            ],
        ]
        .concat();
        let played = play(Some(&path), &options);
        assert_eq!(played.status, 0, "{}", played.stdout);
        let memory = check(&played, "memory-safe");
        if memory["outcome"] == "skipped" {
            eprintln!("skipped: {}", memory["reason"]);
        } else {
            assert_eq!(memory["outcome"], "passed", "{}", played.stdout);
        }
        assert_eq!(check(&played, "no-look-at-eagain")["outcome"], "passed");
    }
}

#[test]
fn a_folder_is_searched_for_the_source() {
    let folder = tempfile::tempdir().expect("a folder");
    let inner = folder.path().join("mini_serv");
    fs::create_dir(&inner).expect("the folder can be written");
    fs::write(inner.join("mini_serv.c"), plain()).expect("the folder can be written");
    fs::write(inner.join("main.c"), "the given file").expect("the folder can be written");
    for path in [folder.path(), &inner] {
        let played = play(Some(path), &["--only", "compiles"]);
        assert_eq!(played.status, 0, "{}", played.stdout);
        let remark = &check(&played, "compiles")["remarks"][0]["message"];
        assert!(text(remark).ends_with("not looked at: main.c"), "{remark}");
    }
    fs::write(folder.path().join("mini_serv.c"), plain()).expect("the folder can be written");
    assert_refused(
        folder.path(),
        &[],
        2,
        "are both there: name the one that is meant",
    );
}

#[test]
fn a_folder_without_the_source() {
    let folder = tempfile::tempdir().expect("a folder");
    let shown = folder.path().display();
    let message = format!("grader: {shown} holds no mini_serv.c: name the server's source");
    assert_refused(folder.path(), &[], 2, &message);
    for name in ["a.c", "b.c"] {
        fs::write(folder.path().join(name), "").expect("the folder can be written");
    }
    let message = format!("grader: {shown} holds no mini_serv.c, only a.c, b.c: name");
    assert_refused(folder.path(), &[], 2, &message);
}

#[test]
fn a_source_that_is_too_large() {
    let (_folder, path) = source("mini_serv.c", vec![b'\n'; 10 << 20]);
    assert_refused(
        &path,
        &[],
        2,
        "is 10485760 bytes long: a mini_serv takes some thousand",
    );
}

#[test]
fn a_compiler_that_is_not_there() {
    let (_folder, path) = source("mini_serv.c", plain());
    assert_refused(
        &path,
        &["--cc", "no-such-compiler"],
        3,
        "grader: there is no compiler no-such-compiler on this machine: install it, or name \
         another with --cc",
    );
    grader()
        .arg("run")
        .arg(&path)
        .env("PATH", "/nonexistent")
        .assert()
        .code(3)
        .stderr(predicate::str::contains(
            "there is none on this machine: install gcc or clang",
        ));
    assert_refused(
        &path,
        &["--cc", "false"],
        3,
        "grader: the compiler false does not run: ",
    );
}

#[test]
fn what_is_no_source_is_told_so() {
    assert_not_compiled("", "mini_serv.c is empty");
    assert_not_compiled(" \n\t\n", "mini_serv.c is empty");
    let program = fs::read(servers::plain()).expect("the server is there");
    assert_not_compiled(
        &program,
        "mini_serv.c is a compiled program and no C source",
    );
    assert_not_compiled(b"int a;\0", "is no text: it holds NUL bytes");
    assert_not_compiled(
        "int\tadd(void)\n{\n\treturn (1);\n}\n",
        "there is no function main",
    );
    assert_not_compiled(b"\xc3\xc3\n", "error");
}

#[test]
fn line_ends_of_windows_do_no_harm() {
    let source_text = plain().replace('\n', "\r\n");
    let (_folder, path) = source("mini_serv.c", source_text);
    let played = play(Some(&path), &LOOKS);
    assert_eq!(played.status, 0, "{}", played.stdout);
}

#[test]
fn a_source_that_includes_what_it_must_not_harms_nothing() {
    for (content, reason) in [
        ("#include \"/dev/zero\"\nint main(void) { return 0; }\n", ""),
        (
            "#include \"/etc/shadow\"\nint main(void) { return 0; }\n",
            "error",
        ),
        (
            "#include \"mini_serv.c\"\nint main(void) { return 0; }\n",
            "error",
        ),
        (
            "#include \"neighbour.h\"\nint main(void) { return 0; }\n",
            "1 error",
        ),
        (
            "__asm__(\".incbin \\\"/etc/shadow\\\"\");\nint main(void) { return 0; }\n",
            "",
        ),
        (
            "int main(void) { return 0; }\nchar a[1UL << 30] = {1};\n",
            "",
        ),
    ] {
        assert_not_compiled(content, reason);
    }
}

#[test]
fn what_does_not_compile_is_told_with_what_it_comes_from() {
    for (content, hint) in [
        ("", "It was never saved"),
        ("int a;\0", "It was saved in another encoding than UTF-8"),
        (
            "#include \"neighbour.h\"\n",
            "Only this one file is handed in",
        ),
        ("#include \"mini_serv.c\"\n", "It includes itself."),
    ] {
        for compiler in compilers() {
            let (_folder, path) = source("mini_serv.c", content);
            let played = play(Some(&path), &["--only", "compiles", "--cc", compiler]);
            assert!(
                played.stdout.contains(hint),
                "{compiler}: {}",
                played.stdout
            );
        }
    }
}

/// Also where only what is played was chosen.
#[test]
fn why_nothing_can_be_played_is_told_with_its_line() {
    let (_folder, path) = source("mini_serv.c", "int main(void)\n{\n\treturn (x);\n}\n");
    let played = play(Some(&path), &["--only", "relay-to-nobody"]);
    assert_eq!(played.ended("failed"), ["compiles", "relay-to-nobody"]);
    assert!(
        played.stdout.contains("mini_serv.c:3\n"),
        "{}",
        played.stdout
    );
    assert!(
        played
            .stdout
            .contains("1 more, which were not played: relay-to-nobody"),
        "{}",
        played.stdout
    );
}

#[test]
fn a_gigabyte_of_macros_is_stopped() {
    let bomb = "#define A(x) x x x x x x x x x x\n#define B(x) A(A(A(A(x))))\n\
                #define C(x) B(B(x))\nint main(void){ C(1;) return 0; }\n";
    assert_not_compiled(bomb, "the compiler was stopped, since it used far more");
}

#[test]
fn nothing_of_a_secret_file_is_shown() {
    let (folder, secret) = source("secret.h", "the secret text\n");
    // The compiler runs elsewhere, so that only its full path leads there.
    let include = format!(
        "#include \"{}\"\nint main(void) {{ return 0; }}\n",
        secret.display()
    );
    let (_other, path) = source("mini_serv.c", include);
    let played = play(Some(&path), &["--only", "compiles"]);
    assert_eq!(played.status, 1);
    let is_confined = !played.stdout.contains("The compiler could read files");
    if is_confined {
        assert!(
            !played.stdout.contains("the secret text"),
            "{}",
            played.stdout
        );
    } else {
        eprintln!("skipped: the compiler cannot be confined here");
    }
    drop(folder);
}

#[test]
fn nothing_is_left_behind() {
    let scratch = tempfile::tempdir().expect("a folder");
    for content in [plain(), "int main(void) {".into()] {
        let (_folder, path) = source("mini_serv.c", content);
        let _status = grader()
            .env("TMPDIR", scratch.path())
            .arg("run")
            .arg(&path)
            .args([
                "--only",
                "compiles",
                "--only",
                "memory-safe",
                "--only",
                "no-argument",
            ])
            .assert();
        let left = fs::read_dir(scratch.path()).expect("a folder").count();
        assert_eq!(left, 0);
    }
}

#[test]
fn nothing_is_left_behind_by_a_grader_that_is_interrupted() {
    let scratch = tempfile::tempdir().expect("a folder");
    let (_folder, path) = source("mini_serv.c", "int main(void) { while (1) ; }\n");
    let mut running = std::process::Command::new(grader().get_program())
        .env("TMPDIR", scratch.path())
        .arg("run")
        .arg(&path)
        .args(["--only", "relay", "--patience", "600"])
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("the grader can be called");
    let compiled = || {
        let folders = fs::read_dir(scratch.path()).expect("a folder").flatten();
        let mut programs = folders.map(|folder| folder.path().join("exam/mini_serv"));
        programs.any(|program| program.exists())
    };
    while !compiled() {
        assert!(running.try_wait().expect("it is our child").is_none());
        std::thread::yield_now();
    }
    let id = rustix::process::Pid::from_child(&running);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("it runs");
    running.wait().expect("it is our child");
    let left = fs::read_dir(scratch.path()).expect("a folder").count();
    assert_eq!(left, 0);
}

#[test]
fn warnings_of_overflowing_formats_are_a_remark() {
    let warned = changed("char\tline[64];", "char\tline[8];");
    let line = line_of(&warned, "sprintf(line,");
    let (_folder, path) = source("mini_serv.c", warned);
    let played = play(Some(&path), &["--only", "compiles", "--cc", "gcc"]);
    assert_eq!(played.status, 0, "{}", played.stdout);
    let remark = &check(&played, "compiles")["remarks"][0];
    assert_eq!(remark["place"]["line"], line, "{remark}");
    assert!(
        text(&remark["message"]).contains("-Wformat-overflow"),
        "{remark}"
    );
    assert!(
        played.stdout.contains("worth knowing, and not wrong"),
        "{}",
        played.stdout
    );
}

#[test]
fn what_is_left_of_the_given_file_is_told() {
    let given = changed(
        "address.sin_port = htons(port);",
        "(void)port;\n\taddress.sin_port = htons(8081);",
    );
    let line = line_of(&given, "htons(8081)");
    let (_folder, path) = source("mini_serv.c", given);
    let played = play(
        Some(&path),
        &["--only", "port-from-argument", "--patience", "0.2"],
    );
    assert_eq!(played.status, 1);
    let port = check(&played, "port-from-argument");
    assert_eq!(lines(port), [line], "{}", played.stdout);
    assert!(
        text(&port["hint"]).contains("given starting file"),
        "{port}"
    );

    let given = changed(
        "\tlistener = listen_on",
        "\tprintf(\"listening\\n\");\n\tlistener = listen_on",
    );
    let line = line_of(&given, "printf(\"listening");
    let (_folder, path) = source("mini_serv.c", given);
    let played = play(
        Some(&path),
        &[
            "--only",
            "silent",
            "--only",
            "allowed-functions",
            "--skip",
            "allowed-calls",
        ],
    );
    for name in ["silent", "allowed-functions"] {
        let check = check(&played, name);
        assert_eq!(lines(check), [line], "{}", played.stdout);
        assert!(
            text(&check["hint"]).contains("given starting file"),
            "{check}"
        );
    }
}

/// A server with a leak for each client, a buffer that is too small from the hundredth id on, and
/// functions of its own that are called like those that sanitizers use.
fn unsafe_server() -> String {
    changed(
        "\tforget(&clients[fd].pending);",
        "\tclients[fd].pending = (t_text){0};",
    )
    .replace("char\tline[64];", "char\tline[32];")
    .replace(
        "static t_client\tclients[FD_SETSIZE];",
        "int\topen(const char *a)\n{\n\treturn (*a);\n}\n\nint\tsigaction(int a)\n{\n\t\
             return (a);\n}\n\nint\tgetpid(void)\n{\n\treturn (7);\n}\n\n\
             static t_client\tclients[FD_SETSIZE];",
    )
}

#[test]
fn what_sanitizers_see_has_its_line_and_its_scenario() {
    let unsafe_server = unsafe_server();
    let expected = [
        line_of(&unsafe_server, "realloc(text->bytes"),
        line_of(&unsafe_server, "sprintf(line,"),
    ];
    let (_folder, path) = source("mini_serv.c", &unsafe_server);
    for compiler in compilers() {
        let played = play(
            Some(&path),
            &[
                "--only",
                "memory-safe",
                "--only",
                "ids-beyond-1024",
                "--only",
                "unfinished-line",
                "--skip",
                "unfinished-line-kept",
                "--cc",
                compiler,
                "--require",
                "robust",
            ],
        );
        let memory = check(&played, "memory-safe");
        if memory["outcome"] == "skipped" {
            eprintln!("skipped: {}", memory["reason"]);
            continue;
        }
        assert_eq!(memory["outcome"], "failed", "{compiler}: {}", played.stdout);
        let unseen = "could not look for memory that is lost";
        let expected = if played.stdout.contains(unseen) {
            eprintln!("skipped: leaks cannot be looked for here");
            &expected[1..]
        } else {
            &expected[..]
        };
        assert_eq!(lines(memory), expected, "{compiler}: {}", played.stdout);
        for finding in memory["findings"].as_array().expect("a list") {
            assert!(!finding["scenarios"].as_array().expect("a list").is_empty());
            assert!(
                finding["stack"].as_array().expect("a list").len() > 1,
                "{finding}"
            );
        }
    }
}

#[test]
fn what_valgrind_sees_has_its_line() {
    if Compiler::search("valgrind").is_none() {
        eprintln!("skipped: there is no valgrind");
        return;
    }
    let leaking = changed(
        "\tforget(&clients[fd].pending);",
        "\tclients[fd].pending = (t_text){0};",
    );
    let line = line_of(&leaking, "realloc(text->bytes");
    let (_folder, path) = source("mini_serv.c", &leaking);
    let options = [
        "--only",
        "memory-safe",
        "--only",
        "unfinished-line",
        "--skip",
        "unfinished-line-kept",
    ];
    let played = play(
        Some(&path),
        &[&options[..], &["--valgrind", "--require", "robust"]].concat(),
    );
    assert_eq!(
        lines(check(&played, "memory-safe")),
        [line],
        "{}",
        played.stdout
    );
}

#[test]
fn without_valgrind_that_is_remarked() {
    let (_folder, path) = source("mini_serv.c", plain());
    // A path that leads to a compiler and to what that needs, and to nothing else.
    let folder = tempfile::tempdir().expect("a folder");
    for tool in ["gcc", "as", "ld"] {
        let there = Compiler::search(tool).expect("the tests need a compiler");
        symlink(there, folder.path().join(tool)).expect("a link");
    }
    let output = grader()
        .arg("run")
        .arg(&path)
        .args([
            "--valgrind",
            "--only",
            "memory-safe",
            "--only",
            "relay-to-nobody",
        ])
        .env("PATH", folder.path())
        .output()
        .expect("the grader can be called");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("valgrind was not asked: it is not installed"),
        "{said}"
    );
}

/// What the grader says of a source where this system call is forbidden.
fn graded_without(call: libc::c_long, source: &Path, options: &[&str]) -> (Option<i32>, String) {
    let output = std::process::Command::new(servers::supervised("forbids", false))
        .arg(format!("{call}={}", libc::EPERM))
        .arg(grader().get_program())
        .arg("run")
        .arg(source)
        .args(options)
        .env_remove("CLICOLOR_FORCE")
        .output()
        .expect("the program can be executed");
    let said = String::from_utf8_lossy(&output.stdout);
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    (output.status.code(), words)
}

#[test]
fn a_machine_that_does_not_confine_says_so() {
    let (_folder, path) = source("mini_serv.c", plain());
    let (status, said) = graded_without(
        libc::SYS_landlock_create_ruleset,
        &path,
        &["--only", "compiles"],
    );
    assert_eq!(status, Some(0), "{said}");
    let limitation = "The compiler could read files and reach the network here: ";
    assert!(said.contains(limitation), "{said}");
}

/// As in some containers: that leaks cannot be looked for is no mistake of the server's.
#[test]
fn a_machine_that_lets_nobody_look_into_processes_says_so() {
    let (_folder, path) = source("mini_serv.c", plain());
    let options = [
        "--only",
        "memory-safe",
        "--only",
        "relay-to-nobody",
        "--require",
        "robust",
    ];
    let (status, said) = graded_without(libc::SYS_ptrace, &path, &options);
    assert_eq!(status, Some(0), "{said}");
    let remark = "the sanitizers could not look for memory that is lost";
    if !said.contains(remark) {
        assert!(said.contains("skipped "), "{said}");
        eprintln!("skipped: there are no sanitizers");
    }
}
