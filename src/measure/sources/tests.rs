//! What is kept of files, and what is known of their lines.

use std::os::unix::fs::symlink;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::*;

fn line(number: u32) -> LineNumber {
    LineNumber::new(number).unwrap()
}

/// The files of a user who works in this folder.
fn within(working_dir: &Path) -> Sources {
    Sources::new(SourceRoots {
        working_dir: working_dir.to_owned(),
        library_dirs: vec![],
        packages: vec![],
        included: vec![],
        excluded: vec![],
    })
}

/// One file.
fn sources(text: &str) -> Sources {
    let mut sources = within(Path::new("/home/ada"));
    sources.keep(
        "k.py".to_owned(),
        None,
        text.as_bytes(),
        Origin::User,
        Reading::AsItRan,
    );
    sources.find_functions();
    sources
}

/// Five lines, of which a function has the second to the fourth.
const FUNCTION: &str = "import a\ndef f(x):\n    y = x\n    return y\n# end\n";

/// Five lines of what may be a function.
const BROKEN: &str = "import a\ndef f(x:\n    y = x\n    return y\n# end\n";

#[track_caller]
fn check(sources: &Sources, file: &str, number: u32, expected: u64) {
    let samples = [LineSamples {
        file: file.to_owned(),
        line: line(number),
        self_samples: 3,
        total: 7,
        owned: 7,
    }];
    assert_eq!(sources.misplaced(&samples), expected);
}

#[test]
fn lines_between_functions_and_past_the_end_cannot_have_samples() {
    let sources = sources(FUNCTION);
    check(&sources, "k.py", 2, 0);
    check(&sources, "k.py", 4, 0);
    check(&sources, "k.py", 1, 7);
    check(&sources, "k.py", 5, 7);
    check(&sources, "k.py", 362, 7);
}

#[test]
fn nothing_is_known_of_what_cannot_be_parsed_or_read() {
    check(&sources(BROKEN), "k.py", 5, 0);
    check(&sources(BROKEN), "k.py", 6, 7);
    check(&sources(FUNCTION), "other.py", 362, 0);
}

#[test]
fn the_script_comes_first_and_nothing_is_copied_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["a.py", "k.py"] {
        fs::write(path(name), FUNCTION).unwrap();
    }
    let mut sources = within(folder.path());
    sources.read_script(folder.path(), &path("k.py")).unwrap();
    sources.locate(path("a.py").to_str().unwrap());
    sources.read_all();
    let mut recorded = Vec::new();
    sources.update(&mut recorded);
    let names: Vec<&str> = recorded.iter().map(|it| &*it.path).collect();
    assert_eq!(names, ["k.py", "a.py"]);
    recorded.clear();
    sources.update(&mut recorded);
    assert!(recorded.is_empty());
    sources.find_functions();
    sources.update(&mut recorded);
    assert!(recorded.iter().all(|it| it.functions.len() == 1));
}

/// Puts something in the place of a file that nobody can read to its end.
fn replace_with_endless(path: &Path, name: &str) {
    fs::remove_file(path).ok();
    match name {
        "fifo" => mkfifo(path, Mode::S_IRWXU).unwrap(),
        _ => symlink("/dev/zero", path).unwrap(),
    }
}

#[test]
fn what_is_no_regular_file_is_unreadable() {
    for kind in ["fifo", "zero"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k.py");
        replace_with_endless(&path, kind);
        let mut sources = within(folder.path());
        assert!(sources.read_script(folder.path(), &path).is_err());
        sources.locate(path.to_str().unwrap());
        sources.read_all();
        assert_eq!(sources.unreadable(), ["k.py"], "{kind}");
    }
}

#[test]
fn what_has_become_no_regular_file_is_not_waited_for() {
    for kind in ["fifo", "zero"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k.py");
        fs::write(&path, "x = 1\n").unwrap();
        let mut sources = within(folder.path());
        sources.read_script(folder.path(), &path).unwrap();
        replace_with_endless(&path, kind);
        assert_eq!(sources.changed(), [""; 0], "{kind}");
    }
}
