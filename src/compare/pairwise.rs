//! The comparison of two recordings.

use super::code::Code;
use super::costs::Judged;
use super::criteria::{Criteria, Options};
use super::metric::{self, Quantity};
use super::rounds::Rounds;
use super::types::{Comparison, Estimate, MetricChange, MetricVerdict, SCHEMA};
use super::units::Units;
use super::{
    CompareError, assembly, costs, counters, doubt, files, functions, machines, placeless, regions,
    remarks, summary, warnings,
};
use crate::align::AlignedFile;
use crate::gate::{self, Loss, Rule, Subject};
use crate::pair::{Pair, Side};
use crate::recording::Recording;

/// Compares two recordings, given which lines of one are which of the other.
///
/// Recordings of one experiment are compared round by round; others as two
/// independent groups of runs, with a warning. A line whose file is in no
/// [`AlignedFile`] is paired with the same line of the file of the same path.
///
/// Fails where the recordings do not measure the same thing, have no round or no
/// sample to compare, or hold values that no measurement can give.
pub fn compare(
    before: &Recording,
    after: &Recording,
    alignments: &[AlignedFile],
    options: &Options,
) -> Result<Comparison, CompareError> {
    let sides = Pair::new(before, after);
    let rounds = Rounds::of(&sides)?;
    let criteria = Criteria::of(options, &sides, &rounds)?;
    let units = Units::of(&rounds, &sides, alignments);
    let mut judged = costs::judge(&rounds, &units, &criteria)?;
    placeless::withhold(&mut judged.lines, &sides);
    let code = Code::of(&sides);
    code.note_lines(&mut judged.lines);
    code.note_hunks(&mut judged.hunks);
    let functions = functions::functions(&rounds, &sides, alignments);
    let mut functions = costs::judge_functions(&rounds, &units, &functions, &criteria)?;
    let mut metrics = Metrics::of(&rounds, &criteria)?;
    let doubt = doubt::of_verdicts(&rounds, &sides);
    if doubt.is_some() {
        judged.withhold();
        for function in &mut functions {
            function.change.withhold();
        }
        metrics.throughput.withhold();
    }
    let mut losses = Vec::new();
    for rule in &options.rules {
        losses.push(metrics.loss(rule, &rounds, &sides, &units, &criteria)?);
    }
    let all_lines = all_lines(&metrics.throughput, &judged);
    let assembly = options
        .assembly
        .map(|syntax| assembly::of(&sides, &judged.lines, syntax));
    Ok(Comparison {
        schema: SCHEMA.to_owned(),
        before: summary::summary(before, &rounds, Side::Before, criteria.level)?,
        after: summary::summary(after, &rounds, Side::After, criteria.level)?,
        region: after.settings.region.clone(),
        regions: regions::of(&sides),
        rounds: rounds.len(),
        seconds_per_round: summary::seconds_per_round([before, after]),
        confidence: options.confidence,
        together: options.together,
        look: criteria.look,
        min_effect: options.min_effect,
        throughput: metrics.throughput,
        doubt,
        seconds_by_round: Pair::new(Side::Before, Side::After).map(|side| rounds.seconds(side)),
        peak_memory: metrics.peak_memory,
        cpu_time: Some(metrics.cpu_time),
        files: files::files(&sides, alignments),
        accounting: judged.accounting(&rounds)?,
        all_lines,
        lines: judged.lines,
        functions,
        hunks: judged.hunks,
        remarks: remarks::changes(&sides, alignments),
        counters: counters::of(&sides, alignments, criteria.level)?,
        assembly,
        buckets: judged.buckets,
        overhead: summary::overheads(&sides),
        gate: gate::check(&options.rules, losses),
        machines: machines::of(&sides, &rounds)?,
        warnings: warnings::of(&sides, &rounds, alignments, &criteria),
    })
}

/// How many times as much all lines cost, where the throughput changed and nothing stands out: no
/// line's share changed for sure, or may have changed so much that the line alone would be half
/// of the change.
fn all_lines(throughput: &MetricChange, judged: &Judged) -> Option<Estimate> {
    let changed = matches!(
        throughput.verdict,
        MetricVerdict::Faster | MetricVerdict::Slower
    );
    let tested = judged
        .lines
        .iter()
        .filter(|line| line.change.p_value.is_some());
    let Estimate { value, low, high } = throughput.ratio;
    let half_of_change = (1.0 - value).abs() / 2.0;
    let none_stands_out = judged.largest_share_shift <= half_of_change;
    let is_common = changed && none_stands_out && tested.count() > 1;
    is_common.then(|| Estimate {
        value: 1.0 / value,
        low: high.map(f64::recip),
        high: low.map(f64::recip),
    })
}

/// How the script changed as a whole.
struct Metrics {
    throughput: MetricChange,
    peak_memory: MetricChange,
    cpu_time: MetricChange,
}

impl Metrics {
    fn of(rounds: &Rounds<'_>, criteria: &Criteria) -> Result<Self, CompareError> {
        let change = |quantity| metric::change(rounds, quantity, criteria);
        Ok(Self {
            throughput: change(Quantity::throughput(rounds.source))?,
            peak_memory: change(Quantity::PEAK_MEMORY)?,
            cpu_time: change(Quantity::CPU_TIME)?,
        })
    }

    /// What was lost of what a rule is about; `None` where nothing is known of it.
    fn loss(
        &self,
        rule: &Rule,
        rounds: &Rounds<'_>,
        sides: &Pair<&Recording>,
        units: &Units<'_>,
        criteria: &Criteria,
    ) -> Result<Option<Loss>, CompareError> {
        let doubt = doubt::of(rounds, sides, rule.max_worse);
        Ok(match &rule.subject {
            Subject::Throughput => Some(self.throughput.loss().doubted(doubt)),
            Subject::PeakMemory => Some(self.peak_memory.loss()),
            Subject::LineCost(lines) => {
                let chosen = functions::chosen(rounds, sides, lines);
                let loss = costs::loss(rounds, units, &chosen, criteria)?;
                loss.map(|loss| loss.doubted(doubt))
            }
        })
    }
}

impl Comparison {
    /// Whether there is an answer: throughput has a verdict, whatever it is, and every rule
    /// passes or fails.
    pub fn has_answer(&self) -> bool {
        // More rounds would not settle what is doubtful.
        let is_open = |judged: &gate::Judged| {
            judged.outcome == gate::Outcome::Inconclusive && judged.doubt.is_none()
        };
        let gate = self.gate.as_ref();
        let is_settled = gate.is_none_or(|gate| !gate.rules.iter().any(is_open));
        let has_verdict = self.throughput.verdict != MetricVerdict::Inconclusive;
        (has_verdict || self.doubt.is_some()) && is_settled
    }
}
