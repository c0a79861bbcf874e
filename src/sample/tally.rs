//! Counting: from the samples of a run to its counts per line and outcome.

use std::collections::{BTreeMap, BTreeSet};

use crate::recording::{InstructionSamples, LineSamples, SampleCounts, StackFrame, StackSamples};
use crate::sample::window::{Phase, Window};
use crate::sample::{CodePlace, Frame, Observation, Place, Sample};
use crate::source::{LineNumber, Located, Origin};

/// The counts of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Samples by outcome.
    pub samples: SampleCounts,
    /// Samples by line, within the measured window, sorted by file and line.
    pub lines: Vec<LineSamples>,
    /// The same samples by instruction, sorted by function and offset. A stack that only
    /// gdb could read has no instruction.
    pub instructions: Vec<InstructionSamples>,
    /// The same samples by stack, sorted by it.
    pub stacks: Vec<StackSamples>,
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
struct Counter {
    samples: SampleCounts,
    lines: BTreeMap<Line, Counts>,
    instructions: BTreeMap<(CodePlace, Line), InstructionCounts>,
    stacks: BTreeMap<Vec<StackFrame>, u64>,
}

/// Counts the samples of a run.
///
/// A sample belongs to the innermost user line on its stack, or to the innermost
/// line where no user line is on it. That line *owns* it. Every line between the
/// innermost one and the owner has it in its total, once.
pub fn tally(
    samples: &[Sample],
    window: &Window,
    mut locate: impl FnMut(&str) -> Located,
) -> Tally {
    let mut counter = Counter::default();
    // Threads that were seen at one moment have the same time.
    for seen_at_once in samples.chunk_by(|one, next| one.at == next.at) {
        let counts = &mut counter.samples;
        let number = seen_at_once.len() as u64;
        match window.phase(seen_at_once[0].at) {
            Phase::Startup => counts.startup += number,
            Phase::Compiling => counts.compiling += number,
            Phase::Exit => {}
            Phase::Measured => {
                counts.window += number;
                counts.ticks += 1;
                let running = seen_at_once.iter().filter(|sample| sample.is_of_a_thread());
                counts.most_threads = counts.most_threads.max(running.count() as u64);
                for sample in seen_at_once {
                    counter.count_measured(sample, &mut locate);
                }
            }
        }
    }
    counter.into_tally()
}

impl Counter {
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
            return counts.other += 1;
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
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample::Moment;
    use crate::sample::window::Timeline;

    /// A window from 10 s to 20 s.
    fn window() -> Window {
        let mut timeline = Timeline::default();
        timeline.compile_begins(0, at(5));
        timeline.compile_ends(0, at(10));
        timeline.exits(at(20));
        timeline.window(at(21)).unwrap()
    }

    fn at(seconds: u64) -> Moment {
        Moment(seconds * 1_000_000_000)
    }

    fn locate(file: &str) -> Located {
        Located {
            origin: if file.starts_with("numba/") {
                Origin::Library
            } else {
                Origin::User
            },
            label: file.to_owned(),
        }
    }

    fn frame(place: &str) -> Frame {
        let place = place.split_once(':').map(|(file, line)| Place {
            file: file.into(),
            line: LineNumber::new(line.parse().unwrap()).unwrap(),
        });
        // An instruction a line, of a function that is named after its file.
        let code = place.as_ref().map(|Place { file, line }| CodePlace {
            function: file.clone(),
            offset: u64::from(line.get()),
        });
        Frame {
            function: None,
            place,
            address: 0,
            code,
        }
    }

    /// A sample within the window, its frames innermost first.
    fn sample(frames: &[&str]) -> Sample {
        Sample {
            at: at(15),
            observation: Observation::Stack {
                frames: frames.iter().map(|place| frame(place)).collect(),
                folded: false,
                at_barrier: false,
            },
        }
    }

    /// `expected` has `file:line self total owned` for each line.
    #[track_caller]
    fn check(samples: &[Sample], expected: &[&str]) {
        let lines: Vec<String> = tally(samples, &window(), locate)
            .lines
            .iter()
            .map(|l| {
                format!(
                    "{}:{} {} {} {}",
                    l.file, l.line, l.self_samples, l.total, l.owned
                )
            })
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_user_line_owns_its_own_samples() {
        check(&[sample(&["a.py:3", "a.py:9", "?"])], &["a.py:3 1 1 1"]);
    }

    #[test]
    fn a_user_line_owns_those_of_the_library_lines_it_called() {
        check(
            &[sample(&[
                "?",
                "numba/x.py:5",
                "numba/x.py:8",
                "a.py:3",
                "a.py:9",
            ])],
            &["a.py:3 0 1 1", "numba/x.py:5 1 1 0", "numba/x.py:8 0 1 0"],
        );
    }

    #[test]
    fn without_a_user_line_the_innermost_line_owns() {
        check(
            &[sample(&["numba/x.py:5", "numba/x.py:8"])],
            &["numba/x.py:5 1 1 1", "numba/x.py:8 0 1 0"],
        );
    }

    #[test]
    fn recursion_counts_a_line_once() {
        check(
            &[sample(&["numba/x.py:5", "numba/x.py:5", "a.py:3"])],
            &["a.py:3 0 1 1", "numba/x.py:5 1 1 0"],
        );
    }

    #[test]
    fn an_instruction_has_the_samples_of_what_it_called_and_they_are_told_apart() {
        let stacks: [&[&str]; 4] = [
            &["a.py:3"],
            &["?", "?", "a.py:3", "a.py:9"],
            &["numba/x.py:5", "a.py:3"],
            &["?", "?"],
        ];
        let samples = stacks.map(sample);
        let counted: Vec<_> = tally(&samples, &window(), locate)
            .instructions
            .into_iter()
            .map(|it| {
                format!(
                    "{}+{} {}:{} {} {}",
                    it.function, it.offset, it.file, it.line, it.samples, it.in_callees
                )
            })
            .collect();
        assert_eq!(
            counted,
            ["a.py+3 a.py:3 2 1", "numba/x.py+5 numba/x.py:5 1 0"]
        );
    }

    #[test]
    fn outcomes_and_phases_are_told_apart() {
        let observed = |seconds, observation| Sample {
            at: at(seconds),
            observation,
        };
        let samples = [
            sample(&["a.py:1"]),
            sample(&["?", "?"]),
            observed(12, Observation::Bad),
            observed(13, Observation::Waiting),
            observed(1, Observation::Waiting),
            observed(7, Observation::Bad),
            observed(20, Observation::Bad),
        ];
        let expected = SampleCounts {
            window: 4,
            ticks: 3,
            most_threads: 2,
            numba: 1,
            other: 1,
            waiting: 1,
            bad: 1,
            startup: 1,
            compiling: 1,
            ..SampleCounts::default()
        };
        assert_eq!(tally(&samples, &window(), locate).samples, expected);
    }

    #[test]
    fn waiting_for_other_threads_is_told_apart_wherever_it_is() {
        let waits = |stack: &[&str]| {
            let mut sample = sample(stack);
            if let Observation::Stack { at_barrier, .. } = &mut sample.observation {
                *at_barrier = true;
            }
            sample
        };
        let samples = [waits(&["?", "a.py:1"]), waits(&["?"]), sample(&["?"])];
        let counts = tally(&samples, &window(), locate).samples;
        assert_eq!((counts.numba, counts.other), (0, 1));
        assert_eq!((counts.waiting, counts.barrier), (2, 2));
        assert!((counts.barrier_share().get() - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn threads_seen_at_one_moment_are_one_tick() {
        let observed = |seconds, observation| Sample {
            at: at(seconds),
            observation,
        };
        let samples = [
            // Not in the window.
            observed(7, Observation::Bad),
            observed(7, Observation::Bad),
            observed(7, Observation::Bad),
            observed(12, Observation::Waiting),
            observed(13, Observation::Bad),
            sample(&["a.py:1"]),
            sample(&["a.py:2"]),
        ];
        let counts = tally(&samples, &window(), locate).samples;
        assert_eq!(
            (counts.window, counts.ticks, counts.most_threads),
            (4, 3, 2)
        );
        let close = |value: f64, expected: f64| (value - expected).abs() < 1e-12;
        assert!(close(counts.thread_seconds_per_second(), 4.0 / 3.0));
        assert!(close(counts.mean_threads().unwrap(), 1.0));
    }

    proptest! {
        #[test]
        fn every_numba_sample_has_one_owner(
            stacks in prop::collection::vec(
                prop::collection::vec(
                    prop::sample::select(vec!["?", "a.py:1", "a.py:2", "b.py:1", "numba/x.py:5", "numba/y.py:6"]),
                    0..6,
                ),
                0..40,
            )
        ) {
            let samples: Vec<Sample> = stacks.iter().map(|stack| sample(stack)).collect();
            let tally = tally(&samples, &window(), locate);
            let owned: u64 = tally.lines.iter().map(|line| line.owned).sum();
            let innermost: u64 = tally.lines.iter().map(|line| line.self_samples).sum();
            prop_assert_eq!(owned, tally.samples.numba);
            prop_assert_eq!(innermost, tally.samples.numba);
            let of_instructions: u64 = tally.instructions.iter().map(|it| it.samples).sum();
            prop_assert_eq!(of_instructions, tally.samples.numba);
            prop_assert_eq!(tally.samples.window, samples.len() as u64);
            for line in &tally.lines {
                prop_assert!(line.self_samples <= line.total && line.owned <= line.total);
            }
        }
    }
}
