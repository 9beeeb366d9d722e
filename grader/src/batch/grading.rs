//! Several workers at once, what they report, and what needs no worker since it is known already.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::{Mutex, mpsc};

use super::discovery::Submitted;
use super::progress::Progress;
use super::results::{FolderError, Results, ResultsFolder};
use super::row::{Row, State};
use super::worker::Worker;
use crate::report::json::document::Document;
use crate::workers;

/// What a worker found out.
#[derive(Debug)]
pub enum Outcome {
    /// The report; its verdict may be that it could not be decided.
    Graded(Box<Document>),
    /// It is nothing that can be graded, for this reason.
    Refused(String),
    /// The grader had trouble of its own, of this kind.
    Trouble(String),
}

/// Why a class could not be graded to its end. What was graded by then is kept.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The results cannot be kept.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The results are those of others.
    #[error("{folder} holds the results of another class ({1}): nobody of it is in this one; name another folder", folder = .0.display())]
    AnotherClass(PathBuf, String),
}

impl Results {
    /// Takes over what an earlier run has found out about what has not changed since, neither in
    /// content nor in how it is graded. Returns the ids of those who have results and do not
    /// belong to the class any more.
    ///
    /// # Errors
    /// The results are those of another class.
    pub fn resume(
        &mut self,
        earlier: &Self,
        folder: &ResultsFolder,
    ) -> Result<Vec<String>, BatchError> {
        let now: BTreeSet<&str> = self.people.iter().map(|row| row.id.as_str()).collect();
        let (stay, gone): (Vec<&Row>, Vec<&Row>) = earlier
            .people
            .iter()
            .partition(|row| now.contains(row.id.as_str()));
        let gone: Vec<String> = gone.into_iter().map(|row| row.id.clone()).collect();
        if stay.is_empty() && !gone.is_empty() {
            let few = gone.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
            let more = if gone.len() > 3 { ", …" } else { "" };
            return Err(BatchError::AnotherClass(
                folder.path().into(),
                format!("{few}{more}"),
            ));
        }
        let stay: BTreeMap<String, &Row> =
            stay.into_iter().map(|row| (row.id.clone(), row)).collect();
        let graded_with = self.settings.fingerprint();
        for row in &mut self.people {
            let Some(before) = stay.get(&row.id) else {
                continue;
            };
            let is_same = row.state == State::Waiting
                && row.content == before.content
                && before.graded_with.as_deref() == Some(&graded_with);
            let is_known = match before.state {
                State::Graded => folder.path().join(row.report()).is_file(),
                State::Unrecognised => true,
                _ => false,
            };
            if is_same && is_known {
                row.take_over(before);
            }
        }
        Ok(gone)
    }
}

/// Grades all who wait, and writes what is known after each of them.
///
/// # Errors
/// The results cannot be written. Workers that have begun are waited for.
pub fn grade(
    results: &mut Results,
    submissions: &BTreeMap<String, Submitted>,
    folder: &ResultsFolder,
    worker: &Worker,
    jobs: usize,
    progress: &mut Progress,
) -> Result<(), BatchError> {
    folder.write(results)?;
    let graded_with = results.settings.fingerprint();
    let tasks: VecDeque<(usize, &Submitted)> = results
        .people
        .iter()
        .enumerate()
        .filter(|(_, row)| row.state == State::Waiting)
        .filter_map(|(place, row)| Some((place, submissions.get(&row.id)?)))
        .collect();
    progress.begin(results, tasks.len());
    let queue = Mutex::new(tasks);
    let (sender, finished) = mpsc::channel();
    std::thread::scope(|scope| {
        let work = {
            let queue = &queue;
            move || {
                while let Some((place, submitted)) =
                    queue.lock().ok().and_then(|mut queue| queue.pop_front())
                {
                    let outcome = worker.grade(&submitted.path);
                    if sender.send((place, outcome)).is_err() {
                        return;
                    }
                }
            }
        };
        if workers::start(scope, jobs, work.clone()) == 0 {
            work();
        }
        drop(work);
        for (place, outcome) in finished {
            let kept = keep(results, place, outcome, &graded_with, folder);
            if let Err(error) = kept {
                if let Ok(mut queue) = queue.lock() {
                    queue.clear();
                }
                return Err(error.into());
            }
            progress.done(&results.people[place], results);
        }
        progress.end();
        Ok(())
    })
}

/// Writes down what became of one submission.
fn keep(
    results: &mut Results,
    place: usize,
    outcome: Outcome,
    graded_with: &str,
    folder: &ResultsFolder,
) -> Result<(), FolderError> {
    let row = &mut results.people[place];
    row.graded_with = Some(graded_with.into());
    match outcome {
        Outcome::Graded(report) => {
            row.graded(&report);
            // Before the table, which says that it is there.
            folder.write_report(row, &report)?;
        }
        Outcome::Refused(reason) => {
            row.state = State::Unrecognised;
            row.reason = Some(reason);
        }
        Outcome::Trouble(reason) => {
            row.state = State::Trouble;
            row.reason = Some(reason);
        }
    }
    folder.write(results)
}
