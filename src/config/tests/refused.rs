//! What cannot be meant together, and what is no task at all.

use super::*;

#[test]
fn recordings_are_compared_as_they_are() {
    let line = "diff a.json b.json --export-json c.json --fail-if throughput:5%";
    let Task::Compare(task) = resolve_line(line, None, HERE).unwrap() else {
        panic!("something is measured");
    };
    assert_eq!(task.recordings, ["a.json", "b.json"].map(PathBuf::from));
    assert_eq!(task.output.common.exports.len(), 1);
    assert_eq!(task.judging.options.rules.len(), 1);
    check_refused("diff a.json b.json --rate 50", "`--rate` has no effect");
    check_refused("diff a.json b.json --runs 3", "`--runs` has no effect");
    check_refused(
        "diff a.json b.json c.json --placebo",
        "`--placebo` has no effect",
    );
    check_refused("diff a.json b.json -- 3", "`-- ARGS` has no effect");
}

/// A file that is wrong is so for whatever it is used.
#[test]
fn mistakes_of_the_file_are_mistakes_beside_recordings_too() {
    for text in ["[run]\naffinity = '1'", "[throughput]\nsource = 'pattern'"] {
        let document = document(text).unwrap();
        for line in ["diff a.json b.json", "diff a.py b.py", "annotate a.py"] {
            assert!(resolve_line(line, Some(&document), HERE).is_err(), "{line}");
        }
    }
}

#[test]
fn one_file_takes_one_report() {
    check_refused(
        "report a.json b.json --export-json c.json",
        "2 reports cannot be written to one file, `c.json`",
    );
    let one = resolve_line("report a.json --export-json c.json", None, HERE);
    assert!(matches!(one, Ok(Task::Show(_))));
}

#[test]
fn operands_are_of_one_kind() {
    check_refused(
        "diff a.py b.json",
        "`a.py` is a script, but `b.json` is a recording",
    );
    check_refused(
        "diff b.json a.py",
        "`a.py` is a script, but `b.json` is a recording",
    );
    check_refused("diff", "there is nothing to compare");
}
