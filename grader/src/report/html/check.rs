//! One check that did not pass: what happened, what is wrong, what it usually comes from, and how
//! to see it by hand.

use maud::{Markup, html};

use super::comparison;
use super::diagram::{Diagram, draw};
use crate::report::json::document::{Check, Ended, Finding, Row};
use crate::rules;
use crate::verdict::CheckKind;
use crate::visible::{shortened, visible, with_visible_end};

/// The width of a text in a transcript, in columns.
const TEXT: usize = 120;

/// What a check that failed tells; `command` starts the server.
pub(super) fn failed(check: &Check, command: &str) -> Markup {
    let rule = rules::find(check.counted_rule()).ok();
    let place = match check.line {
        Some(line) => format!("{}:{line}", check.path),
        None => check.path.clone(),
    };
    let commands: Vec<String> = rule
        .into_iter()
        .flat_map(|rule| rule.commands(command))
        .collect();
    html! {
        p.reason { (check.reason.as_deref().unwrap_or_default()) }
        @if let Some(diagram) = Diagram::of(check) {
            (draw(&diagram))
        }
        @if let Some(difference) = &check.comparison {
            (comparison::show(difference))
        }
        (findings(&check.findings))
        @if let Some(death) = &check.death {
            p { "The server " (death.how) "." }
            @if !death.last_words.is_empty() {
                p { "Its last words:" }
                pre {
                    @for line in death.last_words.lines() {
                        (with_visible_end(visible(line.as_bytes()))) "\n"
                    }
                }
            }
        }
        @if check.kind == CheckKind::Inspection && let Some(rule) = rule {
            p { b { "The rule: " } (rule.rule) }
        }
        @if let Some(hint) = &check.hint {
            p.hint { b { "Usually: " } (hint) }
        }
        (rows("What happened, step by step", &check.transcript))
        (rows("The server's last calls", &check.calls))
        @if !commands.is_empty() {
            details {
                summary { "See it by hand" }
                pre { @for line in &commands { (line) "\n" } }
            }
        }
        p.place { (place) }
    }
}

/// A check that could not be made.
pub(super) fn not_made(check: &Check) -> Markup {
    let (class, mark) = match check.outcome {
        Ended::Error => ("error", "!"),
        Ended::Undecided => ("error", "?"),
        _ => ("skipped", "–"),
    };
    html! {
        li class=(class) {
            span.mark aria-hidden="true" { (mark) }
            " " span.rule { (check.counted_rule()) } " " span.title { (check.title) } " "
            span.tier { (check.counts_for()) }
            div.reason { (check.reason.as_deref().unwrap_or_default()) }
        }
    }
}

/// A check that passed, with what is worth knowing.
pub(super) fn passed(check: &Check) -> Markup {
    html! {
        li.passed {
            span.mark aria-hidden="true" { "✓" }
            " " span.rule { (check.counted_rule()) } " " span.title { (check.title) } " "
            span.tier { (check.counts_for()) }
            @if !check.remarks.is_empty() {
                p { "This is worth knowing, and not wrong:" }
                (findings(&check.remarks))
            }
        }
    }
}

fn rows(title: &str, rows: &[Row]) -> Markup {
    html! {
        @if !rows.is_empty() {
            details {
                summary { (title) }
                div.wide {
                    table.transcript {
                        @for row in rows {
                            tr {
                                th scope="row" { (row.who) }
                                td { (row.did) }
                                td.text { (with_visible_end(shortened(&row.with.bytes(), TEXT))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn findings(findings: &[Finding]) -> Markup {
    html! {
        @for finding in findings {
            div.finding {
                p { (finding.message) }
                @if let Some(place) = &finding.place {
                    p.place { (place.file) ":" (place.line) ":" (place.column) }
                    (excerpt(&place.excerpt, place.column, place.width))
                }
                @if !finding.stack.is_empty() {
                    p.place {
                        @for (number, frame) in finding.stack.iter().enumerate() {
                            @if number > 0 { ", called by " }
                            (frame.function) " (line " (frame.line) ")"
                        }
                    }
                }
                @if let Some(cure) = &finding.cure {
                    p.hint { b { "Usually: " } (cure) }
                }
            }
        }
    }
}

/// A line of a source, with what is meant marked in it.
fn excerpt(line: &str, column: usize, width: usize) -> Markup {
    let mut characters = line.chars();
    let mut next = |count: usize| -> String {
        let taken: String = characters.by_ref().take(count).collect();
        taken.replace('\t', "    ")
    };
    let before = next(column.saturating_sub(1));
    let meant = next(width);
    let after = next(usize::MAX);
    html! {
        pre.excerpt { (before) mark.wrong { (meant) } (after) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::json::document::tests::failed as sample;

    #[test]
    fn whatever_a_submission_says_is_text() {
        let mut check = sample();
        let hostile = "</p><script>alert(1)</script>";
        check.reason = Some(hostile.into());
        check.title = hostile.into();
        check.scenario = "\"><script>".into();
        check.hint = Some(hostile.into());
        let shown = failed(&check, hostile).into_string();
        assert!(!shown.contains("<script"), "{shown}");
    }

    #[test]
    fn what_is_meant_in_a_line_is_marked() {
        let shown = excerpt("\tprintf(x);", 2, 6).into_string();
        assert_eq!(
            shown,
            "<pre class=\"excerpt\">    <mark class=\"wrong\">printf</mark>(x);</pre>"
        );
        // A place beyond the line is no place.
        assert!(excerpt("é", 9, 9).into_string().contains("é"));
    }
}
