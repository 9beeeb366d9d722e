//! The roster and the folder together: one row for each person.

use std::collections::BTreeMap;

use super::discovery::{Discovered, Submitted};
use super::results::LeftOut;
use super::roster::Roster;
use super::row::{Row, State};
use super::sharding::Shard;

/// Who is there, and what was handed in.
#[derive(Clone, Debug)]
pub struct Class {
    /// The names of the roster's further columns.
    pub columns: Vec<String>,
    /// Whether there is a roster.
    pub has_roster: bool,
    /// The people: those of the roster in its order, then the others by their ids.
    pub people: Vec<Row>,
    /// What can be graded, by the id of its person.
    pub submissions: BTreeMap<String, Submitted>,
    /// What in the folder is nobody's submission.
    pub left_out: Vec<LeftOut>,
}

impl Class {
    /// Brings the roster and the folder together.
    #[must_use]
    pub fn new(roster: Option<&Roster>, discovered: Vec<Discovered>) -> Self {
        let mut class = Self {
            columns: roster.map_or_else(Vec::new, |roster| roster.columns.clone()),
            has_roster: roster.is_some(),
            people: Vec::new(),
            submissions: BTreeMap::new(),
            left_out: Vec::new(),
        };
        let people = roster.into_iter().flat_map(|roster| &roster.people);
        for (place, person) in people.enumerate() {
            class.people.push(Row {
                name: person.name.clone(),
                roster_place: Some(place),
                more: person.more.clone(),
                ..Row::new(&person.id)
            });
        }
        let listed: BTreeMap<String, usize> = class
            .people
            .iter()
            .enumerate()
            .map(|(place, row)| (row.id.clone(), place))
            .collect();
        let mut by_person: BTreeMap<String, Vec<Discovered>> = BTreeMap::new();
        for it in discovered {
            // The roster may call a program `ada` that is handed in as `ada.py`.
            let id = if !listed.contains_key(&it.id) && listed.contains_key(&it.stem) {
                it.stem.clone()
            } else {
                it.id.clone()
            };
            if let (true, false, Err(reason)) = (it.is_stray, listed.contains_key(&id), &it.what) {
                class.left_out.push(LeftOut {
                    place: it.place,
                    reason: reason.clone(),
                });
                continue;
            }
            by_person.entry(id).or_default().push(it);
        }
        for (id, mut several) in by_person {
            let place = listed.get(&id).copied().unwrap_or_else(|| {
                class.people.push(Row {
                    more: vec![String::new(); class.columns.len()],
                    ..Row::new(&id)
                });
                class.people.len() - 1
            });
            let row = &mut class.people[place];
            let places: Vec<_> = several.iter().map(|it| it.place.clone()).collect();
            let what = if several.len() == 1 {
                several.remove(0).what
            } else {
                Err(format!(
                    "{} are all there under this name: leave the one that is meant",
                    places.join(" and ")
                ))
            };
            row.submission = Some(places.join(", "));
            match what {
                Ok(submitted) => {
                    row.state = State::Waiting;
                    row.content = Some(submitted.content.clone());
                    class.submissions.insert(id, submitted);
                }
                Err(reason) => {
                    row.state = State::Unrecognised;
                    row.reason = Some(reason);
                }
            }
        }
        class
    }

    /// Leaves the people of one share.
    pub fn keep(&mut self, shard: Shard) {
        self.people.retain(|row| shard.holds(&row.id));
        self.submissions.retain(|id, _| shard.holds(id));
        self.left_out.retain(|it| shard.holds(&it.place));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn discovered(place: &str, what: Result<&str, &str>) -> Discovered {
        let id = place.strip_suffix(".c").unwrap_or(place);
        Discovered {
            id: id.into(),
            stem: place.split('.').next().unwrap_or(place).into(),
            place: place.into(),
            what: what
                .map(|content| Submitted {
                    path: place.into(),
                    content: content.into(),
                })
                .map_err(str::to_owned),
            is_stray: what.is_err_and(|why| why == "stray"),
        }
    }

    fn class(roster: &[u8], found: Vec<Discovered>) -> Class {
        Class::new(Some(&Roster::read(roster).unwrap()), found)
    }

    #[test]
    fn everybody_has_a_row() {
        let class = class(
            b"id,name,group\nzoe,Zoe,A\nada,Ada,B\n",
            vec![
                discovered("ada.c", Ok("1")),
                discovered("guest", Err("holds no mini_serv.c")),
                discovered("notes.txt", Err("stray")),
            ],
        );
        let rows: Vec<_> = class
            .people
            .iter()
            .map(|row| {
                (
                    row.id.as_str(),
                    row.state,
                    row.roster_place.is_some(),
                    row.more.len(),
                )
            })
            .collect();
        assert_eq!(
            rows,
            [
                ("zoe", State::Absent, true, 1),
                ("ada", State::Waiting, true, 1),
                ("guest", State::Unrecognised, false, 1),
            ]
        );
        assert_eq!(class.left_out[0].place, "notes.txt");
        assert_eq!(class.submissions.keys().collect::<Vec<_>>(), ["ada"]);
    }

    #[test]
    fn two_of_one_name_are_both_named_and_neither_is_chosen() {
        let class = Class::new(
            None,
            vec![discovered("ada", Ok("1")), discovered("ada.c", Ok("2"))],
        );
        assert_eq!(class.people.len(), 1);
        let reason = class.people[0].reason.as_deref().unwrap();
        assert!(
            reason.starts_with("ada and ada.c are all there"),
            "{reason}"
        );
        assert!(class.submissions.is_empty());
    }

    #[test]
    fn the_roster_may_leave_out_what_a_program_is_written_in() {
        let class = class(b"id,name\nada,Ada\n", vec![discovered("ada.py", Ok("1"))]);
        assert_eq!(class.people.len(), 1);
        assert_eq!(class.people[0].submission.as_deref(), Some("ada.py"));
    }

    #[test]
    fn every_share_has_its_people_and_no_others() {
        let roster: String = (0..40).map(|n| format!("p{n},P\n")).collect();
        let whole = class(format!("id,name\n{roster}").as_bytes(), Vec::new());
        let mut seen = 0;
        for share in ["1/3", "2/3", "3/3"] {
            let mut part = whole.clone();
            part.keep(share.parse().unwrap());
            assert!(!part.people.is_empty());
            seen += part.people.len();
        }
        assert_eq!(seen, 40);
    }
}
