//! What stands in a file while a report is being written, and after.

use std::fs::{self, File, Permissions};
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use tempfile::TempDir;

use crate::report::file::ReportFile;
use crate::report::sink::{Manner, Sink};

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The file of a report at this path.
fn opened(path: &Path, manner: Manner) -> ReportFile {
    match Sink::open(path, manner).expect("it can be written") {
        Sink::File(file) => file,
        Sink::Stream(_) => panic!("{} is a stream", path.display()),
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("it is there")
}

fn mode(path: &Path) -> u32 {
    let known = fs::metadata(path).expect("it is there");
    known.permissions().mode() & 0o777
}

#[test]
fn who_has_opened_a_report_reads_it_whole_whatever_is_written_meanwhile() {
    let folder = folder();
    let path = folder.path().join("report");
    let mut report = opened(&path, Manner::Replaces);
    report.write("the first text".into()).expect("room");
    let mut reader = File::open(&path).expect("it is there");
    report.write("another".into()).expect("room");
    let mut seen = String::new();
    reader.read_to_string(&mut seen).expect("text");
    assert_eq!(seen, "the first text");
    assert_eq!(read(&path), "another");
    let files = fs::read_dir(folder.path()).expect("it is there");
    assert_eq!(files.count(), 1, "something is left behind");
}

#[test]
fn nothing_is_written_before_there_is_something_to_say() {
    let folder = folder();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    fs::write(&old, "precious").expect("room");
    for manner in [Manner::Replaces, Manner::Appends] {
        drop(opened(&old, manner));
        drop(opened(&new, manner));
    }
    assert_eq!(read(&old), "precious");
    assert!(!new.exists());
}

#[test]
fn a_report_can_be_read_by_whoever_could_read_any_file_or_the_one_before() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("any"), "").expect("room");
    fs::write(at("old"), "").expect("room");
    fs::set_permissions(at("old"), Permissions::from_mode(0o640)).expect("it is ours");
    for name in ["new", "old"] {
        let mut report = opened(&at(name), Manner::Replaces);
        report.write("text".into()).expect("room");
        report.write("text".into()).expect("room");
    }
    assert_eq!(mode(&at("new")), mode(&at("any")));
    assert_eq!(mode(&at("old")), 0o640);
}

#[test]
fn a_link_is_followed_also_where_it_leads_to_nothing_yet() {
    let folder = folder();
    fs::create_dir(folder.path().join("elsewhere")).expect("room");
    fs::write(folder.path().join("there"), "old").expect("room");
    for (link, to) in [("a", "there"), ("b", "elsewhere/new"), ("c", "b")] {
        let link = folder.path().join(link);
        symlink(to, &link).expect("a link");
        let mut report = opened(&link, Manner::Replaces);
        report.write(format!("by {to}")).expect("room");
        assert!(link.is_symlink());
        assert_eq!(read(&link), format!("by {to}"));
    }
    assert_eq!(read(&folder.path().join("there")), "by there");
    let around = folder.path().join("around");
    symlink("around", &around).expect("a link");
    assert!(Sink::open(&around, Manner::Replaces).is_err());
}

#[test]
fn what_is_no_file_is_written_to_and_not_replaced() {
    let folder = folder();
    let pipe = folder.path().join("pipe");
    let made = rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, 0o600.into());
    made.expect("a pipe with a name");
    let reader = {
        let pipe = pipe.clone();
        std::thread::spawn(move || read(&pipe))
    };
    let Ok(Sink::Stream(mut out)) = Sink::open(&pipe, Manner::Replaces) else {
        panic!("it is a stream");
    };
    out.write_all(b"text").expect("somebody reads");
    drop(out);
    assert_eq!(reader.join().expect("it reads"), "text");

    let file = folder.path().join("file");
    let open = File::create(&file).expect("room");
    let by_number = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&open));
    for path in ["/dev/null", &by_number] {
        let sink = Sink::open(Path::new(path), Manner::Replaces);
        assert!(matches!(sink, Ok(Sink::Stream(_))), "{path}");
    }
    for path in [folder.path().to_owned(), folder.path().join("none/")] {
        let error = Sink::open(&path, Manner::Replaces).err().expect("a folder");
        assert_eq!(
            error.kind(),
            std::io::ErrorKind::IsADirectory,
            "{}",
            path.display()
        );
    }
}

#[test]
fn what_is_appended_leaves_alone_what_others_write() {
    let folder = folder();
    let path = folder.path().join("summary.md");
    fs::write(&path, "before").expect("room");
    let mut report = opened(&path, Manner::Appends);
    report.write("it goes on\n".into()).expect("room");
    assert_eq!(read(&path), "before\n\nit goes on\n");
    report.write("ended\n".into()).expect("room");
    assert_eq!(read(&path), "before\n\nended\n");
    fs::write(&path, read(&path) + "after\n").expect("room");
    report.write("ended well\n".into()).expect("room");
    assert_eq!(read(&path), "before\n\nended well\nafter\n");
    // Somebody has begun the file anew.
    fs::write(&path, "else\n").expect("room");
    report.write("ended\n".into()).expect("room");
    assert_eq!(read(&path), "else\n\nended\n");

    let path = folder.path().join("new.md");
    let mut report = opened(&path, Manner::Appends);
    report.write("alone\n".into()).expect("room");
    assert_eq!(read(&path), "alone\n");
}
