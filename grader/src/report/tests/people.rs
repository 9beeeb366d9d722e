//! What people read: a page, Markdown, and the terminal.

use pulldown_cmark::{Event as Mark, Options, Parser, Tag};

use super::markup::Markup;
use super::*;
use crate::event::Event;
use crate::report::Reporter as _;
use crate::report::findings::Findings;
use crate::report::html::Html;
use crate::report::markdown::Markdown;
use crate::report::terminal::{self, Terminal};
use crate::verdict::{Verdict, wording};

/// Every element and attribute of a page about a server.
const NAMES: &str = "DOCTYPE a aria-hidden aria-label b body charset class code content dd details div dl \
    dt figure footer h1 h2 head header height html http-equiv id lang li line main mark meta name \
    nav open p path pre role rect scope section span style summary svg table tbody td text th \
    thead title tr tspan ul viewBox width x x1 x2 xmlns y y1 y2 d points polygon polyline circle \
    cx cy r g text-anchor";

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_page_holds_no_markup_but_its_own(run in runs()) {
        let page = written(&Html, &run);
        // The style is the page's own, and no markup.
        let (head, rest) = page.split_once("<style>").expect("a style");
        let (_, body) = rest.split_once("</style>").expect("its end");
        let read = Markup::read(&format!("{head}{body}"));
        let known: Vec<&str> = NAMES.split_whitespace().collect();
        for name in &read.names {
            prop_assert!(known.contains(&name.as_str()), "<{}> in {}", name, page);
        }
        prop_assert!(read.text.contains(&run.run.server));
        for check in &run.checks {
            prop_assert!(read.text.contains(&check.title), "{:?} in {}", check.title, page);
        }
    }

    #[test]
    fn markdown_holds_no_markup_but_its_own(run in runs()) {
        let text = written(&Markdown, &run);
        let mut tables = 0;
        let mut blocks = Vec::new();
        let mut markup = String::new();
        let mut prose = String::new();
        for mark in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            match mark {
                Mark::Start(Tag::Table(_)) => tables += 1,
                Mark::Start(Tag::CodeBlock(kind)) => blocks.push(kind),
                Mark::Html(html) => markup.push_str(&html),
                Mark::Text(text) | Mark::Code(text) => prose.push_str(&text),
                Mark::InlineHtml(html) => {
                    prop_assert!(false, "{} became markup in {}", html, text);
                }
                Mark::Start(
                    tag @ (Tag::Emphasis
                    | Tag::Strong
                    | Tag::Image { .. }
                    | Tag::Link { .. }
                    | Tag::BlockQuote(_)),
                ) => prop_assert!(false, "{:?} in {}", tag, text),
                _ => {}
            }
        }
        let findings = Findings::new(&run.checks, &run.run.command);
        let trouble = run.checks.iter().filter(|check| matches!(check.outcome, Outcome::Error(_)));
        prop_assert_eq!(tables, 1);
        prop_assert_eq!(blocks.len(), findings.all().count() + trouble.clone().count(), "{}", text);
        let read = Markup::read(&markup);
        for name in &read.names {
            prop_assert!(["details", "summary", "code"].contains(&name.as_str()), "<{}>", name);
        }
        for check in trouble {
            prop_assert!(read.text.contains(&check.title), "{:?} in {}", check.title, markup);
        }
        // Each finding once, and every check that failed by it.
        for group in findings.all() {
            let title = wording::title(group.check, group.found);
            prop_assert!(read.text.contains(&title), "{:?} in {}", title, markup);
            for check in &group.also {
                prop_assert!(prose.contains(&check.scenario), "{:?} in {}", check.scenario, text);
            }
        }
    }

    /// Also where more decides than what a tier requires, since somebody has chosen the checks.
    #[test]
    fn markdown_says_the_verdict_of_the_run(run in runs()) {
        let Some(result) = &run.result else { return Ok(()) };
        let text = written(&Markdown, &run);
        let heading = text.lines().next().unwrap_or_default();
        let verdict = match result.summary.verdict(run.run.require) {
            Verdict::Passed => "Passed",
            Verdict::Failed => "Failed",
            Verdict::Undecided => "Undecided",
        };
        prop_assert!(heading.contains(verdict), "{}", heading);
    }

    /// What moves the cursor or changes colours is the grader's own, and lines end where it says.
    #[test]
    fn a_terminal_is_told_nothing_by_a_text(run in runs(), width in 60..200_usize, verbose: bool) {
        let mut shown = Terminal::new(Vec::new(), terminal::Options { width, verbose, timings: verbose });
        let events = std::iter::once(Event::Started(run.run.clone()))
            .chain(run.checks.iter().cloned().map(Event::Checked))
            .chain(run.result.clone().map(Event::Finished));
        for event in events {
            shown.event(&event).expect("it is written into memory");
        }
        let text = String::from_utf8(shown.into_inner()).expect("it is text");
        let plain = anstream::adapter::strip_str(&text).to_string();
        let stray = plain.chars().find(|it| it.is_control() && *it != '\n');
        prop_assert_eq!(stray, None, "{:?}", plain);
    }
}
