//! The files that come with profila.

use std::fs;

use super::*;
use crate::config::{Program, WantedSource, discover, wire};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_example_configuration_is_valid() {
    let folder = repository().join("configs");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 3, "{names:?}");
    for name in names {
        let path = folder.join(&name);
        let task = discover(Some(&path), repository())
            .and_then(|document| resolve_line("diff", document.as_ref(), HERE))
            .unwrap_or_else(|error| panic!("{}", error.render(false)));
        assert_eq!(runs(task).0.len(), 2, "{name}");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with('#'), "{name} does not say what it is for");
    }
}

#[test]
fn the_scripts_of_the_demo_are_found_from_its_folder() {
    let path = repository().join("configs/dither.toml");
    let document = discover(Some(&path), repository()).unwrap();
    let task = resolve_line("diff", document.as_ref(), HERE).unwrap();
    let Experiment {
        variants,
        throughput,
        ..
    } = measuring(task).experiment;
    let examples = fs::canonicalize(repository()).unwrap().join("examples");
    let scripts = ["dither.py", "dither2.py"].map(|name| Program::Script(examples.join(name)));
    let programs: Vec<&Program> = variants.iter().map(|it| &it.program).collect();
    assert_eq!(programs, scripts.iter().collect::<Vec<_>>());
    let WantedSource::Pattern(pattern) = throughput.source else {
        panic!("{:?}", throughput.source);
    };
    let found = pattern.captures("Processed 254.8 images / sec").unwrap();
    assert_eq!(&found["value"], "254.8");
}

#[test]
fn every_key_is_documented() {
    let docs = include_str!("../../../docs/configuration.md");
    for (table, keys) in wire::keys() {
        if !table.is_empty() {
            assert!(docs.contains(&format!("`{table}`")), "{table}");
        }
        for key in keys {
            let row = format!("| `{key}` |");
            let names_table =
                docs.contains(&format!("`[{key}]`")) || docs.contains(&format!("`[[{key}]]`"));
            let is_table = table.is_empty() && names_table || key == "rule";
            assert!(docs.contains(&row) || is_table, "{key} of {table}");
        }
    }
}
