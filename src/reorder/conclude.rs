//! From the runs of all orders to what is said of them.

use std::collections::{BTreeMap, BTreeSet};

use super::costs::{RoundCosts, rounds};
use super::types::{
    Cell, Group, Independence, OrderResult, OrderVerdict, Parts, Placebo, Position, Reordering,
    Results, SCHEMA, Statement,
};
use super::{Block, Order};
use crate::compare::Estimate;
use crate::foreign::ForeignText;
use crate::recording::{Attribution, Recording, RoundId};
use crate::stats::{self, Blocked, Level, Observation, StatsError, TwoWay};

/// What was asked, and how to judge.
pub(crate) struct Subject<'s> {
    /// The script, as the user named it.
    pub script: String,
    /// Its lines.
    pub lines: Vec<&'s str>,
    /// The block.
    pub block: &'s Block,
    /// Whose word it is that the orders are legal.
    pub independence: Independence,
    /// Whether there are more legal orders.
    pub legal_orders: Option<usize>,
    /// Whether what they print was compared.
    pub results: Results,
    /// Which line of a stack a sample is counted for.
    pub attribution: Attribution,
    /// Level of every interval, between 0 and 1.
    pub confidence: f64,
    /// The least relative change that is called one.
    pub min_effect: f64,
}

/// The runs of the block in one arrangement.
pub(crate) struct Measured<'r> {
    /// The first and the last line of each statement, in the order as it is.
    pub lines: &'r [(u32, u32)],
    /// The runs.
    pub recording: &'r Recording,
}

/// Why nothing can be said.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum ConcludeError {
    /// Some arrangement has no samples in any round, or what it measured is no number.
    #[error("no round has a timed run and samples of every order")]
    NoCommonRound,
    /// The numbers have no answer.
    #[error(transparent)]
    Stats(#[from] StatsError),
}

/// Draws the conclusion from the runs of the orders, of which the first is the order as it is,
/// and of the placebo.
///
/// The speed of orders is judged by their timed runs, which have no samples that could fall on
/// a line beside the block. Costs are those of the profiled runs.
pub(crate) fn conclude(
    subject: &Subject<'_>,
    orders: &[(Order, Measured<'_>)],
    placebo: &Measured<'_>,
) -> Result<Reordering, ConcludeError> {
    let level = Level::new(subject.confidence)?;
    let arrangements = orders.iter().map(|(_, measured)| measured).chain([placebo]);
    let costs = arrangements.map(|it| rounds(it.recording, it.lines, subject.attribution));
    let costs = Costs::of(costs.collect())?;
    let statements = subject.block.statements.len();
    let matrix = matrix(orders, &costs, statements);
    let fit = stats::two_way(&matrix, statements, statements)?;
    let ranking = Ranking {
        costs: &costs,
        speeds: Blocked::of(&costs.log_seconds())?,
        level,
        min_effect: subject.min_effect,
    };
    let ranked = ranking.orders(orders)?;
    let places: Vec<usize> = ranked.iter().map(|(place, _)| *place).collect();
    let recording = placebo.recording;
    let (first, last) = subject.block.bounds();
    Ok(Reordering {
        schema: SCHEMA.to_owned(),
        script: subject.script.clone(),
        function: subject.block.function.clone(),
        first,
        last,
        python: recording.python.clone(),
        numba: recording.numba.clone(),
        sampler: recording.sampler.clone(),
        rounds: u32::try_from(costs.rounds()).unwrap_or(u32::MAX),
        confidence: subject.confidence,
        min_effect: subject.min_effect,
        throughput: recording.settings.throughput.clone(),
        independence: subject.independence,
        results: subject.results,
        legal_orders: subject.legal_orders,
        dependences: dependences(subject),
        statements: described(subject, &fit, level),
        positions: positions(&fit, level),
        cells: cells(&matrix, level)?,
        groups: fit.groups.iter().map(numbered).collect(),
        parts: parts(&fit, level),
        as_fast: ranking.as_fast(&places),
        orders: ranked.into_iter().map(|(_, result)| result).collect(),
        placebo: ranking.placebo()?,
        warnings: warnings(orders, placebo, costs.rounds()),
    })
}

/// The costs of all arrangements in the rounds that all of them have, the placebo's last.
struct Costs(Vec<Vec<RoundCosts>>);

impl Costs {
    fn of(mut all: Vec<Vec<RoundCosts>>) -> Result<Self, ConcludeError> {
        let mut counts = BTreeMap::<_, usize>::new();
        for round in all.iter().flatten() {
            *counts.entry(round.round).or_default() += 1;
        }
        let number = all.len();
        for costs in &mut all {
            costs.retain(|it| counts.get(&it.round) == Some(&number));
        }
        if all.first().is_none_or(Vec::is_empty) {
            return Err(ConcludeError::NoCommonRound);
        }
        Ok(Self(all))
    }

    fn rounds(&self) -> usize {
        self.0.first().map_or(0, Vec::len)
    }

    /// Logarithms of the seconds per unit of work, by arrangement and round.
    fn log_seconds(&self) -> Vec<Vec<f64>> {
        let logs = |costs: &Vec<RoundCosts>| costs.iter().map(|it| it.seconds.ln()).collect();
        self.0.iter().map(logs).collect()
    }
}

/// What each statement cost at the position at which it stood, by round.
fn matrix(
    orders: &[(Order, Measured<'_>)],
    costs: &Costs,
    statements: usize,
) -> Vec<Vec<Observation>> {
    let of_round = |round: usize| {
        let all = orders.iter().zip(&costs.0);
        let all = all.flat_map(|((order, _), costs)| {
            let costs = &costs[round].statements;
            let positions = order.statements().iter().enumerate();
            positions.map(move |(column, &row)| Observation {
                row,
                column,
                value: costs[row],
            })
        });
        all.filter(|it| it.row < statements).collect()
    };
    (0..costs.rounds()).map(of_round).collect()
}

/// The mean of each cell over its orders and the rounds, in the order of the statements.
fn cells(matrix: &[Vec<Observation>], level: Level) -> Result<Vec<Cell>, StatsError> {
    let mut cells = BTreeMap::<(usize, usize), Vec<Vec<f64>>>::new();
    for (round, observations) in matrix.iter().enumerate() {
        for it in observations {
            let rounds = cells.entry((it.row, it.column)).or_default();
            rounds.resize(matrix.len(), Vec::new());
            rounds[round].push(it.value);
        }
    }
    let cells = cells.into_iter().map(|((row, column), rounds)| {
        let orders = rounds.first().map_or(0, Vec::len);
        let means = rounds
            .iter()
            .map(|values| values.iter().sum::<f64>() / stats::count(values.len()));
        let mean = stats::mean(&means.collect::<Vec<_>>())?;
        Ok(Cell {
            statement: row + 1,
            position: column + 1,
            orders,
            cost_s: Estimate::of(&mean, level).at_least_0(),
        })
    });
    cells.collect()
}

/// The statements, with what is each one's own.
fn described(subject: &Subject<'_>, fit: &TwoWay, level: Level) -> Vec<Statement> {
    let statements = subject.block.statements.iter().zip(&fit.rows);
    let described = statements.enumerate().map(|(at, (lines, own))| {
        let text = subject
            .lines
            .iter()
            .skip(lines.first.saturating_sub(1) as usize);
        let number = lines.last + 1 - lines.first;
        let text: Vec<&str> = text.take(number as usize).copied().collect();
        Statement {
            number: at + 1,
            first: lines.first,
            last: lines.last,
            text: text.join("\n"),
            own_s: own.map(|it| Estimate::of(&it, level)),
        }
    });
    described.collect()
}

/// The positions, with what each does to the statements that stand there.
fn positions(fit: &TwoWay, level: Level) -> Vec<Position> {
    let effects = fit.columns.iter().enumerate();
    let positions = effects.map(|(at, effect)| Position {
        number: at + 1,
        effect_s: effect.map(|it| Estimate::of(&it, level)),
    });
    positions.collect()
}

/// A group, counted from 1.
fn numbered(group: &stats::Group) -> Group {
    Group {
        statements: group.rows.iter().map(|at| at + 1).collect(),
        positions: group.columns.iter().map(|at| at + 1).collect(),
    }
}

/// What the variation consists of.
fn parts(fit: &TwoWay, level: Level) -> Option<Parts> {
    let part = |found: &stats::Estimate| {
        let Estimate { value, low, high } = Estimate::of(found, level);
        let clamp = |end: f64| end.clamp(0.0, 1.0);
        Estimate {
            value: clamp(value),
            low: low.map(clamp),
            high: high.map(clamp),
        }
    };
    fit.parts.map(|parts| Parts {
        own: part(&parts.rows),
        position: part(&parts.columns),
        interaction: part(&parts.interaction),
        noise: part(&parts.noise),
    })
}

/// Which arrangement is how fast.
struct Ranking<'c> {
    costs: &'c Costs,
    speeds: Blocked,
    level: Level,
    min_effect: f64,
}

/// The place of the order as it is.
const AS_IS: usize = 0;

impl Ranking<'_> {
    /// The orders with their places among all arrangements, the fastest first. Their intervals
    /// hold together.
    fn orders(
        &self,
        orders: &[(Order, Measured<'_>)],
    ) -> Result<Vec<(usize, OrderResult)>, StatsError> {
        let level = self.joint_level();
        let placebo = orders.len();
        let results = orders.iter().enumerate().map(|(at, (order, _))| {
            let [seconds_per_unit, block_s] = self.means(at)?;
            let speedup = (at != AS_IS).then(|| self.speedup(at, AS_IS, level));
            let speedup_over_placebo = self.speedup(at, placebo, level);
            let result = OrderResult {
                statements: order.statements().iter().map(|it| it + 1).collect(),
                seconds_per_unit,
                block_s,
                speedup,
                speedup_over_placebo,
                verdict: match speedup {
                    None => OrderVerdict::AsItIs,
                    Some(speedup) => self.verdict([speedup, speedup_over_placebo]),
                },
            };
            Ok((at, result))
        });
        let mut results = results.collect::<Result<Vec<_>, _>>()?;
        // By the same means as the intervals. Of two that are alike the order as it is comes
        // first.
        let speed = |it: &OrderResult| it.speedup_over_placebo.value;
        results.sort_by(|(place, a), (other_place, b)| {
            let by_speed = speed(b).total_cmp(&speed(a));
            by_speed.then(place.cmp(other_place))
        });
        Ok(results)
    }

    fn placebo(&self) -> Result<Placebo, StatsError> {
        let at = self.costs.0.len() - 1;
        let [seconds_per_unit, block_s] = self.means(at)?;
        Ok(Placebo {
            seconds_per_unit,
            block_s,
            speedup: self.speedup(at, AS_IS, self.level),
        })
    }

    /// How many orders the first of the ranking is not told apart from, by their places among all
    /// arrangements.
    fn as_fast(&self, ranked: &[usize]) -> usize {
        let Some((&first, others)) = ranked.split_first() else {
            return 0;
        };
        let is_as_fast = |other: &&usize| {
            let low = self.speedup(first, **other, self.joint_level()).low;
            low.is_none_or(|low| low <= 1.0)
        };
        others.iter().filter(is_as_fast).count()
    }

    /// The level of intervals that hold together for all orders but the one as it is.
    fn joint_level(&self) -> Level {
        // The placebo is no order.
        let orders = self.costs.0.len() - 1;
        self.level.shared_among(orders.saturating_sub(1))
    }

    /// The seconds per unit of work of an arrangement: of the script, whose logarithms are
    /// compared, and of the block.
    fn means(&self, at: usize) -> Result<[Estimate; 2], StatsError> {
        let costs = &self.costs.0[at];
        let logs: Vec<f64> = costs.iter().map(|it| it.seconds.ln()).collect();
        let block: Vec<f64> = costs.iter().map(RoundCosts::block).collect();
        let logs = stats::mean(&logs)?;
        let interval = logs.interval(self.level).map(|it| it.map(f64::exp));
        Ok([
            Estimate::with(logs.value.exp(), interval),
            Estimate::of(&stats::mean(&block)?, self.level).at_least_0(),
        ])
    }

    /// How many times as fast one arrangement is as another.
    fn speedup(&self, one: usize, other: usize, level: Level) -> Estimate {
        // It is faster where it takes fewer seconds.
        let found = self.speeds.difference(other, one);
        let interval = found.interval(level).map(|it| it.map(f64::exp));
        Estimate::with(found.value.exp(), interval)
    }

    fn verdict(&self, speedups: [Estimate; 2]) -> OrderVerdict {
        let is_beyond = |it: &Estimate| match (it.low, it.high) {
            (Some(low), _) if low > 1.0 + self.min_effect => Some(OrderVerdict::Faster),
            (_, Some(high)) if high < 1.0 - self.min_effect => Some(OrderVerdict::Slower),
            _ => None,
        };
        let [one, other] = speedups.each_ref().map(is_beyond);
        let both = one.filter(|_| one == other);
        both.unwrap_or(OrderVerdict::NotToldApart)
    }
}

/// Why statements have to stay in their order: for any two of them, the first reason that
/// counts.
fn dependences(subject: &Subject<'_>) -> Vec<ForeignText> {
    let mut reasons = BTreeMap::new();
    for dependence in subject.block.binding(subject.independence) {
        let pair = (dependence.first, dependence.second);
        reasons
            .entry(pair)
            .or_insert_with(|| dependence.words().plain());
    }
    reasons.into_values().map(ForeignText::from).collect()
}

/// What is to be known of the runs, each once.
fn warnings(
    orders: &[(Order, Measured<'_>)],
    placebo: &Measured<'_>,
    used: usize,
) -> Vec<ForeignText> {
    let measured = orders.iter().map(|(_, measured)| measured).chain([placebo]);
    let mut warnings: Vec<ForeignText> = Vec::new();
    let rounds = measured.clone().flat_map(|it| it.recording.runs_by_round());
    let rounds: BTreeSet<RoundId> = rounds.map(|(round, _)| round).collect();
    if used < rounds.len() {
        let said = format!(
            "{used} of {} rounds are used: in the others, something has no samples",
            rounds.len()
        );
        warnings.push(said.into());
    }
    for warning in measured.flat_map(|it| &it.recording.warnings) {
        if !warnings.contains(warning) {
            warnings.push(warning.clone());
        }
    }
    warnings
}

#[cfg(test)]
mod tests;
