//! Suites that were written for another program, whose benchmarks are run in the place of scripts.

use clap::Args;

use crate::options::Suite;

/// Of which suite what is run is a benchmark.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Benchmark of a suite")]
pub struct SuiteArgs {
    /// Run tests that use the fixture of pytest-benchmark, such as
    /// `bench.py::test_sum[1000]`, instead of scripts
    #[arg(long)]
    pub pytest_benchmark: bool,
    /// Run `time_*` benchmarks of asv, such as `bench.Suite.time_sum(1000)`, instead of
    /// scripts
    #[arg(long, conflicts_with = "pytest_benchmark")]
    pub asv: bool,
}

impl SuiteArgs {
    /// The suite, where there is one.
    pub const fn suite(&self) -> Option<Suite> {
        match (self.pytest_benchmark, self.asv) {
            (true, _) => Some(Suite::PytestBenchmark),
            (false, true) => Some(Suite::Asv),
            (false, false) => None,
        }
    }
}
