//! The task of `attach`.

use super::inputs::Inputs;
use super::measuring::MeasuringInputs;
use super::{refuse, throughput};
use crate::cli::{AttachArgs, MeasureArgs, ToolArgs};
use crate::config::{Attach, AttachTask, ProfileOutput};
use crate::error::{Error, Result};
use crate::options::{Sampler, defaults};

pub(super) fn resolve(args: &AttachArgs, inputs: Inputs<'_>) -> Result<AttachTask> {
    // What the file says of running has no effect, but a mistake in it is one all the same.
    refuse::running(inputs.document)?;
    throughput::resolve(inputs.document)?;
    let flags = flags(args, inputs);
    let measuring = MeasuringInputs {
        inputs,
        flags: &flags,
    };
    let sampling = measuring.sampling()?;
    if sampling.sampler == Sampler::Gdb {
        return Err(without_gdb());
    }
    let output = inputs.output(&args.report.format, &args.report.shown, args.exports());
    Ok(AttachTask {
        attach: Attach {
            pid: args.pid,
            duration: args.duration.unwrap_or(defaults::DURATION).0,
            sampling,
            seed: measuring.seed(),
        },
        attribution: inputs.attribution(),
        save: args.save.clone(),
        output: ProfileOutput {
            common: output.of_kind()?,
            context: inputs.context(),
            specializations: args.specializations,
            assembly: args.assembly.syntax,
        },
        verbosity: inputs.global.verbosity(),
    })
}

/// The flags as those that measure have them. Where nobody chooses a sampler, and nothing is to
/// be counted, it is another one than theirs.
fn flags(args: &AttachArgs, inputs: Inputs<'_>) -> MeasureArgs {
    let flags = &args.sampling;
    let of_file = inputs.settings().sampling;
    let counts = !flags.counters.is_empty() || !of_file.counters.is_empty();
    let usual = (!counts && of_file.sampler.is_none()).then_some(defaults::SAMPLER_OF_ATTACH);
    MeasureArgs {
        tools: ToolArgs {
            python: None,
            gdb: None,
            sampler: flags.sampler.or(usual),
        },
        rate: flags.rate,
        max_stopped: flags.max_stopped,
        counters: flags.counters.clone(),
        include: flags.include.clone(),
        exclude: flags.exclude.clone(),
        ..MeasureArgs::default()
    }
}

/// gdb changes the code of a process that it watches, for as long as it does.
fn without_gdb() -> Error {
    Error::usage(
        "`attach` does not sample with gdb: it writes a breakpoint into the code of the process, \
         which would end if gdb were killed",
        "use `--sampler auto`, which takes perf or ptrace",
    )
}
