//! The task of each command.

use std::path::{Path, PathBuf};
use std::slice;

use super::inputs::Inputs;
use super::measuring::MeasuringInputs;
use super::operands::{self, Operands};
use super::revisions::{self, Base};
use super::{
    attach, baseline, judging, program, refuse, reorder, scale, suites, throughput, variants,
};
use crate::cli::{
    AnnotateArgs, Configured, DiffArgs, DoctorArgs, ExperimentArgs, Given, GlobalArgs, MeasureArgs,
    RecordArgs, ReportArgs,
};
use crate::config::{
    Baseline, CompareTask, ComparisonOutput, Control, DiagnosisFormat, Document, DocumentOutput,
    ExamineTask, Experiment, MeasureTask, ProfileOutput, ProfileTask, Program, RecordTask, Rounds,
    Run, SameOutput, ShowTask, SingleRun, Task, Variant,
};
use crate::doctor::PROBE;
use crate::error::{Error, Result};
use crate::options::defaults;

/// The task of a command line, given in the working directory `here` (absolute).
///
/// Fails if the command line and the file do not make sense together.
pub fn resolve(
    command: &Configured,
    global: &GlobalArgs,
    document: Option<&Document>,
    here: &Path,
) -> Result<Task> {
    let inputs = Inputs {
        document,
        global,
        here,
    };
    match command {
        Configured::Diff(args) => diff(args, inputs),
        Configured::Annotate(args) => annotate(args, inputs).map(Task::Profile),
        Configured::Attach(args) => attach::resolve(args, inputs).map(Task::Attach),
        Configured::Baseline(args) => baseline::resolve(&args.action, inputs).map(Task::Baseline),
        Configured::Record(args) => record(args, inputs).map(Task::Record),
        Configured::Reorder(args) => reorder::resolve(args, inputs).map(Task::Reorder),
        Configured::Scale(args) => scale::resolve(args, inputs).map(Task::Scale),
        Configured::Report(args) => report(args, inputs).map(Task::Show),
        Configured::Doctor(args) => doctor(args, inputs).map(Task::Examine),
    }
}

fn diff(args: &DiffArgs, inputs: Inputs<'_>) -> Result<Task> {
    let earlier = &args.experiment.base;
    let operands = if earlier.revision.is_some() || earlier.baseline.is_some() {
        Operands::Scripts(None)
    } else {
        Operands::of(&args.versions)?
    };
    refuse::comparing(inputs.document)?;
    let judging = judging::resolve(inputs, &args.fail_if, args.assembly.syntax);
    let output = inputs.output(&args.report.format, &args.report.shown, args.exports());
    let output = ComparisonOutput {
        common: output.of_kind()?,
        all: args.all,
        explain: args.explain,
    };
    let verbosity = inputs.global.verbosity();
    Ok(match operands {
        Operands::Recordings(recordings) => {
            refuse_measuring(inputs, &args.experiment)?;
            Task::Compare(CompareTask {
                recordings,
                judging,
                output,
                verbosity,
            })
        }
        Operands::Scripts(versions) => {
            let (baseline, experiment) = measured(versions.as_deref(), args, inputs)?;
            let experiment = in_part(experiment, &args.experiment)?;
            Task::Measure(MeasureTask {
                experiment,
                baseline,
                save: args.experiment.save.clone(),
                judging,
                output,
                verbosity,
            })
        }
    })
}

/// What `diff` measures, and the baseline that it compares that with, if any.
fn measured(
    scripts: Option<&[PathBuf]>,
    args: &DiffArgs,
    inputs: Inputs<'_>,
) -> Result<(Option<Baseline>, Experiment)> {
    let (versions, args) = (&args.versions, &args.experiment);
    match (&args.base.revision, &args.base.baseline) {
        (Some(revision), _) => Ok((None, with_base(revision, versions, args, inputs)?)),
        (None, Some(name)) => {
            let (baseline, experiment) = baseline::against(name, versions, args, inputs)?;
            Ok((Some(baseline), experiment))
        }
        (None, None) => Ok((None, experiment(scripts, args, inputs)?)),
    }
}

/// The part of an experiment that is asked for: as many rounds as it is to have, as it knows
/// nothing of the other parts, and their recordings are what it is made for.
///
/// Fails where these are not to be saved, and for a baseline, which is measured on one machine.
fn in_part(experiment: Experiment, args: &ExperimentArgs) -> Result<Experiment> {
    let Some(part) = args.shard else {
        return Ok(experiment);
    };
    if args.base.baseline.is_some() {
        return Err(Error::usage(
            "`--shard` measures both versions on every machine, but a baseline was measured before",
            "omit `--shard`, or compare with a revision, `--base REV`",
        ));
    }
    if args.save.is_none() {
        return Err(Error::usage(
            "`--shard` measures a part of an experiment, but nothing says where to keep it",
            format!(
                "add `--save DIR`, and join the {} parts with `profila merge`",
                part.of
            ),
        ));
    }
    let rounds = match experiment.rounds {
        Rounds::Fixed(rounds) => rounds,
        Rounds::UpTo(most) => most.min(defaults::ROUNDS_OF_PART),
    };
    Ok(Experiment {
        rounds: Rounds::Fixed(rounds),
        shard: Some(part),
        ..experiment
    })
}

/// Recordings are compared as they are: whatever says how to measure would be without effect.
/// A mistake in the file is one all the same.
fn refuse_measuring(inputs: Inputs<'_>, args: &Given<ExperimentArgs>) -> Result<()> {
    refuse::running(inputs.document)?;
    throughput::resolve(inputs.document)?;
    match args.first() {
        None => Ok(()),
        Some(flag) => Err(Error::usage(
            format!("`{flag}` has no effect on recordings: they are compared as they are"),
            "omit it, or give two scripts",
        )),
    }
}

/// The experiment of these scripts, or of the variants of the file where none are given.
fn experiment(
    scripts: Option<&[PathBuf]>,
    args: &ExperimentArgs,
    inputs: Inputs<'_>,
) -> Result<Experiment> {
    let measuring = MeasuringInputs {
        inputs,
        flags: &args.measure,
    };
    let default_cwd = match scripts {
        None => inputs.home(),
        Some(_) => inputs.here,
    };
    let run = measuring.run(default_cwd, defaults::TIMEOUT)?;
    let python = |of_variant: Option<&str>| measuring.python(of_variant);
    let setting = measuring.setting(&run, &python);
    let mut variants = match scripts {
        None if args.suite.suite().is_some() => return Err(operands::no_benchmark()),
        None => variants::configured(inputs.document, &args.args, setting)?,
        Some(scripts) => {
            let suite = args.suite.suite();
            let programs = scripts.iter().map(|name| operands::program(name, suite));
            variants::programs(programs, &args.args, setting)
        }
    };
    if args.placebo {
        variants.extend(variants::placebo(&variants));
    }
    measuring.experiment(variants, run, args.runs.runs)
}

/// The experiment of a script or module as it was in a revision, and as it is.
fn with_base(
    revision: &str,
    versions: &[PathBuf],
    args: &ExperimentArgs,
    inputs: Inputs<'_>,
) -> Result<Experiment> {
    let measuring = MeasuringInputs {
        inputs,
        flags: &args.measure,
    };
    let given = operands::of_base(versions, args)?;
    let default_cwd = match &given {
        None => inputs.home(),
        Some(_) => inputs.here,
    };
    let run = measuring.run(default_cwd, defaults::TIMEOUT)?;
    let base = Base {
        revision: revision.to_owned(),
        copy: args.base.copy.clone(),
        setup: args.base.setup.clone(),
        python: args
            .base
            .base_python
            .as_deref()
            .map(|path| measuring.tool(Some(path), None)),
    };
    let python = |of_variant: Option<&str>| measuring.python(of_variant);
    let setting = measuring.setting(&run, &python);
    let mut variants = match given {
        Some(program) => revisions::with_base(&base, (program, args.args.clone()), setting),
        None => revisions::configured_with_base(&base, inputs.document, &args.args, setting)?,
    };
    if args.placebo {
        variants.extend(variants::placebo(&variants));
    }
    measuring.experiment(variants, run, args.runs.runs)
}

/// Without a time limit unless the user sets one: the script runs as it would without
/// profila.
fn annotate(args: &AnnotateArgs, inputs: Inputs<'_>) -> Result<ProfileTask> {
    let measuring = MeasuringInputs {
        inputs,
        flags: &args.measure,
    };
    let run = measuring.run(inputs.here, defaults::TIMEOUT_OF_ANNOTATE)?;
    let words = program::parse("annotate", &args.program)?;
    // What it prints is not read, but a mistake in the file is one all the same.
    throughput::resolve(inputs.document)?;
    let output = inputs.output(&args.report.format, &args.report.shown, args.exports());
    let variant = measuring.single(words, &run);
    let run = suites::run(run, slice::from_ref(&variant), inputs)?;
    Ok(ProfileTask {
        single: SingleRun {
            variant,
            run,
            sampling: measuring.sampling()?,
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

fn record(args: &RecordArgs, inputs: Inputs<'_>) -> Result<RecordTask> {
    let measuring = MeasuringInputs {
        inputs,
        flags: &args.measure,
    };
    let run = measuring.run(inputs.here, defaults::TIMEOUT)?;
    let words = program::parse("record", &args.program)?;
    let variants = vec![measuring.single(words, &run)];
    let experiment = measuring.experiment(variants, run, args.runs.runs)?;
    let rounds = match experiment.rounds {
        Rounds::Fixed(rounds) => rounds,
        // There is nothing to compare with yet.
        Rounds::UpTo(most) => most.min(defaults::ROUNDS_OF_RECORD),
    };
    Ok(RecordTask {
        experiment: Experiment {
            rounds: Rounds::Fixed(rounds),
            ..experiment
        },
        file: args.output.clone(),
        verbosity: inputs.global.verbosity(),
    })
}

fn report(args: &ReportArgs, inputs: Inputs<'_>) -> Result<ShowTask> {
    let common = inputs.output(&args.report.format, &args.report.shown, args.exports());
    if let ([_, _, ..], [export, ..]) = (args.files.as_slice(), common.exports.as_slice()) {
        return Err(Error::usage(
            format!(
                "{} reports cannot be written to one file, `{}`",
                args.files.len(),
                export.file.display()
            ),
            "give one file, or omit the --export options",
        ));
    }
    Ok(ShowTask {
        files: args.files.clone(),
        output: DocumentOutput {
            common,
            context: inputs.context(),
            specializations: args.specializations,
            assembly: args.assembly.syntax,
            all: args.all,
            explain: args.explain,
        },
    })
}

/// How the user's scripts would be profiled, but for what is run.
fn doctor(args: &DoctorArgs, inputs: Inputs<'_>) -> Result<ExamineTask> {
    let measuring = MeasuringInputs {
        inputs,
        flags: &MeasureArgs {
            tools: args.tools.clone(),
            ..MeasureArgs::default()
        },
    };
    let run = Run {
        timeout: defaults::TIMEOUT.0,
        // The probe has none.
        region: None,
        children: defaults::CHILDREN,
        ..measuring.run(inputs.home(), defaults::TIMEOUT)?
    };
    let probe = Program::Code(PROBE.to_owned());
    let variants: Vec<Variant> = vec![measuring.single((probe, Vec::new()), &run)];
    Ok(ExamineTask {
        experiment: Experiment {
            variants,
            run,
            sampling: measuring.sampling()?,
            // It prints a rate.
            throughput: throughput::resolve(None)?,
            rounds: Rounds::Fixed(1),
            warmup: 0,
            seed: measuring.seed(),
            placement: defaults::PLACEMENT,
            same_output: SameOutput::Off,
            control: Control::InFirstRound,
            shard: None,
        },
        format: if args.json {
            DiagnosisFormat::Json
        } else {
            DiagnosisFormat::Text
        },
        color: inputs.global.color,
        verbosity: inputs.global.verbosity(),
    })
}
