//! What is counted of real scripts. Page faults are what any machine counts; here they come slowly,
//! some thousands in a second.

use std::fs;

use profila::compare::Comparison;
use profila::document;
use profila::recording::Counter;

use crate::harness::{Sandbox, scripts};
use crate::sampler::is_allowed;

/// Pages that the script writes to for each unit of work.
const PAGES: f64 = 200.0;

/// Half of the pages are touched afterwards, by the same line.
#[test]
fn page_faults_are_counted_on_the_line_that_touches_memory() {
    let sandbox = Sandbox::new();
    let before = scripts().join("touches_pages.py");
    let text = fs::read_to_string(&before).unwrap();
    let whole = "range(0, memory.size, step)";
    let half = "range(0, memory.size, 2 * step)";
    assert!(text.contains(whole));
    let after = sandbox.write("touches_half.py", &text.replace(whole, half));
    let counters = "--counters=page-faults,instructions";
    let run = sandbox.profila(["diff", "--runs=2", "--sampler=auto", counters]);
    let run = run
        .arg("--export-json")
        .arg(sandbox.path("comparison.json"));
    let run = run.env("PYTHONPATH", scripts()).arg(&before).arg(&after);
    let outcome = run.args(["--", "0.4"]).outcome();
    if !is_allowed(&outcome) {
        return;
    }
    let stdout = outcome.exits_with(0).stdout();
    assert!(stdout.contains("Page faults per memory: "), "{stdout}");

    let json = fs::read_to_string(sandbox.path("comparison.json")).unwrap();
    let comparison: Comparison = document::read(&json).unwrap();
    let mut counted = comparison.counters.iter();
    let faults = counted
        .find(|it| it.counter == Counter::PageFaults)
        .expect("the kernel counts them");
    let hottest = &faults.lines[0];
    for side in [&hottest.line.before, &hottest.line.after] {
        let index = side.as_ref().unwrap().line.index();
        let line = text.lines().nth(index).unwrap();
        assert!(line.ends_with("# faults"), "{line}");
    }
    let events = hottest.events.map(|it| it.unwrap().value);
    // The clock of the script is not that of the window.
    let is_near = |value: f64, expected: f64| (value / expected - 1.0).abs() < 0.25;
    assert!(is_near(events.before, PAGES), "{events:?}");
    assert!(is_near(events.after, PAGES / 2.0), "{events:?}");
    // Nearly all are there.
    let all = faults.events.map(|it| it.unwrap().value);
    assert!(events.before > 0.9 * all.before, "{faults:?}");

    // Of the others it is known, or said, that the processor shows none.
    let instructions = comparison.counters.len() == 2;
    let warnings = comparison.warnings.iter();
    let mut warnings = warnings.map(profila::recording::ForeignText::as_written);
    let is_said = warnings.any(|it| it.contains("instructions were not counted: "));
    assert!(instructions != is_said, "{stdout}");
}
