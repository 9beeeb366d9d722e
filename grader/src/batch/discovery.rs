//! What in a folder is a submission, and why the rest is none.

use std::io;
use std::path::{Path, PathBuf};

use super::fingerprint::{of_file, of_text};
use crate::submission::{Recognised, SubmissionError};

/// Something in the folder of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovered {
    /// What it is called: the name of its folder or file, without `.c`.
    pub id: String,
    /// The name without any extension, which may be what the roster calls it.
    pub stem: String,
    /// Its place in the folder, fit to be shown.
    pub place: String,
    /// What can be graded, or why nothing can.
    pub what: Result<Submitted, String>,
    /// Whether it does not even look as if somebody had handed it in.
    pub is_stray: bool,
}

/// A submission that can be graded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// Where it is.
    pub path: PathBuf,
    /// Its content in a few characters.
    pub content: String,
}

/// Looks at everything in a folder, in the order of the names.
///
/// # Errors
/// The folder cannot be read.
pub fn discover(class: &Path) -> io::Result<Vec<Discovered>> {
    let root = class.canonicalize()?;
    let mut names = Vec::new();
    for entry in std::fs::read_dir(class)? {
        names.push(entry?.file_name());
    }
    names.sort();
    let look = |name: &std::ffi::OsString| {
        let path = class.join(name);
        let place = name.to_string_lossy().into_owned();
        let is_folder = path.is_dir();
        let stem = path.file_stem().unwrap_or(name).to_string_lossy();
        let id = match place.strip_suffix(".c") {
            Some(id) if !is_folder && !id.is_empty() => id.to_owned(),
            _ => place.clone(),
        };
        let (what, is_stray) = if place.starts_with('.') {
            (
                Err("its name begins with a dot, so that it is hidden".into()),
                true,
            )
        } else {
            let what = submitted(&path, &root);
            let is_stray = what.is_err() && !is_folder && !place.ends_with(".c");
            (what, is_stray)
        };
        Discovered {
            stem: if is_folder {
                id.clone()
            } else {
                stem.into_owned()
            },
            id,
            place,
            what,
            is_stray,
        }
    };
    Ok(names.iter().map(look).collect())
}

/// What can be graded at a path, or why nothing can.
fn submitted(path: &Path, root: &Path) -> Result<Submitted, String> {
    let unreadable = |error: io::Error| format!("cannot be read: {error}");
    let real = path.canonicalize().map_err(unreadable)?;
    if !real.starts_with(root) || real == root {
        return Err("is a link that leads out of the folder".into());
    }
    if real.is_dir() {
        // One that cannot be listed would seem to be empty.
        std::fs::read_dir(&real).map_err(unreadable)?;
    }
    let content = match Recognised::at(path).map_err(|error| why_not(&error))? {
        Recognised::Program => of_file(path).map_err(unreadable)?,
        Recognised::Source {
            path: source,
            beside,
        } => {
            let file = source.canonicalize().map_err(unreadable)?;
            let own = if real.is_dir() { &real } else { root };
            if !file.starts_with(own) {
                return Err("its mini_serv.c is a link that leads out of it".into());
            }
            let text = of_file(&source).map_err(|error| {
                let name = source.file_name().unwrap_or_default().to_string_lossy();
                format!("its {name} cannot be read: {error}")
            })?;
            // What is reported names the files beside it, and the place of the source.
            let inside = source.strip_prefix(path).unwrap_or(&source);
            of_text(&format!("{text} {beside:?} {inside:?}"))
        }
    };
    Ok(Submitted {
        path: path.to_owned(),
        content,
    })
}

/// Why something is no submission, without its place.
fn why_not(error: &SubmissionError) -> String {
    match error {
        SubmissionError::Missing(_, error) => format!("cannot be read: {error}"),
        SubmissionError::Folder(_, others) if others.is_empty() => {
            "holds no mini_serv.c, neither at its top nor in its folder mini_serv".into()
        }
        SubmissionError::Folder(_, others) => {
            format!("holds no mini_serv.c, only {}", others.join(", "))
        }
        SubmissionError::TwoSources(..) => {
            "holds two mini_serv.c: one at its top and one in its folder mini_serv".into()
        }
        SubmissionError::NotExecutable(_) => {
            "is neither a folder, nor C source, nor an executable".into()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn class() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    /// What is found, by its place: the id, or why it is none.
    fn found(class: &Path) -> Vec<(String, Result<String, String>)> {
        let found = discover(class).unwrap().into_iter();
        found.map(|it| (it.place, it.what.map(|_| it.id))).collect()
    }

    fn only(class: &Path) -> Result<String, String> {
        let mut found = found(class);
        assert_eq!(found.len(), 1);
        found.remove(0).1
    }

    #[test]
    fn folders_sources_and_executables_are_submissions() {
        let class = class();
        fs::create_dir_all(class.path().join("ada")).unwrap();
        fs::write(class.path().join("ada/mini_serv.c"), "a").unwrap();
        fs::create_dir_all(class.path().join("bob/mini_serv")).unwrap();
        fs::write(class.path().join("bob/mini_serv/mini_serv.c"), "b").unwrap();
        fs::write(class.path().join("cem.c"), "c").unwrap();
        fs::write(class.path().join("dan"), "#!/bin/sh\n").unwrap();
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(class.path().join("dan"), mode).unwrap();
        let ids: Vec<_> = found(class.path()).into_iter().map(|it| it.1).collect();
        assert_eq!(
            ids,
            ["ada", "bob", "cem", "dan"].map(|id| Ok(id.to_owned()))
        );
    }

    #[test]
    fn what_is_no_submission_is_listed_with_its_reason() {
        let class = class();
        let root = class.path();
        fs::create_dir(root.join("empty")).unwrap();
        fs::create_dir(root.join("other")).unwrap();
        fs::write(root.join("other/server.c"), "x").unwrap();
        fs::create_dir_all(root.join("twice/mini_serv")).unwrap();
        for place in ["twice/mini_serv.c", "twice/mini_serv/mini_serv.c"] {
            fs::write(root.join(place), "x").unwrap();
        }
        fs::write(root.join("notes.txt"), "x").unwrap();
        fs::write(root.join(".hidden"), "x").unwrap();
        symlink("loop.c", root.join("loop.c")).unwrap();
        symlink("/etc/passwd", root.join("out.c")).unwrap();
        symlink("..", root.join("up")).unwrap();
        symlink(".", root.join("self")).unwrap();
        symlink("gone", root.join("nowhere")).unwrap();
        fs::create_dir(root.join("thief")).unwrap();
        symlink("/etc/passwd", root.join("thief/mini_serv.c")).unwrap();
        let found = found(root);
        let why = |place: &str| {
            let (_, what) = found.iter().find(|it| it.0 == place).unwrap();
            what.clone().unwrap_err()
        };
        assert!(why("empty").starts_with("holds no mini_serv.c, neither"));
        assert_eq!(why("other"), "holds no mini_serv.c, only server.c");
        assert!(why("twice").starts_with("holds two mini_serv.c"));
        assert!(why("notes.txt").starts_with("is neither"));
        assert!(why(".hidden").contains("hidden"));
        assert!(
            why("loop.c").contains("symbolic links"),
            "{}",
            why("loop.c")
        );
        for place in ["out.c", "up", "self"] {
            assert_eq!(why(place), "is a link that leads out of the folder");
        }
        assert!(why("nowhere").starts_with("cannot be read: No such file"));
        assert_eq!(
            why("thief"),
            "its mini_serv.c is a link that leads out of it"
        );
    }

    #[test]
    fn links_inside_of_the_folder_are_followed() {
        let class = class();
        fs::create_dir(class.path().join("real")).unwrap();
        fs::write(class.path().join("real/mini_serv.c"), "x").unwrap();
        symlink("real", class.path().join("alias")).unwrap();
        assert!(found(class.path()).iter().all(|it| it.1.is_ok()));
    }

    #[test]
    fn whatever_a_name_holds_it_is_a_name() {
        for name in [
            "a b",
            "quote\"'",
            "new\nline",
            "🦀",
            "-rf",
            "<script>",
            "...",
        ] {
            let class = class();
            fs::write(class.path().join(format!("{name}.c")), "x").unwrap();
            match only(class.path()) {
                Ok(id) => assert_eq!(id, name),
                Err(why) => assert!(name == "..." && why.contains("hidden")),
            }
        }
    }

    #[test]
    fn another_content_is_another_fingerprint() {
        let class = class();
        let file = class.path().join("ada.c");
        let content = || {
            discover(class.path())
                .unwrap()
                .remove(0)
                .what
                .unwrap()
                .content
        };
        fs::write(&file, "one").unwrap();
        let one = content();
        assert_eq!(one, content());
        fs::write(&file, "two").unwrap();
        assert_ne!(one, content());
    }

    #[test]
    fn what_cannot_be_read_is_listed() {
        let class = class();
        let folder = class.path().join("locked");
        fs::create_dir(&folder).unwrap();
        fs::write(class.path().join("locked.c"), "x").unwrap();
        for place in [&folder, &class.path().join("locked.c")] {
            fs::set_permissions(place, fs::Permissions::from_mode(0o0)).unwrap();
        }
        if fs::read_dir(&folder).is_ok() {
            eprintln!("skipped: root can read everything");
            return;
        }
        for (_, what) in found(class.path()) {
            assert!(
                what.unwrap_err()
                    .contains("cannot be read: Permission denied")
            );
        }
    }
}
