//! From a life that failed to the shortest scenario that fails in the same way.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use super::deed::Deed;
use super::finding::{self, Finding, Kind, Origin};
use super::life::Life;
use super::{Trial, play, possible, shrink};
use crate::runner::{self, Stage};
use crate::verdict::{Failure, Outcome};

/// How long a server may do nothing while shorter scenarios are tried: what hangs is tried often.
const PATIENCE_WHILE_SHRINKING: Duration = Duration::from_millis(700);

/// How often in a row a scenario must fail to be held for one that always does. What is left out
/// while shrinking may be what made a failure certain: whether a server hears of a reset before
/// it has accepted the connection, say.
const CONFIRMATIONS: usize = 3;

/// A case that failed.
pub(super) struct Failed<'a> {
    pub(super) trial: &'a Trial,
    /// Where it comes from.
    pub(super) origin: Origin,
    /// All that had happened to the server, to the end of what failed.
    pub(super) deeds: Vec<Deed>,
    /// What came of it.
    pub(super) failure: Failure,
}

impl Failed<'_> {
    /// Makes it as short as it can be while it fails in the same way. `tell` hears of it as it
    /// is, and of each form that is shorter.
    pub(super) fn shortest(self, stage: &Stage<'_>, tell: impl FnMut(&Finding)) -> Finding {
        let tell = RefCell::new(tell);
        let tell = |finding: &Finding| (tell.borrow_mut())(finding);
        let unconfirmed = self.finding(&self.deeds, &self.failure);
        tell(&unconfirmed);
        let settings = &self.trial.settings;
        let impatient = runner::Settings {
            patience: settings.patience.min(PATIENCE_WHILE_SHRINKING),
            ..settings.clone()
        };
        let hasty = Stage::new(&impatient);
        let failed = RefCell::new(vec![self.deeds.clone()]);
        let begun = Instant::now();
        let fails = |deeds: &[Deed]| {
            let is_late = self
                .trial
                .shrinking
                .is_some_and(|most| begun.elapsed() > most);
            let asks_for_no_more =
                possible::possible(deeds.iter().cloned()).1 <= self.trial.require;
            let failure = (asks_for_no_more && !is_late)
                .then(|| self.fails_alike(&hasty, deeds))
                .flatten();
            if let Some(failure) = &failure {
                tell(&self.finding(deeds, failure));
                failed.borrow_mut().push(deeds.to_vec());
            }
            failure.is_some()
        };
        // Some failures are up to chance: whether a server hears of a reset before it sends, say.
        if (0..CONFIRMATIONS).any(|_| fails(&self.deeds)) {
            let _least = shrink::shrink(self.deeds.clone(), fails);
        }
        match self.confirmed(stage, failed.into_inner()) {
            Some((deeds, failure)) => {
                let (deeds, failure) = self.with_newcomer(stage, deeds, failure);
                self.played(stage, self.finding(&deeds, &failure))
            }
            None => unconfirmed,
        }
    }

    /// The last of these sequences, each shorter or plainer than the one before, that fails
    /// whenever it is played; if none does, the last that fails at least once more.
    fn confirmed(&self, stage: &Stage<'_>, failed: Vec<Vec<Deed>>) -> Option<(Vec<Deed>, Failure)> {
        let mut by_chance = None;
        for deeds in failed.into_iter().rev() {
            let mut failures: Vec<Failure> = (0..CONFIRMATIONS)
                .map_while(|_| self.fails_alike(stage, &deeds))
                .collect();
            let always = failures.len() == CONFIRMATIONS;
            if let Some(failure) = failures.pop() {
                if always {
                    return Some((deeds, failure));
                }
                by_chance.get_or_insert((deeds, failure));
            }
        }
        by_chance
    }

    /// How the deeds fail, if they do so in the same way.
    fn fails_alike(&self, stage: &Stage<'_>, deeds: &[Deed]) -> Option<Failure> {
        match play(self.trial, stage, deeds) {
            Outcome::Failed(failure) if Kind::of(&failure) == Kind::of(&self.failure) => {
                Some(*failure)
            }
            _ => None,
        }
    }

    /// The deeds as a finding that has not been seen to fail again.
    fn finding(&self, deeds: &[Deed], failure: &Failure) -> Finding {
        let path = (self.trial.path)(&self.trial.folder, self.origin);
        Finding::new(path, self.origin, deeds, failure)
    }

    /// The finding with what comes of playing its file.
    fn played(&self, stage: &Stage<'_>, mut finding: Finding) -> Finding {
        if let Ok(scenario) = finding::read(&finding.path, &finding.text) {
            let check = stage.play(&scenario);
            if matches!(check.outcome, Outcome::Failed(_)) {
                finding.check = check;
                finding.again = true;
            }
        }
        finding
    }

    /// Where only the newcomer at the end showed what is wrong, one is put into the scenario, so
    /// that what must come of its arrival can be written down.
    fn with_newcomer(
        &self,
        stage: &Stage<'_>,
        deeds: Vec<Deed>,
        failure: Failure,
    ) -> (Vec<Deed>, Failure) {
        let newcomer = (deeds.iter())
            .filter_map(|deed| match deed {
                Deed::Arrive(who) => Some(who + 1),
                _ => None,
            })
            .max();
        let longer: Vec<Deed> = (deeds.iter().cloned())
            .chain(newcomer.map(Deed::Arrive))
            .collect();
        if deed_on(failure.line, &deeds).is_some_and(|place| place + 1 == deeds.len())
            && let Some(played) = self.fails_alike(stage, &longer)
            && deed_on(played.line, &longer).is_some_and(|place| place + 1 == longer.len())
        {
            return (longer, played);
        }
        (deeds, failure)
    }
}

/// The deeds of a life up to the one that failed, and how many of its cases they are.
pub(super) fn until(failure: &Failure, life: &Life) -> (Vec<Deed>, usize) {
    let deeds = life.deeds();
    let kept = deed_on(failure.line, &deeds).map_or(deeds.len(), |place| place + 1);
    let mut before = 0;
    let earlier = life.cases.iter().take_while(|case| {
        before += case.deeds.len();
        before < kept
    });
    let cases = (earlier.count() + 1).min(life.cases.len());
    (possible::possible(deeds[..kept].iter().cloned()).0, cases)
}

/// Which of the deeds stands on that line of the scenario that is played.
fn deed_on(line: usize, deeds: &[Deed]) -> Option<usize> {
    let scenario = finding::scenario("random.toml", deeds, 0).ok()?;
    let ends = deeds.iter().scan(0, |steps, deed| {
        *steps += deed.steps();
        Some(*steps)
    });
    // The start, which no line asks for, is a step as well.
    let start = scenario.steps.len() - deeds.iter().map(Deed::steps).sum::<usize>();
    let step = (scenario.steps[start..].iter()).position(|step| step.line >= line)?;
    ends.into_iter().position(|end| step < end)
}
