//! The pages about a class, read as files and opened in a browser.

use std::fs;
use std::path::Path;

use super::chromium::Chromium;
use super::class::{Class, FEW, Graded, row};
use super::servers;

/// What a candidate may try to have run on an instructor's machine.
const HOSTILE: &str = "<script>alert('name')<";

fn class() -> Class {
    let class = Class::mixed();
    // It sends markup, and is called so.
    let plain = fs::read_to_string(servers::plain().with_extension("c")).expect("the source");
    let sends_markup = plain.replace("\"arrived\"", "\"<script>alert(1)</script>\"");
    assert!(sends_markup.contains("<script>"));
    class.hand_in_text(&format!("{HOSTILE}/mini_serv.c"), &sends_markup);
    class.hand_in_text("'\"><img src=x onerror=alert(1)>.txt", "x");
    class
}

fn page(graded: &Graded, id: &str) -> std::path::PathBuf {
    let results = graded.results();
    let file = row(&results, id)["file"]
        .as_str()
        .expect("a name")
        .to_owned();
    graded.out.join(format!("people/{file}.html"))
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Looks at the pages as files, and then at them in a browser, where one is installed.
#[test]
fn pages_show_what_is_wrong_and_run_nothing_of_a_submission() {
    let class = class();
    let graded = class.graded("results", &FEW);
    let index = read(&graded.out.join("index.html"));
    let hostile = page(&graded, HOSTILE);
    let text = read(&hostile);
    for text in [&index, &text] {
        assert!(text.starts_with("<!DOCTYPE html>"));
        assert!(!text.contains("<script>alert") && !text.contains("<img"));
        assert!(!text.contains("http://") || text.contains("www.w3.org/2000/svg"));
        assert!(!text.contains("@import") && !text.contains("url("));
    }
    assert!(index.contains("&lt;script&gt;alert('name')&lt;"), "{index}");
    assert!(
        text.contains("<svg") && text.contains("class=\"wrong\""),
        "{text}"
    );

    let Some(mut browser) = Chromium::start() else {
        eprintln!("SKIPPED: no page is opened, since no chromium is installed");
        return;
    };
    for (width, dark) in [(1200, false), (390, true)] {
        browser.look(width, dark);
        browser.open(&graded.out.join("index.html"));
        let fits = "document.documentElement.scrollWidth <= window.innerWidth";
        assert_eq!(browser.run(fits), true, "the class at {width}");
        let names = "[...document.querySelectorAll('#grid tbody tr:not([hidden])')]\
                     .map(row => row.cells[0].querySelector('a')?.textContent)";
        let everybody = browser.run(names);
        assert_eq!(everybody.as_array().map(Vec::len), Some(6));

        // By points, those with the fewest first.
        browser.run("document.querySelectorAll('#grid thead button')[2].click()");
        let sorted = browser.run(names);
        assert_ne!(sorted, everybody);
        browser.run("document.querySelectorAll('#grid thead button')[2].click()");
        assert_eq!(browser.run(names)[0], "ada");

        let put = |name: &str, value: &str| {
            format!(
                "{{ const it = document.querySelector('[name={name}]'); it.value = '{value}'; \
                 it.dispatchEvent(new Event('input', {{bubbles: true}})) }}"
            )
        };
        browser.run(&put("state", "passed"));
        assert_eq!(browser.run(names), serde_json::json!(["ada", "dan"]));
        browser.run(&put("text", "DA"));
        assert_eq!(browser.run(names).as_array().map(Vec::len), Some(2));
        browser.run(&put("text", "dan"));
        assert_eq!(browser.run(names), serde_json::json!(["dan"]));
        browser.run(&put("state", ""));
        browser.run(&put("text", ""));
        browser.run(&put("rule", "exam-5"));
        browser.run(&put("text", "alert"));
        assert_eq!(browser.run(names).as_array().map(Vec::len), Some(1));

        browser.run("document.querySelector('#grid tbody tr:not([hidden]) .failed a').click()");
        browser.wait_for("location.pathname.includes('/people/')");
        assert_eq!(
            browser.run("document.querySelector('h1').textContent"),
            HOSTILE
        );
        assert_eq!(browser.run(fits), true, "a person at {width}");
        let drawn = "document.querySelector('details.check[open] svg .wrong .first')\
                     .getBoundingClientRect().width > 0";
        assert_eq!(browser.run(drawn), true);
        let told = "document.querySelector('.comparison').textContent.includes('<script>alert')";
        assert_eq!(browser.run(told), true);
        browser.run("document.querySelector('nav a').click()");
        browser.wait_for("document.querySelector('#grid') !== null");
    }
    assert_eq!(browser.complaints, [""; 0]);
    let elsewhere: Vec<_> = browser
        .requests
        .iter()
        .filter(|url| !url.starts_with("file://") && *url != "about:blank")
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[test]
fn what_only_the_instructor_sees_counts_and_is_not_on_candidates_pages() {
    let class = Class::empty();
    class.hand_in("bob", &servers::saboteur("arrival_misspelt").path);
    let scenarios = class.beside("scenarios");
    fs::create_dir(&scenarios).expect("room");
    for (name, title, more) in [
        ("open", "Everybody may know this", ""),
        (
            "secret",
            "Nobody may know this",
            "visibility = \"instructor\"\n",
        ),
    ] {
        let text = format!(
            "title = \"{title}\"\nrules = [\"arrival\"]\ntier = \"subject\"\n{more}\n\
             [[step]]\nconnect = [\"alice\", \"bob\"]\n"
        );
        fs::write(scenarios.join(format!("{name}.toml")), text).expect("room");
    }
    let options = [
        "--scenarios",
        scenarios.to_str().expect("text"),
        "--only",
        "arrival",
    ];
    let graded = class.graded("results", &options);
    let failures = row(&graded.results(), "bob")["failures"].clone();
    assert_eq!(failures.as_array().map(Vec::len), Some(2));
    let page = read(&page(&graded, "bob"));
    assert!(page.contains("Everybody may know this"));
    assert!(!page.contains("Nobody may know this"));
    assert!(page.contains("1 more checks were made that are not shown here."));
    let index = read(&graded.out.join("index.html"));
    assert!(index.contains("An arrival is announced with other words than it must"));
}
