//! What is known of all, and the folder in which it is kept: valid at every moment.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};

use super::fingerprint::Settings;
use super::row::{Row, State};
use super::sharding::Shard;
use super::{grades, matrix};
use crate::report::html::{About, person};
use crate::report::json::document::Document;

/// The folder of what belongs to single people.
pub(super) const PEOPLE: &str = "people";

/// The table for programs.
const RESULTS: &str = "results.json";

/// The table for spreadsheets.
const GRADES: &str = "grades.csv";

/// The page about the class.
const INDEX: &str = "index.html";

/// What keeps two graders from writing in the same folder.
const LOCK: &str = ".lock";

/// What a file is called until it is whole. Whoever writes holds the lock, so that one will do.
const UNFINISHED: &str = ".unfinished";

/// What a class is worth, as far as it has been graded.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Results of grader batch")]
pub struct Results {
    /// How everybody is graded.
    pub settings: Settings,
    /// Which share of the class this is, such as `2/8`; null where it is the whole.
    pub shard: Option<String>,
    /// Whether there is a roster.
    pub has_roster: bool,
    /// The names of the roster's further columns.
    pub columns: Vec<String>,
    /// The rules, in the order of the catalogue, that anything was checked about.
    pub rules: Vec<String>,
    /// The people: those of the roster in its order, then the others by their ids.
    pub people: Vec<Row>,
    /// What in the folder is nobody's submission, and why.
    pub left_out: Vec<LeftOut>,
}

/// Something that is nobody's submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// Its place in the folder of the class.
    pub place: String,
    /// Why it is none.
    pub reason: String,
}

impl Results {
    /// How many people's submissions are in this state.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.people.iter().filter(|row| row.state == state).count()
    }

    /// The JSON Schema: what `docs/results.schema.json` says.
    #[must_use]
    pub fn schema() -> Schema {
        schema_for!(Self)
    }

    /// Puts the people into the order in which a class is listed.
    pub(super) fn order(&mut self) {
        self.people.sort_by_cached_key(|row| {
            (row.roster_place.is_none(), row.roster_place, row.id.clone())
        });
        self.left_out
            .sort_by(|one, other| one.place.cmp(&other.place));
    }

    /// Leaves, of the rules, those that something is known about.
    fn tidy(&mut self) {
        let is_known = |rule: &str| self.people.iter().any(|row| row.rules.contains_key(rule));
        self.rules = crate::rules::all()
            .iter()
            .map(|rule| rule.id.clone())
            .filter(|rule| is_known(rule))
            .collect();
    }
}

/// Why a folder cannot take results.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It holds something else.
    #[error("{} is not empty and holds no results of a class: name another folder, or a new one", .0.display())]
    Foreign(PathBuf),
    /// It holds results already.
    #[error("{} holds results already: --resume continues with them; else name another folder", .0.display())]
    Taken(PathBuf),
    /// It is being written to.
    #[error("another grader is writing results to {}", .0.display())]
    Busy(PathBuf),
    /// The results in it cannot be read.
    #[error("the results in {folder} cannot be used: {1}", folder = .0.display())]
    Unusable(PathBuf, String),
    /// It cannot be written.
    #[error("cannot write {file}: {1}", file = .0.display())]
    Unwritable(PathBuf, io::Error),
    /// It cannot be read.
    #[error("cannot read {file}: {1}", file = .0.display())]
    Unreadable(PathBuf, io::Error),
}

impl FolderError {
    /// Whether it is the machine's trouble, and no mistake of whoever called the grader.
    #[must_use]
    pub const fn is_trouble(&self) -> bool {
        matches!(self, Self::Unwritable(..))
    }
}

/// A folder of results, to which nobody else writes meanwhile.
#[derive(Debug)]
pub struct ResultsFolder {
    path: PathBuf,
    _lock: File,
}

impl ResultsFolder {
    /// Opens a folder for results, which is made where it is missing, and reads what is there
    /// already. Only where that `may_continue` may there be anything.
    ///
    /// # Errors
    /// It cannot be written, or it holds something that would be lost.
    pub fn open(path: &Path, may_continue: bool) -> Result<(Self, Option<Results>), FolderError> {
        let unwritable = |error| FolderError::Unwritable(path.into(), error);
        fs::create_dir_all(path).map_err(unwritable)?;
        let is_ours = path.join(RESULTS).exists();
        let mut others = fs::read_dir(path)
            .map_err(|error| FolderError::Unreadable(path.into(), error))?
            .flatten()
            .filter(|entry| {
                ![LOCK, UNFINISHED]
                    .iter()
                    .any(|own| entry.file_name() == *own)
            });
        if !is_ours && others.next().is_some() {
            return Err(FolderError::Foreign(path.into()));
        }
        if is_ours && !may_continue {
            return Err(FolderError::Taken(path.into()));
        }
        let lock = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join(LOCK))
            .map_err(unwritable)?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)
            .map_err(|_| FolderError::Busy(path.into()))?;
        let earlier = if is_ours {
            Some(Results::in_folder(path)?)
        } else {
            None
        };
        fs::create_dir_all(path.join(PEOPLE)).map_err(unwritable)?;
        let folder = Self {
            path: path.into(),
            _lock: lock,
        };
        Ok((folder, earlier))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes what is known of all.
    ///
    /// # Errors
    /// A file cannot be written; what was there before still is.
    pub fn write(&self, results: &mut Results) -> Result<(), FolderError> {
        results.tidy();
        let unwritable = |name: &str, error| FolderError::Unwritable(self.path.join(name), error);
        self.put(INDEX, matrix::page_of(results).as_bytes())?;
        let grades = grades::table(results).map_err(|error| unwritable(GRADES, error))?;
        self.put(GRADES, &grades)?;
        // Last, since it says what the others must agree with.
        let json = serde_json::to_string_pretty(results)
            .map_err(|error| unwritable(RESULTS, error.into()))?;
        self.put(RESULTS, (json + "\n").as_bytes())
    }

    /// Writes what is known of one person: a report for programs, and a page that may be handed
    /// to the person.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write_report(&self, row: &Row, report: &Document) -> Result<(), FolderError> {
        self.put(&row.page(), page(row, report).as_bytes())?;
        let json = serde_json::to_string_pretty(report)
            .map_err(|error| FolderError::Unwritable(self.path.join(row.report()), error.into()))?;
        self.put(&row.report(), (json + "\n").as_bytes())
    }

    /// Writes a file, which is the old one or the whole new one at every moment.
    fn put(&self, name: &str, content: &[u8]) -> Result<(), FolderError> {
        let path = self.path.join(name);
        let unfinished = self.path.join(UNFINISHED);
        let written = File::create(&unfinished)
            .and_then(|mut file| {
                file.write_all(content)?;
                // A full disk may be told of only now.
                file.sync_data()
            })
            .and_then(|()| fs::rename(&unfinished, &path));
        written.map_err(|error| {
            let _gone = fs::remove_file(&unfinished);
            FolderError::Unwritable(path, error)
        })
    }
}

impl Results {
    /// Reads the results in a folder.
    ///
    /// # Errors
    /// There are none, or they are not as this grader writes them.
    pub fn in_folder(path: &Path) -> Result<Self, FolderError> {
        let file = path.join(RESULTS);
        let text =
            fs::read_to_string(&file).map_err(|error| FolderError::Unreadable(file, error))?;
        serde_json::from_str(&text)
            .map_err(|error| FolderError::Unusable(path.into(), error.to_string()))
    }

    /// The share of the class, where it is one.
    #[must_use]
    pub fn share(&self) -> Option<Shard> {
        self.shard.as_deref().and_then(|text| text.parse().ok())
    }
}

/// The page about somebody.
fn page(row: &Row, report: &Document) -> String {
    let mut facts = vec![("Id", row.id.clone())];
    if let Some(submission) = &row.submission {
        facts.push(("Handed in", submission.clone()));
    }
    if let Some(content) = &row.content {
        facts.push(("Content (SHA-256)", format!("{content}…")));
    }
    let about = About {
        title: row.shown_name(),
        command: "./mini_serv",
        facts,
        is_for_candidates: true,
        has_index: true,
    };
    person(&about, report)
}

/// Reads somebody's report.
///
/// # Errors
/// It is not there, or not as this grader writes it.
pub(super) fn report_in(folder: &Path, row: &Row) -> Result<Document, FolderError> {
    let file = folder.join(row.report());
    let text =
        fs::read_to_string(&file).map_err(|error| FolderError::Unreadable(file.clone(), error))?;
    serde_json::from_str(&text).map_err(|error| FolderError::Unusable(file, error.to_string()))
}
