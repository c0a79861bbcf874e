//! Variants that are revisions of a repository, and baselines.

use super::*;
use crate::config::{BaselineTask, Program, Rounds, Tool};

/// The variants of a command line and a file: their names and revisions.
#[track_caller]
fn check(line: &str, text: &str, expected: [(&str, Option<&str>); 2]) -> Vec<Variant> {
    let variants = experiment(line, text).variants;
    let found: Vec<_> = variants
        .iter()
        .map(|it| (it.name.as_str(), it.revision.as_ref().map(|it| &*it.name)))
        .collect();
    assert_eq!(found, expected);
    variants
}

#[test]
fn a_script_is_compared_with_a_revision_of_itself() {
    let line = "diff --base origin/main --copy data/* --setup make --base-python py/bin/python \
                bench.py -- 3";
    let expected = [("origin-main", Some("origin/main")), ("working-tree", None)];
    let variants = check(line, "", expected);
    let [before, after] = variants.as_slice() else {
        panic!("{variants:?}");
    };
    assert_eq!(
        (&before.program, &before.args),
        (&after.program, &after.args)
    );
    let python = Path::new(HERE).join("py/bin/python");
    assert_eq!(
        (&before.python, &after.python),
        (&Tool::Path(python), &Tool::Auto)
    );
    let revision = before.revision.as_ref().unwrap();
    assert_eq!(revision.copy[0].as_str(), "data/*");
    assert_eq!(revision.setup.as_deref(), Some("make"));
    let variants = check(
        "diff --base HEAD -m pkg.bench",
        "",
        [("HEAD", Some("HEAD")), ("working-tree", None)],
    );
    assert_eq!(variants[0].program, Program::Module("pkg.bench".to_owned()));
}

#[test]
fn the_one_variant_of_a_configuration_is_compared_with_a_revision_of_itself() {
    let one = "[[variant]]\nscript = 'bench.py'\nargs = ['9']\nsetup = 'make'\n";
    let line = "diff --base .x";
    let variants = check(line, one, [("x", Some(".x")), ("working-tree", None)]);
    let [before, after] = &variants[..] else {
        panic!("{variants:?}");
    };
    assert_eq!(
        (&*before.args, &*after.args),
        (&["9".to_owned()][..], &["9".to_owned()][..])
    );
    let setup = before.revision.as_ref().and_then(|it| it.setup.as_deref());
    assert_eq!(setup, Some("make"));
    let named = one.replace("setup = 'make'", "name = 'now'");
    check(
        "diff --base HEAD",
        &named,
        [("HEAD", Some("HEAD")), ("now", None)],
    );
    let two = one.repeat(2);
    let error = resolve_line("diff --base HEAD", Some(&document(&two).unwrap()), HERE);
    let error = error.unwrap_err().to_string();
    assert!(error.contains("has 2 [[variant]]s"), "{error}");
}

#[test]
fn variants_may_be_of_revisions() {
    let two = "[[variant]]\nscript = 'a.py'\nrevision = 'v1/a'\n[[variant]]\nscript = 'a.py'\n";
    check("diff", two, [("v1-a", Some("v1/a")), ("a.py", None)]);
    let of_both = format!("{two}revision = 'v2'\ncopy = ['*.npy']\n");
    check(
        "diff",
        &of_both,
        [("v1-a", Some("v1/a")), ("v2", Some("v2"))],
    );
    let refused = |text: &str, message: &str| {
        let document = document(text).unwrap();
        let error = resolve_line("diff", Some(&document), HERE).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    };
    let without = format!("{two}copy = ['*.npy']\n");
    refused(&without, "`copy` has no effect without a `revision`");
    refused(&two.replace("v1/a", " "), "a revision cannot be empty");
}

#[test]
fn one_version_alone_is_compared_with_nothing() {
    check_refused("diff a.py", "only `a.py` is given");
    check_refused("diff --base HEAD a.json", "is a recording");
    check_refused("diff --base HEAD a.py b.py", "compares one script");
    check_refused("diff --base HEAD", "neither a script nor");
    check_refused("diff --baseline main", "nothing to compare");
    check_refused(
        "diff --baseline main --copy x a.py",
        "`--copy` has no effect",
    );
    check_refused("diff --baseline ../main a.py", "cannot be named");
}

#[test]
fn baselines_are_measured_as_recordings_are() {
    let Task::Baseline(BaselineTask::Save(task)) =
        resolved("baseline save main --replace bench.py 3", "")
    else {
        panic!("it saves nothing");
    };
    let variant = &task.experiment.variants[0];
    assert_eq!((&*task.name, &*variant.name), ("main", "main"));
    assert_eq!(variant.args, ["3"]);
    assert_eq!(task.experiment.rounds, Rounds::Fixed(6));
    assert_eq!(task.home.as_deref(), Some(Path::new(HOME)));
    let task = measuring(resolved("diff --baseline main --runs 9 bench.py -- 3", ""));
    let variant = &task.experiment.variants[0];
    assert_eq!(
        (&*variant.name, &*variant.args),
        ("now", &["3".to_owned()][..])
    );
    assert_eq!(task.experiment.rounds, Rounds::Fixed(9));
    let baseline = task.baseline.unwrap();
    assert!(!baseline.in_any_circumstances);
}
