//! What is drawn, apart from how.
//!
//! A transcript holds what the clients did. What the server sent in between was right, or the play
//! would have ended there; so it is not written down, and is drawn from what the subject asks for.

use std::collections::BTreeSet;

use crate::report::json::document::{Check, Difference, Row};
use crate::visible::shortened;

use super::super::comparison::Parts;

/// Who is drawn at most besides the server; the others share a line.
const CLIENTS: usize = 7;

/// The width of a text beside an arrow, in columns.
const TEXT: usize = 20;

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Diagram {
    /// What stands above the lines, from left to right.
    pub(super) lanes: Vec<String>,
    /// Which of them is the server.
    pub(super) server: usize,
    /// What happens, in order.
    pub(super) events: Vec<Event>,
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A client does something that the server sees.
    Sent { from: usize, text: String },
    /// The server tells these clients of it, as it must.
    Told { to: Vec<usize> },
    /// Something is so from here on.
    Note { lane: usize, text: String },
    /// So many things are left out.
    LeftOut { text: String },
    /// What came at a client, or did not come, is wrong.
    Wrong { to: usize, parts: Parts },
    /// The server is gone.
    Death { text: String },
}

/// Follows who is there, and who reads.
#[derive(Default)]
struct Scene {
    here: BTreeSet<usize>,
    lazy: BTreeSet<usize>,
    /// Whether the server is stopped for a moment.
    frozen: bool,
    /// Whether it has something to tell when it goes on.
    owes: bool,
}

impl Diagram {
    /// What a check that failed is drawn as; `None` where nobody did anything.
    pub(in super::super) fn of(check: &Check) -> Option<Self> {
        let difference = check.comparison.as_ref();
        let mut names: Vec<&str> = Vec::new();
        let actors = check.transcript.iter().map(|row| row.who.as_str());
        for name in actors.chain(difference.map(|it| it.who.as_str())) {
            if name != SERVER && name != ELLIPSIS && !is_output(name) && !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() || check.transcript.is_empty() {
            return None;
        }
        let lanes = Lanes::new(&names, difference.map(|it| it.who.as_str()));
        let mut events = Vec::new();
        let mut scene = Scene::default();
        // What follows the last thing that happened is what went wrong.
        let last = check.transcript.len() - 1;
        for (place, row) in check.transcript.iter().enumerate() {
            lanes.tell(row, &mut scene, &mut events, place == last);
        }
        if let Some(difference) = difference.filter(|it| !is_output(&it.who)) {
            events.push(lanes.wrong(difference));
        }
        if let Some(death) = &check.death {
            events.push(Event::Death {
                text: death.how.clone(),
            });
        }
        Some(Self {
            lanes: lanes.headings,
            server: lanes.server,
            events,
        })
    }
}

/// What the transcript calls the server, and what it has left out.
const SERVER: &str = "the server";
const ELLIPSIS: &str = "…";

fn is_output(name: &str) -> bool {
    name.starts_with("standard ")
}

/// The lines and who has which.
struct Lanes<'a> {
    clients: Vec<&'a str>,
    headings: Vec<String>,
    server: usize,
}

impl<'a> Lanes<'a> {
    /// The server in the middle, so that arrows are short. Whoever received what is wrong has a
    /// line of its own.
    fn new(names: &[&'a str], receiver: Option<&'a str>) -> Self {
        let mut clients: Vec<&str> = names.iter().copied().take(CLIENTS).collect();
        if let Some(receiver) = receiver
            && names.contains(&receiver)
            && !clients.contains(&receiver)
        {
            clients.truncate(CLIENTS - 1);
            clients.push(receiver);
        }
        let mut headings: Vec<String> = clients
            .iter()
            .map(|name| shortened(name.as_bytes(), 16))
            .collect();
        if names.len() > clients.len() {
            headings.push(format!("{} others", names.len() - clients.len()));
        }
        let server = headings.len().div_ceil(2);
        headings.insert(server, "server".into());
        Self {
            clients,
            headings,
            server,
        }
    }

    fn of(&self, name: &str) -> usize {
        if name == SERVER {
            return self.server;
        }
        let place = self.clients.iter().position(|it| *it == name);
        let place = place.unwrap_or(self.clients.len());
        if place < self.server {
            place
        } else {
            place + 1
        }
    }

    fn tell(&self, row: &Row, scene: &mut Scene, events: &mut Vec<Event>, is_last: bool) {
        if row.who == ELLIPSIS {
            events.push(Event::LeftOut {
                text: row.did.clone(),
            });
            return;
        }
        let lane = self.of(&row.who);
        let bytes = row.with.bytes();
        let text = |did: &str| match bytes.as_slice() {
            [] => did.to_owned(),
            bytes => format!("{did} {}", shortened(bytes, TEXT)),
        };
        let mut sent = |text: String| events.push(Event::Sent { from: lane, text });
        let is_told = match row.did.as_str() {
            "connects" => {
                sent(text("connects,"));
                true
            }
            "leaves" | "resets its connection" | "shuts down its sending side" => {
                sent(row.did.clone());
                scene.here.remove(&lane);
                true
            }
            did if did.starts_with("says") => {
                sent(if did == "says" {
                    shortened(&bytes, TEXT)
                } else {
                    text(did)
                });
                // A piece of a line may be held until its end comes.
                bytes.contains(&b'\n') || did != "says"
            }
            did => {
                match did {
                    "stops reading" => {
                        scene.lazy.insert(lane);
                    }
                    "reads again" => {
                        scene.lazy.remove(&lane);
                    }
                    "is stopped for a moment" => scene.frozen = true,
                    "goes on" => scene.frozen = false,
                    _ => {}
                }
                events.push(Event::Note {
                    lane,
                    text: text(did),
                });
                !scene.frozen && std::mem::take(&mut scene.owes)
            }
        };
        if is_told && scene.frozen {
            scene.owes = true;
        } else if is_told && !is_last {
            let to: Vec<usize> = scene
                .here
                .iter()
                .copied()
                .filter(|it| *it != lane && !scene.lazy.contains(it))
                .collect();
            if !to.is_empty() {
                events.push(Event::Told { to });
            }
        }
        if row.did == "connects" {
            scene.here.insert(lane);
        }
    }

    fn wrong(&self, difference: &Difference) -> Event {
        Event::Wrong {
            to: self.of(&difference.who),
            parts: Parts::new(difference),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::json::Text;
    use crate::report::json::document::tests::failed;

    fn row(who: &str, did: &str, with: &str) -> Row {
        Row {
            who: who.into(),
            did: did.into(),
            with: Text::new(with.as_bytes()),
        }
    }

    fn sent(from: usize, text: &str) -> Event {
        Event::Sent {
            from,
            text: text.into(),
        }
    }

    #[test]
    fn the_server_is_in_the_middle_and_tells_the_others() {
        let mut check = failed();
        check.transcript = vec![
            row("alice", "connects", "id 0"),
            row("bob", "connects", "id 1"),
            row("bob", "says", "half"),
            row("bob", "says", " a line\n"),
            row("bob", "leaves", ""),
        ];
        check.comparison = None;
        let diagram = Diagram::of(&check).unwrap();
        assert_eq!(diagram.lanes, ["alice", "server", "bob"]);
        assert_eq!(diagram.server, 1);
        assert_eq!(
            diagram.events,
            [
                sent(0, "connects, id 0"),
                sent(2, "connects, id 1"),
                Event::Told { to: vec![0] },
                sent(2, "half"),
                sent(2, " a line⏎"),
                Event::Told { to: vec![0] },
                // What came of it is what went wrong.
                sent(2, "leaves"),
            ]
        );
    }

    #[test]
    fn who_does_not_read_is_told_nothing_and_a_stopped_server_tells_nobody() {
        let mut check = failed();
        check.transcript = vec![
            row("alice", "connects", "id 0"),
            row("bob", "connects", "id 1"),
            row("carol", "connects", "id 2"),
            row("carol", "stops reading", ""),
            row("the server", "is stopped for a moment", ""),
            row("bob", "says", "x\n"),
            row("the server", "goes on", ""),
            row("bob", "says", "y\n"),
        ];
        check.comparison = None;
        let diagram = Diagram::of(&check).unwrap();
        let told: Vec<_> = diagram
            .events
            .iter()
            .filter_map(|event| match event {
                Event::Told { to } => Some(to.clone()),
                _ => None,
            })
            .collect();
        // alice: 0, bob: 1, the server: 2, carol: 3.
        assert_eq!(told, [vec![0], vec![0, 1], vec![0, 1]]);
    }

    #[test]
    fn a_crowd_shares_a_line() {
        let mut check = failed();
        check.transcript = (0..40)
            .map(|number| row(&format!("guest-{number}"), "connects", "id"))
            .collect();
        check.comparison.as_mut().unwrap().who = "guest-39".into();
        let diagram = Diagram::of(&check).unwrap();
        assert_eq!(diagram.lanes.len(), CLIENTS + 2);
        assert!(diagram.lanes.contains(&"guest-39".to_owned()));
        assert_eq!(diagram.lanes.last().unwrap(), "33 others");
        assert!(matches!(diagram.events.last(), Some(Event::Wrong { .. })));
    }

    #[test]
    fn where_nobody_did_anything_there_is_no_picture() {
        let mut check = failed();
        check.transcript.clear();
        assert_eq!(Diagram::of(&check), None);
    }
}
