//! From the runs at all sizes to what is said of them.

use std::collections::BTreeMap;

use super::costs::Costs;
use super::types::{Growth, GrowthVerdict, LineGrowth, PartGrowth, SCHEMA, Scaling, SizeValue};
use super::warnings;
use crate::compare::{Estimate, rounding_of_runs};
use crate::profile::LineId;
use crate::recording::{Attribution, Recording};
use crate::share::Share;
use crate::source::{FunctionIndex, lines};
use crate::stats::{self, Exposure, LEAST_BEND, Level, MIN_SAMPLES, Sizes, StatsError};

/// What was asked, and how to judge.
pub(crate) struct Subject {
    /// The script or module, as the user named it.
    pub program: String,
    /// What the size is called.
    pub parameter: String,
    /// The sizes, ascending.
    pub sizes: Vec<SizeValue>,
    /// Which line of a stack a sample is counted for.
    pub attribution: Attribution,
    /// Level of every interval, between 0 and 1.
    pub confidence: f64,
}

/// Why nothing can be said.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum ConcludeError {
    /// Some size has no samples in any round, or what it measured is no number.
    #[error("no round has a timed run and samples of every size")]
    NoCommonRound,
    /// The numbers have no answer.
    #[error(transparent)]
    Stats(#[from] StatsError),
}

/// Draws the conclusion from the runs at each size, in the order of the sizes.
pub(crate) fn conclude(
    subject: &Subject,
    recordings: Vec<Recording>,
) -> Result<Scaling, ConcludeError> {
    let recordings = match subject.attribution {
        Attribution::UserLine => recordings,
        Attribution::Leaf => recordings
            .into_iter()
            .map(Recording::seen_from_leaves)
            .collect(),
    };
    let costs = Costs::of(&recordings).ok_or(ConcludeError::NoCommonRound)?;
    let values: Vec<f64> = subject.sizes.iter().map(|size| size.value).collect();
    let doubt = warnings::doubt(&costs, &recordings, &subject.sizes);
    let judge = Judge {
        has_basis: doubt.is_none(),
        sizes: Sizes::of(&values)?,
        logs: values.iter().map(|size| size.ln()).collect(),
        allowances: allowances(&costs, &recordings),
        level: Level::new(subject.confidence)?,
        exposures: costs.exposures(),
        costs: &costs,
    };
    let (lines, rest) = judge.parts(&Texts::of(&recordings))?;
    let first = recordings.first().ok_or(ConcludeError::NoCommonRound)?;
    Ok(Scaling {
        schema: SCHEMA.to_owned(),
        program: subject.program.clone(),
        parameter: subject.parameter.clone(),
        sizes: subject.sizes.clone(),
        python: first.python.clone(),
        numba: first.numba.clone(),
        sampler: first.sampler.clone(),
        rounds: u32::try_from(costs.rounds()).unwrap_or(u32::MAX),
        confidence: subject.confidence,
        throughput: first.settings.throughput.clone(),
        whole: judge.whole()?,
        lines,
        rest,
        warnings: warnings::warnings(&recordings, &costs, doubt),
    })
}

/// By how much the logarithm of the cost at each size may be off because scripts rounded what
/// they printed.
fn allowances(costs: &Costs<'_>, recordings: &[Recording]) -> Vec<f64> {
    let sizes = costs.sizes.iter().zip(recordings);
    let allowance = sizes.map(|(rounds, recording)| {
        let timed = rounds.iter().map(|round| round.timed);
        rounding_of_runs(timed, &recording.settings.throughput)
    });
    allowance.collect()
}

/// What turns runs into verdicts.
struct Judge<'c, 'r> {
    costs: &'c Costs<'r>,
    /// Whether the time of a unit of work can tell anything.
    has_basis: bool,
    /// What the profiled runs measured as a whole, by size and round.
    exposures: Vec<Vec<Exposure>>,
    sizes: Sizes,
    /// Logarithms of the sizes.
    logs: Vec<f64>,
    allowances: Vec<f64>,
    level: Level,
}

impl<'r> Judge<'_, 'r> {
    /// The whole, by its timed runs.
    fn whole(&self) -> Result<Growth, StatsError> {
        let seconds = self.costs.seconds();
        let found = stats::growth(&self.sizes, &seconds)?;
        let geometric_mean = |seconds: &Vec<f64>| {
            let logs: Vec<f64> = seconds.iter().map(|it| it.ln()).collect();
            let mean = stats::mean(&logs)?;
            let interval = mean.interval(self.level).map(|it| it.map(f64::exp));
            Ok(Estimate::with(mean.value.exp(), interval))
        };
        let cost_s = seconds.iter().map(geometric_mean);
        let cost_s: Vec<Estimate> = cost_s.collect::<Result<_, StatsError>>()?;
        let steps = self.steps(&cost_s, |_| true);
        Ok(self.growth(cost_s, steps, Some(found), self.level))
    }

    /// The lines, those first that cost most at the largest size, and what is on none of them.
    fn parts(&self, texts: &Texts<'r>) -> Result<(Vec<LineGrowth>, PartGrowth), StatsError> {
        let ids = self.costs.lines();
        let beside = self.costs.samples_beside(&ids);
        let units = ids.iter().map(|&id| self.costs.samples_of(id));
        let units: Vec<Vec<Vec<u64>>> = units.chain([beside]).collect();
        let found = stats::growths(&self.sizes, &self.exposures, &units)?;
        let told = found.iter().flatten().count();
        let level = self.level.shared_among(told);
        let parts = units.iter().zip(found);
        let parts = parts.map(|(unit, found)| self.part(unit, found, level));
        let mut parts: Vec<PartGrowth> = parts.collect::<Result<_, StatsError>>()?;
        let rest = parts.pop().ok_or(StatsError::Empty)?;
        let lines = ids.iter().zip(parts).map(|(id, part)| LineGrowth {
            file: id.file.to_owned(),
            line: id.line,
            text: texts.line(*id).unwrap_or_default().to_owned(),
            function: texts.function(*id),
            part,
        });
        let mut lines: Vec<LineGrowth> = lines.collect();
        lines.sort_by(|one, other| other.part.largest().total_cmp(&one.part.largest()));
        Ok((lines, rest))
    }

    fn part(
        &self,
        unit: &[Vec<u64>],
        found: Option<stats::Growth>,
        level: Level,
    ) -> Result<PartGrowth, StatsError> {
        let pooled = |counts: &Vec<u64>| counts.iter().sum::<u64>();
        let samples: Vec<u64> = unit.iter().map(pooled).collect();
        let sizes = self.exposures.iter().zip(unit);
        let cost_s = sizes.map(|(runs, counts)| {
            let costs = runs.iter().zip(counts);
            let costs = costs.map(|(run, &owned)| {
                stats::samples(owned) / stats::samples(run.samples) * run.seconds
            });
            let mean = stats::mean(&costs.collect::<Vec<f64>>())?;
            Ok(Estimate::of(&mean, self.level).at_least_0())
        });
        let cost_s: Vec<Estimate> = cost_s.collect::<Result<_, StatsError>>()?;
        let all = self.exposures.iter().zip(&samples);
        let shares = all.map(|(runs, &samples)| {
            Share::of_samples(samples, runs.iter().map(|run| run.samples).sum())
        });
        let steps = self.steps(&cost_s, |at| samples[at] >= MIN_SAMPLES);
        Ok(PartGrowth {
            shares: shares.collect(),
            growth: self.growth(cost_s, steps, found, level),
            samples,
        })
    }

    /// The exponent from each size to the next, where both are known.
    fn steps(&self, cost_s: &[Estimate], is_known: impl Fn(usize) -> bool) -> Vec<Option<f64>> {
        let step = |at: usize| {
            let [one, other] = [at, at + 1].map(|at| cost_s[at].value);
            let exponent = (other / one).ln() / (self.logs[at + 1] - self.logs[at]);
            (self.has_basis && is_known(at) && is_known(at + 1)).then_some(exponent)
        };
        (0..cost_s.len().saturating_sub(1)).map(step).collect()
    }

    /// Words for what was found, whose interval has this level.
    fn growth(
        &self,
        cost_s: Vec<Estimate>,
        steps: Vec<Option<f64>>,
        found: Option<stats::Growth>,
        level: Level,
    ) -> Growth {
        let found = found.filter(|_| self.has_basis);
        let exponent = found.as_ref().map(|found| {
            let interval = found.exponent.interval(level, &self.allowances);
            Estimate::with(found.exponent.estimate.value, interval)
        });
        let bent_at = found.as_ref();
        let bent_at = bent_at.and_then(|found| found.bent_at(level, &self.allowances));
        let verdict = if self.has_basis {
            verdict(exponent.as_ref(), bent_at.is_some())
        } else {
            GrowthVerdict::NoBasis
        };
        Growth {
            cost_s,
            steps,
            verdict,
            exponent,
            fitted_s: found.map(|found| found.fitted).unwrap_or_default(),
            bent_at,
        }
    }
}

fn verdict(exponent: Option<&Estimate>, is_bent: bool) -> GrowthVerdict {
    let ends = exponent.and_then(|it| Some((it.low?, it.high?)));
    match ends {
        None => GrowthVerdict::TooFewSamples,
        Some(_) if is_bent => GrowthVerdict::NoPower,
        Some((low, high)) if low >= -LEAST_BEND && high <= LEAST_BEND => GrowthVerdict::Constant,
        Some((low, _)) if low > 0.0 => GrowthVerdict::Grows,
        Some((_, high)) if high < 0.0 => GrowthVerdict::Shrinks,
        Some(_) => GrowthVerdict::Inconclusive,
    }
}

impl PartGrowth {
    /// What it costs at the largest size.
    fn largest(&self) -> f64 {
        self.growth.cost_s.last().map_or(0.0, |it| it.value)
    }
}

/// The sources of all recordings.
struct Texts<'r> {
    lines: BTreeMap<&'r str, Vec<&'r str>>,
    functions: BTreeMap<&'r str, FunctionIndex<'r>>,
}

impl<'r> Texts<'r> {
    fn of(recordings: &'r [Recording]) -> Self {
        let sources = || recordings.iter().flat_map(|it| &it.sources);
        Self {
            lines: sources()
                .map(|it| (it.path.as_str(), lines(&it.text).collect()))
                .collect(),
            functions: sources()
                .map(|it| (it.path.as_str(), FunctionIndex::new(&it.functions)))
                .collect(),
        }
    }

    fn line(&self, id: LineId<'r>) -> Option<&'r str> {
        self.lines.get(id.file)?.get(id.line.index()).copied()
    }

    fn function(&self, id: LineId<'r>) -> Option<String> {
        let function = self.functions.get(id.file)?.at(id.line)?;
        Some(function.name.clone())
    }
}
