//! What can be wrong with a benchmark of a suite.

use crate::error::{Error, SuiteError, SuiteProblem};

/// Some of each exit code.
pub(super) fn suite_errors() -> Vec<Error> {
    let suite = |problem| {
        let run = "the timed run of `before` in round 1".to_owned();
        SuiteError { run, problem }.into()
    };
    vec![
        suite(SuiteProblem::NotInstalled {
            packages: vec!["pytest".to_owned(), "pytest-benchmark".to_owned()],
        }),
        suite(SuiteProblem::Unknown {
            wanted: "bench.time_smu".to_owned(),
            known: vec!["bench.time_sum".to_owned()],
        }),
        suite(SuiteProblem::Several {
            wanted: "bench.py::test_sum".to_owned(),
            known: (0..25)
                .map(|it| format!("bench.py::test_sum[{it}]"))
                .collect(),
        }),
        suite(SuiteProblem::OtherKind {
            wanted: "bench.track_sum".to_owned(),
            of: "track".to_owned(),
        }),
        suite(SuiteProblem::Failed {
            wanted: "bench.py::test_sum".to_owned(),
            words: "E   assert 1 == 2\n\nbench.py:12: AssertionError".to_owned(),
        }),
    ]
}
