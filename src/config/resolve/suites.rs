//! Benchmarks of suites among what is measured.

use super::inputs::Inputs;
use super::throughput;
use crate::config::{Benchmark, Program, Run, Variant};
use crate::error::{Error, Result};
use crate::throughput::CALLS;

/// How variants are run that may be benchmarks. Of these, the calls are measured, unless the user
/// wants another region measured.
///
/// Fails where a benchmark would be compared with what is none, and where something has no effect
/// on benchmarks.
pub(super) fn run(run: Run, variants: &[Variant], inputs: Inputs<'_>) -> Result<Run> {
    let mut benchmarks = variants.iter();
    let Some(benchmark) = benchmarks.find(|it| is_benchmark(it)) else {
        return Ok(run);
    };
    if let Some(other) = variants.iter().find(|it| !is_benchmark(it)) {
        return Err(Error::usage(
            format!(
                "`{}` is a benchmark of a suite, but `{}` is none",
                benchmark.name, other.name
            ),
            "compare benchmarks with benchmarks, whose calls are counted, and scripts with scripts",
        ));
    }
    variants.iter().try_for_each(refuse_arguments)?;
    throughput::refuse_beside_benchmarks(inputs.document)?;
    Ok(Run {
        region: Some(run.region.unwrap_or_else(|| CALLS.to_owned())),
        ..run
    })
}

const fn is_benchmark(variant: &Variant) -> bool {
    matches!(variant.program, Program::Benchmark(_))
}

/// Those of pytest are options of pytest.
fn refuse_arguments(variant: &Variant) -> Result<()> {
    match (&variant.program, variant.args.first()) {
        (Program::Benchmark(Benchmark::Asv { name }), Some(first)) => Err(Error::usage(
            format!("`{first}` has no effect on `{name}`: benchmarks of asv have no arguments"),
            "omit it, or write parameters behind the name, such as 'bench.time_sum(1000)'",
        )),
        _ => Ok(()),
    }
}
