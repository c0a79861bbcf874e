//! Which suite a benchmark is of.

/// What benchmarks are written for, besides profila.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// pytest, with the fixture of pytest-benchmark.
    PytestBenchmark,
    /// asv.
    Asv,
}
