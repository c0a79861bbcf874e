//! Code that Numba's code calls or is called by: BLAS, the C library and the kernel, and
//! the three layers of threads. They need `SciPy` and TBB, in an environment of their own.

use std::path::PathBuf;

use profila::recording::Recording;

use crate::harness::{Run, Sandbox, repository};
use crate::matrix::Cell;
use crate::report;

/// The environment with Numba, `SciPy` and TBB.
#[track_caller]
fn environment() -> PathBuf {
    let environment = repository().join(".venv-libraries");
    assert!(environment.join(".ready").exists(), "run `make libraries`");
    environment
}

/// Records a script in that environment, which nothing is wrong with.
#[track_caller]
fn recorded(script: &str, prepare: impl Fn(Run) -> Run) -> Recording {
    let recording = watched(script, prepare);
    report::check(&recording);
    recording
}

/// Runs at most until one has a sample.
const MOST_RUNS: u32 = 8;

/// Records a script in that environment: again where others had all the processors whenever
/// it was to be sampled.
#[track_caller]
fn watched(script: &str, prepare: impl Fn(Run) -> Run) -> Recording {
    let mut runs = (0..MOST_RUNS).filter_map(|_| watched_once(script, &prepare));
    runs.next().expect("one of several runs has a sample")
}

/// The same; `None` where it could not be sampled.
#[track_caller]
fn watched_once(script: &str, prepare: impl Fn(Run) -> Run) -> Option<Recording> {
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["annotate", "--save"]);
    let run = run.arg(sandbox.path("run.json")).arg("--python");
    let run = run.arg(environment().join("bin/python"));
    // TBB's library is not where the loader looks by itself.
    let run = run.env("LD_LIBRARY_PATH", environment().join("lib"));
    let run = prepare(run).arg(format!("tests/scripts/{script}"));
    let outcome = run.outcome();
    if outcome.stderr().contains("no sample of ") {
        outcome.fails_with(4, &["could be taken in", "hint: "]);
        return None;
    }
    outcome.succeeds();
    Some(sandbox.recording("run.json"))
}

/// Samples that a marked line answers for.
fn owned_by(recording: &Recording, mark: &str) -> u64 {
    let lines = report::profile(recording).lines.iter();
    let marked = lines.filter(|line| report::text_of(recording, line).ends_with(mark));
    marked.map(|line| line.owned).sum()
}

/// Checks that all but a few of the samples in Numba's code belong to these lines: a
/// tenth, and those from which it is learnt how to read the stacks.
#[track_caller]
fn check_nearly_all(recording: &Recording, marks: &[&str]) {
    let profile = report::profile(recording);
    let owned: u64 = marks.iter().map(|mark| owned_by(recording, mark)).sum();
    let numba = profile.samples.numba;
    assert!(owned + 4 + numba / 10 >= numba, "{owned}: {profile:#?}");
}

#[test]
fn the_line_that_calls_blas_has_what_blas_takes() {
    for threads in ["1", "2"] {
        let recording = recorded("calls_blas.py", |run| {
            run.env("OPENBLAS_NUM_THREADS", threads)
        });
        check_nearly_all(&recording, &["# hot"]);
        let profile = report::profile(&recording);
        let instructions = profile.instructions.iter();
        let called: u64 = instructions.map(|it| it.in_callees).sum();
        assert!(called * 2 > profile.samples.numba, "{profile:#?}");
    }
}

/// The kernels of BLAS are written in assembly, without a word of how to unwind them. Which
/// one is used is up to the processor, and to `OPENBLAS_CORETYPE`.
#[test]
fn every_gdb_unwinds_kernels_in_assembly() {
    for gdb in Cell::gdbs() {
        let recording = recorded("calls_blas.py", |run| {
            let run = run.env("OPENBLAS_NUM_THREADS", "1");
            let run = match kernels() {
                Some(kernels) => run.env("OPENBLAS_CORETYPE", kernels),
                None => run,
            };
            match &gdb {
                Some(gdb) => run.arg("--gdb").arg(gdb),
                None => run,
            }
        });
        check_nearly_all(&recording, &["# hot"]);
        let samples = report::profile(&recording).samples;
        // The others: the first ones, of which gdb learns, and those of Python's own code. Of a
        // kernel that cannot be unwound nearly all were among them.
        assert!(samples.numba > samples.other, "{gdb:?}: {samples:?}");
    }
}

/// Kernels of `OpenBLAS` in assembly that this processor can run, by the processor that they
/// were made for.
pub(crate) fn kernels() -> Option<&'static str> {
    #[cfg(target_arch = "x86_64")]
    let kernels = Some(if std::arch::is_x86_feature_detected!("avx2") {
        "Haswell"
    } else {
        "Nehalem"
    });
    #[cfg(not(target_arch = "x86_64"))]
    let kernels = None;
    kernels
}

#[test]
fn the_lines_that_need_memory_have_what_the_kernel_takes() {
    let recording = recorded("calls_kernel.py", |run| run);
    // The memory is given back where the compiler has put that, on any line.
    let marks = [
        "# zeros",
        "# copy",
        "return copy[-1]",
        "def copy_zeros(size):",
        "@njit",
    ];
    check_nearly_all(&recording, &marks);
    for mark in &marks[..2] {
        assert!(owned_by(&recording, mark) > 0, "{mark}");
    }
    let counts = report::profile(&recording).samples;
    // A busy machine gives few samples, of which chance may take some elsewhere.
    assert!(counts.other <= 4 + counts.window / 10, "{counts:?}");
}

/// Threads that sleep until the others have done their parts of a loop wait for nobody
/// *without* sleeping, although they are often on the point of being woken when it is looked.
#[test]
fn threads_that_sleep_are_not_said_to_wait_without_sleeping() {
    let recording = watched("short_loops.py", |run| {
        run.env("NUMBA_THREADING_LAYER", "omp")
            .env("NUMBA_NUM_THREADS", "2")
            .env("OMP_WAIT_POLICY", "passive")
    });
    // Where no processor is idle it warns that they could seldom be seen.
    let counts = report::profile(&recording).samples;
    // A few may be between two sleeps, on their way through the library.
    assert!(counts.barrier * 8 <= counts.numba + 24, "{counts:?}");
}

#[test]
fn every_layer_of_threads() {
    let tbb = cfg!(target_arch = "x86_64").then_some("tbb");
    for layer in ["workqueue", "omp"].into_iter().chain(tbb) {
        let recording = recorded("parallel.py", |run| {
            run.env("NUMBA_THREADING_LAYER", layer)
                .env("NUMBA_NUM_THREADS", "3")
        });
        let hot = report::hottest(&recording);
        let text = report::text_of(&recording, hot);
        assert!(text.ends_with("# hot"), "{layer}: {text}");
        assert_eq!(hot.file, "tests/scripts/parallel.py", "{layer}");
        let counts = report::profile(&recording).samples;
        assert!(counts.most_threads > 1, "{layer}: {counts:?}");
    }
}
