//! Tells the checks of a run in the order of the suite.

use std::io;
use std::iter::Peekable;
use std::vec::IntoIter;

use crate::event::{Event, RunDescription};
use crate::inspection::{Aside, Inspector, Observed};
use crate::runner::Observation;
use crate::suite::Check;
use crate::verdict::{CheckReport, Outcome};

/// Tells the start, and then the checks in the order of the suite.
pub(super) struct InOrder<'a, Tell> {
    pub(super) checks: Peekable<IntoIter<Check<'a>>>,
    pub(super) inspector: &'a Inspector<'a>,
    /// What is told at the start, until it was.
    pub(super) start: Option<RunDescription>,
    /// Whether it is enough that the machine does not allow a check.
    pub(super) accept_skipped: bool,
    /// How many scenarios have been played.
    pub(super) played: usize,
    /// What was wrong in them besides.
    pub(super) asides: Vec<Aside>,
    /// How a check of the server's system calls ends, where these cannot be seen.
    pub(super) unseen_calls: Option<Outcome>,
    pub(super) tell: Tell,
}

impl<Tell: FnMut(&Event) -> io::Result<()>> InOrder<'_, Tell> {
    /// Tells the start: not before it is known that there is something to judge, since nothing is
    /// reported of a program that turns out not to be one.
    pub(super) fn start(&mut self) -> io::Result<()> {
        match self.start.take() {
            Some(start) => (self.tell)(&Event::Started(start)),
            None => Ok(()),
        }
    }

    /// Tells the inspections that come before a scenario, and then how that ended.
    pub(super) fn scenario(&mut self, mut check: CheckReport) -> io::Result<()> {
        while let Some(Check::Inspection(inspection)) = self
            .checks
            .next_if(|check| matches!(check, Check::Inspection(_)))
        {
            self.check(self.inspector.inspect(inspection, None))?;
        }
        let _scenario = self.checks.next();
        self.look(&mut check);
        self.inspector.explain(&mut check);
        self.check(check)
    }

    /// Looks at what was seen in a scenario that is played for that alone.
    pub(super) fn untold(&mut self, mut check: CheckReport) {
        self.look(&mut check);
    }

    fn look(&mut self, check: &mut CheckReport) {
        self.played += usize::from(check.outcome.is_of_a_play());
        self.asides.extend(Aside::take_from(check));
    }

    /// Tells the inspections that come after the last scenario. The tools said this of the plays,
    /// and valgrind was not asked for that reason.
    pub(super) fn rest(
        &mut self,
        observations: &[Observation],
        no_valgrind: Option<&str>,
    ) -> io::Result<()> {
        let asides = std::mem::take(&mut self.asides);
        let unseen_calls = self.unseen_calls.take();
        let observed = Observed {
            observations,
            no_valgrind,
            played: self.played,
            asides: &asides,
            unseen_calls: unseen_calls.as_ref(),
        };
        while let Some(check) = self.checks.next() {
            if let Check::Inspection(inspection) = check {
                let observed = inspection.needs_plays().then_some(observed);
                self.check(self.inspector.inspect(inspection, observed))?;
            }
        }
        Ok(())
    }

    fn check(&mut self, mut check: CheckReport) -> io::Result<()> {
        if self.accept_skipped {
            check.outcome = check.outcome.accepted();
        }
        (self.tell)(&Event::Checked(check))
    }
}
