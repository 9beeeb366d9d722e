//! The picture, as inline SVG whose colours are those of the page.

use maud::{Markup, html};
use unicode_width::UnicodeWidthStr;

use super::super::comparison::Parts;
use super::model::{Diagram, Event};

/// Measures, in the picture's own unit, which is a pixel where it is not scaled.
const LANE: usize = 172;
const HEAD: usize = 34;
const ROW: usize = 34;
const DROP: usize = 12;
/// How much is shown of what was received, in columns.
const RECEIVED: usize = 30;
/// The width of a character of the texts: they are set in a font of fixed width.
const CHARACTER: usize = 7;

/// Draws it.
pub(in super::super) fn draw(diagram: &Diagram) -> Markup {
    let picture = Picture {
        diagram,
        width: (LANE * diagram.lanes.len()).max(widest_text(diagram)),
    };
    let heights: Vec<usize> = diagram.events.iter().map(height).collect();
    let height = HEAD + heights.iter().sum::<usize>() + ROW / 2;
    let mut at = HEAD;
    let tops: Vec<usize> = heights
        .iter()
        .map(|height| {
            at += height;
            at - height
        })
        .collect();
    html! {
        figure.diagram {
            svg xmlns="http://www.w3.org/2000/svg" role="img"
                aria-label="What happened between the clients and the server, from top to bottom"
                width=(picture.width) height=(height)
                viewBox={ "0 0 " (picture.width) " " (height) } {
                @for (lane, name) in diagram.lanes.iter().enumerate() {
                    (picture.lifeline(lane, name, height))
                }
                @for (event, top) in diagram.events.iter().zip(tops) {
                    (picture.event(event, top))
                }
            }
        }
    }
}

/// How much room an event takes.
const fn height(event: &Event) -> usize {
    match event {
        Event::Told { .. } => ROW * 2 / 3,
        Event::Wrong { .. } => ROW * 3 / 2 + 6,
        _ => ROW,
    }
}

/// What is needed for the end of a server, which is the only long text.
fn widest_text(diagram: &Diagram) -> usize {
    /// A picture is not made wider than this.
    const WIDEST: usize = 900;
    let widths = diagram.events.iter().map(|event| match event {
        Event::Death { text } => text.width() * CHARACTER + LANE,
        _ => 0,
    });
    widths.max().unwrap_or(0).min(WIDEST)
}

struct Picture<'a> {
    diagram: &'a Diagram,
    width: usize,
}

impl Picture<'_> {
    /// Where a lane is.
    fn x(&self, lane: usize) -> usize {
        let lanes = self.diagram.lanes.len();
        self.width * (2 * lane + 1) / (2 * lanes)
    }

    fn lifeline(&self, lane: usize, name: &str, height: usize) -> Markup {
        let x = self.x(lane);
        let class = if lane == self.diagram.server {
            "lane server"
        } else {
            "lane"
        };
        html! {
            g class=(class) {
                text x=(x) y="16" text-anchor="middle" { (name) }
                line x1=(x) y1="24" x2=(x) y2=(height - 4) {}
            }
        }
    }

    fn event(&self, event: &Event, top: usize) -> Markup {
        let server = self.diagram.server;
        match event {
            Event::Sent { from, text } => html! {
                (self.arrow("sent", *from, server, top))
                (self.beside(*from, server, top, text))
            },
            Event::Told { to } => html! {
                @for lane in to { (self.arrow("told", server, *lane, top)) }
            },
            Event::Note { lane, text } => html! {
                g.note {
                    circle cx=(self.x(*lane)) cy=(top + ROW / 2) r="3.5" {}
                    (self.text(*lane, top + ROW / 2 + 4, text))
                }
            },
            Event::LeftOut { text } => html! {
                text.left-out x=(self.width / 2) y=(top + ROW / 2 + 4) text-anchor="middle" {
                    "… " (text) " …"
                }
            },
            Event::Wrong { to, parts } => self.wrong(*to, parts, top),
            Event::Death { text } => {
                let (x, y) = (self.x(server), top + ROW / 2);
                html! {
                    g.death {
                        path d=(cross(x, y)) {}
                        (self.text(server, y + 4, text))
                    }
                }
            }
        }
    }

    /// A message that takes its time: it arrives a little later than it was sent.
    fn arrow(&self, class: &str, from: usize, to: usize, top: usize) -> Markup {
        let (start, end) = (self.x(from), self.x(to));
        let (y, landing) = (top + ROW / 3, top + ROW / 3 + DROP);
        html! {
            g class=(class) {
                line x1=(start) y1=(y) x2=(end) y2=(landing) {}
                path d=(head(start, end, landing)) {}
            }
        }
    }

    /// A text above the middle of an arrow.
    fn beside(&self, from: usize, to: usize, top: usize, text: &str) -> Markup {
        // Next to whoever speaks: there, no other arrow crosses it.
        let next = if from < to {
            from + 1
        } else {
            from.saturating_sub(1)
        };
        let x = (self.x(from) + self.x(next)) / 2;
        html! {
            text.said x=(x) y=(top + ROW / 3) text-anchor="middle" { (text) }
        }
    }

    /// A text beside a lane, on the side where there is room.
    fn text(&self, lane: usize, y: usize, text: &str) -> Markup {
        let x = self.x(lane);
        let room = self.width - x;
        let (x, anchor) = if text.width() * CHARACTER + 10 < room {
            (x + 9, "start")
        } else {
            (x.saturating_sub(9), "end")
        };
        html! { text x=(x) y=(y) text-anchor=(anchor) { (text) } }
    }

    /// What came, or did not, with the first wrong byte marked.
    fn wrong(&self, to: usize, parts: &Parts, top: usize) -> Markup {
        let server = self.diagram.server;
        let (start, end) = (self.x(server), self.x(to));
        let (middle, y) = (start.midpoint(end), top + ROW / 2);
        let (before, after) = clipped(&parts.matched, &parts.received.rest, RECEIVED);
        html! {
            g.wrong {
                @if parts.received.is_empty() {
                    line.missing x1=(start) y1=(y) x2=(middle) y2=(y + DROP / 2) {}
                    path.cross d=(cross(middle, y + DROP / 2)) {}
                    text x=(middle) y=(y + DROP + 16) text-anchor="middle" {
                        @if parts.matched.is_empty() { "nothing came" }
                        @else { tspan.matched { (before) } tspan.first { "…" } }
                    }
                } @else {
                    line x1=(start) y1=(y) x2=(end) y2=(y + DROP) {}
                    path d=(head(start, end, y + DROP)) {}
                    text x=(middle) y=(y + DROP + 16) text-anchor="middle" {
                        tspan.matched { (before) }
                        tspan.first { (parts.received.first) }
                        tspan { (after) }
                    }
                }
            }
        }
    }
}

/// What fits of a text on either side of what is marked: the end of what comes before, and the
/// beginning of what follows.
fn clipped(before: &str, after: &str, room: usize) -> (String, String) {
    let after_room = room.saturating_sub(before.width().min(room / 2));
    let after = cut(after.chars(), after_room).into_iter().collect();
    let mut before: Vec<char> = cut(before.chars().rev(), room / 2);
    before.reverse();
    (before.into_iter().collect(), after)
}

fn cut(characters: impl Iterator<Item = char>, room: usize) -> Vec<char> {
    let all: Vec<char> = characters.collect();
    if all.len() <= room {
        return all;
    }
    let kept = all.into_iter().take(room.saturating_sub(1));
    kept.chain(std::iter::once('…')).collect()
}

/// The head of an arrow that comes from there.
fn head(start: usize, end: usize, y: usize) -> String {
    let back = if start < end { end - 9 } else { end + 9 };
    format!("M{end} {y} L{back} {} L{back} {} Z", y - 5, y + 3)
}

fn cross(x: usize, y: usize) -> String {
    let (left, right, top, bottom) = (x.saturating_sub(6), x + 6, y.saturating_sub(6), y + 6);
    format!("M{left} {top} L{right} {bottom} M{left} {bottom} L{right} {top}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::json::Text;
    use crate::report::json::document::tests::failed;

    #[test]
    fn the_picture_is_xml_whatever_the_texts_hold() {
        let mut check = failed();
        for row in &mut check.transcript {
            row.with = Text::new(b"</text><script>alert('&\"')</script>\x00\xff");
        }
        check.comparison.as_mut().unwrap().received = Text::new(b"]]><script>\n");
        let picture = draw(&Diagram::of(&check).unwrap()).into_string();
        assert!(!picture.contains("<script"));
        let mut reader = quick_xml::Reader::from_str(&picture);
        while reader.read_event().expect("it is well-formed") != quick_xml::events::Event::Eof {}
    }

    #[test]
    fn long_texts_are_cut_around_the_first_wrong_byte() {
        let (before, after) = clipped(&"a".repeat(100), &"b".repeat(100), 20);
        assert_eq!(before, format!("…{}", "a".repeat(9)));
        assert_eq!(after, format!("{}…", "b".repeat(9)));
        assert_eq!(clipped("a", "b", 20), ("a".into(), "b".into()));
    }
}
