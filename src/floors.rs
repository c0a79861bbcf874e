//! The floors of the house: whether modules use only what lies below them, as the table
//! in `ARCHITECTURE.md` says. Read off the text, so that a path in the middle of a
//! function counts like one in a `use`. And its rooms: whether every file is short enough
//! to have one subject.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

/// Lines that a file has at most.
const MOST_LINES: usize = 400;

/// A module in a file of its own that only tests see.
static DECLARED_FOR_TESTS: LazyLock<Regex> = LazyLock::new(|| {
    let declared = r"#\[cfg\(test\)\]\s+(?:pub(?:\(\w+\))? )?mod (\w+);";
    Regex::new(declared).expect("a pattern")
});

/// The beginning of the module of tests in a file.
static MODULE_OF_TESTS: LazyLock<Regex> = LazyLock::new(|| {
    let begins = r"#\[cfg\(test\)\]\s+(?:pub(?:\(\w+\))? )?mod \w+ \{";
    Regex::new(begins).expect("a pattern")
});

/// The module of each floor, by its name.
type Floors = BTreeMap<String, usize>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The table of floors: its rows are `| 3 | `a`, `b` | what they have in common |`.
fn floors() -> Floors {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the map");
    let row = Regex::new(r"(?m)^\| (\d+) \|([^|]*)\|").expect("a pattern");
    let name = Regex::new("`([a-z_]+)`").expect("a pattern");
    let mut floors = Floors::new();
    for found in row.captures_iter(&text) {
        let floor = found[1].parse().expect("a number");
        for module in name.captures_iter(&found[2]) {
            let earlier = floors.insert(module[1].to_owned(), floor);
            assert_eq!(earlier, None, "{} is on two floors", &module[1]);
        }
    }
    floors
}

/// Every module of the crate and the text of its files, without what only tests see.
fn modules() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let source = root().join("src");
    let mut files = Vec::new();
    find(&source, &mut files);
    let tested: Vec<PathBuf> = files
        .iter()
        .flat_map(|(path, text)| only_for_tests(path, text))
        .collect();
    files.retain(|(path, _)| !tested.iter().any(|module| path.starts_with(module)));
    let mut modules = BTreeMap::<_, Vec<_>>::new();
    for (path, text) in files {
        let below = path.strip_prefix(&source).expect("a file of the crate");
        let first = below.iter().next().and_then(|name| name.to_str());
        let name = first.expect("a name").trim_end_matches(".rs").to_owned();
        if !["lib", "main"].contains(&&*name) {
            let text = without_tests(&text);
            modules.entry(name).or_default().push((path, text));
        }
    }
    modules
}

/// All Rust files below a folder, with their texts.
fn find(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a text");
            files.push((path, text));
        }
    }
}

/// The files and folders of the modules that a file declares for tests alone.
fn only_for_tests(path: &Path, text: &str) -> Vec<PathBuf> {
    let folder = path.parent().expect("a folder");
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let within = match stem.expect("a name") {
        "mod" | "lib" => folder.to_owned(),
        stem => folder.join(stem),
    };
    let names = DECLARED_FOR_TESTS.captures_iter(text);
    names
        .flat_map(|found| {
            [
                within.join(&found[1]),
                within.join(format!("{}.rs", &found[1])),
            ]
        })
        .collect()
}

/// The text without comments, and without the module of tests at its end.
fn without_tests(text: &str) -> String {
    let end = MODULE_OF_TESTS
        .find(text)
        .map_or(text.len(), |found| found.start());
    let lines = text[..end].lines();
    let code = lines.filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_module_uses_only_what_lies_below_it() {
    let (floors, modules) = (floors(), modules());
    let listed: Vec<&String> = floors.keys().collect();
    let there: Vec<&String> = modules.keys().collect();
    assert_eq!(
        listed, there,
        "the table in ARCHITECTURE.md has each module once"
    );
    let path = Regex::new(r"\bcrate::(\w+)|\bcrate::\{").expect("a pattern");
    let mut faults = Vec::new();
    for (module, files) in &modules {
        for (file, text) in files {
            for found in path.captures_iter(text) {
                let used = found.get(1).expect("one module in a path from the crate");
                let used = used.as_str();
                let is_below = floors
                    .get(used)
                    .is_some_and(|below| below < &floors[module]);
                if used != module && !is_below {
                    faults.push(format!("{}: crate::{used}", file.display()));
                }
            }
        }
    }
    assert!(
        faults.is_empty(),
        "arrows that do not lead down: {faults:#?}"
    );
}

/// The names of the files that are too long, in order.
fn too_long<'a>(files: impl Iterator<Item = (&'a Path, &'a str)>) -> Vec<String> {
    let longer = files.filter(|(_, text)| text.lines().count() > MOST_LINES);
    let mut names: Vec<String> = longer.map(|(path, _)| path.display().to_string()).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_file_has_400_lines_at_most() {
    let source = root().join("src");
    let mut files = Vec::new();
    find(&source, &mut files);
    let files = files.iter().map(|(path, text)| {
        let below = path.strip_prefix(&source).expect("a file of the crate");
        (below, text.as_str())
    });
    assert_eq!(too_long(files), [""; 0]);
}

#[test]
fn the_line_after_the_last_that_fits_is_one_too_many() {
    let (fits, long) = ("x\n".repeat(MOST_LINES), "x\n".repeat(MOST_LINES + 1));
    let files = [("fits.rs", &fits), ("long.rs", &long)];
    let files = files.map(|(name, text)| (Path::new(name), text.as_str()));
    assert_eq!(too_long(files.into_iter()), ["long.rs"]);
}

/// What is left of a file is what counts.
#[test]
fn comments_and_tests_are_no_arrows() {
    let text = "use crate::a;\n// crate::b\n#[cfg(test)]\nmod tests {\n    use crate::c;\n}\n";
    assert_eq!(without_tests(text), "use crate::a;");
    let declared = only_for_tests(Path::new("src/x.rs"), "#[cfg(test)]\nmod t;\nmod u;\n");
    assert_eq!(declared, ["src/x/t", "src/x/t.rs"].map(PathBuf::from));
}
