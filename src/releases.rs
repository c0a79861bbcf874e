//! What has to agree before a release: the oldest Rust wherever it is named, the version
//! and its section of the changelog, and what the workflows on GitHub run. Read off the
//! files, so that none of them is forgotten.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The kinds of changes that "Keep a Changelog" has.
const KINDS: [&str; 6] = [
    "Added",
    "Changed",
    "Deprecated",
    "Removed",
    "Fixed",
    "Security",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[track_caller]
fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the first group of a pattern matches in a text.
fn find<'a>(pattern: &str, text: &'a str) -> Vec<&'a str> {
    let pattern = Regex::new(pattern).expect("a pattern");
    let found = pattern.captures_iter(text);
    found
        .map(|found| found.get(1).map_or("", |group| group.as_str()))
        .collect()
}

/// The numbers of a version, which are ordered as versions are.
fn numbers(version: &str) -> Vec<u32> {
    let parts = version.split('.').map(str::parse);
    parts.collect::<Result<_, _>>().expect("a version")
}

/// The texts of the workflows on GitHub, by file.
fn workflows() -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(root().join(".github/workflows")).expect("the workflows");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.map(|path| (path.clone(), read(&path))).collect()
}

#[test]
fn the_oldest_rust_is_the_same_wherever_it_is_named() {
    let oldest = env!("CARGO_PKG_RUST_VERSION");
    for document in ["README.md", "CONTRIBUTING.md"] {
        let text = read(document);
        let named: BTreeSet<_> = find(r"Rust (\d+\.\d+) or later", &text)
            .into_iter()
            .collect();
        assert_eq!(named, BTreeSet::from([oldest]), "{document}");
    }
    // Clippy takes it from Cargo.toml, and fuzzing needs a nightly toolchain anyway.
    for file in ["clippy.toml", "fuzz/Cargo.toml"] {
        let text = read(file);
        let named = find(r#"(?m)^(?:msrv|rust-version) = "(.*)""#, &text);
        assert_eq!(named, [""; 0], "{file}");
    }
}

#[test]
fn the_workflows_have_a_rust_that_is_new_enough() {
    let toolchain = read(".github/rust-toolchain.toml");
    let [pinned] = find(r#"(?m)^channel = "(\d+\.\d+\.\d+)"$"#, &toolchain)[..] else {
        panic!("not one version, with three numbers: {toolchain}");
    };
    assert!(numbers(pinned) >= numbers(env!("CARGO_PKG_RUST_VERSION")));
}

/// The versions of a changelog with the dates of their releases.
fn releases(changelog: &str) -> Vec<(&str, &str)> {
    let heading = Regex::new(r"^\[(\d+\.\d+\.\d+)\] - (unreleased|\d{4}-\d\d-\d\d)$");
    let heading = heading.expect("a pattern");
    let headings = find(r"(?m)^## (.*)$", changelog).into_iter();
    headings
        .map(|text| {
            let found = heading.captures(text);
            let (_, [version, date]) = found.unwrap_or_else(|| panic!("{text}")).extract();
            (version, date)
        })
        .collect()
}

#[test]
fn the_changelog_has_a_section_for_this_version() {
    let changelog = read("CHANGELOG.md");
    let releases = releases(&changelog);
    assert_eq!(
        releases.first().map(|(version, _)| *version),
        Some(env!("CARGO_PKG_VERSION")),
        "the newest section is that of the version in Cargo.toml"
    );
    assert!(
        releases.is_sorted_by(|(later, _), (earlier, _)| numbers(later) > numbers(earlier)),
        "{releases:?}"
    );
    for (version, date) in &releases[1..] {
        assert_ne!(*date, "unreleased", "{version}");
    }
}

#[test]
fn the_changelog_has_each_kind_of_change_once_in_a_section() {
    let changelog = read("CHANGELOG.md");
    for section in changelog.split("\n## ").skip(1) {
        let kinds = find(r"(?m)^### (.*)$", section);
        let different: BTreeSet<_> = kinds.iter().collect();
        assert_eq!(kinds.len(), different.len(), "{kinds:?}");
        for kind in kinds {
            assert!(KINDS.contains(&kind), "{kind}");
        }
    }
}

/// A tag can be moved to other code, and a commit cannot.
#[test]
fn actions_of_others_are_pinned_to_a_commit() {
    let pinned = Regex::new(r"^(?:\./\S+|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$");
    let pinned = pinned.expect("a pattern");
    let mut number = 0;
    let own = PathBuf::from("action.yml");
    let own = (own.clone(), read(own));
    for (file, text) in workflows().into_iter().chain([own]) {
        for action in find(r"(?m)\buses:\s*(.*)$", &text) {
            assert!(pinned.is_match(action), "{}: {action}", file.display());
            number += 1;
        }
    }
    assert!(number > 0, "no workflow uses an action");
}

/// What a job may do is said in the job, and nothing else may be done.
#[test]
fn workflows_have_no_permissions_of_their_own() {
    let workflows = workflows();
    assert!(!workflows.is_empty());
    for (file, text) in workflows {
        let has_none = text.lines().any(|line| line == "permissions: {}");
        assert!(has_none, "{}", file.display());
    }
}

#[test]
fn only_the_draft_of_a_release_may_be_written() {
    let written: Vec<(PathBuf, String)> = workflows()
        .into_iter()
        .flat_map(|(file, text)| {
            let written = find(
                r"(?m)^\s*(permissions: *\S*write\S*|[\w-]+: *write)\b",
                &text,
            );
            let written = written.into_iter().map(str::to_owned);
            written.map(|it| (file.clone(), it)).collect::<Vec<_>>()
        })
        .collect();
    let [(file, permission)] = &written[..] else {
        panic!("{written:?}");
    };
    assert!(file.ends_with("release.yml"), "{}", file.display());
    assert_eq!(permission, "contents: write");
}

/// What a step of the action for GitHub is told, it is told by variables.
#[test]
fn the_action_sets_the_variables_that_its_steps_read() {
    let action = read("action.yml");
    let set: BTreeSet<_> = find(r"(?m)^ +(PROFILA_\w+): ", &action)
        .into_iter()
        .collect();
    let steps = find(r#"bash "\$GITHUB_ACTION_PATH/(.*?)""#, &action);
    let texts: Vec<_> = steps.iter().map(read).collect();
    let used: BTreeSet<_> = texts
        .iter()
        .flat_map(|text| find(r"\$\{(PROFILA_\w+)", text))
        .collect();
    assert_eq!(set, used);
    assert!(steps.len() == 3 && !set.is_empty(), "{steps:?}");
}
