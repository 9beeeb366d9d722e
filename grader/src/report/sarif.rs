//! What was found in the source, in the form that code hosts and editors read: the Static Analysis
//! Results Interchange Format, SARIF 2.1.0.
//!
//! Only what is said of the source is in it: where a scenario failed, no line can be named.

use std::io;

use serde::Serialize;

use super::kept::{Document, Progress};
use crate::rules;
use crate::verdict::{CheckKind, Finding, Outcome, Place};

/// A report for code hosts and editors.
#[derive(Debug)]
pub struct Sarif;

/// Where the form is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    /// In what columns are counted.
    column_kind: &'static str,
    invocations: [Invocation; 1],
    results: Vec<Found>,
    properties: Properties,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    /// Whether the run has ended, so that there is no more to find.
    execution_successful: bool,
}

/// What the form has no place for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    /// What the server was kept from while it ran, each a sentence.
    in_force: Vec<String>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: String,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    short_description: Message,
    help: Message,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Message>,
}

impl Document for Sarif {
    fn text(&self, progress: &Progress) -> io::Result<String> {
        let mut run = Run {
            tool: Tool {
                driver: Driver {
                    name: "grader",
                    version: progress.run.grader.clone(),
                    rules: Vec::new(),
                },
            },
            column_kind: "unicodeCodePoints",
            invocations: [Invocation {
                execution_successful: progress.result.is_some(),
            }],
            results: Vec::new(),
            properties: Properties {
                in_force: progress.run.confinement.clone(),
            },
        };
        let inspections = progress
            .checks
            .iter()
            .filter(|check| check.kind == CheckKind::Inspection);
        for check in inspections {
            let rule = check.counted_rule();
            if let Outcome::Failed(failure) = &check.outcome {
                let level = if check.counts_for() <= progress.run.require {
                    "error"
                } else {
                    "warning"
                };
                for finding in &failure.findings {
                    run.add(rule, level, finding);
                }
                if failure.findings.is_empty() && failure.not_played.is_none() {
                    run.add(rule, level, &Finding::new(&failure.reason, None));
                }
            }
            for remark in &check.remarks {
                run.add(rule, "note", remark);
            }
        }
        let log = Log {
            schema: SCHEMA,
            version: "2.1.0",
            runs: [run],
        };
        Ok(serde_json::to_string_pretty(&log)? + "\n")
    }
}

impl Run {
    fn add(&mut self, rule: &str, level: &'static str, finding: &Finding) {
        let place = finding.place.as_ref();
        let stack = finding.stack.iter().filter_map(|frame| {
            Some(Location {
                physical_location: PhysicalLocation {
                    artifact_location: Artifact {
                        uri: uri(&place?.file),
                    },
                    region: Region {
                        start_line: frame.line.max(1),
                        start_column: None,
                        end_column: None,
                        snippet: None,
                    },
                },
                message: Some(Message {
                    text: format!("in {}", frame.function),
                }),
            })
        });
        let mut text = finding.message.clone();
        if let Some(cure) = &finding.cure {
            text = format!("{text}. {cure}");
        }
        let found = Found {
            rule_id: rule.to_owned(),
            rule_index: self.index(rule),
            level,
            message: Message { text },
            locations: place.map(location).into_iter().collect(),
            related_locations: stack.collect(),
        };
        self.results.push(found);
    }

    /// The place of a rule among those that are described.
    fn index(&mut self, rule: &str) -> usize {
        let all = &mut self.tool.driver.rules;
        if let Some(place) = all.iter().position(|it| it.id == rule) {
            return place;
        }
        let known = rules::find(rule).ok();
        all.push(Rule {
            id: rule.to_owned(),
            short_description: Message {
                text: known.map_or_else(|| rule.to_owned(), |it| it.rule.clone()),
            },
            help: Message {
                text: known.map_or_else(|| rule.to_owned(), |it| it.hint.clone()),
            },
        });
        all.len() - 1
    }
}

fn location(place: &Place) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: Artifact {
                uri: uri(&place.file),
            },
            region: Region {
                start_line: place.line.max(1),
                start_column: Some(place.column.max(1)),
                end_column: Some(place.column.max(1) + place.width),
                snippet: Some(Message {
                    text: place.excerpt.clone(),
                }),
            },
        },
        message: None,
    }
}

/// A path as a URI reference (RFC 3986): absolute where the path is.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(byte.into());
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_uri() {
        assert_eq!(uri("a b/é.c"), "a%20b/%C3%A9.c");
        assert_eq!(uri("/tmp/x.c"), "file:///tmp/x.c");
        assert_eq!(uri("a:b%.c"), "a%3Ab%25.c");
    }
}
