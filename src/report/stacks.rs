//! The stacks of a profile, for viewers of flame graphs: speedscope's file format and
//! collapsed stacks.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::foreign::Foreign;
use crate::recording::{Recording, StackFrame};
use crate::source::{FunctionIndex, LineNumber};

/// A stack, outermost frame first, and how many samples it has.
type Stacks = [(Vec<StackFrame>, u64)];

/// A stack a line, its frames parted by semicolons, and behind them how many samples it has:
/// the form that Brendan Gregg's `flamegraph.pl`, inferno and most viewers read.
pub(crate) fn collapsed(recording: &Recording, stacks: &Stacks) -> String {
    let functions = Functions::of(recording);
    let mut out = String::new();
    for (frames, samples) in stacks {
        let frames = frames.iter().map(|frame| {
            let label = match frame {
                StackFrame::Native(name) => name.clone(),
                StackFrame::Line { file, line } => {
                    format!("{} ({file}:{line})", functions.name(file, *line))
                }
            };
            Foreign::new(&label).line().replace(';', ",")
        });
        let frames: Vec<String> = frames.collect();
        let _ = writeln!(out, "{} {samples}", frames.join(";"));
    }
    out
}

/// The JSON that <https://www.speedscope.app> opens, by its file format schema.
///
/// # Panics
/// Never: the format has string keys only.
pub(crate) fn speedscope(recording: &Recording, stacks: &Stacks) -> String {
    let functions = Functions::of(recording);
    let mut frames: Vec<Frame> = Vec::new();
    let mut index_of: HashMap<&StackFrame, usize> = HashMap::new();
    let mut samples = Vec::new();
    for (stack, _) in stacks {
        let indices = stack.iter().map(|frame| {
            *index_of.entry(frame).or_insert_with(|| {
                frames.push(Frame::new(frame, &functions));
                frames.len() - 1
            })
        });
        samples.push(indices.collect());
    }
    let weights: Vec<u64> = stacks.iter().map(|(_, samples)| *samples).collect();
    let name = Foreign::new(&recording.variant.name).name();
    let file = File {
        schema: "https://www.speedscope.app/file-format-schema.json",
        exporter: concat!("profila ", env!("CARGO_PKG_VERSION")),
        name: name.clone(),
        active_profile_index: 0,
        shared: Shared { frames },
        profiles: [Profile {
            kind: "sampled",
            name,
            unit: "none",
            start_value: 0,
            end_value: weights.iter().sum(),
            samples,
            weights,
        }],
    };
    let mut text = serde_json::to_string(&file).expect("it has string keys only");
    text.push('\n');
    text
}

/// Which function a line is in.
struct Functions<'r>(HashMap<&'r str, FunctionIndex<'r>>);

impl<'r> Functions<'r> {
    fn of(recording: &'r Recording) -> Self {
        let mut functions = HashMap::new();
        for source in &recording.sources {
            let index = || FunctionIndex::new(&source.functions);
            functions.entry(source.path.as_str()).or_insert_with(index);
        }
        Self(functions)
    }

    /// The name of the function, or of the file where none is known.
    fn name(&self, file: &str, line: LineNumber) -> String {
        let functions = self.0.get(file);
        let function = functions.and_then(|functions| functions.at(line));
        function.map_or_else(|| file.to_owned(), |function| function.name.clone())
    }
}

#[derive(Serialize)]
struct File {
    #[serde(rename = "$schema")]
    schema: &'static str,
    exporter: &'static str,
    name: String,
    #[serde(rename = "activeProfileIndex")]
    active_profile_index: usize,
    shared: Shared,
    profiles: [Profile; 1],
}

#[derive(Serialize)]
struct Shared {
    frames: Vec<Frame>,
}

#[derive(Serialize)]
struct Frame {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
}

impl Frame {
    fn new(frame: &StackFrame, functions: &Functions<'_>) -> Self {
        match frame {
            StackFrame::Native(name) => Self {
                name: Foreign::new(name).line(),
                file: None,
                line: None,
            },
            StackFrame::Line { file, line } => Self {
                name: Foreign::new(&format!("{}:{line}", functions.name(file, *line))).line(),
                file: Some(Foreign::new(file).line()),
                line: Some(line.get()),
            },
        }
    }
}

#[derive(Serialize)]
struct Profile {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    unit: &'static str,
    #[serde(rename = "startValue")]
    start_value: u64,
    #[serde(rename = "endValue")]
    end_value: u64,
    samples: Vec<Vec<usize>>,
    weights: Vec<u64>,
}

#[cfg(test)]
mod tests;
