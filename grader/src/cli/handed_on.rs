//! Options that go on to another grader as they came to this one.

use std::any::TypeId;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, ArgMatches, Args, Command};

/// An option and its value in one word: `--cc=clang`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HandedOn {
    pub(super) word: OsString,
    /// Whether it names a file, of which the content counts and not the name.
    pub(super) is_a_path: bool,
}

/// The options of a group as they were given, or as they are where nothing was said.
pub(super) fn handed_on<Group: Args>(given: &ArgMatches) -> Vec<HandedOn> {
    let mut words = Vec::new();
    for option in Group::augment_args(Command::new("a group")).get_arguments() {
        let id = option.get_id().as_str();
        let Some(name) = option.get_long().filter(|_| given.contains_id(id)) else {
            continue;
        };
        let mut word = |word| {
            words.push(HandedOn {
                word,
                is_a_path: option.get_value_parser().type_id() == TypeId::of::<PathBuf>(),
            });
        };
        if matches!(option.get_action(), ArgAction::SetTrue) {
            if given.get_flag(id) {
                word(format!("--{name}").into());
            }
        } else {
            for value in given.get_raw(id).into_iter().flatten() {
                let mut option = OsString::from(format!("--{name}="));
                option.push(value);
                word(option);
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;
    use crate::cli::grading::Grading;

    fn words(given: &[OsString]) -> Vec<HandedOn> {
        let command = Grading::augment_args(Command::new("grader").no_binary_name(true));
        let matches = command.try_get_matches_from(given).expect("options");
        handed_on::<Grading>(&matches)
    }

    #[test]
    fn what_is_handed_on_means_what_was_given() {
        let odd = OsString::from_vec(b"--env=A=\xff b".to_vec());
        let given: Vec<OsString> = [
            "--only=a",
            "--only",
            "b*",
            "--valgrind",
            "--weights",
            "w.toml",
        ]
        .into_iter()
        .map(OsString::from)
        .chain([odd.clone()])
        .collect();
        let words = words(&given);
        let has = |word: &str| words.iter().any(|it| it.word == word);
        for word in [
            "--only=a",
            "--only=b*",
            "--valgrind",
            "--weights=w.toml",
            "--patience=2",
        ] {
            assert!(has(word), "{word}: {words:?}");
        }
        assert!(words.iter().any(|it| it.word == odd));
        assert!(!words.iter().any(|it| it.word == "--accept-skipped"));
        let paths: Vec<_> = words.iter().filter(|it| it.is_a_path).collect();
        assert_eq!(paths.len(), 1, "{paths:?}");
        let all: Vec<OsString> = words.iter().map(|it| it.word.clone()).collect();
        assert_eq!(self::words(&all), words);
    }
}
