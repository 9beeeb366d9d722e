//! What a client says, and how it is handed to the network.

use super::holes::{Generated, read_text};
use super::limits::{LARGEST_PIECE, LONGEST_CUT, MOST_SENT, MOST_TIMES, MOST_WHILE_FROZEN};
use super::shape::{At, SendShape};
use super::steps::Script;
use super::wording::grouped;
use crate::scenario::error::ScenarioError;
use crate::scenario::{Delivery, Send, Text};

impl Script<'_> {
    /// Reads a `send` step.
    pub(super) fn send(&mut self, shape: &SendShape) -> Result<Send, ScenarioError> {
        let from = self.cast.present(&shape.from)?;
        let text = read_text(self.file, &shape.text, &self.cast, Generated::Allowed)?;
        let times = match &shape.times {
            None => 1,
            Some(times) => self.number("times", times, MOST_TIMES)?,
        };
        let delivery = self.delivery(shape, &text)?;
        let sends = if delivery == Delivery::CutEverywhere {
            text.length(0)
        } else {
            times
        };
        let length = self.check_amount(&shape.text, &text, times, sends)?;
        if let Some(frozen) = &mut self.frozen {
            let said = frozen.said.entry(from).or_default();
            *said = said.saturating_add(length);
            if *said > MOST_WHILE_FROZEN {
                let message = format!(
                    "a client says at most {} bytes to a frozen server; this would make {}",
                    grouped(MOST_WHILE_FROZEN),
                    grouped(*said)
                );
                let since = frozen.since.clone();
                return Err(self
                    .wrong(
                        shape.text.span(),
                        message,
                        "does not fit what a connection surely holds",
                    )
                    .related(since, "frozen here"));
            }
        }
        Ok(Send {
            from,
            text,
            times,
            delivery,
        })
    }

    /// How many bytes a text has that is said so many times, `times` of them counted.
    pub(super) fn check_amount(
        &self,
        said: &At<String>,
        text: &Text,
        times: usize,
        sends: usize,
    ) -> Result<usize, ScenarioError> {
        if text.is_empty() {
            return Err(self.wrong(
                said.span(),
                "a client that speaks says something",
                "an empty text",
            ));
        }
        let length = text.length(times - 1).saturating_mul(sends);
        if length > MOST_SENT {
            return Err(self.wrong(
                said.span(),
                format!(
                    "one step sends at most {} bytes; this one sends {}",
                    grouped(MOST_SENT),
                    grouped(length)
                ),
                "too much",
            ));
        }
        Ok(length)
    }

    fn delivery(&self, shape: &SendShape, text: &Text) -> Result<Delivery, ScenarioError> {
        let SendShape {
            pieces, cut, times, ..
        } = shape;
        let (span, delivery) = match (pieces, cut) {
            (None, None) => return Ok(Delivery::Whole),
            (Some(_), Some(cut)) => {
                return Err(self
                    .wrong(
                        cut.span(),
                        "`pieces` and `cut` contradict each other",
                        "given beside `pieces`",
                    )
                    .help("leave one of them out"));
            }
            (Some(pieces), None) => {
                let size = self.number("pieces", pieces, LARGEST_PIECE)?;
                (pieces.span(), Delivery::Pieces(size))
            }
            (None, Some(cut)) => {
                self.check_cut(shape, text, times.as_ref())?;
                (cut.span(), Delivery::CutEverywhere)
            }
        };
        match &self.frozen {
            None => Ok(delivery),
            Some(frozen) => Err(self
                .wrong(
                    span,
                    "a frozen server reads no pieces: they would reach it as one",
                    "in pieces",
                )
                .related(frozen.since.clone(), "frozen here")),
        }
    }

    fn check_cut(
        &self,
        shape: &SendShape,
        text: &Text,
        times: Option<&At<i64>>,
    ) -> Result<(), ScenarioError> {
        if let Some(times) = times {
            return Err(self
                .wrong(
                    times.span(),
                    "`cut` sends the text once for each place already",
                    "given beside `cut`",
                )
                .help("leave `times` out"));
        }
        if !text.is_fixed() {
            return Err(self.wrong(
                shape.text.span(),
                "`cut` sends the same text each time, so it can't have `{n}` or `{random:…}`",
                "is another each time",
            ));
        }
        match text.length(0) {
            2..=LONGEST_CUT => Ok(()),
            length => Err(self.wrong(
                shape.text.span(),
                format!("a text that is cut everywhere has 2 to {LONGEST_CUT} bytes; this one has {length}"),
                if length < 2 { "can't be cut" } else { "too long" },
            )),
        }
    }
}
