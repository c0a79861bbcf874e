//! How to run and to sample: what everything that measures is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use toml::Spanned;

use super::inputs::Inputs;
use super::variants::{self, Setting};
use super::{paths, refuse, suites, throughput};
use crate::cli::MeasureArgs;
use crate::config::{
    Control, Experiment, FileGlob, Program, Rounds, Run, Sampling, Tool, Variant, wire,
};
use crate::error::{Error, Result};
use crate::options::{self, Children, EnvName, Sampler, Timeout, defaults};
use crate::recording::Counter;

/// What everything that measures is made of.
#[derive(Clone, Copy)]
pub(super) struct MeasuringInputs<'a> {
    pub(super) inputs: Inputs<'a>,
    pub(super) flags: &'a MeasureArgs,
}

impl<'a> MeasuringInputs<'a> {
    /// How to run, in `default_cwd` and with `default_timeout` unless the user says otherwise.
    pub(super) fn run(&self, default_cwd: &Path, default_timeout: Timeout) -> Result<Run> {
        refuse::running(self.inputs.document)?;
        let run = self.inputs.settings().run;
        let cwd = match run.cwd {
            Some(cwd) => paths::join(self.inputs.home(), Path::new(&cwd)),
            None => default_cwd.to_owned(),
        };
        let timeout = self.flags.timeout.or(run.timeout);
        let (children, region) = (self.children(), self.region());
        require_no_region(children, region.as_deref())?;
        Ok(Run {
            cwd,
            timeout: timeout.unwrap_or(default_timeout).0,
            env: environment(run.env),
            region,
            children,
        })
    }

    /// Whether child processes are followed.
    fn children(&self) -> Children {
        let of_file = self.inputs.settings().run.children;
        self.flags
            .children
            .or(of_file)
            .unwrap_or(defaults::CHILDREN)
    }

    /// The region that alone is measured. Whatever the file says of throughput has no effect then.
    fn region(&self) -> Option<String> {
        let of_file = self.inputs.settings().run.region;
        let of_file = of_file.map(Spanned::into_inner);
        self.flags.region.clone().or(of_file)
    }

    /// The interpreter of a variant: that of the flag, or that of the variant, or that of all
    /// of them.
    pub(super) fn python(&self, of_variant: Option<&str>) -> Tool {
        let of_all = self.inputs.settings().run.python;
        let value = of_variant.or(of_all.as_deref());
        self.tool(self.flags.tools.python.as_deref(), value)
    }

    /// Where the paths of variants have to be valid that are run in this way.
    pub(super) fn setting<'s>(
        &self,
        run: &'s Run,
        python: &'s dyn Fn(Option<&str>) -> Tool,
    ) -> Setting<'s>
    where
        'a: 's,
    {
        Setting {
            cwd: &run.cwd,
            here: self.inputs.here,
            python,
        }
    }

    /// The only variant, a program of the command line.
    pub(super) fn single(&self, program: (Program, Vec<String>), run: &Run) -> Variant {
        let python = |of_variant: Option<&str>| self.python(of_variant);
        variants::single(program, self.setting(run, &python))
    }

    /// A program that a flag or the file names. A flag is relative to the working
    /// directory and the file's value to its folder; a bare name is neither.
    pub(super) fn tool(&self, flag: Option<&Path>, value: Option<&str>) -> Tool {
        let value = value.unwrap_or(defaults::TOOL);
        let (path, base) = match flag {
            Some(path) => (path, self.inputs.here),
            None if value == defaults::TOOL => return Tool::Auto,
            None => (Path::new(value), self.inputs.home()),
        };
        if path.components().count() == 1 && path.is_relative() {
            Tool::Path(path.to_owned())
        } else {
            Tool::Path(paths::join(base, path))
        }
    }

    /// Fails where something is to be counted by a tool that counts nothing.
    pub(super) fn sampling(&self) -> Result<Sampling> {
        let sampling = self.inputs.settings().sampling;
        let rate = self.flags.rate.or(sampling.rate);
        let max_stopped = self.flags.max_stopped.or(sampling.max_stopped);
        let (sampler, counters) = self.sampler()?;
        Ok(Sampling {
            sampler,
            gdb: self.tool(self.flags.tools.gdb.as_deref(), sampling.gdb.as_deref()),
            rate_hz: rate.map(|rate| rate.hz),
            max_stopped: max_stopped.unwrap_or(defaults::MAX_STOPPED).fraction,
            counters,
            max_depth: sampling.max_depth.unwrap_or(defaults::MAX_DEPTH).0,
            include: globs(&self.flags.include, sampling.include),
            exclude: globs(&self.flags.exclude, sampling.exclude),
        })
    }

    /// What takes the samples, and what it is to count: a flag replaces what the file says. What the
    /// file wants counted is not, with a tool that a flag chooses and that counts nothing.
    ///
    /// Fails where those who want something counted choose such a tool. Where children are followed,
    /// all processes are to be sampled alike, which gdb cannot.
    fn sampler(&self) -> Result<(Sampler, Vec<Counter>)> {
        let sampling = self.inputs.settings().sampling;
        let by_flag = &self.flags.counters;
        let asked_for = if by_flag.is_empty() {
            &sampling.counters
        } else {
            by_flag
        };
        let counters: BTreeSet<Counter> = asked_for.iter().copied().collect();
        let counters: Vec<Counter> = counters.into_iter().collect();
        let chosen = self.flags.tools.sampler;
        match chosen.or(sampling.sampler) {
            None if counters.is_empty() => Ok(match self.children() {
                Children::Ignore => (defaults::SAMPLER, counters),
                Children::Follow => (Sampler::Auto, counters),
            }),
            Some(Sampler::Gdb) if self.children() == Children::Follow => Err(Error::usage(
                "gdb watches one process, and children are to be followed",
                "use `--sampler auto`, or omit `--sampler`",
            )),
            None => Ok((Sampler::Perf, counters)),
            Some(sampler @ (Sampler::Auto | Sampler::Perf)) => Ok((sampler, counters)),
            Some(sampler) if counters.is_empty() => Ok((sampler, counters)),
            Some(sampler) if chosen.is_some() && by_flag.is_empty() => Ok((sampler, Vec::new())),
            Some(_) => Err(Error::usage(
                "`counters` need the kernel's clocks, which count them",
                "use `--sampler=perf`, or omit the counters",
            )),
        }
    }

    /// The seed of everything that is drawn at random.
    pub(super) fn seed(&self) -> u64 {
        let of_file = self.inputs.settings().compare.seed;
        let seed = of_file.unwrap_or(defaults::SEED);
        self.flags.seed.unwrap_or(seed.0)
    }

    /// Runs of these variants, in so many rounds where a flag says how many.
    pub(super) fn experiment(
        &self,
        variants: Vec<Variant>,
        run: Run,
        rounds: Option<u32>,
    ) -> Result<Experiment> {
        let compare = self.inputs.settings().compare;
        let run = suites::run(run, &variants, self.inputs)?;
        Ok(Experiment {
            variants,
            run,
            sampling: self.sampling()?,
            throughput: throughput::resolve(self.inputs.document)?,
            rounds: match rounds {
                Some(rounds) => Rounds::Fixed(rounds),
                None => configured_rounds(&compare),
            },
            warmup: compare.warmup.unwrap_or(defaults::WARMUP).0,
            seed: self.seed(),
            placement: compare.placement.unwrap_or(defaults::PLACEMENT),
            same_output: compare.same_output.unwrap_or(defaults::SAME_OUTPUT),
            control: Control::InFirstRound,
            shard: None,
        })
    }
}

/// Fails where children are to be followed into a region: which of them work for it is unknown.
fn require_no_region(children: Children, region: Option<&str>) -> Result<()> {
    match (children, region) {
        (Children::Follow, Some(region)) => Err(Error::usage(
            format!(
                "child processes cannot be followed where only the region `{region}` is measured"
            ),
            "measure the whole window, or leave out children = \"follow\" in [run] and `--children`",
        )),
        _ => Ok(()),
    }
}

fn configured_rounds(compare: &wire::Compare) -> Rounds {
    match compare.rounds.unwrap_or(defaults::ROUNDS) {
        options::Rounds::Fixed(rounds) => Rounds::Fixed(rounds),
        options::Rounds::Adaptive => {
            Rounds::UpTo(compare.max_rounds.unwrap_or(defaults::MAX_ROUNDS).0)
        }
    }
}

/// The patterns of flags and those of the file: they add up.
fn globs(flags: &[FileGlob], file: Vec<options::Glob>) -> Vec<FileGlob> {
    let of_file = file.into_iter().map(|options::Glob(glob)| glob);
    flags.iter().cloned().chain(of_file).collect()
}

/// Variables with names that can be set.
pub(super) fn environment(variables: BTreeMap<EnvName, String>) -> BTreeMap<String, String> {
    variables
        .into_iter()
        .map(|(EnvName(name), value)| (name, value))
        .collect()
}
