//! What was counted of each line for a unit of work, before beside after.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::rounds::seconds_per_unit;
use super::{CompareError, CountedLine, CounterComparison, Estimate, LinePlace};
use crate::align::AlignedFile;
use crate::pair::{Pair, Side};
use crate::recording::{Counter, MetricSource, Recording, Run};
use crate::source::LineNumber;
use crate::stats::{self, Level};

/// A line by its file and its number.
type Line<'r> = (&'r str, LineNumber);

/// What a counter counted in one run, and how many units of work that was for.
struct Counted<'r> {
    units: f64,
    events: u64,
    lines: HashMap<Line<'r>, u64>,
}

/// What was counted on either side, counter by counter.
pub(super) fn of(
    sides: &Pair<&Recording>,
    alignments: &[AlignedFile],
    level: Level,
) -> Result<Vec<CounterComparison>, CompareError> {
    let counted = sides.map(by_counter);
    let counters = counted.before.keys().chain(counted.after.keys());
    let counters: BTreeSet<Counter> = counters.copied().collect();
    let pairs = pairs(alignments);
    counters
        .into_iter()
        .map(|counter| {
            let runs = counted.as_ref().map(|side| side.get(&counter));
            compared(counter, runs, &pairs, level)
        })
        .collect()
}

/// The runs that counted, by what they counted. Of a run that did not report its work it is not
/// known what a unit took.
fn by_counter(recording: &Recording) -> BTreeMap<Counter, Vec<Counted<'_>>> {
    let mut counted: BTreeMap<Counter, Vec<Counted<'_>>> = BTreeMap::new();
    for run in recording.runs() {
        let units = units(run, &recording.settings.throughput);
        let (Some(profile), Some(units)) = (&run.profile, units) else {
            continue;
        };
        for it in &profile.counters {
            let lines = it.lines.iter();
            counted.entry(it.counter).or_default().push(Counted {
                units,
                events: it.events,
                lines: lines
                    .map(|line| ((&*line.file, line.line), line.events))
                    .collect(),
            });
        }
    }
    counted
}

/// The units of work in the window of a run: what it reported, or the run itself.
fn units(run: &Run, source: &MetricSource) -> Option<f64> {
    if !source.source.is_reported() {
        return Some(1.0);
    }
    let units = run.window_s / seconds_per_unit(run, source)?;
    (units.is_finite() && units > 0.0).then_some(units)
}

/// The counterparts of lines, both ways.
struct Pairs<'a> {
    partners: Pair<BTreeMap<Line<'a>, Line<'a>>>,
    /// The files of which the counterparts are known.
    files: Pair<BTreeSet<&'a str>>,
}

fn pairs(alignments: &[AlignedFile]) -> Pairs<'_> {
    let mut pairs = Pairs {
        partners: Pair::new(BTreeMap::new(), BTreeMap::new()),
        files: Pair::new(BTreeSet::new(), BTreeSet::new()),
    };
    for aligned in alignments {
        let file = aligned.file.as_ref().map(|path| path.as_deref());
        pairs.files.before.extend(file.before);
        pairs.files.after.extend(file.after);
        let (Some(before), Some(after)) = (file.before, file.after) else {
            continue;
        };
        for line in &aligned.alignment.lines {
            if let (Some(of_before), Some(of_after)) = (line.at.before, line.at.after) {
                let (before, after) = ((before, of_before), (after, of_after));
                pairs.partners.before.insert(before, after);
                pairs.partners.after.insert(after, before);
            }
        }
    }
    pairs
}

impl<'a> Pairs<'a> {
    /// A line of one side with its counterpart. That of a file that nobody aligned is the same line.
    fn with_partner(&self, line: Line<'a>, side: Side) -> Pair<Option<Line<'a>>> {
        let is_aligned = self.files.side(side).contains(line.0);
        let known = self.partners.side(side).get(&line).copied();
        let partner = known.or_else(|| (!is_aligned).then_some(line));
        match side {
            Side::Before => Pair::new(Some(line), partner),
            Side::After => Pair::new(partner, Some(line)),
        }
    }
}

fn compared(
    counter: Counter,
    runs: Pair<Option<&Vec<Counted<'_>>>>,
    pairs: &Pairs<'_>,
    level: Level,
) -> Result<CounterComparison, CompareError> {
    let mut lines = BTreeSet::new();
    for side in [Side::Before, Side::After] {
        let of_side = runs.side(side).iter().flat_map(|runs| runs.iter());
        for &line in of_side.flat_map(|it| it.lines.keys()) {
            lines.insert(pairs.with_partner(line, side));
        }
    }
    let estimate = |side: Side, events: &dyn Fn(&Counted<'_>) -> u64| {
        let runs = runs.side(side).as_ref();
        runs.map(|runs| per_unit(runs, events, level)).transpose()
    };
    let of_all = |it: &Counted<'_>| it.events;
    let mut compared = CounterComparison {
        counter,
        events: Pair::new(
            estimate(Side::Before, &of_all)?,
            estimate(Side::After, &of_all)?,
        ),
        lines: Vec::with_capacity(lines.len()),
    };
    for line in lines {
        let of = |side: Side| match *line.side(side) {
            None => Ok(None),
            Some(line) => estimate(side, &|it| it.lines.get(&line).copied().unwrap_or(0)),
        };
        compared.lines.push(CountedLine {
            events: Pair::new(of(Side::Before)?, of(Side::After)?),
            line: line.map(|it| {
                it.map(|(file, line)| LinePlace {
                    file: file.to_owned(),
                    line,
                })
            }),
        });
    }
    let most = |line: &CountedLine| {
        let events = [&line.events.before, &line.events.after];
        let values = events.into_iter().flatten().map(|it| it.value);
        values.fold(0.0, f64::max)
    };
    compared.lines.sort_by(|a, b| most(b).total_cmp(&most(a)));
    Ok(compared)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a recording has at most 2^53 events"
)]
fn per_unit(
    runs: &[Counted<'_>],
    events: &dyn Fn(&Counted<'_>) -> u64,
    level: Level,
) -> Result<Estimate, CompareError> {
    let values = runs.iter().map(|run| events(run) as f64 / run.units);
    let values: Vec<f64> = values.collect();
    Ok(Estimate::of(&stats::mean(&values)?, level))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::align_files;
    use crate::recording::{Metric, RunKind, ThroughputSource, fixture};

    /// Units of work of a run: two seconds at 25 images each.
    const UNITS: f64 = 50.0;

    /// A recording with a profiled run for each of these numbers of page faults on a line, in which
    /// as many are on no line.
    fn recording(text: &str, line: u32, events: &[u64]) -> Recording {
        let mut recording = fixture::recording("a.py", "a.py");
        recording.settings.throughput = fixture::images_per_second();
        recording.sources = vec![fixture::source("a.py", text.to_owned())];
        let runs = events.iter().zip(1..).map(|(&number, round)| {
            let mut run = fixture::timed_run(round, 0, 2.0);
            run.metric = Some(Metric {
                name: "images / sec".to_owned(),
                unit: "images / sec".to_owned(),
                value: 25.0,
                step: None,
            });
            let mut profile = fixture::profile(Vec::new(), [0, 0, 0]);
            profile.counters = vec![fixture::page_faults("a.py", line, number)];
            run.kind = RunKind::Profiled;
            run.profile = Some(profile);
            run
        });
        recording.blocks[0].runs = runs.collect();
        recording
    }

    fn compared(before: &Recording, after: &Recording) -> Vec<CounterComparison> {
        let sides = Pair::new(before, after);
        let sources = sides.map(|it| it.sources.as_slice());
        let alignments = align_files(sources, sides.map(Recording::script));
        let level = Level::new(0.95).unwrap();
        of(&sides, &alignments, level).unwrap()
    }

    #[test]
    fn a_line_that_moved_is_compared_with_itself() {
        let before = recording("a = 1\nb = 2\nc = 3\n", 2, &[90, 100, 110]);
        let after = recording("z = 0\na = 1\nb = 2\nc = 3\n", 3, &[50]);
        let [faults] = &compared(&before, &after)[..] else {
            panic!("one counter")
        };
        let of_all = faults.events.before.unwrap();
        assert!((of_all.value - 200.0 / UNITS).abs() < 1e-9);
        assert!(of_all.low.unwrap() < of_all.value && of_all.value < of_all.high.unwrap());
        let [line] = &faults.lines[..] else {
            panic!("{:?}", faults.lines)
        };
        let numbers = line.line.as_ref().map(|it| it.as_ref().unwrap().line.get());
        assert_eq!(numbers, Pair::new(2, 3));
        let values = line.events.map(|it| it.unwrap().value * UNITS);
        assert!((values.before - 100.0).abs() < 1e-9 && (values.after - 50.0).abs() < 1e-9);
        // Of one run the spread is not known.
        assert_eq!(line.events.after.unwrap().low, None);
    }

    /// Whatever of it was measured as its time.
    #[test]
    fn a_run_that_reports_nothing_is_one_unit() {
        let before = recording("a = 1\n", 1, &[90]);
        let run = before.runs().next().unwrap();
        for source in [
            ThroughputSource::Window,
            ThroughputSource::Wall,
            ThroughputSource::Cpu,
        ] {
            let source = MetricSource {
                source,
                ..fixture::images_per_second()
            };
            assert_eq!(units(run, &source), Some(1.0));
        }
        assert_eq!(units(run, &fixture::images_per_second()), Some(UNITS));
        let without_work = Run {
            window_s: 0.0,
            ..run.clone()
        };
        assert_eq!(units(&without_work, &fixture::images_per_second()), None);
    }

    #[test]
    fn what_one_side_did_not_count_is_not_none() {
        let before = recording("a = 1\n", 1, &[90]);
        let mut after = recording("a = 1\n", 1, &[90]);
        for run in &mut after.blocks[0].runs {
            run.profile.as_mut().unwrap().counters.clear();
        }
        let [faults] = &compared(&before, &after)[..] else {
            panic!("one counter")
        };
        assert!(faults.events.before.is_some());
        assert_eq!(faults.events.after, None);
        assert_eq!(faults.lines[0].events.after, None);
        assert!(compared(&after, &after).is_empty());
    }
}
