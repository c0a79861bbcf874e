//! Counting: from the samples of a run to its counts per line and outcome.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::recording::{
    CountedEvents, Counter, FunctionSamples, InstructionSamples, LineEvents, LineSamples,
    SampleCounts, StackFrame, StackSamples,
};
use crate::sample::window::{Phase, Window};
use crate::sample::{CodePlace, Event, Frame, Moment, Observation, Place, Sample};
use crate::source::{LineNumber, Located, Origin};

/// The counts of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Samples by outcome.
    pub samples: SampleCounts,
    /// Samples by line, within the measured window, sorted by file and line.
    pub lines: Vec<LineSamples>,
    /// The same samples by instruction, sorted by function and offset. A stack that only
    /// gdb could read has no instruction.
    pub instructions: Vec<InstructionSamples>,
    /// The same samples by stack, sorted by it.
    pub stacks: Vec<StackSamples>,
    /// Samples on no line, in compiled functions without line tables, sorted by function.
    pub unlined: Vec<FunctionSamples>,
}

/// A line by its file's label and its number.
type Line = (String, LineNumber);

#[derive(Clone, Copy, Default)]
struct Counts {
    self_samples: u64,
    total: u64,
    owned: u64,
}

/// What is counted of one instruction.
#[derive(Clone, Copy, Default)]
struct InstructionCounts {
    samples: u64,
    in_callees: u64,
}

/// The counts, while they are counted.
#[derive(Default)]
struct Counting {
    samples: SampleCounts,
    lines: BTreeMap<Line, Counts>,
    instructions: BTreeMap<(CodePlace, Line), InstructionCounts>,
    stacks: BTreeMap<Vec<StackFrame>, u64>,
    unlined: BTreeMap<Arc<str>, u64>,
}

/// Counts the samples of the processes of a run, each within its window.
///
/// A sample belongs to the innermost user line on its stack, or to the innermost
/// line where no user line is on it. That line *owns* it. Every line between the
/// innermost one and the owner has it in its total, once.
pub(crate) fn tally<'s>(
    processes: impl IntoIterator<Item = (&'s [Sample], &'s Window)>,
    mut locate: impl FnMut(&str) -> Located,
) -> Tally {
    let mut counting = Counting::default();
    for (samples, window) in processes {
        counting.count(samples, window, &mut locate);
    }
    // Where others ran than those that are measured, there may be moments without a sample.
    counting.samples.ticks = counting.samples.ticks.min(counting.samples.window);
    counting.into_tally()
}

/// What a process has of a counter's events: those that were looked at, how many were lost when,
/// and its window.
pub(crate) type EventsOfProcess<'e> = (&'e [Event], &'e [(Counter, Moment, u64)], &'e Window);

/// Counts the events of one counter in the measured windows of processes. They are on the same
/// lines as samples would be.
pub(crate) fn tally_events<'e>(
    counter: Counter,
    processes: impl IntoIterator<Item = EventsOfProcess<'e>>,
    mut locate: impl FnMut(&str) -> Located,
) -> CountedEvents {
    let mut tallied = CountedEvents {
        counter,
        events: 0,
        samples: 0,
        lost: 0,
        lines: Vec::new(),
    };
    let mut lines = EventLines::new();
    for process in processes {
        count_events(&mut tallied, &mut lines, process, &mut locate);
    }
    let lines = lines.into_iter();
    tallied.lines = lines
        .map(|((file, line), (events, samples))| LineEvents {
            file,
            line,
            events,
            samples,
        })
        .collect();
    tallied
}

/// Events and samples of each line.
type EventLines = BTreeMap<Line, (u64, u64)>;

/// Counts the events of one process.
fn count_events(
    tallied: &mut CountedEvents,
    lines: &mut EventLines,
    (events, lost, window): EventsOfProcess<'_>,
    locate: &mut impl FnMut(&str) -> Located,
) {
    let counter = tallied.counter;
    let is_measured = |at: Moment| window.phase(at) == Phase::Measured;
    let lost = lost
        .iter()
        .filter(|(it, at, _)| *it == counter && is_measured(*at));
    tallied.lost += lost.map(|(_, _, number)| number).sum::<u64>();
    let measured = events.iter().filter(|it| it.counter == counter);
    let takes = |it: &Sample| is_measured(it.at) && window.takes(it.thread, it.at);
    for event in measured.filter(|it| takes(&it.sample)) {
        tallied.events += event.stands_for;
        tallied.samples += 1;
        let Observation::Stack { frames, .. } = &event.sample.observation else {
            continue;
        };
        if let Some(chain) = Chain::of(frames, locate) {
            let (events, samples) = lines.entry(chain.owner).or_default();
            *events += event.stands_for;
            *samples += 1;
        }
    }
}

impl Counting {
    /// Counts the samples of one process.
    fn count(
        &mut self,
        samples: &[Sample],
        window: &Window,
        locate: &mut impl FnMut(&str) -> Located,
    ) {
        // Threads that were seen at one moment have the same time.
        for seen_at_once in samples.chunk_by(|one, next| one.at == next.at) {
            let counts = &mut self.samples;
            let number = seen_at_once.len() as u64;
            match window.phase(seen_at_once[0].at) {
                Phase::Startup => counts.startup += number,
                Phase::Compiling => counts.compiling += number,
                Phase::Exit | Phase::Elsewhere => {}
                Phase::Measured => {
                    counts.ticks += 1;
                    let taken = seen_at_once.iter();
                    let taken = taken.filter(|it| window.takes(it.thread, it.at));
                    let running = taken.clone().filter(|sample| sample.is_of_a_thread());
                    counts.most_threads = counts.most_threads.max(running.count() as u64);
                    for sample in taken {
                        self.samples.window += 1;
                        self.count_measured(sample, locate);
                    }
                }
            }
        }
    }

    fn count_measured(&mut self, sample: &Sample, locate: &mut impl FnMut(&str) -> Located) {
        let counts = &mut self.samples;
        let (frames, folded) = match &sample.observation {
            Observation::Waiting => return counts.waiting += 1,
            Observation::Bad => return counts.bad += 1,
            Observation::Stack {
                frames,
                folded,
                at_barrier,
            } => {
                // It stands in a library that the line has called, and does nothing for it.
                if *at_barrier {
                    counts.barrier += 1;
                    return counts.waiting += 1;
                }
                (frames, *folded)
            }
        };
        let Some(chain) = Chain::of(frames, locate) else {
            counts.other += 1;
            if let Some(code) = frames.iter().find_map(|frame| frame.code.as_ref()) {
                counts.unlined += 1;
                *self.unlined.entry(Arc::clone(&code.function)).or_default() += 1;
            }
            return;
        };
        counts.numba += 1;
        counts.folded += u64::from(folded);
        *self.stacks.entry(stack(frames, locate)).or_default() += 1;
        if let Some((code, depth)) = innermost_code(frames) {
            let key = (code.clone(), chain.innermost.clone());
            let counts = self.instructions.entry(key).or_default();
            counts.samples += 1;
            counts.in_callees += u64::from(depth > 0);
        }
        let lines = &mut self.lines;
        lines.entry(chain.innermost).or_default().self_samples += 1;
        lines.entry(chain.owner).or_default().owned += 1;
        for line in chain.lines {
            lines.entry(line).or_default().total += 1;
        }
    }

    fn into_tally(self) -> Tally {
        let lines = self.lines.into_iter();
        let instructions = self.instructions.into_iter();
        Tally {
            samples: self.samples,
            lines: lines
                .map(|((file, line), counts)| LineSamples {
                    file,
                    line,
                    self_samples: counts.self_samples,
                    total: counts.total,
                    owned: counts.owned,
                })
                .collect(),
            instructions: instructions
                .map(|((code, (file, line)), counts)| InstructionSamples {
                    function: code.function.to_string(),
                    offset: code.offset,
                    file,
                    line,
                    samples: counts.samples,
                    in_callees: counts.in_callees,
                })
                .collect(),
            stacks: self
                .stacks
                .into_iter()
                .map(|(frames, samples)| StackSamples { frames, samples })
                .collect(),
            unlined: self
                .unlined
                .into_iter()
                .map(|(function, samples)| FunctionSamples {
                    function: function.to_string(),
                    samples,
                })
                .collect(),
        }
    }
}

/// The frames that mean something, outermost first: lines, and the functions that the
/// innermost of them has called. What called the outermost one is the interpreter.
fn stack(frames: &[Frame], locate: &mut impl FnMut(&str) -> Located) -> Vec<StackFrame> {
    let innermost = frames.iter().position(|frame| frame.place.is_some());
    let callees = innermost.unwrap_or(frames.len());
    let named = frames.iter().enumerate().filter_map(|(depth, frame)| {
        match (&frame.place, &frame.function) {
            (Some(Place { file, line }), _) => Some(StackFrame::Line {
                file: locate(file).label,
                line: *line,
            }),
            (None, Some(function)) if depth < callees => {
                Some(StackFrame::Native(function.to_string()))
            }
            (None, _) => None,
        }
    });
    let mut stack: Vec<StackFrame> = named.collect();
    stack.reverse();
    stack
}

/// The innermost instruction that has a line, and how many frames it has called.
fn innermost_code(frames: &[Frame]) -> Option<(&CodePlace, usize)> {
    let depth = frames.iter().position(|frame| frame.place.is_some())?;
    let code = frames[depth].code.as_ref()?;
    let callees = frames[..depth].iter();
    // Frames that were inlined into it are at the same instruction.
    let callees = callees.filter(|frame| frame.code.as_ref() != Some(code));
    Some((code, callees.count()))
}

/// The part of a stack that a sample is counted for.
struct Chain {
    innermost: Line,
    owner: Line,
    /// All lines from the innermost to the owner, or to the outermost where no
    /// user line is among them. A line that recurs is there once.
    lines: BTreeSet<Line>,
}

impl Chain {
    /// `None` if no frame has a place in Python source.
    fn of(frames: &[Frame], locate: &mut impl FnMut(&str) -> Located) -> Option<Self> {
        let mut places = frames.iter().filter_map(|frame| frame.place.as_ref());
        let mut next = || {
            let Place { file, line } = places.next()?;
            let located = locate(file);
            Some((located.origin, (located.label, *line)))
        };
        let (mut origin, innermost) = next()?;
        let mut owner = innermost.clone();
        let mut lines = BTreeSet::from([innermost.clone()]);
        while origin == Origin::Library {
            let Some((next_origin, line)) = next() else {
                break;
            };
            origin = next_origin;
            if origin == Origin::User {
                owner.clone_from(&line);
            }
            lines.insert(line);
        }
        Some(Self {
            innermost,
            owner,
            lines,
        })
    }
}

#[cfg(test)]
mod tests;
