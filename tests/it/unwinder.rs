//! What gdb is told of functions that do not say how to unwind them.

use profila::sampler::gdb;

use crate::harness::{Sandbox, python, repository};
use crate::matrix::Cell;

/// The code is gdb's to run: only there is what it needs. What it does to real kernels is
/// in `libraries`.
#[test]
fn machine_code_is_read_for_what_it_does_to_the_stack() {
    for named in Cell::gdbs() {
        let sandbox = Sandbox::new();
        let gdb = gdb::find(named.as_deref(), &python()).unwrap();
        let unwinder = repository().join("src/sampler/gdb/unwinder.py");
        let name = format!("python UNWINDER = {:?}", unwinder.to_str().unwrap());
        let checks = "source tests/scripts/check_unwinder.py";
        let run = sandbox.run(&gdb, ["-nx", "-q", "-batch", "-ex", &name, "-ex", checks]);
        let outcome = run.outcome();
        assert_eq!(outcome.stdout(), "checked\n", "{outcome:?}");
    }
}
