//! What a candidate sees, at several widths.

use grader::event::Event;
use grader::report::Reporter;
use grader::report::terminal::{Options, Terminal};
use unicode_width::UnicodeWidthStr;

use super::{assert_golden, samples};

fn show(events: &[Event], width: usize, verbose: bool) -> String {
    let out = anstream::StripStream::new(Vec::new());
    let mut terminal = Terminal::new(
        out,
        Options {
            width,
            verbose,
            timings: false,
        },
    );
    for event in events {
        terminal.event(event).unwrap();
    }
    String::from_utf8(terminal.into_inner().into_inner()).unwrap()
}

#[track_caller]
fn assert_shown(name: &str, events: &[Event], width: usize, verbose: bool) {
    let text = show(events, width, verbose);
    for line in text.lines() {
        assert!(line.width() <= width, "{} columns: {line}", line.width());
        assert_eq!(line.trim_end(), line);
    }
    assert_golden(&format!("grader/tests/golden/expected/{name}.txt"), &text);
}

#[test]
fn a_run_with_failures() {
    for width in [40, 60, 80, 120] {
        let events = samples::run(samples::failing(), &[]);
        assert_shown(&format!("failing-{width}"), &events, width, false);
    }
}

#[test]
fn a_run_that_passes() {
    let limitations = ["Clients cannot be held back here, so no client is lazy: that needs Linux."];
    let events = samples::run(samples::passing(), &limitations);
    assert_shown("passing-80", &events, 80, false);
    assert_shown("passing-verbose-80", &events, 80, true);
}

#[test]
fn a_run_that_the_machine_leaves_undecided() {
    let checks = [samples::passing(), samples::undecided()].concat();
    let limitations = ["The server's system calls cannot be looked into here."];
    let events = samples::run(checks, &limitations);
    assert_shown("undecided-80", &events, 80, false);
}

#[test]
fn what_is_wrong_in_a_source() {
    for width in [40, 60, 80, 120] {
        let events = samples::run(samples::sources(), &[]);
        assert_shown(&format!("sources-{width}"), &events, width, false);
    }
}

#[test]
fn a_server_that_never_serves_is_told_of_once() {
    let events = samples::run(samples::never_serving(), &[]);
    assert_shown("never-serving-80", &events, 80, false);
}

#[test]
fn nothing_played_is_no_success() {
    let events = samples::run(Vec::new(), &[]);
    assert_shown("nothing-played-80", &events, 80, false);
}

#[test]
fn everything_fits_any_width() {
    let checks = [
        samples::failing(),
        samples::passing(),
        samples::never_serving(),
        samples::sources(),
        samples::undecided(),
    ]
    .concat();
    let events = samples::run(checks, &[]);
    for width in 40..140 {
        for line in show(&events, width, true).lines() {
            assert!(line.width() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn the_caret_stands_under_the_first_wrong_byte() {
    let events = samples::run(samples::failing(), &[]);
    for width in [60, 80, 120] {
        let text = show(&events, width, true);
        let lines: Vec<_> = text.lines().collect();
        let carets = lines
            .windows(3)
            .filter(|lines| lines[2].trim_start().starts_with('^'));
        let mut seen = 0;
        for window in carets {
            let column = window[2].width() - window[2].trim_start().width();
            // Whatever stands before that column is the same in both rows, and what follows is not.
            let at = |line: &str| {
                let mut used = 0;
                let (place, _) = line
                    .char_indices()
                    .find(|(_, character)| {
                        let here = used >= column;
                        used += unicode_width::UnicodeWidthChar::width(*character).unwrap_or(0);
                        here
                    })
                    .unwrap();
                line[place..].to_owned()
            };
            assert_ne!(at(window[0]), at(window[1]), "{window:#?}");
            seen += 1;
        }
        assert_eq!(seen, 4, "{text}");
    }
}

#[test]
fn a_mark_and_a_word_say_what_a_colour_says() {
    let mut terminal = Terminal::new(
        Vec::new(),
        Options {
            width: 80,
            verbose: false,
            timings: false,
        },
    );
    for event in samples::run(samples::failing(), &[]) {
        terminal.event(&event).unwrap();
    }
    let coloured = String::from_utf8(terminal.into_inner()).unwrap();
    assert!(coloured.contains("\x1b[31m"), "{coloured}");
    // What the server wrote must not colour anything.
    assert!(coloured.contains("\\x1b[31mrealloc"), "{coloured}");
}
