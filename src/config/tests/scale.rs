//! One script at several sizes.

use super::*;
use crate::config::{Control, Program, Rounds, SameOutput, ScaleTask};

#[track_caller]
fn task(line: &str, text: &str) -> ScaleTask {
    match resolved(line, text) {
        Task::Scale(task) => task,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_size_is_a_variant() {
    let line = "scale x.py --vary n=30,10,2e1 -- --points={n} {n}/{n} {m}";
    let task = task(line, "");
    let variants = &task.experiment.variants;
    let named = variants
        .iter()
        .map(|it| (it.name.as_str(), it.args.join(" ")));
    let expected = [
        ("n=10", "--points=10 10/10 {m}".to_owned()),
        ("n=2e1", "--points=2e1 2e1/2e1 {m}".to_owned()),
        ("n=30", "--points=30 30/30 {m}".to_owned()),
    ];
    assert_eq!(named.collect::<Vec<_>>(), expected);
    let sizes = task.sizes.iter().map(|it| (it.text.as_str(), it.value));
    assert_eq!(
        sizes.collect::<Vec<_>>(),
        [("10", 10.0), ("2e1", 20.0), ("30", 30.0)]
    );
    assert_eq!((&*task.program, &*task.parameter), ("x.py", "n"));
    let experiment = &task.experiment;
    assert_eq!(
        (experiment.rounds, experiment.control),
        (Rounds::Fixed(5), Control::Never)
    );
}

/// What is printed differs from size to size, whatever the file says of versions.
#[test]
fn outputs_are_not_compared() {
    let line = "scale x.py --runs 3 --vary n=1,2,4 -- {n}";
    let experiment = task(line, "[compare]\nsame-output = 'stdout'\n").experiment;
    assert!(matches!(experiment.same_output, SameOutput::Off));
    assert_eq!(experiment.rounds, Rounds::Fixed(3));
    let few = task(
        "scale x.py --vary n=1,2,4 -- {n}",
        "[compare]\nmax-rounds = 3\n",
    );
    assert_eq!(few.experiment.rounds, Rounds::Fixed(3));
}

#[test]
fn a_size_may_be_in_the_environment() {
    let file = "[run]\nenv = { N = '<{n}>', M = '1' }\n";
    let task = task("scale -m pkg.bench --vary n=1,2,4", file);
    let experiment = &task.experiment;
    let second = &experiment.variants[1];
    assert_eq!(second.program, Program::Module("pkg.bench".to_owned()));
    let environment = experiment.run.environment(second);
    let expected = [("M", "1"), ("N", "<2>")];
    assert_eq!(environment.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(task.program, "pkg.bench");
}

#[test]
fn sizes_that_are_not_used_or_too_few_rounds_are_refused() {
    check_refused(
        "scale x.py --vary n=1,2,3 -- n {m}",
        "no argument of the script contains `{n}`",
    );
    check_refused("scale x.py --vary n=1,2,3", "the size is not used");
    check_refused(
        "scale x.py --runs 1 --vary n=1,2,3 -- {n}",
        "one round has no intervals",
    );
    check_refused(
        "scale x.py --vary n=1,2,3 --format csv -- {n}",
        "growth cannot be shown as csv",
    );
}
