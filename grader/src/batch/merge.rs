//! The results of several machines, joined.

use std::path::PathBuf;

use super::results::{FolderError, Results, ResultsFolder, report_in};
use super::row::{Row, State};
use super::sharding::Shard;

/// What came of joining.
#[derive(Debug)]
pub struct Merged {
    /// The results of all.
    pub results: Results,
    /// The shares of the class that are missing.
    pub missing: Vec<Shard>,
}

/// Why results cannot be joined.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// No folder is named.
    #[error("there are no results to join")]
    Nothing,
    /// A folder cannot be read or written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Two were graded in different ways.
    #[error("{one} was graded in another way than {other}: {2}; grade both alike", one = .0.display(), other = .1.display())]
    Different(PathBuf, PathBuf, &'static str),
    /// Somebody has two results.
    #[error("{id} has different results in {} and in {}: leave one of them out", .one.display(), .other.display())]
    Twice {
        /// Who.
        id: String,
        /// One folder.
        one: PathBuf,
        /// The other.
        other: PathBuf,
    },
}

/// Joins the results of several folders in a new one. Of somebody who is in several, what is
/// known is taken; what contradicts itself is refused.
///
/// # Errors
/// They do not belong together, or a folder cannot be read or written.
pub fn merge(inputs: &[PathBuf], output: &std::path::Path) -> Result<Merged, MergeError> {
    let mut parts = Vec::new();
    for input in inputs {
        parts.push((input, Results::in_folder(input)?));
    }
    let Some(((first_input, first), others)) = parts.split_first() else {
        return Err(MergeError::Nothing);
    };
    for (input, part) in others {
        if let Some(difference) = difference(first, part) {
            return Err(MergeError::Different(
                (*input).clone(),
                (*first_input).clone(),
                difference,
            ));
        }
    }
    let mut merged = Results {
        shard: None,
        people: Vec::new(),
        left_out: Vec::new(),
        ..first.clone()
    };
    let mut sources: Vec<&PathBuf> = Vec::new();
    for (input, part) in &parts {
        for row in &part.people {
            let known = merged.people.iter().position(|it| it.id == row.id);
            match known {
                None => {
                    merged.people.push(row.clone());
                    sources.push(input);
                }
                Some(place) => {
                    let there = &mut merged.people[place];
                    if is_settled(there) && is_settled(row) && !agree(there, row) {
                        return Err(MergeError::Twice {
                            id: row.id.clone(),
                            one: sources[place].clone(),
                            other: (*input).clone(),
                        });
                    }
                    if !is_settled(there) && is_settled(row) {
                        *there = row.clone();
                        sources[place] = input;
                    }
                }
            }
        }
        for it in &part.left_out {
            if !merged.left_out.contains(it) {
                merged.left_out.push(it.clone());
            }
        }
    }
    let (folder, _) = ResultsFolder::open(output, false)?;
    for (row, source) in merged.people.iter().zip(&sources) {
        if row.state == State::Graded {
            folder.write_report(row, &report_in(source, row)?)?;
        }
    }
    merged.order();
    folder.write(&mut merged)?;
    let shards: Vec<Shard> = parts.iter().filter_map(|(_, part)| part.share()).collect();
    let has_whole = parts.iter().any(|(_, part)| part.shard.is_none());
    Ok(Merged {
        results: merged,
        missing: if has_whole {
            Vec::new()
        } else {
            Shard::missing(&shards)
        },
    })
}

/// In what two results cannot stand beside each other.
fn difference(one: &Results, other: &Results) -> Option<&'static str> {
    let (a, b) = (&one.settings, &other.settings);
    if a.grader != b.grader {
        Some("the versions of the grader differ")
    } else if !a.agrees_with(b) {
        Some("the options, scenarios or weights differ")
    } else if one.columns != other.columns || one.has_roster != other.has_roster {
        Some("the rosters have different columns")
    } else if let (Some(a), Some(b)) = (one.share(), other.share())
        && !a.fits(&b)
    {
        Some("they are shares of a different number")
    } else {
        None
    }
}

/// Whether something is known that another run would not change.
fn is_settled(row: &Row) -> bool {
    matches!(row.state, State::Graded | State::Unrecognised)
}

/// Whether two results of one person say the same.
fn agree(one: &Row, other: &Row) -> bool {
    one.state == other.state
        && one.content == other.content
        && one.verdict == other.verdict
        && one.score == other.score
        && one.rules == other.rules
}
