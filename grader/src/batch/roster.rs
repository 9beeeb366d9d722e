//! Who belongs to the class: a table with a header, of which `id` and `name` are needed.

use std::collections::BTreeMap;
use std::path::Path;

/// The people of a class, in the order of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// The names of the columns besides `id` and `name`, in their order.
    pub columns: Vec<String>,
    /// The people.
    pub people: Vec<Person>,
}

/// Somebody who should have handed in something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What the submission is called.
    pub id: String,
    /// What the person is called.
    pub name: String,
    /// What stands in the other columns.
    pub more: Vec<String>,
}

/// Why a roster cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// It cannot be read, or is no table.
    #[error("{0}")]
    Unreadable(csv::Error),
    /// A column is missing.
    #[error("it has no column `{missing}`; its first line must name the columns, and names {}{}",
        listed(.found), if .found.iter().any(|name| name.contains([';', '\t'])) {
            "; columns are separated by commas"
        } else { "" })]
    Column {
        /// The column that is needed.
        missing: &'static str,
        /// Those that are there.
        found: Vec<String>,
    },
    /// A line without an id.
    #[error("line {0} has no id")]
    NoId(u64),
    /// An id stands twice.
    #[error(
        "the id {id:?} stands in line {first} and again in line {second}: every id may stand once"
    )]
    Twice {
        /// The id.
        id: String,
        /// The line on which it stands first.
        first: u64,
        /// The line on which it stands again.
        second: u64,
    },
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "none".into();
    }
    let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    names.join(", ")
}

impl Roster {
    /// Reads a table from a file.
    ///
    /// # Errors
    /// It cannot be used, and why.
    pub fn at(path: &Path) -> Result<Self, RosterError> {
        let bytes = std::fs::read(path).map_err(|error| RosterError::Unreadable(error.into()))?;
        Self::read(&bytes)
    }

    /// Reads a table: UTF-8, with or without a byte order mark, lines ended in either way.
    ///
    /// # Errors
    /// It cannot be used, and why.
    pub fn read(bytes: &[u8]) -> Result<Self, RosterError> {
        let mut table = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(bytes);
        let header = table.headers().map_err(RosterError::Unreadable)?.clone();
        let place = |name: &'static str| {
            let mut names = header.iter();
            names
                .position(|it| it.eq_ignore_ascii_case(name))
                .ok_or_else(|| RosterError::Column {
                    missing: name,
                    found: header.iter().map(str::to_owned).collect(),
                })
        };
        let (id, name) = (place("id")?, place("name")?);
        let others = |record: &csv::StringRecord| -> Vec<String> {
            let fields = record.iter().enumerate();
            let others = fields.filter(|(place, _)| *place != id && *place != name);
            others.map(|(_, field)| field.to_owned()).collect()
        };
        let mut roster = Self {
            columns: others(&header),
            people: Vec::new(),
        };
        let mut lines = BTreeMap::new();
        for record in table.records() {
            let record = record.map_err(RosterError::Unreadable)?;
            let line = record.position().map_or(0, csv::Position::line);
            let person = Person {
                id: record.get(id).unwrap_or_default().into(),
                name: record.get(name).unwrap_or_default().into(),
                more: others(&record),
            };
            if person.id.is_empty() {
                return Err(RosterError::NoId(line));
            }
            if let Some(first) = lines.insert(person.id.clone(), line) {
                return Err(RosterError::Twice {
                    id: person.id,
                    first,
                    second: line,
                });
            }
            roster.people.push(person);
        }
        Ok(roster)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn further_columns_are_kept_in_their_order() {
        let roster = Roster::read(b"group,id,name,mail\nA,ada,Ada L.,a@x\n").unwrap();
        assert_eq!(roster.columns, ["group", "mail"]);
        assert_eq!(roster.people[0].id, "ada");
        assert_eq!(roster.people[0].name, "Ada L.");
        assert_eq!(roster.people[0].more, ["A", "a@x"]);
    }

    #[test]
    fn marks_of_other_systems_change_nothing() {
        let plain = Roster::read(b"id,name\nada,Ada\nbob,Bob\n").unwrap();
        for other in [
            &b"\xef\xbb\xbfid,name\nada,Ada\nbob,Bob\n"[..],
            b"id,name\r\nada,Ada\r\nbob,Bob\r\n",
            b"\xef\xbb\xbfID, Name\r\nada, Ada\r\n\r\nbob,\"Bob\"",
        ] {
            assert_eq!(Roster::read(other).unwrap(), plain);
        }
    }

    #[test]
    fn quotes_newlines_and_emoji_are_part_of_a_name() {
        let roster = Roster::read("id,name\na,\"A \"\"x\"\",\n🦀\"\n".as_bytes()).unwrap();
        assert_eq!(roster.people[0].name, "A \"x\",\n🦀");
    }

    #[test]
    fn a_mistake_is_explained() {
        let told = |text: &[u8]| Roster::read(text).unwrap_err().to_string();
        assert_eq!(
            told(b"login,name\nada,Ada\n"),
            "it has no column `id`; its first line must name the columns, and names \"login\", \"name\""
        );
        assert!(told(b"id;name\nada;Ada\n").ends_with("columns are separated by commas"));
        assert!(told(b"").ends_with("names none"));
        assert_eq!(
            told(b"id,name\nada,Ada\nbob,Bob\nada,Ada\n"),
            "the id \"ada\" stands in line 2 and again in line 4: every id may stand once"
        );
        assert_eq!(told(b"id,name\n,Ada\n"), "line 2 has no id");
        assert!(told(b"id,name\nada\n").contains("line: 2"));
        assert!(told(b"id,name\n\xff\xfe,x\n").contains("UTF-8"));
    }

    proptest! {
        #[test]
        fn whatever_is_in_it_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _either = Roster::read(&bytes);
        }
    }
}
