//! What becomes of child processes.

use super::*;
use crate::options::Children;

#[test]
fn children_of_a_flag_are_stronger_than_those_of_the_file() {
    let children = |line, text| {
        let document = document(text).unwrap();
        match resolve_line(line, Some(&document), HERE).unwrap() {
            Task::Measure(task) => task.experiment.run.children,
            Task::Profile(task) => task.single.run.children,
            Task::Examine(task) => task.experiment.run.children,
            _ => panic!("something is measured"),
        }
    };
    let file = "[run]\nchildren = 'follow'";
    assert_eq!(children("diff a.py b.py", ""), Children::Ignore);
    assert_eq!(children("diff a.py b.py", file), Children::Follow);
    assert_eq!(
        children("annotate --children ignore a.py", file),
        Children::Ignore
    );
    // A probe has none.
    assert_eq!(children("doctor", file), Children::Ignore);
}

#[test]
fn children_are_not_followed_into_a_region() {
    let document = document("[run]\nregion = 'load'").unwrap();
    let error = resolve_line("annotate --children follow a.py", Some(&document), HERE);
    let message = error.unwrap_err().to_string();
    let expected = "child processes cannot be followed where only the region `load` is measured";
    assert!(message.contains(expected), "{message}");
}
