//! Lines whose code lies on one side where no text is known.

use super::fixture::{FILE, Round, compared, push, recording, source};
use crate::compare::{Comparison, CostVerdict, Evidence};
use crate::foreign::ForeignText;
use crate::recording::Recording;

const EXECUTED: &str = "<string>";

/// A side on which one line has all the samples.
fn side(name: &str, file: &str, line: u32) -> Recording {
    let mut side = recording(name, 9);
    side.sources.push(source(EXECUTED, 0));
    for rate in [100.0, 101.0, 99.0, 100.5, 99.5, 100.2] {
        push(
            &mut side,
            &Round {
                rate,
                lines: &[(FILE, 1, 50), (file, line, 400)],
                buckets: [0; 3],
            },
        );
    }
    side
}

fn evidence(comparison: &Comparison, file: &str, line: u32) -> (Evidence, CostVerdict) {
    let mut lines = comparison.lines.iter();
    let line = lines.find(|it| {
        let mut sides = it.before.iter().chain(&it.after);
        sides.any(|at| at.file == file && at.line.get() == line)
    });
    let change = &line.unwrap().change;
    (change.evidence, change.verdict)
}

#[test]
fn code_that_went_where_no_text_is_known_is_not_said_to_have_changed() {
    let comparison = compared(&side("before", FILE, 5), &side("after", EXECUTED, 3), &[]);
    let withheld = (Evidence::None, CostVerdict::Inconclusive);
    assert_eq!(evidence(&comparison, FILE, 5), withheld);
    assert_eq!(evidence(&comparison, EXECUTED, 3), withheld);
    let said = |warning: &ForeignText| {
        warning
            .as_written()
            .contains("the source text of <string> is unknown")
    };
    assert!(comparison.warnings.iter().any(said), "{comparison:?}");
}

#[test]
fn a_line_of_a_known_text_is_judged_as_ever() {
    let comparison = compared(&side("before", FILE, 5), &side("after", FILE, 6), &[]);
    let (evidence, verdict) = evidence(&comparison, FILE, 5);
    assert_eq!(
        (evidence, verdict),
        (Evidence::Confirmed, CostVerdict::CostsLess)
    );
}
