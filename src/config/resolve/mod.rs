//! File, flags and defaults become one [`Config`]: flags are stronger than the
//! file, and the file is stronger than the defaults. Pure: whether a path leads
//! anywhere is for others to find out.

mod paths;
mod program;
mod refuse;
mod throughput;
mod variants;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::variants::Setting;
use super::wire;
use super::{
    Attribution, Compare, Config, Document, Export, FileGlob, Format, Gate, Output, Program,
    Rounds, Rule, Run, SameOutput, Sampling, Selection, Tool, Variant,
};
use crate::cli::{
    AnnotateArgs, DiffArgs, DoctorArgs, FormatArgs, GlobalArgs, MeasureArgs, RecordArgs,
    ReportArgs, ReportOutputArgs, ShownArgs,
};
use crate::error::{Error, Result};
use crate::gate::{Lines, Subject};
use crate::options::{self, EnvName, MOST_ADAPTIVE_ROUNDS, Timeout};

/// Lines of source around each line of interest.
const DEFAULT_CONTEXT: u32 = 3;
/// The longest one run of a comparison may take. A script that hangs should not
/// hang a comparison that nobody watches.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(2);
/// Rounds of a recording, where the user does not fix them.
const ROUNDS_OF_RECORD: u32 = 6;

/// What `diff` was asked to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operands {
    /// The variants of the configuration.
    Configured,
    /// Two scripts or more, as the user named them.
    Scripts(Vec<PathBuf>),
    /// Two recordings or more, as the user named them.
    Recordings(Vec<PathBuf>),
}

/// Says what the operands of `diff` are: recordings end in `.json`.
///
/// Fails if some are scripts and others recordings.
pub fn operands(args: &DiffArgs) -> Result<Operands> {
    let versions = args.versions.clone();
    if versions.is_empty() {
        return Ok(Operands::Configured);
    }
    let recording = versions.iter().find(|path| is_recording(path));
    let script = versions.iter().find(|path| !is_recording(path));
    match (script, recording) {
        (Some(script), Some(recording)) => Err(Error::MixedOperands {
            script: script.clone(),
            recording: recording.clone(),
        }),
        (_, Some(_)) => Ok(Operands::Recordings(versions)),
        (_, None) => Ok(Operands::Scripts(versions)),
    }
}

fn is_recording(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "json")
}

/// The configuration of `profila diff`, from the working directory `here`
/// (absolute).
///
/// For two recordings there are no variants, as nothing is run. Fails if the
/// operands, the flags and the file do not make sense together.
pub fn diff(
    args: &DiffArgs,
    global: &GlobalArgs,
    document: Option<&Document>,
    here: &Path,
) -> Result<Config> {
    let operands = operands(args)?;
    let inputs = Inputs {
        document,
        measure: &args.measure,
        runs: args.runs.runs,
        here,
    };
    refuse::comparing(document)?;
    let run = match &operands {
        Operands::Configured => inputs.run(inputs.home(), Some(DEFAULT_TIMEOUT))?,
        Operands::Scripts(_) | Operands::Recordings(_) => {
            inputs.run(here, Some(DEFAULT_TIMEOUT))?
        }
    };
    let setting = Setting {
        cwd: &run.cwd,
        here,
        python: &|of_variant| inputs.python(of_variant),
    };
    let mut variants = match operands {
        Operands::Configured => variants::configured(document, &args.args, setting)?,
        Operands::Scripts(scripts) => variants::scripts(&scripts, &args.args, setting),
        Operands::Recordings(_) => {
            reject_measuring_flags(args)?;
            Vec::new()
        }
    };
    if args.placebo {
        variants.extend(variants::placebo(&variants));
    }
    let output = Output {
        all: args.all,
        ..inputs.report(&args.report, global, args.exports(), args.save.clone())
    };
    let mut config = inputs.config(variants, run, output)?;
    config.compare.placebo = args.placebo;
    config
        .gate
        .rules
        .extend(args.fail_if.iter().map(|it| it.0.clone()));
    Ok(config)
}

/// The configuration of `profila annotate`, from the working directory `here`
/// (absolute). Without a time limit unless the user sets one: the script runs as
/// it would without profila.
pub fn annotate(
    args: &AnnotateArgs,
    global: &GlobalArgs,
    document: Option<&Document>,
    here: &Path,
) -> Result<Config> {
    let inputs = Inputs {
        document,
        measure: &args.measure,
        runs: None,
        here,
    };
    let run = inputs.run(here, None)?;
    let words = program::parse("annotate", &args.program.words)?;
    let variants = vec![inputs.single(words, &run)];
    let output = Output {
        specializations: args.specializations,
        ..inputs.report(&args.report, global, args.exports(), args.save.clone())
    };
    inputs.config(variants, run, output)
}

/// The configuration of `profila record`, from the working directory `here`
/// (absolute).
pub fn record(
    args: &RecordArgs,
    global: &GlobalArgs,
    document: Option<&Document>,
    here: &Path,
) -> Result<Config> {
    let inputs = Inputs {
        document,
        measure: &args.measure,
        runs: args.runs.runs,
        here,
    };
    let run = inputs.run(here, Some(DEFAULT_TIMEOUT))?;
    let words = program::parse("record", &args.program.words)?;
    let variants = vec![inputs.single(words, &run)];
    let output = Output {
        save: Some(args.output.clone()),
        ..inputs.report(&ReportOutputArgs::default(), global, Vec::new(), None)
    };
    let mut config = inputs.config(variants, run, output)?;
    if let Rounds::UpTo(most) = config.compare.rounds {
        // There is nothing to compare with yet.
        config.compare.rounds = Rounds::Fixed(most.min(ROUNDS_OF_RECORD));
    }
    Ok(config)
}

/// The configuration of `profila doctor`, from the working directory `here`
/// (absolute): how the user's scripts would be profiled, but for what is run, which is
/// the code `probe`.
pub fn doctor(
    probe: &str,
    args: &DoctorArgs,
    global: &GlobalArgs,
    document: Option<&Document>,
    here: &Path,
) -> Result<Config> {
    let measure = MeasureArgs {
        tools: args.tools.clone(),
        ..MeasureArgs::default()
    };
    let inputs = Inputs {
        document,
        measure: &measure,
        runs: Some(1),
        here,
    };
    let run = Run {
        timeout: Some(DEFAULT_TIMEOUT),
        ..inputs.run(inputs.home(), None)?
    };
    let code = Program::Code(probe.to_owned());
    let variants = vec![inputs.single((code, Vec::new()), &run)];
    let output = Output {
        format: if args.json {
            Format::Json
        } else {
            Format::Text
        },
        ..resolve_output(None, &FormatArgs::default(), &ShownArgs::default(), global)
    };
    Ok(Config {
        variants,
        run,
        sampling: inputs.sampling(),
        // It prints a rate.
        throughput: throughput::resolve(None)?,
        compare: Compare {
            warmup: 0,
            same_output: SameOutput::Off,
            ..inputs.compare()
        },
        gate: Gate::default(),
        output,
    })
}

/// The configuration of `profila report`, which only shows.
pub fn output(args: &ReportArgs, global: &GlobalArgs, document: Option<&Document>) -> Output {
    Output {
        all: args.all,
        specializations: args.specializations,
        exports: args.exports(),
        ..resolve_output(document, &args.report.format, &args.report.shown, global)
    }
}

/// Recordings are compared as they are: a flag that says how to measure would be
/// without effect.
fn reject_measuring_flags(args: &DiffArgs) -> Result<()> {
    let measure = &args.measure;
    let given = [
        ("--python", measure.tools.python.is_some()),
        ("--gdb", measure.tools.gdb.is_some()),
        ("--rate", measure.rate.is_some()),
        ("--max-stopped", measure.max_stopped.is_some()),
        ("--seed", measure.seed.is_some()),
        ("--timeout", measure.timeout.is_some()),
        ("--include", !measure.include.is_empty()),
        ("--exclude", !measure.exclude.is_empty()),
        ("--runs", args.runs.runs.is_some()),
        ("--placebo", args.placebo),
        ("--save", args.save.is_some()),
        ("-- ARGS", !args.args.is_empty()),
    ];
    match given.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((flag, _)) => Err(Error::usage(
            format!("`{flag}` has no effect on recordings: they are compared as they are"),
            "omit it, or give two scripts",
        )),
    }
}

/// What a configuration is made of, besides its variants.
#[derive(Clone, Copy)]
struct Inputs<'a> {
    document: Option<&'a Document>,
    measure: &'a MeasureArgs,
    runs: Option<u32>,
    here: &'a Path,
}

impl<'a> Inputs<'a> {
    /// What the file says, which is nothing where there is none.
    fn settings(&self) -> wire::File {
        self.document
            .map(|document| document.settings.clone())
            .unwrap_or_default()
    }

    /// The folder that paths of the file are relative to.
    fn home(&self) -> &'a Path {
        self.document
            .map_or(self.here, |document| document.folder.as_path())
    }

    /// How to run, in `default_cwd` unless the file says otherwise.
    fn run(&self, default_cwd: &Path, default_timeout: Option<Duration>) -> Result<Run> {
        refuse::running(self.document)?;
        let run = self.settings().run;
        let cwd = match run.cwd {
            Some(cwd) => paths::join(self.home(), Path::new(&cwd)),
            None => default_cwd.to_owned(),
        };
        let timeout = self.measure.timeout.or(run.timeout);
        Ok(Run {
            cwd,
            timeout: timeout.map_or(default_timeout, |Timeout(limit)| limit),
            env: environment(run.env),
        })
    }

    /// The interpreter of a variant: that of the flag, or that of the variant, or that of all
    /// of them.
    fn python(&self, of_variant: Option<&str>) -> Tool {
        let of_all = self.settings().run.python;
        let value = of_variant.or(of_all.as_deref());
        self.tool(self.measure.tools.python.as_deref(), value)
    }

    /// The only variant, a program of the command line.
    fn single(&self, program: (Program, Vec<String>), run: &Run) -> Variant {
        let setting = Setting {
            cwd: &run.cwd,
            here: self.here,
            python: &|of_variant| self.python(of_variant),
        };
        variants::single(program, setting)
    }

    /// A program that a flag or the file names. A flag is relative to the working
    /// directory and the file's value to its folder; a bare name is neither.
    fn tool(&self, flag: Option<&Path>, value: Option<&str>) -> Tool {
        let (path, base) = match (flag, value) {
            (Some(path), _) => (path, self.here),
            (None, None | Some("auto")) => return Tool::Auto,
            (None, Some(value)) => (Path::new(value), self.home()),
        };
        if path.components().count() == 1 && path.is_relative() {
            Tool::Path(path.to_owned())
        } else {
            Tool::Path(paths::join(base, path))
        }
    }

    fn sampling(&self) -> Sampling {
        let sampling = self.settings().sampling;
        let rate = self.measure.rate.or(sampling.rate);
        let max_stopped = self.measure.max_stopped.or(sampling.max_stopped);
        Sampling {
            sampler: sampling.sampler.unwrap_or_default(),
            gdb: self.tool(self.measure.tools.gdb.as_deref(), sampling.gdb.as_deref()),
            rate_hz: rate.map_or(100.0, |rate| rate.hz),
            max_stopped: max_stopped.map_or(0.2, |part| part.fraction),
            max_depth: sampling.max_depth.map_or(64, |depth| depth.0),
            attribution: sampling.attribution.unwrap_or(Attribution::UserLine),
            include: globs(&self.measure.include, sampling.include),
            exclude: globs(&self.measure.exclude, sampling.exclude),
        }
    }

    fn compare(&self) -> Compare {
        let compare = self.settings().compare;
        let rounds = match (self.runs, compare.rounds) {
            (Some(rounds), _) | (None, Some(options::Rounds::Fixed(rounds))) => {
                Rounds::Fixed(rounds)
            }
            (None, Some(options::Rounds::Adaptive) | None) => {
                let most = compare.max_rounds.map(|most| most.0);
                Rounds::UpTo(most.unwrap_or(MOST_ADAPTIVE_ROUNDS))
            }
        };
        let seed = compare.seed.map(|seed| seed.0);
        Compare {
            rounds,
            warmup: compare.warmup.map_or(0, |warmup| warmup.0),
            confidence: compare.confidence.map_or(0.95, |level| level.0),
            min_effect: compare.min_effect.map_or(0.01, |effect| effect.fraction),
            seed: self.measure.seed.or(seed).unwrap_or(0),
            same_output: compare.same_output.unwrap_or_default(),
            placebo: false,
        }
    }

    /// The rules of the file. Those of flags come in addition.
    fn gate(&self) -> Gate {
        let gate = self.settings().gate;
        let rules = gate.rule.iter().map(|rule| {
            let rule = rule.get_ref();
            let function = rule.function.as_ref().map(|it| it.get_ref().clone());
            let file = rule.file.as_ref().map(|it| it.get_ref().0.clone());
            Rule {
                subject: match rule.metric {
                    wire::RuleMetric::Throughput => Subject::Throughput,
                    wire::RuleMetric::PeakMemory => Subject::PeakMemory,
                    wire::RuleMetric::LineCost => Subject::LineCost(Lines { function, file }),
                },
                max_worse: rule.max_worse.fraction,
            }
        });
        Gate {
            rules: rules.collect(),
            on_inconclusive: gate.on_inconclusive.unwrap_or_default(),
        }
    }

    fn report(
        &self,
        args: &ReportOutputArgs,
        global: &GlobalArgs,
        exports: Vec<Export>,
        save: Option<PathBuf>,
    ) -> Output {
        Output {
            exports,
            save,
            ..resolve_output(self.document, &args.format, &args.shown, global)
        }
    }

    fn config(&self, variants: Vec<Variant>, run: Run, output: Output) -> Result<Config> {
        Ok(Config {
            variants,
            run,
            sampling: self.sampling(),
            throughput: throughput::resolve(self.document)?,
            compare: self.compare(),
            gate: self.gate(),
            output,
        })
    }
}

/// The patterns of flags and those of the file: they add up.
fn globs(flags: &[FileGlob], file: Vec<options::Glob>) -> Vec<FileGlob> {
    let of_file = file.into_iter().map(|options::Glob(glob)| glob);
    flags.iter().cloned().chain(of_file).collect()
}

fn environment(variables: BTreeMap<EnvName, String>) -> BTreeMap<String, String> {
    variables
        .into_iter()
        .map(|(EnvName(name), value)| (name, value))
        .collect()
}

fn resolve_output(
    document: Option<&Document>,
    args: &FormatArgs,
    shown: &ShownArgs,
    global: &GlobalArgs,
) -> Output {
    let output = document
        .map(|document| document.settings.output.clone())
        .unwrap_or_default();
    Output {
        format: args.format.or(output.format).unwrap_or_default(),
        context: output.context.map_or(DEFAULT_CONTEXT, |context| context.0),
        all: false,
        selection: Selection {
            functions: shown.function.clone(),
            files: shown.file.clone(),
        },
        specializations: false,
        color: global.color,
        verbosity: global.verbosity(),
        exports: Vec::new(),
        save: None,
    }
}
