//! Functions as wholes, and rules about the cost of lines.

use super::fixture::{FILE, Round, aligned, line, push, recording};
use crate::align::{AlignedFile, Alignment, Rename};
use crate::compare::{Comparison, CostVerdict, Evidence, Options, compare};
use crate::foreign::ForeignText;
use crate::gate::Outcome::{self, Fail, Inconclusive, Pass};
use crate::gate::{Rule, Subject};
use crate::pair::Pair;
use crate::recording::Recording;
use crate::selection::Selection;
use crate::source::Function;

fn function(name: &str, first: u32, last: u32) -> Function {
    Function {
        name: name.to_owned(),
        first: line(first),
        last: line(last),
        statements: Vec::new(),
    }
}

/// A function with another one within it, and a second one; six rounds that vary a little.
fn version(name: &str, costs: [u64; 4]) -> Recording {
    let mut recording = recording(name, 12);
    recording.sources[0].functions = vec![
        function("outer", 1, 6),
        function("outer.<locals>.inner", 3, 4),
        function("other", 8, 10),
    ];
    let total: u64 = costs.iter().sum();
    for round in 0..6 {
        let jitter = [3, 0, 5, 1, 4, 2][round];
        let [head, inner, tail, other] = costs.map(|cost| cost + jitter);
        push(
            &mut recording,
            &Round {
                rate: 1e5 / crate::stats::samples(total + 4 * jitter),
                lines: &[
                    (FILE, 2, head),
                    (FILE, 4, inner),
                    (FILE, 5, tail),
                    (FILE, 9, other),
                ],
                buckets: [2, 0, 0],
            },
        );
    }
    recording
}

fn compared(before: &Recording, after: &Recording, subjects: &[Selection]) -> Comparison {
    let options = Options {
        rules: subjects
            .iter()
            .map(|lines| Rule {
                subject: Subject::LineCost(lines.clone()),
                max_worse: 0.2,
            })
            .collect(),
        ..Options::default()
    };
    compare(before, after, &[], &options).unwrap()
}

fn lines(function: Option<&str>, file: Option<&str>) -> Selection {
    Selection {
        functions: function.into_iter().map(str::to_owned).collect(),
        files: file.into_iter().map(|file| file.parse().unwrap()).collect(),
    }
}

#[test]
fn a_function_is_its_lines_without_those_of_functions_within_it() {
    let before = version("before", [200, 100, 300, 400]);
    let after = version("after", [200, 300, 300, 400]);
    let comparison = compared(&before, &after, &[]);
    let of = |name: &str| {
        let mut functions = comparison.functions.iter();
        functions.find(|it| it.name == name).unwrap()
    };
    let counts = |name: &str| (of(name).before.samples, of(name).after.samples);
    // The jitter of six rounds is 15 a line.
    assert_eq!(counts("outer"), (6 * 500 + 30, 6 * 500 + 30));
    assert_eq!(counts("outer.<locals>.inner"), (615, 1815));
    assert_eq!(counts("other"), (2415, 2415));
    let inner = &of("outer.<locals>.inner").change;
    assert_eq!(inner.verdict, CostVerdict::CostsMore);
    assert_eq!(inner.evidence, Evidence::Confirmed);
    assert_ne!(of("other").change.verdict, CostVerdict::CostsMore);
    // Every line is in one function here: the wholes are as much as the parts.
    let sum = |shifts: Vec<f64>| shifts.iter().sum::<f64>();
    let functions = comparison.functions.iter();
    let wholes = sum(functions.map(|it| it.change.cost_shift_s.value).collect());
    let parts = comparison.lines.iter();
    let parts = sum(parts.map(|it| it.change.cost_shift_s.value).collect());
    assert!((wholes - parts).abs() < 1e-12, "{wholes} and {parts}");
}

/// What is said of lines does not depend on what is said of functions.
#[test]
fn functions_leave_lines_as_they_are() {
    let [before, after] = [
        ("before", [200, 100, 300, 400]),
        ("after", [220, 110, 290, 400]),
    ]
    .map(|(name, costs)| version(name, costs));
    let mut with = compared(&before, &after, &[]);
    for line in &mut with.lines {
        for side in [&mut line.before, &mut line.after].into_iter().flatten() {
            assert!(side.function.take().is_some());
        }
    }
    let [mut before, mut after] = [before, after];
    before.sources[0].functions.clear();
    after.sources[0].functions.clear();
    let without = compared(&before, &after, &[]);
    assert_eq!(without.functions, []);
    assert_eq!(with.lines, without.lines);
}

#[test]
fn a_function_that_is_new_has_no_side_before() {
    let before = version("before", [200, 100, 300, 400]);
    let mut after = version("after", [200, 100, 300, 400]);
    after.sources[0].functions[2].name = "renamed".to_owned();
    let comparison = compared(&before, &after, &[]);
    let mut functions = comparison.functions.iter();
    let renamed = functions.find(|it| it.name == "renamed").unwrap();
    assert_eq!(renamed.file.before, None);
    assert_eq!(renamed.file.after.as_deref(), Some(FILE));
    assert_eq!(renamed.before.samples, 0);
}

#[test]
fn a_rule_is_about_the_lines_that_it_names() {
    let before = version("before", [200, 100, 300, 400]);
    let after = version("after", [200, 300, 300, 400]);
    let comparison = compared(
        &before,
        &after,
        &[
            lines(Some("inner"), None),
            lines(Some("outer.<locals>.inner"), Some(FILE)),
            lines(Some("other"), None),
            lines(None, Some("another.py")),
            lines(Some("missing"), None),
        ],
    );
    let gate = comparison.gate.as_ref().unwrap();
    let outcomes: Vec<Outcome> = gate.rules.iter().map(|rule| rule.outcome).collect();
    assert_eq!(outcomes, [Fail, Fail, Pass, Inconclusive, Inconclusive]);
    let worse = gate.rules[0].worse.unwrap();
    assert!((worse - 1.95).abs() < 0.1, "{worse}");
    assert_eq!(gate.rules[3].worse, None);
    assert!(!comparison.has_answer());
}

/// All lines of the user's together cost what a unit of work takes, without the rest.
#[test]
fn without_a_name_a_rule_is_about_all_lines() {
    let before = version("before", [200, 100, 300, 400]);
    let after = version("after", [100, 50, 150, 200]);
    let comparison = compared(&before, &after, &[Selection::default()]);
    let gate = comparison.gate.unwrap();
    assert_eq!(gate.outcome, Pass);
    let worse = gate.rules[0].worse.unwrap();
    assert!((worse + 0.5).abs() < 0.02, "{worse}");
}

/// A file that was renamed is one file.
#[test]
fn functions_of_a_file_and_its_counterpart_are_the_same() {
    let before = version("before", [200, 100, 300, 400]);
    let mut after = version("after", [200, 100, 300, 400]);
    "renamed.py".clone_into(&mut after.sources[0].path);
    for run in after.runs_mut() {
        for line in run
            .profile
            .iter_mut()
            .flat_map(|profile| &mut profile.lines)
        {
            "renamed.py".clone_into(&mut line.file);
        }
    }
    let mut alignments = aligned(&[]);
    alignments[0].file.after = Some("renamed.py".to_owned());
    let comparison = compare(&before, &after, &alignments, &Options::default()).unwrap();
    assert_eq!(comparison.functions.len(), 3);
    let function = &comparison.functions[0];
    let files = function.file.as_ref().map(Option::as_deref);
    assert_eq!(
        (files.before, files.after),
        (Some(FILE), Some("renamed.py"))
    );
    assert!(function.before.samples > 0 && function.after.samples > 0);
}

#[test]
fn a_function_that_was_renamed_is_the_same_one() {
    let before = version("before", [200, 100, 300, 400]);
    let mut after = version("after", [200, 100, 300, 400]);
    for function in &mut after.sources[0].functions {
        function.name = function.name.replace("outer", "kernel");
    }
    let file = Some(FILE.to_owned());
    let names = Pair::new("outer".to_owned(), "kernel".to_owned());
    let alignment = Alignment {
        renames: vec![Rename {
            names,
            function: None,
        }],
        is_rough: true,
        ..Alignment::default()
    };
    let aligned = AlignedFile {
        file: Pair::new(file.clone(), file),
        alignment,
    };
    let comparison = compare(&before, &after, &[aligned], &Options::default()).unwrap();
    let functions = comparison.functions.iter();
    let mut names: Vec<&str> = functions.map(|it| &*it.name).collect();
    names.sort_unstable();
    assert_eq!(names, ["kernel", "kernel.<locals>.inner", "other"]);
    for function in &comparison.functions {
        assert_eq!(function.before.samples, function.after.samples);
    }
    assert_eq!(comparison.files[0].renames.len(), 1);
    let is_said = |warning: &ForeignText| warning.as_written().contains("paired only roughly");
    assert!(comparison.warnings.iter().any(is_said));
}
