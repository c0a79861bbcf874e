//! Which file is found, and which is refused.

use std::os::unix::fs::{PermissionsExt, symlink};

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use proptest::prelude::*;

use super::*;
use crate::foreign::tests::is_obeyed;

/// A tree of files: each with its path and its text.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

/// The file found from `start`, relative to the root of the tree.
#[track_caller]
fn check(files: &[(&str, &str)], start: &str, expected: Option<&str>) {
    let root = tree(files);
    let root = fs::canonicalize(root.path()).unwrap();
    let start = root.join(start);
    let found = discover(None, &start).unwrap().map(|document| {
        let absolute = start.join(&document.path);
        assert_eq!(Some(document.folder.as_path()), absolute.parent());
        absolute.strip_prefix(&root).unwrap().display().to_string()
    });
    assert_eq!(found.as_deref(), expected);
}

#[test]
fn the_nearest_file_upward_wins() {
    let files = [
        ("profila.toml", ""),
        ("a/profila.toml", ""),
        ("a/b/c/x.py", ""),
    ];
    check(&files, "a/b/c", Some("a/profila.toml"));
    check(&files, "a", Some("a/profila.toml"));
    check(&files, ".", Some("profila.toml"));
}

#[test]
fn own_file_comes_before_the_projects() {
    let files = [("profila.toml", ""), ("pyproject.toml", "[tool.profila]")];
    check(&files, ".", Some("profila.toml"));
}

#[test]
fn a_project_file_counts_only_with_the_table() {
    let files = [
        ("pyproject.toml", "[tool.profila.sampling]\nrate = 50"),
        ("a/pyproject.toml", "[tool.other]\nname = 'profila'"),
        ("a/b/pyproject.toml", "this is = not valid = TOML"),
    ];
    check(&files, "a/b", Some("pyproject.toml"));
}

#[test]
fn without_a_file_there_is_none() {
    // A folder named like the file is not the file.
    check(&[("profila.toml/x", "")], "profila.toml", None);
}

#[test]
fn a_named_file_must_be_there_and_must_have_the_table() {
    let root = tree(&[("pyproject.toml", "[project]\nname = 'x'")]);
    for (name, expected) in [
        ("none.toml", "failed to read"),
        (PYPROJECT, "has no [tool.profila]"),
    ] {
        let path = root.path().join(name);
        let error = discover(Some(&path), root.path()).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(error.exit_code().code(), 2);
    }
}

#[test]
fn a_file_that_is_no_text_is_refused_at_its_place() {
    let root = tree(&[]);
    let path = root.path().join(OWN);
    fs::write(&path, b"[sampling]\nrate = \"\xff\"\n").unwrap();
    for named in [None, Some(path.as_path())] {
        let error = discover(named, root.path()).unwrap_err();
        assert_eq!(error.exit_code().code(), 2);
        let message = error.to_string();
        assert!(message.contains("invalid UTF-8 at"), "{message}");
        assert!(message.ends_with("profila.toml:2:9"), "{message}");
    }
}

/// The error about the configuration in this folder.
#[track_caller]
fn refusal(folder: &Path, phrases: &[&str]) {
    let error = discover(None, folder).unwrap_err();
    assert_eq!(error.exit_code().code(), 2);
    let shown = error.render(false);
    for phrase in phrases {
        assert!(shown.contains(phrase), "{phrase}: {shown}");
    }
}

#[test]
fn what_others_can_write_is_used_only_where_it_is_named() {
    let root = tree(&[(OWN, "this is = not valid"), ("a/pyproject.toml", "")]);
    let own = root.path().join(OWN);
    let open = fs::Permissions::from_mode(0o666);
    fs::set_permissions(&own, open.clone()).unwrap();
    let phrases = [
        "profila.toml` was found",
        "by everyone (mode 0666)",
        "--config",
    ];
    refusal(root.path(), &phrases);
    fs::write(&own, "").unwrap();
    refusal(root.path(), &phrases);
    assert!(discover(Some(&own), root.path()).unwrap().is_some());
    // A project file without the table is not used, whoever can write it.
    fs::remove_file(&own).unwrap();
    let project = root.path().join("a/pyproject.toml");
    fs::write(&project, "[tool.other]\nname = 'profila'").unwrap();
    fs::set_permissions(&project, open).unwrap();
    let start = root.path().join("a");
    assert!(discover(None, &start).unwrap().is_none());
    fs::write(&project, "[tool.profila]").unwrap();
    refusal(&start, &["pyproject.toml` was found", "by everyone"]);
}

#[test]
fn what_is_no_regular_file_is_not_waited_for() {
    let root = tree(&[]);
    let path = root.path().join(OWN);
    mkfifo(&path, Mode::S_IRWXU).unwrap();
    refusal(root.path(), &["it is not a regular file", "--config FILE"]);
    let error = discover(Some(&path), root.path()).unwrap_err();
    assert!(error.to_string().contains("not a regular file"), "{error}");
    fs::remove_file(&path).unwrap();
    symlink("/dev/zero", &path).unwrap();
    refusal(root.path(), &["it is not a regular file"]);
    fs::remove_file(&path).unwrap();
    fs::write(&path, "#".repeat(1_000_001)).unwrap();
    refusal(root.path(), &["it is longer than 1 MB"]);
}

proptest! {
    #[test]
    fn a_configuration_that_was_damaged_is_read_or_refused_at_its_place(
        place in 0..10_000_usize,
        length in 0..40_usize,
        text in any::<String>(),
    ) {
        let start = TEMPLATE.floor_char_boundary(place % TEMPLATE.len());
        let end = TEMPLATE.ceil_char_boundary((start + length).min(TEMPLATE.len()));
        let damaged = format!("{}{text}{}", &TEMPLATE[..start], &TEMPLATE[end..]);
        if let Err(error) = Document::parse(OWN.into(), "/".into(), damaged) {
            let shown = error.render(false);
            prop_assert!(!shown.contains(is_obeyed), "{:?}", shown);
            prop_assert!(shown.contains(OWN), "{}", shown);
        }
    }
}

#[test]
fn the_template_is_never_written_over_a_file() {
    let root = tempfile::tempdir().unwrap();
    let path = write_template(root.path()).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), TEMPLATE);
    fs::write(&path, "mine").unwrap();
    let error = write_template(root.path()).unwrap_err();
    assert!(matches!(error, Error::FileExists { .. }), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}
